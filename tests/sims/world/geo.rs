//! The map: the cities of the small carrier and the trunk cables between them. Real places, so
//! that a path reads as a path; the carrier itself is invented.

/// A city with a trunk office.
#[derive(Debug, PartialEq)]
pub struct City {
    /// Short code, part of element ids.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Province code, the region id above the city's.
    pub province: &'static str,
    /// Province name.
    pub province_name: &'static str,
    /// East.
    pub longitude: f64,
    /// North.
    pub latitude: f64,
    /// How much of the business is here.
    pub weight: u32,
    /// Maker of its elements.
    pub vendor: &'static str,
    /// System code of the transport manager that observes it.
    pub manager: &'static str,
}

/// The transport managers and where they stand.
pub const MANAGERS: [&str; 2] = ["GD_TNMS", "SH_TNMS"];

const SOUTH: &str = "GD_TNMS";
const NORTH: &str = "SH_TNMS";
const HW: &str = "HUAWEI";
const ZTE: &str = "ZTE";
const FH: &str = "FIBERHOME";

macro_rules! city {
    ($code:literal $name:literal, $p:literal $pn:literal, $lon:literal $lat:literal, $w:literal, $v:ident $m:ident) => {
        City {
            code: $code,
            name: $name,
            province: $p,
            province_name: $pn,
            longitude: $lon,
            latitude: $lat,
            weight: $w,
            vendor: $v,
            manager: $m,
        }
    };
}

/// Every city.
pub static CITIES: [City; 32] = [
    city!("BJ" "北京", "BJ" "北京市", 116.407 39.904, 16, HW NORTH),
    city!("TJ" "天津", "TJ" "天津市", 117.201 39.084, 7, HW NORTH),
    city!("SJZ" "石家庄", "HE" "河北省", 114.515 38.042, 4, ZTE NORTH),
    city!("TY" "太原", "SX" "山西省", 112.549 37.870, 3, FH NORTH),
    city!("JN" "济南", "SD" "山东省", 117.120 36.651, 5, HW NORTH),
    city!("QD" "青岛", "SD" "山东省", 120.383 36.067, 4, HW NORTH),
    city!("SY" "沈阳", "LN" "辽宁省", 123.432 41.806, 4, ZTE NORTH),
    city!("DL" "大连", "LN" "辽宁省", 121.615 38.914, 3, ZTE NORTH),
    city!("CC" "长春", "JL" "吉林省", 125.324 43.817, 2, FH NORTH),
    city!("HRB" "哈尔滨", "HL" "黑龙江省", 126.535 45.803, 2, FH NORTH),
    city!("SH" "上海", "SH" "上海市", 121.474 31.230, 16, HW NORTH),
    city!("NJ" "南京", "JS" "江苏省", 118.797 32.060, 6, ZTE NORTH),
    city!("SUZ" "苏州", "JS" "江苏省", 120.585 31.299, 5, ZTE NORTH),
    city!("HZ" "杭州", "ZJ" "浙江省", 120.155 30.274, 7, HW NORTH),
    city!("NB" "宁波", "ZJ" "浙江省", 121.550 29.875, 3, HW NORTH),
    city!("HF" "合肥", "AH" "安徽省", 117.227 31.821, 3, FH NORTH),
    city!("ZZ" "郑州", "HA" "河南省", 113.625 34.747, 5, ZTE NORTH),
    city!("XA" "西安", "SN" "陕西省", 108.940 34.341, 4, HW NORTH),
    city!("LZ" "兰州", "GS" "甘肃省", 103.834 36.061, 2, FH NORTH),
    city!("WH" "武汉", "HB" "湖北省", 114.305 30.593, 6, FH SOUTH),
    city!("CS" "长沙", "HN" "湖南省", 112.939 28.228, 4, ZTE SOUTH),
    city!("NC" "南昌", "JX" "江西省", 115.858 28.683, 2, FH SOUTH),
    city!("FZ" "福州", "FJ" "福建省", 119.297 26.075, 3, HW SOUTH),
    city!("XM" "厦门", "FJ" "福建省", 118.089 24.480, 3, HW SOUTH),
    city!("GZ" "广州", "GD" "广东省", 113.264 23.129, 12, HW SOUTH),
    city!("SZ" "深圳", "GD" "广东省", 114.058 22.543, 12, HW SOUTH),
    city!("DG" "东莞", "GD" "广东省", 113.752 23.021, 4, ZTE SOUTH),
    city!("NN" "南宁", "GX" "广西壮族自治区", 108.366 22.817, 2, ZTE SOUTH),
    city!("GY" "贵阳", "GZ" "贵州省", 106.630 26.648, 2, FH SOUTH),
    city!("CQ" "重庆", "CQ" "重庆市", 106.552 29.563, 5, ZTE SOUTH),
    city!("CD" "成都", "SC" "四川省", 104.066 30.573, 6, HW SOUTH),
    city!("KM" "昆明", "YN" "云南省", 102.833 24.880, 3, FH SOUTH),
];

