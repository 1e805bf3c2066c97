//! Figures in the words of people, Chinese and English: the accounting method with the plan's
//! numbers put in, a figure as its formula with numbers, and why time counts as it does.

use model::alarm::{AlarmRecord, ObjectType};
use model::fault::Category;

use crate::figure::Figure;
use crate::ledger::Class;
use crate::plan::words::ExclusionCode;
use crate::plan::{Denominator, OutageClock, PeriodKind, Plan, ServiceWindow, Unmeasured};
use crate::sla::Share;

/// One text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

// === impl Text ===

impl Text {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Text { zh: zh.into(), en: en.into() }
    }

    pub(crate) fn push(&mut self, zh: &str, en: &str) {
        self.zh.push_str(zh);
        self.en.push_str(en);
    }
}

/// The accounting method as a sentence.
pub fn method(plan: &Plan) -> Text {
    let (hours, basis) = (hours(plan.service_window.as_ref()), basis(plan.denominator));
    let (period, clock, unknown) = (period(plan), clock(plan.clock), unmeasured(plan.unmeasured));
    let mut text = Text::new(
        format!(
            "承诺可用率 {}%，{}，{}计算，基数为{}，{}，{}",
            plan.target, period.zh, hours.zh, basis.zh, clock.zh, unknown.zh
        ),
        format!(
            "Target {}% {} {}; the base is {}; {}; {}",
            plan.target, period.en, hours.en, basis.en, clock.en, unknown.en
        ),
    );
    if plan.merge_gap_s > 0 {
        let gap = plan.merge_gap_s;
        text.push(&format!("，间隔不足 {gap} 秒的中断合并"), &format!("; outages less than {gap} s apart are one"));
    }
    if plan.min_outage_s > 0 {
        let min = plan.min_outage_s;
        text.push(&format!("，短于 {min} 秒的中断不计"), &format!("; outages shorter than {min} s do not count"));
    }
    if let Some(limit) = plan.restore_within_s {
        text.push(&format!("，修复时限 {limit} 秒"), &format!("; an outage is to be restored within {limit} s"));
    }
    excluding(&mut text, plan);
    text.push(&format!("；时区 {}。", plan.zone), &format!("; zone {}.", plan.zone));
    text
}

/// Which codes exclude, and planned work only if it was told in time.
fn excluding(text: &mut Text, plan: &Plan) {
    match plan.exclusions.len() {
        0 => return text.push("；无免责情形", "; nothing is excluded"),
        all if all == ExclusionCode::ALL.len() => {}
        _ => {
            let reasons: Vec<Text> = plan.exclusions.iter().map(|code| exclusion(*code)).collect();
            let zh: Vec<&str> = reasons.iter().map(|reason| reason.zh.as_str()).collect();
            let en: Vec<&str> = reasons.iter().map(|reason| reason.en.as_str()).collect();
            text.push(&format!("；免责情形：{}", zh.join("、")), &format!("; excluded is only: {}", en.join(", ")));
        }
    }
    if plan.exclusions.contains(&ExclusionCode::PlannedCutover) {
        let hours = plan.notice_h;
        text.push(
            &format!("；割接须提前 {hours} 小时通知方可免责"),
            &format!("; planned work excludes if notified {hours} h before"),
        );
    }
}

/// Why time counts as it does.
pub fn why(class: Class, code: Option<ExclusionCode>, degraded: bool) -> Text {
    match (class, code) {
        (Class::NotInService, _) => Text::new("电路未在服务期内", "the circuit was not in service"),
        (Class::OutsideWindow, _) => Text::new("不在约定服务时段内", "outside the agreed hours"),
        (Class::Excluded, Some(code)) => exclusion(code),
        (Class::Excluded, None) => Text::new("约定免责", "excluded by agreement"),
        (Class::Down, _) => Text::new("业务中断，计入考核", "no service; it counts"),
        (Class::Unmeasured, _) => Text::new("网管失联，未监测", "not measured: the network manager was silent"),
        (Class::Up, _) if degraded => {
            Text::new("业务可用但有劣化或失去保护", "in service, but impaired or unprotected")
        }
        (Class::Up, _) => Text::new("业务正常", "in service"),
    }
}

/// What kind of cause an outage had, for a customer: a class word and a sentence, never a name of ours.
pub fn cause(category: Category, record: &AlarmRecord) -> (&'static str, Text) {
    match category {
        Category::Los | Category::Lof if record.object_type == Some(ObjectType::Link) => {
            ("cable", Text::new("传输线路中断", "a transmission line was cut"))
        }
        Category::Los | Category::Lof => ("signal", Text::new("传输信号中断", "the transmission signal was lost")),
        Category::Ais | Category::Rdi => ("upstream", Text::new("上游传输中断", "transmission failed further up")),
        Category::Board | Category::NeUnreachable | Category::EmsLink => {
            ("equipment", Text::new("运营商设备故障", "the carrier's equipment failed"))
        }
        Category::Power | Category::Environment => {
            ("power", Text::new("机房动力环境故障", "power or environment of a site failed"))
        }
        Category::ProtectionSwitch => ("protection", Text::new("保护倒换", "traffic moved to the protection path")),
        Category::Other => ("other", Text::new("网络故障", "a network fault")),
    }
}

