//! Every word of the report that is not data, in Chinese and English, in the terms of the glossary.

use crate::input::{Counted, Language};

/// One text in both languages: Chinese, English.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text(&'static str, &'static str);

// === impl Text ===

impl Text {
    /// In a language.
    pub(crate) const fn say(self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.0,
            Language::En => self.1,
        }
    }

    /// With `{}` filled in.
    pub(crate) fn with(self, language: Language, values: &[&str]) -> String {
        let mut parts = self.say(language).split("{}");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (part, value) in parts.zip(values) {
            out.push_str(value);
            out.push_str(part);
        }
        out
    }
}

/// One of something is named otherwise than many.
pub(crate) fn number(n: usize, one: Text, many: Text) -> Text {
    if n == 1 { one } else { many }
}

/// What an interval counts as.
pub(crate) const fn counted(what: Counted) -> Text {
    match what {
        Counted::Counted => COUNTED,
        Counted::Excluded => EXCLUDED,
        Counted::Unmeasured => UNMEASURED,
        Counted::OutsideWindow => Text("服务时间外", "Outside service hours"),
        Counted::NotInService => Text("未开通", "Not in service"),
        Counted::Up => Text("正常", "Up"),
    }
}

macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => { $(pub(crate) const $name: Text = Text($zh, $en);)* };
}

