//! Names of people, companies and streets, drawn from word lists. All invented.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// A line of business and how its companies are called.
#[derive(Debug)]
pub struct Industry {
    /// Name of the industry.
    pub name: &'static str,
    /// Endings of company names.
    pub endings: &'static [&'static str],
    /// It works office hours only.
    pub office_hours: bool,
    /// How often.
    pub weight: u32,
}

/// Lines of business.
pub static INDUSTRIES: [Industry; 10] = [
    Industry {
        name: "金融",
        endings: &["银行股份有限公司", "证券有限责任公司", "人寿保险有限公司", "期货有限公司"],
        office_hours: false,
        weight: 20,
    },
    Industry {
        name: "制造",
        endings: &["精密制造有限公司", "汽车零部件有限公司", "重工集团有限公司", "电子科技有限公司"],
        office_hours: false,
        weight: 18,
    },
    Industry {
        name: "政务",
        endings: &["政务服务中心", "公共资源交易中心", "数据管理局"],
        office_hours: true,
        weight: 10,
    },
    Industry {
        name: "医疗", endings: &["人民医院", "医疗集团", "医学检验有限公司"], office_hours: false, weight: 10
    },
    Industry {
        name: "教育", endings: &["理工学院", "外国语学校", "职业技术学院"], office_hours: true, weight: 8
    },
    Industry {
        name: "物流",
        endings: &["物流股份有限公司", "供应链管理有限公司", "速运有限公司"],
        office_hours: false,
        weight: 9,
    },
    Industry {
        name: "零售",
        endings: &["连锁超市有限公司", "百货集团有限公司", "电子商务有限公司"],
        office_hours: false,
        weight: 8,
    },
    Industry {
        name: "能源",
        endings: &["电力设备有限公司", "燃气集团有限公司", "新能源有限公司"],
        office_hours: false,
        weight: 7,
    },
    Industry {
        name: "互联网",
        endings: &["网络科技有限公司", "云计算有限公司", "数字传媒有限公司"],
        office_hours: false,
        weight: 7,
    },
    Industry {
        name: "设计咨询",
        endings: &["建筑设计院", "律师事务所", "会计师事务所"],
        office_hours: true,
        weight: 5,
    },
];

const BRANDS: [&str; 56] = [
    "华辰",
    "瑞恒",
    "鼎信",
    "中衡",
    "远景",
    "安澜",
    "博雅",
    "昌隆",
    "诚毅",
    "德馨",
    "东篱",
    "泛海",
    "丰禾",
    "富盈",
    "冠群",
    "广源",
    "海纳",
    "瀚林",
    "和畅",
    "恒润",
    "弘道",
    "鸿翔",
    "嘉禾",
    "金禾",
    "锦程",
    "景明",
    "君泽",
    "凯旋",
    "康宁",
    "蓝桥",
    "乐成",
    "联拓",
    "明德",
    "铭泰",
    "宁远",
    "鹏程",
    "启明",
    "千帆",
    "青禾",
    "融汇",
    "盛世",
    "顺昌",
    "泰和",
    "天恒",
    "同辉",
    "万象",
    "文澜",
    "祥云",
    "新锐",
    "兴业达",
    "旭日",
    "雅韵",
    "永盛",
    "宇拓",
    "正阳",
    "卓远",
];
const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢",
];
const GIVEN: [&str; 28] = [
    "伟", "芳", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "霞", "平", "刚", "建国",
    "志强", "晓燕", "海波", "丽娟", "文博", "思远", "雨桐", "子轩", "嘉怡",
];
const STREETS: [&str; 18] = [
    "人民路",
    "解放大道",
    "中山路",
    "建设街",
    "科技园路",
    "金融大街",
    "新华路",
    "滨江大道",
    "高新四路",
    "创业路",
    "和平街",
    "文化路",
    "长江路",
    "黄河路",
    "软件园路",
    "学府路",
    "环城南路",
    "迎宾大道",
];

/// A person.
pub fn person(rng: &mut StdRng) -> String {
    format!("{}{}", pick(rng, &SURNAMES), pick(rng, &GIVEN))
}

/// A mobile number of a range that is not in use.
pub fn phone(rng: &mut StdRng) -> String {
    format!("100{:08}", rng.random_range(0..100_000_000u32))
}

/// An address in a city.
pub fn address(rng: &mut StdRng, city: &str) -> String {
    format!("{city}市{}{}号", pick(rng, &STREETS), rng.random_range(1..400))
}

/// The brand of the n-th company: each brand is used once before any comes again.
pub fn brand(number: usize) -> &'static str {
    BRANDS.get(number % BRANDS.len()).copied().unwrap_or("华辰")
}

/// One of a list; the empty text of an empty list.
pub fn pick(rng: &mut StdRng, words: &[&'static str]) -> &'static str {
    words.choose(rng).copied().unwrap_or_default()
}
