//! Runs of reports: asked for, watched, stopped and taken up again. A task of the root makes the files.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::{CustomerIx, Inventory};
use engine::period::Period;
use engine::plan::Plan;
use http::StatusCode;
use model::report::{Format, Language, RunState};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::report::{Recipient, Run, add_run, cancel_run, resume_run, run_by_id, runs_page};
use utoipa::{IntoParams, ToSchema};

use crate::access::audit_of;
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::BadCursor;
use crate::extract::{Body, Params, Segment, page_limit};
use crate::figure::aside;
use crate::noc::Listing;
use crate::problem::{FieldFault, Problem, ProblemCode};

/// Most customers that one run may name.
const NAMED_MAX: usize = 10_000;

/// Where the page of runs begins.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunQuery {
    /// Where the page begins.
    pub(super) cursor: Option<String>,
    /// Rows, up to 1000.
    pub(super) limit: Option<usize>,
}

/// Reports to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportRunBody)]
pub(crate) struct RunBody {
    /// A month, `2026-10`. One that is not over gives preliminary reports.
    label: String,
    /// `zh` or `en`.
    language: String,
    /// Some of `pdf`, `xlsx`, `csv`.
    formats: Vec<String>,
    /// Customer numbers; absent = all that had a circuit in the month.
    customers: Option<Vec<String>>,
}

/// A run of reports.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportRun)]
pub(crate) struct RunView {
    /// Number.
    id: String,
    /// The month as a window; a contract's may have another zone or start day.
    #[schema(value_type = Object)]
    period: Window,
    /// The month.
    label: String,
    /// `zh` or `en`.
    #[schema(value_type = String)]
    language: Language,
    /// What each report is written as.
    #[schema(value_type = Vec<String>)]
    formats: Vec<Format>,
    /// Customers.
    customers: u32,
    /// Of them, those that have all their files.
    done: u32,
    /// Of them, those of which a file failed.
    failed: u32,
    /// `queued`, `running`, `done` or `cancelled`.
    #[schema(value_type = String)]
    state: RunState,
    /// Who asked for it; empty = the schedule.
    requested_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Time,
    /// When it was done or cancelled.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// Seconds that the rest will take at the pace so far.
    eta_s: Option<i64>,
    /// The schedule asked for it.
    scheduled: bool,
}

/// Runs, newest first.
#[utoipa::path(get, path = "/reports/runs", tag = "reports", params(RunQuery),
    responses((status = 200, body = Listing<RunView>)))]
pub(crate) async fn list_runs(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<RunQuery>,
) -> Result<Json<Listing<RunView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let runs = runs_page(&mut tx, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = runs.last().filter(|_| runs.len() == limit).map(|last| last.id.to_string());
    let items = runs.into_iter().map(|run| app.run_view(run)).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// One run.
#[utoipa::path(get, path = "/reports/runs/{id}", tag = "reports", params(("id" = i64, Path)),
    responses((status = 200, body = RunView), (status = 404)))]
pub(crate) async fn show_run(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<RunView>, Problem> {
    let mut tx = app.db.read().await?;
    let run = run_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(app.run_view(run)))
}

/// Asks for reports; they are made one customer after the other.
#[utoipa::path(post, path = "/reports/runs", tag = "reports", request_body = RunBody,
    responses((status = 201, body = RunView), (status = 400)))]
pub(crate) async fn make_run(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(body): Body<RunBody>,
) -> Result<(StatusCode, Json<RunView>), Problem> {
    let mut faults = Vec::new();
    let run = app.run_of(&body, &staff.login, &mut faults);
    let Some(run) = run.filter(|_| faults.is_empty()) else { return Err(Problem::bad_fields(faults)) };
    let (inventory, period) = (app.board.inventory(), run.period);
    let recipients = aside(move || recipients(&inventory, body.customers.as_deref(), period)).await??;
    let mut tx = app.db.write().await?;
    let run = add_run(&mut tx, &run, &recipients).await?;
    let view = app.run_view(run);
    audit_of(&app, &mut tx, &staff.login, "report.run", &view.id, &view).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Stops a run before its next customer; what is made stays.
#[utoipa::path(post, path = "/reports/runs/{id}/cancel", tag = "reports", params(("id" = i64, Path)),
    responses((status = 200, body = RunView), (status = 404), (status = 409)))]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<RunView>, Problem> {
    app.change_run(id, &staff.login, Turn::Cancel).await
}