texts! {
    TITLE = "月度服务质量报告", "Monthly service report";
    HEADLINE = "标题", "Title";
    ZONE = "时间均为 {}", "all times {}";
    CUSTOMER = "客户", "Customer";
    CUSTOMER_NUMBER = "客户编号", "Customer number";
    TIER = "客户等级", "Tier";
    ACCOUNT_MANAGER = "客户经理", "Account manager";
    CARRIER = "运营商", "Carrier";
    PERIOD_START = "周期起", "Period from";
    PERIOD_END = "周期止", "Period to";
    TIME_ZONE = "时区", "Time zone";
    REVISION = "版本", "Revision";
    REVISION_NOTE = "修订说明", "What changed";
    DIGEST = "摘要", "Digest";
    GENERATED = "生成时间", "Generated";
    COMPLETE = "数据完整率", "Data complete";
    PAGE_FOOT = "生成时间 {} · 数据完整率 {} · 版本 {} · 摘要 {}", "Generated {} · data complete {} · revision {} · digest {}";

    CONTRACT_CIRCUITS = "合同电路", "Circuits in contract";
    MET_TARGET = "达标", "Met target";
    MISSED_TARGET = "未达标", "Missed target";
    WORST = "最差可用率", "Availability (worst)";
    MET = "达标", "Met";
    MISSED = "未达标", "Missed";
    NOT_APPLICABLE = "不适用", "Not applicable";

    NO_CIRCUITS = "本周期内合同无电路。", "The contract had no circuits in this period.";
    ALL_MET_ONE = "1 条电路达到目标。", "The circuit met its target.";
    ALL_MET = "{} 条电路全部达到目标。", "All {} circuits met their targets.";
    MISSED_ONE = "1 条电路未达到 {}% 目标：{} 计入中断 {} 分钟，额度 {} 分钟。", "One circuit missed its {}% target: {}, {} counted minutes against {} allowed.";
    MISSED_MANY = "{} 条电路未达到目标，其中最差的是 {}：计入中断 {} 分钟，额度 {} 分钟。", "{} circuits missed their targets; the worst is {}, {} counted minutes against {} allowed.";
    OTHERS_MET_ONE = "其余 1 条电路达标。", "The other circuit met its target.";
    OTHERS_MET = "其余 {} 条电路全部达标。", "The other {} circuits met their targets.";
    NO_FIGURE_ONE = "1 条电路本周期无可用率。", "One circuit has no figure in this period.";
    NO_FIGURE = "{} 条电路本周期无可用率。", "{} circuits have no figure in this period.";
    CREDIT = "{}：建议赔付月租费的 {}%（{}），待审批。", "{}: a credit of {}% of its monthly charge is advised ({}), subject to approval.";
    UNMEASURED_SAID = "{} 条电路有无测量时段，已在图、表中标出。", "Time without measurement on {} circuits is marked in charts and tables.";
    UNMEASURED_SAID_ONE = "1 条电路有无测量时段，已在图、表中标出。", "Time without measurement on one circuit is marked in charts and tables.";

    SUMMARY = "概要", "Summary";
    CIRCUITS = "电路明细", "Circuits";
    CIRCUIT = "电路", "Circuit";
    CIRCUIT_CODE = "电路代号", "Circuit code";
    ROUTE = "起止", "Route";
    A_END = "A 端", "A-end";
    Z_END = "Z 端", "Z-end";
    SERVICE_KIND = "业务", "Service";
    CLASS = "保障等级", "Service class";
    PLAN = "SLA 方案", "SLA plan";
    TARGET = "目标", "Target";
    TARGET_PERCENT = "目标(%)", "Target (%)";
    ACHIEVED = "实际", "Achieved";
    AVAILABILITY_PERCENT = "可用率(%)", "Availability (%)";
    GROSS_PERCENT = "未剔除可用率(%)", "Gross availability (%)";
    MEASURED_PERCENT = "数据完整率(%)", "Data complete (%)";
    MONTHS = "近 12 个月", "12 months";
    MONTHS_NOTE = "近 12 个月：深色为已用额度占比，满格为未达标，横线为无数据。", "12 months: dark is the share of the allowed down time that was used, a full bar a missed target, a line a month without a figure.";
    MONTHS_QUIET = "近 12 个月无未达标", "no missed month";
    MONTHS_MISSED = "未达标：{}", "missed: {}";
    SHARE_GROSS = "未剔除%", "Gross %";
    SHARE_MEASURED = "完整率%", "Data %";
    MONTH = "月份", "Month";
    HISTORY = "近 12 个月", "Last 12 months";
    COUNTED_MIN = "计入(分)", "Counted min";
    EXCLUDED_MIN = "剔除(分)", "Excluded min";
    ALLOWED_MIN = "额度(分)", "Allowed min";
    LEFT_MIN = "剩余(分)", "Left min";
    RESULT = "结果", "Result";
    CREDIT_PERCENT = "建议赔付(%)", "Advised credit (%)";
    SERVICE_S = "服务时长(秒)", "Service time (s)";
    COUNTED_S = "计入(秒)", "Counted (s)";
    EXCLUDED_OUTAGE_S = "剔除的中断(秒)", "Excluded outage (s)";
    EXCLUDED_WINDOW_S = "剔除时段(秒)", "Excluded windows (s)";
    EXCLUDED_S = "剔除(秒)", "Excluded (s)";
    UNMEASURED_S = "无测量(秒)", "Unmeasured (s)";
    NOT_IN_SERVICE_S = "未开通(秒)", "Not in service (s)";
    OUTSIDE_S = "服务时间外(秒)", "Outside service hours (s)";
    ALLOWED_S = "额度(秒)", "Allowed (s)";
    LEFT_S = "剩余(秒)", "Left (s)";
    OUTAGE_COUNT = "中断次数", "Outages";
    MTTR = "平均修复时间", "MTTR";
    MTBF = "平均无故障时间", "MTBF";
    LONGEST_MIN = "最长(分)", "Longest min";
    MTTR_S = "平均修复时间(秒)", "MTTR (s)";
    MTBF_S = "平均无故障时间(秒)", "MTBF (s)";
    LONGEST_S = "最长中断(秒)", "Longest (s)";
    IN_TIME = "限时修复", "Restored in time";
    REPEATS = "重复故障", "Repeat faults";
    CHRONIC = "频发", "Chronic";
    YES = "是", "Yes";
    NO = "否", "No";

    RIBBONS = "每日可用率", "Availability by day";
    RIBBON_LABEL = "{} 每日可用率：{}", "{}, availability by day: {}";
    RIBBON_QUIET = "无中断", "no interruption";
    RIBBON_DOWN = "{} 计入 {} 分钟", "{} {} min counted";
    LEGEND_UP = "可用", "Available";
    LEGEND_DOWN = "计入的中断", "Counted outage";
    LEGEND_EXCLUDED = "割接或剔除", "Planned work or excluded";
    LEGEND_UNMEASURED = "无测量", "Not measured";
    LEGEND_NOT_IN_SERVICE = "未开通", "Not in service";
    LEGEND_DEGRADED = "劣化", "Degraded";

    FORMULA = "可用率计算口径", "How availability is calculated";
    FORMULA_NOTE = "计入与剔除时间的逐条依据见“中断明细”与“剔除与无测量”。", "Counted and excluded time is itemised with evidence under “Outages” and “Excluded and unmeasured time”.";

    FIGURES = "电路指标", "Figures by circuit";
    OUTAGES = "中断明细", "Outages";
    OUTAGE = "中断", "Outage";
    OUTAGE_LINE = "中断 {}，计入 {}，剔除 {}。", "Interrupted {}: counted {}, excluded {}.";
    NO_OUTAGES = "本周期无中断。", "No outage in this period.";
    START = "开始", "Start";
    END = "结束", "End";
    OPEN = "未恢复", "not restored";
    CAUSE = "原因", "Cause";
    PLACE = "位置", "Where";
    RFO = "故障报告", "RFO";
    RFO_LINE = "故障报告 {}：{}。", "RFO {}: {}.";
    RFO_CAUSE = "原因类别", "Cause class";
    RFO_PARTY = "责任方", "Responsible party";
    RFO_ACTION = "处理措施", "Action";
    TICKET = "工单", "Ticket";
    WHEN = "时段", "When";
    FROM = "起", "From";
    TO = "止", "To";
    DURATION = "时长", "Duration";
    DURATION_S = "时长(秒)", "Duration (s)";
    SLA = "SLA", "SLA";
    WHY = "依据", "Why";
    EVIDENCE = "证据", "Evidence";
    TOTAL = "合计", "Total";
    TOTAL_LINE = "计入 {}，剔除 {}", "Counted {}, excluded {}";
    COUNTED = "计入", "Counted";
    EXCLUDED = "剔除", "Excluded";
    UNMEASURED = "无测量", "Unmeasured";
    LEDGER = "中断计时明细", "Ledger";

    PERFORMANCE = "性能", "Performance";
    NO_PERFORMANCE = "本周期无性能数据。", "There is no performance data in this period.";
    NOT_MEASURED_LIST = "{} 条电路无性能数据：{}。", "No performance data of {} circuit(s): {}.";
    PM_THERE = "有性能数据", "Performance data";
    PM_COMPLETE_PERCENT = "性能数据完整率(%)", "Performance data complete (%)";
    ES = "ES(秒)", "ES (s)";
    SES = "SES(秒)", "SES (s)";
    UAS = "UAS(秒)", "UAS (s)";
    BBE = "BBE", "BBE";
    DELAY = "时延(毫秒)", "Delay (ms)";
    JITTER = "抖动(毫秒)", "Jitter (ms)";
    LOSS = "丢包(%)", "Loss (%)";
    DELAY_P50 = "时延中位(毫秒)", "Delay p50 (ms)";
    DELAY_P95 = "时延 95 百分位(毫秒)", "Delay p95 (ms)";
    DELAY_MAX = "时延最大(毫秒)", "Delay max (ms)";
    JITTER_P50 = "抖动中位(毫秒)", "Jitter p50 (ms)";
    JITTER_P95 = "抖动 95 百分位(毫秒)", "Jitter p95 (ms)";
    JITTER_MAX = "抖动最大(毫秒)", "Jitter max (ms)";
    LOSS_P50 = "丢包中位(%)", "Loss p50 (%)";
    LOSS_P95 = "丢包 95 百分位(%)", "Loss p95 (%)";
    LOSS_MAX = "丢包最大(%)", "Loss max (%)";
    LEVELS_NOTE = "中位 / 95 百分位 / 最大，按测量周期。", "Median / 95th percentile / greatest, over the periods of measurement.";
    BESIDE = "性能数据与告警对照", "Measurement beside alarms";
    BESIDE_NOTE = "两项可用率均按双方已知的同一时段计算；无有效性能数据的时间不视为零。", "Both availabilities are of the same time, which both know; time without a valid value is never taken for zero.";
    NO_UAS = "本周期无不可用秒（UAS）数据，无法对照。", "No unavailable seconds (UAS) were measured in this period, so there is nothing to compare.";
    BY_MEASUREMENT = "按性能数据", "By measurement";
    BY_MEASUREMENT_PERCENT = "按性能数据的可用率(%)", "Availability by measurement (%)";
    BY_ALARMS = "按告警", "By alarms";
    BY_ALARMS_PERCENT = "同时段按告警的可用率(%)", "Availability by alarms in the same time (%)";
    COMPARED_S = "对照时长(秒)", "Compared (s)";
    UNAVAILABLE_S = "对照时段不可用(秒)", "Unavailable as measured (s)";
    DOWN_BY_ALARMS = "告警中断", "Down by alarms";
    DOWN_BY_ALARMS_S = "对照时段告警中断(秒)", "Down by alarms (s)";
    MORE_S = "性能数据多出(秒)", "Measured beyond alarms (s)";
    LESS_S = "性能数据不足(秒)", "Alarms beyond measured (s)";
    NO_VALUE = "无有效数据", "No valid value";
    NO_VALUE_S = "无有效性能数据(秒)", "No valid value (s)";
    NO_VALUE_DOWN_S = "其中告警中断(秒)", "Down by alarms without valid value (s)";
    OVER_LIMIT = "差异超限", "Over the limit";
    WORST_MEASURED = "最差电路逐日", "The worst by day";
    CHART_MOST = "{} 最多 {}（{}）", "{}: most {} ({})";

    SERVICE = "服务", "Service";
    SERVICE_FIGURES = "服务指标", "Service figures";
    FIGURE = "指标", "Figure";
    VALUE = "数值", "Value";
    MEAN_DOWN = "电路平均中断时间", "Mean down time of a circuit";
    FAULTS_PER_CIRCUIT = "每条电路故障次数", "Faults per circuit";
    WITHOUT_DOWN = "无中断电路占比", "Circuits without down time";
    P95_DOWN = "中断时间 95 百分位", "95th percentile of down time";
    OUTAGES_ENDED = "本周期恢复的中断", "Outages ended in the period";
    REPEATS_30 = "重复故障（同一电路 30 天内）", "Repeat faults (same circuit within 30 days)";
    REPEAT_RATE = "重复故障率", "Repeat-fault rate";
    IN_TIME_OF = "{} / {}", "{} of {}";
    LIMITED = "有修复时限的中断", "Outages with a limit";
    ANSWERED_IN_TIME = "首次反馈及时", "First answer in time";
    ANSWERED_WITH_LIMIT = "有反馈时限的工单", "Tickets with a limit for the answer";
    REPEATING = "重复与频发故障电路", "Circuits with repeat faults, and chronic ones";
    NO_REPEATING = "本周期无重复或频发故障。", "No repeat fault and no chronic circuit in this period.";
    PROTECTIONS = "重保时段", "Key-protection periods";
    NO_PROTECTIONS = "本周期无重保。", "No key protection in this period.";
    PROTECT_LEVEL = "重保等级", "Level";
    CONTACT = "联系方式", "Contact";
    CHRONIC_LIST = "频发故障电路", "Chronic circuits";
    NONE = "无", "None";
    TICKETS = "工单", "Tickets";
    NO_TICKETS = "本周期无工单。", "No ticket in this period.";
    NUMBER = "编号", "Number";
    OPENED = "受理", "Opened";
    ANSWERED = "首次反馈", "First answer";
    RESTORED = "恢复", "Restored";
    ANSWER_IN_TIME = "反馈及时", "Answer in time";
    RESTORE_IN_TIME = "修复及时", "Restored in time";
    IN_TIME_SHORT = "及时", "In time";
    FACT = "{}：{}", "{}: {}";
    SUBJECT = "内容", "Subject";
    WORKS = "割接", "Planned work";
    NO_WORKS = "本周期及其后无割接。", "No planned work in this period or announced after it.";
    AFFECT = "影响时段", "Affect window";
    NOTIFIED = "通知时间", "Notified";
    OVERRUN = "超时", "Overrun";
    OVERRUN_S = "超时(秒)", "Overrun (s)";
    STATE = "状态", "State";

    EXCLUSIONS = "剔除与无测量", "Excluded and unmeasured time";
    SIGNED_OFF = "剔除与挂起时段", "Excluded and suspended time";
    NO_EXCLUSIONS = "本周期无剔除时段。", "Nothing was excluded in this period.";
    DOWN = "中断", "Down";
    SUSPENDED = "计时挂起", "Clock suspended";
    APPROVER = "决定人", "Decided by";
    GAPS = "无测量时段", "Time without measurement";
    NO_GAPS = "本周期测量完整。", "Measurement was complete in this period.";

    STANDING = "月度例行报表", "Standing monthly report";
    CUSTOMERS = "客户", "Customers";
    CUSTOMER_NAME = "客户名称", "Customer name";
    ALL_CUSTOMERS = "全部客户", "All customers";
    CIRCUITS_SERVED = "在服务电路", "Circuits in service";
    CIRCUITS_RATED = "有可用率的电路", "Circuits with a figure";
    AS_OF = "数据截至", "Figures up to";
    MEAN_DOWN_S = "电路平均中断时间(秒)", "Mean down time of a circuit (s)";
    P95_DOWN_S = "中断时间 95 百分位(秒)", "95th percentile of down time (s)";
    WITHOUT_DOWN_PERCENT = "无中断电路占比(%)", "Circuits without down time (%)";
    REPEAT_RATE_PERCENT = "重复故障率(%)", "Repeat-fault rate (%)";
    CHRONIC_COUNT = "频发故障电路数", "Number of chronic circuits";
    WORK_COUNT = "割接次数", "Planned works";
    PROTECTION_COUNT = "重保次数", "Key protections";

    METHOD = "口径与术语", "Method and glossary";
    METHOD_OF = "SLA 方案 {}", "SLA plan {}";
    GLOSSARY = "术语", "Glossary";
    TERM = "术语", "Term";
    MEANING = "含义", "Meaning";
    SIGN_OFF = "签字", "Sign-off";
    DATE = "日期", "Date";
}

