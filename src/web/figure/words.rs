//! Figures in the words of people, Chinese and English: the accounting method, why time counts or
//! does not, what kind of cause an outage had. The portal shows nothing but these words.

use engine::ledger::Class;
use engine::plan::words::ExclusionCode;
use engine::plan::{Denominator, Plan, Unmeasured};
use model::alarm::{AlarmRecord, ObjectType};
use model::fault::Category;
use serde::Serialize;
use utoipa::ToSchema;

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Words {
    /// Chinese.
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
}

// === impl Words ===

impl Words {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Words { zh: zh.into(), en: en.into() }
    }
}

/// The accounting method as a sentence.
pub(crate) fn method(plan: &Plan) -> Words {
    let (basis_zh, basis_en) = match plan.denominator {
        Denominator::NetOfExcludedOutage => ("扣除免责中断时间", "service time less excluded outage"),
        Denominator::NetOfWindows => ("扣除全部免责时间", "service time less all excluded time"),
        Denominator::Gross => ("全部服务时间", "all service time"),
    };
    let (unknown_zh, unknown_en) = match plan.unmeasured {
        Unmeasured::LeaveBase => ("未监测时间不计入基数", "unmeasured time leaves the base"),
        Unmeasured::Up => ("未监测时间计为可用", "unmeasured time counts as up"),
        Unmeasured::Down => ("未监测时间计为中断", "unmeasured time counts as down"),
    };
    let (hours_zh, hours_en) = match plan.service_window {
        None => ("全天候", "around the clock"),
        Some(_) => ("约定服务时段内", "within the agreed hours"),
    };
    let mut zh = format!("承诺可用率 {}%，{hours_zh}计算，基数为{basis_zh}，{unknown_zh}", plan.target);
    let mut en = format!("Target {}% {hours_en}; the base is {basis_en}; {unknown_en}", plan.target);
    if plan.merge_gap_s > 0 {
        zh.push_str(&format!("，间隔不足 {} 秒的中断合并", plan.merge_gap_s));
        en.push_str(&format!("; outages less than {} s apart are one", plan.merge_gap_s));
    }
    if plan.min_outage_s > 0 {
        zh.push_str(&format!("，短于 {} 秒的中断不计", plan.min_outage_s));
        en.push_str(&format!("; outages shorter than {} s do not count", plan.min_outage_s));
    }
    zh.push_str(&format!("；割接须提前 {} 小时通知方可免责；时区 {}。", plan.notice_h, plan.zone));
    en.push_str(&format!("; planned work excludes if notified {} h before; zone {}.", plan.notice_h, plan.zone));
    Words { zh, en }
}

/// Why time counts as it does.
pub(crate) fn why(class: Class, code: Option<ExclusionCode>, degraded: bool) -> Words {
    match (class, code) {
        (Class::NotInService, _) => Words::new("电路未在服务期内", "the circuit was not in service"),
        (Class::OutsideWindow, _) => Words::new("不在约定服务时段内", "outside the agreed hours"),
        (Class::Excluded, Some(code)) => exclusion(code),
        (Class::Excluded, None) => Words::new("约定免责", "excluded by agreement"),
        (Class::Down, _) => Words::new("业务中断，计入考核", "no service; it counts"),
        (Class::Unmeasured, _) => Words::new("网管失联，未监测", "not measured: the network manager was silent"),
        (Class::Up, _) if degraded => {
            Words::new("业务可用但有劣化或失去保护", "in service, but impaired or unprotected")
        }
        (Class::Up, _) => Words::new("业务正常", "in service"),
    }
}

fn exclusion(code: ExclusionCode) -> Words {
    let (zh, en) = match code {
        ExclusionCode::PlannedCutover => ("已提前通知的割接", "planned work notified in time"),
        ExclusionCode::CustomerEquipment => ("用户设备原因", "the customer's equipment"),
        ExclusionCode::CustomerPower => ("用户侧停电", "the customer's power"),
        ExclusionCode::CustomerAccessDenied => ("用户侧无法进入", "no access to the customer's site"),
        ExclusionCode::CustomerRequest => ("应用户要求", "at the customer's request"),
        ExclusionCode::CustomerWiring => ("用户布线原因", "the customer's wiring"),
        ExclusionCode::Observation => ("修复后观察期", "observation after repair"),
        ExclusionCode::ThirdPartyFacility => ("第三方设施原因", "a third party's facility"),
        ExclusionCode::ForceMajeure => ("不可抗力", "force majeure"),
        ExclusionCode::CustomerNoResponse => ("用户未响应", "the customer did not answer"),
    };
    Words::new(zh, en)
}

/// The word of a class in JSON.
pub(crate) const fn class_word(class: Class) -> &'static str {
    match class {
        Class::NotInService => "not_in_service",
        Class::OutsideWindow => "outside_window",
        Class::Excluded => "excluded",
        Class::Down => "down",
        Class::Unmeasured => "unmeasured",
        Class::Up => "up",
    }
}

/// The word of an exclusion code in JSON.
pub(crate) fn code_word(code: ExclusionCode) -> String {
    let word = serde_json::to_value(code).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What kind of cause it is, for a customer: a class word and a sentence, never a name of ours.
pub(crate) fn cause(category: Category, record: &AlarmRecord) -> (&'static str, Words) {
    match category {
        Category::Los | Category::Lof if record.object_type == Some(ObjectType::Link) => {
            ("cable", Words::new("传输线路中断", "a transmission line was cut"))
        }
        Category::Los | Category::Lof => ("signal", Words::new("传输信号中断", "the transmission signal was lost")),
        Category::Ais | Category::Rdi => ("upstream", Words::new("上游传输中断", "transmission failed further up")),
        Category::Board | Category::NeUnreachable | Category::EmsLink => {
            ("equipment", Words::new("运营商设备故障", "the carrier's equipment failed"))
        }
        Category::Power | Category::Environment => {
            ("power", Words::new("机房动力环境故障", "power or environment of a site failed"))
        }
        Category::ProtectionSwitch => ("protection", Words::new("保护倒换", "traffic moved to the protection path")),
        Category::Other => ("other", Words::new("网络故障", "a network fault")),
    }
}
