//! The SLA plans that contracts name, as data and as the text of a plan file.

/// An SLA plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanName {
    /// AAA circuits.
    Platinum,
    /// AA circuits.
    Gold,
    /// A circuits.
    Silver,
    /// Everything else.
    Standard,
    /// Customers that work office hours.
    Office,
}

impl PlanName {
    /// Every plan.
    pub const ALL: [PlanName; 5] =
        [PlanName::Platinum, PlanName::Gold, PlanName::Silver, PlanName::Standard, PlanName::Office];

    /// The name in contracts and in the plan file.
    pub const fn word(self) -> &'static str {
        match self {
            PlanName::Platinum => "platinum",
            PlanName::Gold => "gold",
            PlanName::Silver => "silver",
            PlanName::Standard => "standard",
            PlanName::Office => "office",
        }
    }

    /// The plan for a service level; customers with office hours take theirs below AA.
    pub fn of(service_level: &str, office_hours: bool) -> Self {
        match service_level {
            "AAA" => PlanName::Platinum,
            "AA" => PlanName::Gold,
            _ if office_hours => PlanName::Office,
            "A" => PlanName::Silver,
            _ => PlanName::Standard,
        }
    }
}

/// The plan file for every plan of the world. Holidays are those of 2026, with their workdays.
pub const PLANS_TOML: &str = r#"# SLA plans of the demonstration carrier.

[plan.platinum]
target = 99.99
zone = "Asia/Shanghai"
period = "month"
merge_gap_s = 60
notice_h = 72
restore_within_s = 7200
credits = [ { below = 99.99, percent = 10 }, { below = 99.9, percent = 25 }, { below = 99.0, percent = 100 } ]

[plan.gold]
target = 99.95
zone = "Asia/Shanghai"
period = "month"
notice_h = 72
restore_within_s = 10800
credits = [ { below = 99.95, percent = 10 }, { below = 99.5, percent = 25 } ]

[plan.silver]
target = 99.9
zone = "Asia/Shanghai"
period = "month"
notice_h = 72
restore_within_s = 14400
credits = [ { below = 99.9, percent = 10 }, { below = 99.0, percent = 25 } ]

[plan.standard]
target = 99.5
zone = "Asia/Shanghai"
period = "month"
min_outage_s = 60
notice_h = 48
restore_within_s = 28800
credits = [ { below = 99.5, percent = 5 } ]

[plan.office]
target = 99.5
zone = "Asia/Shanghai"
period = "month"
notice_h = 72
restore_within_s = 14400
service_window = { days = ["mon", "tue", "wed", "thu", "fri"], from = "08:00", to = "18:00", holidays = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-23", "2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05", "2026-06-19", "2026-09-25", "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"], workdays = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"] }
credits = [ { below = 99.5, percent = 5 }, { below = 98.0, percent = 15 } ]
"#;