/// Terms of the glossary with their meaning.
pub(crate) const GLOSSARY_TERMS: [(Text, Text); 8] = [
    (
        Text("计入", "Counted"),
        Text(
            "电路中断且按合同计入 SLA 的时间。",
            "Time in which the circuit was down and that counts under the contract.",
        ),
    ),
    (
        Text("剔除", "Excluded"),
        Text(
            "按合同不计入 SLA 的时间，逐条列明依据和审批人。",
            "Time that does not count under the contract; each interval has its reason and approval.",
        ),
    ),
    (
        Text("无测量", "Unmeasured"),
        Text(
            "网管数据源中断、电路状态未知的时间，从不视为可用而不注明。",
            "Time in which the network was not heard and the state is unknown; it is always marked.",
        ),
    ),
    (
        Text("可用率", "Availability"),
        Text(
            "按 SLA 方案计算，以毫秒为单位，显示时向不利方向截取三位小数。",
            "By the SLA plan, in milliseconds; shown with three decimals, truncated towards worse.",
        ),
    ),
    (Text("未剔除可用率", "Gross availability"), Text("不作任何剔除的可用率。", "Availability without any exclusion.")),
    (
        Text("平均修复时间", "MTTR"),
        Text(
            "本周期恢复的中断，其计入时间的平均值。",
            "Counted time of the outages that ended in the period, by outage.",
        ),
    ),
    (Text("平均无故障时间", "MTBF"), Text("可用时间除以中断次数。", "Up time by outage.")),
    (
        Text("频发", "Chronic"),
        Text("近期中断次数达到 SLA 方案的限值。", "As many recent outages as the SLA plan names."),
    ),
];
