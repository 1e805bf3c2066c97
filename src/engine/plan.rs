//! SLA plans: the accounting method as data (semantics §4, plan file of interfaces §9).
//!
//! Two carriers never count alike, so everything that changes a figure is a field here and is
//! printed with the figure. Unknown keys are refused; [`PlanFile::faults`] lists all mistakes at once.

pub mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::time::Zone;
use serde::Deserialize;

use self::words::{ExclusionCode, Minute, Percent, Weekday};

/// The name of the plan that is built in.
pub const DEFAULT_PLAN: &str = "default";
/// Longest gap or shortest outage that a plan may name: a day, in seconds.
const SECONDS_MAX: i64 = 86_400;
/// Longest notice that a plan may ask: a year, in hours.
const NOTICE_H_MAX: i64 = 8_784;
/// Days in which outages may be looked for before others.
const LOOK_BACK_DAYS: std::ops::RangeInclusive<i64> = 1..=366;

/// A plan file: one table `[plan.<name>]` for each SLA plan named in a contract.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// Plans by name.
    #[serde(default)]
    pub plan: BTreeMap<String, Plan>,
}

/// One way of accounting. Absent keys have the value of the built-in plan.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Promised availability in percent; default 99.9.
    pub target: Percent,
    /// Zone of the calendar: months, days, service hours; default UTC+8.
    pub zone: Zone,
    /// What a period is; default calendar month.
    pub period: PeriodKind,
    /// The day on which a month begins, 1 to 28; default 1. October from day 26 is 26 October to 26 November.
    pub period_start_day: i8,
    /// What starts and ends an outage; default the alarm.
    pub clock: OutageClock,
    /// Outages closer than this many seconds are one, the gap included; default 0.
    pub merge_gap_s: i64,
    /// An outage shorter than this many seconds does not count; default 0.
    pub min_outage_s: i64,
    /// What the percentage is of; default net of excluded outage.
    pub denominator: Denominator,
    /// What unmeasured time counts as; default it leaves the base.
    pub unmeasured: Unmeasured,
    /// Hours before its affect window by which planned work must be notified to exclude; default 72.
    pub notice_h: i64,
    /// The codes that exclude; default all.
    pub exclusions: Vec<ExclusionCode>,
    /// Hours in which the service is promised; absent = always.
    pub service_window: Option<ServiceWindow>,
    /// Promised time to restore, in seconds.
    pub restore_within_s: Option<i64>,
    /// An outage that begins at most so many days after the one before is a repeat; default 30.
    pub repeat_days: i64,
    /// A circuit with at least so many outages … default 3.
    pub chronic_outages: u32,
    /// … in so many days is chronic; default 45.
    pub chronic_days: i64,
    /// Credits, as advice: of each kind of band the last that applies, together at most 100 %.
    pub credits: Vec<CreditBand>,
}

/// What a period of a plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum PeriodKind {
    /// Calendar month.
    #[default]
    #[serde(rename = "month")]
    Month,
    /// Calendar quarter.
    #[serde(rename = "quarter")]
    Quarter,
    /// Calendar year.
    #[serde(rename = "year")]
    Year,
    /// Thirty days, counted from the contract's start date.
    #[serde(rename = "30d")]
    ThirtyDays,
}

/// What starts and ends an outage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutageClock {
    /// The alarm's raise and clear.
    #[default]
    Alarm,
    /// The ticket's opening and the reported repair.
    Ticket,
    /// The earlier of the two starts, to the clear.
    Earliest,
    /// The later of the two starts, to the clear.
    Latest,
}

/// What the percentage is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denominator {
    /// Service time less excluded time in which the circuit was down.
    #[default]
    NetOfExcludedOutage,
    /// Service time less all excluded time (MEF).
    NetOfWindows,
    /// Service time.
    Gross,
}

/// What unmeasured time counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmeasured {
    /// It is taken out of the service time.
    #[default]
    LeaveBase,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// Weekly hours with holidays.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceWindow {
    /// Days of the week; default all.
    #[serde(default = "Weekday::all")]
    pub days: Vec<Weekday>,
    /// First minute inside, `00:00` to `23:59`.
    pub from: Minute,
    /// First minute after, up to `24:00`.
    pub to: Minute,
    /// Dates that are out whatever the weekday.
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// Dates that are in whatever the weekday.
    #[serde(default)]
    pub workdays: Vec<Date>,
}

/// One band of credits. It has exactly one condition; the next band of its kind begins where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditBand {
    /// Availability below this percentage …
    pub below: Option<Percent>,
    /// … or a longest outage of more than so many seconds …
    pub longer_than_s: Option<i64>,
    /// … is worth this percentage of the monthly charge.
    pub percent: Percent,
}

