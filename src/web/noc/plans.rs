//! Service classes: the accounting methods that figures are computed by, and their sentences.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::plan::words::{Minute, Percent, Weekday};
use engine::plan::{DEFAULT_PLAN, Denominator, OutageClock, PeriodKind, Plan, PlanFile, ServiceWindow, Unmeasured};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Staff;
use crate::extract::Body;
use crate::figure::words::{self, Words};
use crate::problem::{FieldFault, Problem};

/// Longest text of a plan that is tried.
const TOML_MAX: usize = 64 * 1024;

/// A service class; the keys are those of the plan file (interfaces §9) in camel case.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServicePlan)]
pub(crate) struct ServicePlanView {
    /// Name, as contracts say it.
    name: String,
    /// The one for circuits without a contract or with an unknown plan.
    built_in: bool,
    /// Promised availability in percent.
    target: String,
    /// Zone of its calendar.
    zone: String,
    /// `month`, `quarter`, `year` or `30d`.
    period: &'static str,
    /// Day on which a month begins.
    period_start_day: i8,
    /// `alarm`, `ticket`, `earliest` or `latest`.
    clock: &'static str,
    merge_gap_s: i64,
    min_outage_s: i64,
    /// `net_of_excluded_outage`, `net_of_windows` or `gross`.
    denominator: &'static str,
    /// `leave_base`, `up` or `down`.
    unmeasured: &'static str,
    notice_h: i64,
    /// Codes that exclude.
    exclusions: Vec<&'static str>,
    /// Promised hours; null = always.
    service_window: Option<HoursView>,
    restore_within_s: Option<i64>,
    repeat_days: i64,
    chronic_outages: u32,
    chronic_days: i64,
    credits: Vec<CreditView>,
    /// Contracts that name it.
    contracts: usize,
    /// The accounting method in words.
    sentence: Words,
}

/// Promised hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceHours)]
pub(crate) struct HoursView {
    days: Vec<String>,
    from: String,
    to: String,
    holidays: Vec<String>,
    workdays: Vec<String>,
}

/// A band of credits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreditBand)]
pub(crate) struct CreditView {
    below: Option<String>,
    longer_than_s: Option<i64>,
    percent: String,
}

/// The text of one plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanBody {
    /// TOML with one table `[plan.<name>]`.
    toml: String,
}

/// What a plan's text means.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SentenceView {
    /// The accounting method in words.
    sentence: Words,
}

/// Service classes by name, the built-in one first.
#[utoipa::path(get, path = "/sla/plans", tag = "sla", responses((status = 200, body = Vec<ServicePlanView>)))]
pub(crate) async fn list_plans(State(app): State<Arc<App>>, _staff: Staff) -> Json<Vec<ServicePlanView>> {
    let inventory = app.board.inventory();
    let mut contracts: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (_, circuit) in inventory.circuits() {
        contracts.entry(app.figures.plan(circuit.sla_plan).0).or_default().insert(circuit.contract_no);
    }
    let count = |name: &str| contracts.get(name).map_or(0, |named| named.iter().filter(|no| !no.is_empty()).count());
    Json(app.figures.plans().map(|(name, plan)| ServicePlanView::of(name, plan, count(name))).collect())
}

/// Tries the text of one plan: what is wrong with it, or what it means in words. Nothing is kept.
#[utoipa::path(post, path = "/sla/plans/sentence", tag = "sla", request_body = PlanBody,
    responses((status = 200, body = SentenceView), (status = 400)))]
pub(crate) async fn try_plan(_staff: Staff, Body(body): Body<PlanBody>) -> Result<Json<SentenceView>, Problem> {
    let wrong = |reason: String| Problem::bad_field("toml", reason);
    if body.toml.len() > TOML_MAX {
        return Err(wrong(format!("is longer than {TOML_MAX} bytes")));
    }
    let file: PlanFile = toml::from_str(&body.toml).map_err(|error| wrong(error.to_string()))?;
    let faults = file.faults();
    if !faults.is_empty() {
        let fault = |reason| FieldFault { field: "toml".to_owned(), reason };
        return Err(Problem::bad_fields(faults.into_iter().map(fault).collect()));
    }
    match file.plan.values().next() {
        Some(plan) if file.plan.len() == 1 => Ok(Json(SentenceView { sentence: words::method(plan) })),
        _ => Err(wrong("must have exactly one table [plan.<name>]".to_owned())),
    }
}

// === impl ServicePlanView ===

impl ServicePlanView {
    fn of(name: &str, plan: &Plan, contracts: usize) -> Self {
        let credit = |band: &engine::plan::CreditBand| CreditView {
            below: band.below.map(|percent: Percent| percent.to_string()),
            longer_than_s: band.longer_than_s,
            percent: band.percent.to_string(),
        };
        ServicePlanView {
            name: name.to_owned(),
            built_in: name == DEFAULT_PLAN,
            target: plan.target.to_string(),
            zone: plan.zone.to_string(),
            period: match plan.period {
                PeriodKind::Month => "month",
                PeriodKind::Quarter => "quarter",
                PeriodKind::Year => "year",
                PeriodKind::ThirtyDays => "30d",
            },
            period_start_day: plan.period_start_day,
            clock: match plan.clock {
                OutageClock::Alarm => "alarm",
                OutageClock::Ticket => "ticket",
                OutageClock::Earliest => "earliest",
                OutageClock::Latest => "latest",
            },
            merge_gap_s: plan.merge_gap_s,
            min_outage_s: plan.min_outage_s,
            denominator: match plan.denominator {
                Denominator::NetOfExcludedOutage => "net_of_excluded_outage",
                Denominator::NetOfWindows => "net_of_windows",
                Denominator::Gross => "gross",
            },
            unmeasured: match plan.unmeasured {
                Unmeasured::LeaveBase => "leave_base",
                Unmeasured::Up => "up",
                Unmeasured::Down => "down",
            },
            notice_h: plan.notice_h,
            exclusions: plan.exclusions.iter().map(|code| code.word()).collect(),
            service_window: plan.service_window.as_ref().map(HoursView::of),
            restore_within_s: plan.restore_within_s,
            repeat_days: plan.repeat_days,
            chronic_outages: plan.chronic_outages,
            chronic_days: plan.chronic_days,
            credits: plan.credits.iter().map(credit).collect(),
            contracts,
            sentence: words::method(plan),
        }
    }
}

// === impl HoursView ===

impl HoursView {
    fn of(window: &ServiceWindow) -> Self {
        let clock = |minute: Minute| minute.to_string();
        let day = |day: &Weekday| day.words().1.to_lowercase();
        HoursView {
            days: window.days.iter().map(day).collect(),
            from: clock(window.from),
            to: clock(window.to),
            holidays: window.holidays.iter().map(ToString::to_string).collect(),
            workdays: window.workdays.iter().map(ToString::to_string).collect(),
        }
    }
}
