//! Credits that final reports advise: seen, proposed, decided by another person, and told to billing.

mod billing;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::credit::{Credit, CreditState};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::credit::{CreditFilter, credit_by_id, credits_page, put_credit};
use utoipa::{IntoParams, ToSchema};

pub(crate) use billing::*;

use super::Listing;
use super::corrections::text_fault;
use crate::access::audit_of;
use crate::app::App;
use crate::auth::{Caller, Person, Staff};
use crate::board::query::BadCursor;
use crate::extract::{Body, Params, page_limit};
use crate::problem::{Problem, ProblemCode};

/// Longest note.
const NOTE_MAX: usize = 2000;
/// Most credits of one decision.
const IDS_MAX: usize = 1000;

/// Which credits; what is absent or empty lets all through.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CreditQuery {
    /// `advised`, `proposed`, `approved`, `rejected`, `superseded` or `replaced`.
    state: Option<String>,
    /// The month, `2026-10`.
    #[serde(default)]
    label: String,
    /// Customer number.
    #[serde(default)]
    customer: String,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A credit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Credit)]
pub(crate) struct CreditView {
    /// Number.
    id: String,
    /// The month.
    label: String,
    /// The circuit's own period.
    #[schema(value_type = Object)]
    period: Window,
    /// Circuit.
    circuit_code: String,
    /// Its customer when the report was issued.
    customer_no: String,
    /// The customer's name then.
    customer_name: String,
    /// Of the monthly charge, in percent; 0 takes back what was approved before.
    percent: f64,
    /// SLA plan whose bands advise it.
    plan: String,
    /// Version of the figure that it rests on.
    version: i64,
    /// When a report advised it.
    #[schema(value_type = String, format = DateTime)]
    advised_at: Time,
    /// The approved credit whose place it takes.
    replaces: Option<String>,
    /// `advised`, `proposed`, `approved`, `rejected`, `superseded` or `replaced`.
    #[schema(value_type = String)]
    state: CreditState,
    /// Who proposed it.
    proposed_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    proposed_at: Option<Time>,
    /// Who decided.
    decided_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Time>,
    /// What was said of the decision.
    note: String,
    /// The caller may propose it.
    may_propose: bool,
    /// The caller may approve or reject it.
    may_decide: bool,
    /// The caller may take the proposal back.
    may_withdraw: bool,
}

/// What is to become of some credits: all of them, or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditDecision)]
pub(crate) struct DecisionBody {
    /// `propose` what is advised; `approve`, `reject` or `withdraw` what is proposed.
    act: Act,
    /// Their numbers, at most 1000.
    ids: Vec<String>,
    /// Note; a rejection needs one.
    #[serde(default)]
    note: String,
}

/// What a person does about a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Act {
    /// Want it given; another person decides.
    Propose,
    /// Give it.
    Approve,
    /// Do not give it.
    Reject,
    /// Take an own proposal back.
    Withdraw,
}

/// Credits, newest first.
#[utoipa::path(get, path = "/credits", tag = "reports", params(CreditQuery),
    responses((status = 200, body = Listing<CreditView>), (status = 400)))]