/// The availability as its formula, the formula with numbers (seconds), and the result: a line each
/// for the plan's denominator and for gross.
pub fn formula(figure: &Figure, plan: &Plan) -> [String; 2] {
    let [s, d] = [seconds(figure.service_ms), seconds(figure.down_ms)];
    let [x, w] = [seconds(figure.excluded_outage_ms), seconds(figure.excluded_window_ms)];
    let own = match plan.denominator {
        Denominator::NetOfExcludedOutage => format!("(S - X - D) / (S - X) = ({s} - {x} - {d}) / ({s} - {x})"),
        Denominator::NetOfWindows => format!("(S - W - D) / (S - W) = ({s} - {w} - {d}) / ({s} - {w})"),
        Denominator::Gross => format!("(S - D) / S = ({s} - {d}) / {s}"),
    };
    let gross = format!("(S - X - D) / S = ({s} - {x} - {d}) / {s}");
    [format!("{own} = {}", percent(figure.availability)), format!("{gross} = {}", percent(figure.gross_availability))]
}

fn percent(share: Option<Share>) -> String {
    share.map_or_else(|| "n/a".to_owned(), |share| format!("{} %", share.to_decimal()))
}

/// Seconds, with milliseconds only where there are some.
pub(crate) fn seconds(ms: i64) -> String {
    match ms % 1000 {
        0 => (ms / 1000).to_string(),
        rest => format!("{}.{rest:03}", ms / 1000),
    }
}

fn hours(window: Option<&ServiceWindow>) -> Text {
    let Some(window) = window else { return Text::new("全天候", "around the clock") };
    let days: Vec<Text> = window.days.iter().map(|day| Text::new(day.words().0, day.words().1)).collect();
    let zh: Vec<&str> = days.iter().map(|day| day.zh.as_str()).collect();
    let en: Vec<&str> = days.iter().map(|day| day.en.as_str()).collect();
    let (from, to, out, inside) = (window.from, window.to, window.holidays.len(), window.workdays.len());
    Text::new(
        format!("约定服务时段（周{} {from}–{to}，另有节假日 {out} 天、调休工作日 {inside} 天）内", zh.join("、")),
        format!("within the agreed hours ({} {from}-{to}, {out} holidays, {inside} extra workdays)", en.join(", ")),
    )
}

fn period(plan: &Plan) -> Text {
    match plan.period {
        PeriodKind::Month if plan.period_start_day == 1 => Text::new("按自然月", "by calendar month"),
        PeriodKind::Month => {
            let day = plan.period_start_day;
            Text::new(format!("按自每月 {day} 日起的月份"), format!("by months that begin on day {day}"))
        }
        PeriodKind::Quarter => Text::new("按季度", "by quarter"),
        PeriodKind::Year => Text::new("按年度", "by year"),
        PeriodKind::ThirtyDays => Text::new("按自合同起始日起每 30 天", "by 30 days from the contract's start"),
    }
}

fn basis(denominator: Denominator) -> Text {
    match denominator {
        Denominator::NetOfExcludedOutage => Text::new("扣除免责中断时间", "service time less excluded outage"),
        Denominator::NetOfWindows => Text::new("扣除全部免责时间", "service time less all excluded time"),
        Denominator::Gross => Text::new("全部服务时间", "all service time"),
    }
}

fn clock(clock: OutageClock) -> Text {
    match clock {
        OutageClock::Alarm => Text::new("中断自告警产生至清除", "an outage lasts from its alarm to the clear"),
        OutageClock::Ticket => {
            Text::new("中断自建单至回单恢复", "an outage lasts from its ticket to the reported repair")
        }
        OutageClock::Earliest => {
            Text::new("中断自告警与建单之较早者起", "an outage begins with its alarm or its ticket, the earlier")
        }
        OutageClock::Latest => {
            Text::new("中断自告警与建单之较晚者起", "an outage begins with its alarm or its ticket, the later")
        }
    }
}

fn unmeasured(unmeasured: Unmeasured) -> Text {
    match unmeasured {
        Unmeasured::LeaveBase => Text::new("未监测时间不计入基数", "unmeasured time leaves the base"),
        Unmeasured::Up => Text::new("未监测时间计为可用", "unmeasured time counts as up"),
        Unmeasured::Down => Text::new("未监测时间计为中断", "unmeasured time counts as down"),
    }
}

fn exclusion(code: ExclusionCode) -> Text {
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
    Text::new(zh, en)
}

#[cfg(test)]
mod tests;