/// The plan that a circuit is measured by, and whether somebody chose it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chosen<'a> {
    /// The contract's plan.
    Named(&'a Plan),
    /// The built-in plan: no contract, or a plan that the file does not have.
    BuiltIn(&'a Plan),
}

// === impl PlanFile ===

impl PlanFile {
    /// Every mistake, each with the plan and key that it is about. Empty = usable.
    pub fn faults(&self) -> Vec<String> {
        let reserved = self.plan.contains_key(DEFAULT_PLAN).then(|| {
            format!("plan.{DEFAULT_PLAN}: this is the name of the built-in plan: give your plan another name")
        });
        let own = self.plan.iter().flat_map(|(name, plan)| {
            let faults = plan.faults().into_iter();
            faults.map(move |fault| format!("plan.{name}.{fault}"))
        });
        reserved.into_iter().chain(own).collect()
    }

    /// The plan of that name, else `built_in`.
    pub fn choose<'a>(&'a self, name: &str, built_in: &'a Plan) -> Chosen<'a> {
        self.plan.get(name).map_or(Chosen::BuiltIn(built_in), Chosen::Named)
    }
}

// === impl Chosen ===

impl<'a> Chosen<'a> {
    /// The plan itself.
    pub fn plan(self) -> &'a Plan {
        match self {
            Chosen::Named(plan) | Chosen::BuiltIn(plan) => plan,
        }
    }
}

// === impl Plan ===

impl Default for Plan {
    fn default() -> Self {
        Plan {
            target: Percent::from_millionths(99_900_000),
            zone: Zone::default(),
            period: PeriodKind::default(),
            period_start_day: 1,
            clock: OutageClock::default(),
            merge_gap_s: 0,
            min_outage_s: 0,
            denominator: Denominator::default(),
            unmeasured: Unmeasured::default(),
            notice_h: 72,
            exclusions: ExclusionCode::ALL.to_vec(),
            service_window: None,
            restore_within_s: None,
            repeat_days: 30,
            chronic_outages: 3,
            chronic_days: 45,
            credits: Vec::new(),
        }
    }
}

impl Plan {
    /// Every mistake as `key: what, what to do`.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |good: bool, text: &str| {
            if !good {
                faults.push(text.to_owned());
            }
        };
        check(self.target.is_share() && self.target != Percent::ZERO, "target: must be above 0 and at most 100");
        check((1..=28).contains(&self.period_start_day), "period_start_day: must be 1 to 28");
        check(self.period == PeriodKind::Month || self.period_start_day == 1, "period_start_day: is for months only");
        check((0..=SECONDS_MAX).contains(&self.merge_gap_s), "merge_gap_s: must be 0 to 86400");
        check((0..=SECONDS_MAX).contains(&self.min_outage_s), "min_outage_s: must be 0 to 86400");
        check((0..=NOTICE_H_MAX).contains(&self.notice_h), "notice_h: must be 0 to 8784");
        check(self.restore_within_s.is_none_or(|s| s > 0), "restore_within_s: must be above 0");
        check(LOOK_BACK_DAYS.contains(&self.repeat_days), "repeat_days: must be 1 to 366");
        check(LOOK_BACK_DAYS.contains(&self.chronic_days), "chronic_days: must be 1 to 366");
        check(self.chronic_outages > 0, "chronic_outages: must be above 0");
        check(
            self.credits.iter().all(CreditBand::is_whole),
            "credits: a band has \"below\" or \"longer_than_s\", not both; shares are 0 to 100, seconds above 0",
        );
        check(
            ascends(self.credits.iter().filter_map(|band| band.below).rev()),
            "credits: must be ordered from the highest to the lowest \"below\"",
        );
        check(
            ascends(self.credits.iter().filter_map(|band| band.longer_than_s)),
            "credits: must be ordered from the lowest to the highest \"longer_than_s\"",
        );
        faults.extend(self.service_window.iter().flat_map(ServiceWindow::faults));
        faults
    }
}

// === impl CreditBand ===

impl CreditBand {
    /// It has one condition, and its numbers can be.
    fn is_whole(&self) -> bool {
        self.below.is_some() != self.longer_than_s.is_some()
            && self.below.is_none_or(Percent::is_share)
            && self.longer_than_s.is_none_or(|s| s > 0)
            && self.percent.is_share()
    }
}

// === impl ServiceWindow ===

impl ServiceWindow {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.from >= self.to {
            faults.push("service_window: \"from\" must be before \"to\" (at most \"24:00\")".to_owned());
        }
        if self.days.is_empty() && self.workdays.is_empty() {
            faults.push("service_window: has no day: list \"days\" or \"workdays\"".to_owned());
        }
        let both = self.holidays.iter().filter(|day| self.workdays.contains(day));
        faults.extend(both.map(|day| format!("service_window: {day} is both a holiday and a workday: keep one")));
        faults
    }
}

fn ascends<T: Ord>(values: impl Iterator<Item = T>) -> bool {
    values.is_sorted_by(|a, b| a < b)
}

#[cfg(test)]
mod tests;