pub(crate) async fn list_credits(
    State(app): State<Arc<App>>,
    staff: Staff,
    Params(query): Params<CreditQuery>,
) -> Result<Json<Listing<CreditView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let read = |word: &str| {
        let reason = "is advised, proposed, approved, rejected, superseded or replaced";
        CreditState::from_word(word).ok_or_else(|| Problem::bad_field("state", reason))
    };
    let state = query.state.as_deref().filter(|word| !word.is_empty()).map(read).transpose()?;
    let filter = CreditFilter { state, label: query.label, customer_no: query.customer };
    let mut tx = app.db.read().await?;
    let found = credits_page(&mut tx, &filter, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = found.last().filter(|_| found.len() == limit).map(|last| last.id.to_string());
    let items = found.into_iter().map(|credit| CreditView::of(credit, &staff)).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// Decides about credits: another person than who proposed one (four eyes). One that does not fit, and none
/// is changed.
#[utoipa::path(post, path = "/credits/decisions", tag = "reports", request_body = DecisionBody,
    responses((status = 200, body = Listing<CreditView>), (status = 400), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn decide_credits(
    State(app): State<Arc<App>>,
    person: Person,
    Body(body): Body<DecisionBody>,
) -> Result<Json<Listing<CreditView>>, Problem> {
    if body.act == Act::Reject || !body.note.is_empty() {
        text_fault("note", &body.note, NOTE_MAX).map_or(Ok(()), |fault| Err(Problem::bad_fields(vec![fault])))?;
    }
    if body.ids.is_empty() || body.ids.len() > IDS_MAX {
        return Err(Problem::bad_field("ids", "must be 1 to 1000 numbers of credits"));
    }
    let mut tx = app.db.write().await?;
    let mut items = Vec::with_capacity(body.ids.len());
    for id in &body.ids {
        let id = id.parse().map_err(|_| Problem::not_found())?;
        let before = credit_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
        let after = body.act.on(&before, (&person.login, &body.note, app.clock.now()))?;
        put_credit(&mut tx, &after, before.state).await?;
        let view = CreditView::of(after, &person);
        audit_of(&app, &mut tx, &person.login, body.act.word(), &view.id, &view).await?;
        items.push(view);
    }
    tx.commit().await?;
    Ok(Json(Listing::whole(items, app.clock.now())))
}

// === impl Act ===

impl Act {
    /// What the audit log calls it.
    const fn word(self) -> &'static str {
        match self {
            Act::Propose => "credit.propose",
            Act::Approve => "credit.approve",
            Act::Reject => "credit.reject",
            Act::Withdraw => "credit.withdraw",
        }
    }

    /// The credit after it, or why it may not be.
    fn on(self, before: &Credit, (by, note, now): (&str, &str, Time)) -> Result<Credit, Problem> {
        let wanted = if self == Act::Propose { CreditState::Advised } else { CreditState::Proposed };
        if before.state != wanted {
            let said = format!("credit {} is {}, not {wanted}", before.id, before.state);
            return Err(Problem::of(ProblemCode::StateForbids, said));
        }
        let own = before.proposed_by == by;
        if own && matches!(self, Act::Approve | Act::Reject) {
            return Err(Problem::of(ProblemCode::OwnProposal, "another person must decide about your own proposal"));
        }
        if !own && self == Act::Withdraw {
            return Err(Problem::forbidden("only who proposed it may take it back"));
        }
        let note = note.trim().to_owned();
        let decided = |state| Credit {
            state,
            decided_by: by.to_owned(),
            decided_at: Some(now),
            note: note.clone(),
            ..before.clone()
        };
        let proposed = |state, by: &str, at| Credit {
            state,
            proposed_by: by.to_owned(),
            proposed_at: at,
            note: note.clone(),
            ..before.clone()
        };
        Ok(match self {
            Act::Propose => proposed(CreditState::Proposed, by, Some(now)),
            Act::Withdraw => proposed(CreditState::Advised, "", None),
            Act::Approve => decided(CreditState::Approved),
            Act::Reject => decided(CreditState::Rejected),
        })
    }
}

// === impl CreditView ===

impl CreditView {
    fn of(credit: Credit, caller: &Caller) -> Self {
        let own = credit.proposed_by == caller.login;
        let is_proposed = credit.state == CreditState::Proposed;
        let name = |by: String| Some(by).filter(|by| !by.is_empty());
        CreditView {
            id: credit.id.to_string(),
            label: credit.label,
            period: credit.period,
            circuit_code: credit.circuit_code,
            customer_no: credit.customer_no,
            customer_name: credit.customer_name,
            percent: in_percent(credit.percent),
            plan: credit.plan,
            version: credit.version,
            advised_at: credit.advised_at,
            replaces: credit.replaces.map(|id| id.to_string()),
            state: credit.state,
            proposed_by: name(credit.proposed_by),
            proposed_at: credit.proposed_at,
            decided_by: name(credit.decided_by),
            decided_at: credit.decided_at,
            note: credit.note,
            may_propose: credit.state == CreditState::Advised && caller.is_person(),
            may_decide: is_proposed && !own && caller.is_person(),
            may_withdraw: is_proposed && own && caller.is_person(),
        }
    }
}

/// Millionths of a percent as a percentage: exact, six digits are far below what a double holds.
fn in_percent(millionths: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a percentage is at most 100,000,000 millionths")]
    let percent = millionths as f64 / 1_000_000.0;
    percent
}