/// Takes a cancelled run up again, or what failed of one that is done.
#[utoipa::path(post, path = "/reports/runs/{id}/resume", tag = "reports", params(("id" = i64, Path)),
    responses((status = 200, body = RunView), (status = 404), (status = 409)))]
pub(crate) async fn resume(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<RunView>, Problem> {
    app.change_run(id, &staff.login, Turn::Resume).await
}

/// What is to become of a run.
enum Turn {
    Cancel,
    Resume,
}

// === impl App ===

impl App {
    /// The run that a body means, or what is wrong with it.
    fn run_of(&self, body: &RunBody, by: &str, faults: &mut Vec<FieldFault>) -> Option<Run> {
        let now = self.clock.now();
        let mut fault = |field: &str, reason: &str| {
            faults.push(FieldFault { field: field.to_owned(), reason: reason.to_owned() });
        };
        let period = month(&body.label, now).map_err(|reason| fault("label", reason)).ok();
        let language = Language::from_word(&body.language);
        if language.is_none() {
            fault("language", "must be zh or en");
        }
        let formats: BTreeSet<Format> = body.formats.iter().filter_map(|word| Format::from_word(word)).collect();
        if formats.is_empty() || formats.len() != body.formats.len() {
            fault("formats", "must be some of pdf, xlsx, csv, each once");
        }
        if body.customers.as_ref().is_some_and(|named| named.is_empty() || named.len() > NAMED_MAX) {
            fault("customers", "must be 1 to 10000 customer numbers, or absent for all");
        }
        Some(Run {
            id: 0,
            label: body.label.clone(),
            period: period?,
            language: language?,
            formats: formats.into_iter().collect(),
            state: RunState::Queued,
            scheduled: false,
            requested_by: by.to_owned(),
            requested_at: now,
            customers: 0,
            done: 0,
            failed: 0,
            begun_at: None,
            begun_count: 0,
            ended_at: None,
        })
    }

    async fn change_run(&self, id: i64, by: &str, turn: Turn) -> Result<Json<RunView>, Problem> {
        let mut tx = self.db.write().await?;
        run_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
        let (what, changed) = match turn {
            Turn::Cancel => ("report.cancel", cancel_run(&mut tx, id, self.clock.now()).await?),
            Turn::Resume => ("report.resume", resume_run(&mut tx, id).await?),
        };
        if !changed {
            return Err(Problem::of(ProblemCode::StateForbids, "the run's state does not allow it"));
        }
        let run = run_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
        let view = self.run_view(run);
        audit_of(self, &mut tx, by, what, &view.id, &view).await?;
        tx.commit().await?;
        Ok(Json(view))
    }

    fn run_view(&self, run: Run) -> RunView {
        RunView {
            id: run.id.to_string(),
            eta_s: run.rest_ms(self.clock.now()).map(|ms| ms / 1000),
            period: run.period,
            label: run.label,
            language: run.language,
            formats: run.formats,
            customers: run.customers,
            done: run.done,
            failed: run.failed,
            state: run.state,
            requested_by: run.requested_by,
            requested_at: run.requested_at,
            ended_at: run.ended_at,
            scheduled: run.scheduled,
        }
    }
}

/// The month that a label names, if it has begun; else what is wrong. The label names a folder, so it must be
/// written exactly as a month is.
pub(super) fn month(label: &str, now: Time) -> Result<Window, &'static str> {
    let month = Period::parse(label).ok().filter(|period| matches!(period, Period::Month { .. }));
    let month = month.filter(|_| label.trim() == label);
    let period = month.and_then(|month| month.window(&Plan::default(), None).ok());
    match period {
        None => Err("must be a month such as 2026-10"),
        Some(period) if period.start > now => Err("lies in the future"),
        Some(period) => Ok(period),
    }
}

/// Whom a run is for: those named, else all that had a circuit in the period, their own or one of a
/// customer below them, by number.
fn recipients(inventory: &Inventory, named: Option<&[String]>, period: Window) -> Result<Vec<Recipient>, Problem> {
    let recipient = |ix: CustomerIx| {
        inventory.customer(ix).map(|row| Recipient { no: row.no.to_owned(), name: row.name.to_owned() })
    };
    let Some(named) = named else { return Ok(inventory.served_in(period).into_iter().filter_map(recipient).collect()) };
    let unknown = |no: &String| Problem::bad_field("customers", format!("there is no customer {no}"));
    let found = named.iter().map(|no| inventory.customer_ix(no).ok_or_else(|| unknown(no)));
    let found: BTreeSet<CustomerIx> = found.collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter_map(recipient).collect())
}