/// Trunk cables, by the codes of the cities they join and the section a crew would be sent to.
pub const TRUNKS: &[(&str, &str, &str)] = &[
    ("BJ", "TJ", "廊坊—武清段"),
    ("BJ", "SJZ", "涿州—保定段"),
    ("BJ", "SY", "承德—朝阳段"),
    ("TJ", "JN", "沧州—德州段"),
    ("TJ", "DL", "渤海湾海缆段"),
    ("SJZ", "TY", "井陉—阳泉段"),
    ("SJZ", "ZZ", "邢台—安阳段"),
    ("SJZ", "JN", "衡水—德州段"),
    ("TY", "XA", "临汾—韩城段"),
    ("JN", "QD", "淄博—潍坊段"),
    ("JN", "NJ", "徐州—蚌埠段"),
    ("JN", "ZZ", "菏泽—兰考段"),
    ("QD", "NJ", "日照—连云港段"),
    ("SY", "CC", "铁岭—四平段"),
    ("SY", "DL", "鞍山—营口段"),
    ("CC", "HRB", "德惠—双城段"),
    ("HRB", "SY", "通辽—彰武段"),
    ("SH", "SUZ", "昆山—安亭段"),
    ("SH", "HZ", "嘉兴—松江段"),
    ("SH", "NB", "杭州湾跨海段"),
    ("SUZ", "NJ", "常州—镇江段"),
    ("HZ", "NB", "绍兴—余姚段"),
    ("HZ", "NJ", "湖州—宜兴段"),
    ("HZ", "NC", "衢州—上饶段"),
    ("NB", "FZ", "台州—温州段"),
    ("NJ", "HF", "滁州—肥东段"),
    ("HF", "WH", "六安—麻城段"),
    ("HF", "ZZ", "阜阳—周口段"),
    ("ZZ", "XA", "三门峡—潼关段"),
    ("ZZ", "WH", "信阳—孝感段"),
    ("XA", "LZ", "宝鸡—天水段"),
    ("XA", "CD", "汉中—广元段"),
    ("LZ", "CD", "陇南—绵阳段"),
    ("WH", "CS", "咸宁—岳阳段"),
    ("WH", "NC", "黄石—九江段"),
    ("WH", "CQ", "宜昌—万州段"),
    ("CS", "GZ", "衡阳—韶关段"),
    ("CS", "GY", "怀化—凯里段"),
    ("NC", "FZ", "鹰潭—南平段"),
    ("FZ", "XM", "莆田—泉州段"),
    ("XM", "SZ", "漳州—汕头段"),
    ("GZ", "DG", "增城—石龙段"),
    ("DG", "SZ", "虎门—宝安段"),
    ("GZ", "NN", "肇庆—梧州段"),
    ("CQ", "CD", "遂宁—资阳段"),
    ("CQ", "GY", "綦江—遵义段"),
    ("CD", "KM", "攀枝花—楚雄段"),
    ("KM", "GY", "曲靖—六盘水段"),
    ("KM", "NN", "文山—百色段"),
    ("GZ", "SZ", "南沙—前海段"),
];

/// The city of a code.
pub fn city(code: &str) -> Option<&'static City> {
    CITIES.iter().find(|city| city.code == code)
}

/// Length of a cable between two cities: the great circle and a quarter more.
pub fn cable_km(a: &City, z: &City) -> f64 {
    let (north_a, north_z) = (a.latitude.to_radians(), z.latitude.to_radians());
    let east = (z.longitude - a.longitude).to_radians();
    let cosine = north_a.sin() * north_z.sin() + north_a.cos() * north_z.cos() * east.cos();
    (6371.0 * cosine.clamp(-1.0, 1.0).acos() * 1.25 * 10.0).round() / 10.0
}

impl City {
    /// Region id.
    pub fn region_id(&self) -> String {
        format!("{}-{}", self.province, self.code)
    }

    /// Name of the element manager that looks after its elements.
    pub fn ems_name(&self) -> String {
        let region = self.manager.split('_').next().unwrap_or_default();
        format!("EMS-{region}-{}", self.vendor)
    }
}
