//! Corrections of a ledger: what was proposed, by whom, why, and what it does to the figure.

mod decide;
mod propose;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use figures::corrections::{Effect, effects};
use figures::versions::Numbers;
use model::correction::{Correction, CorrectionKind, CorrectionState};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::correction::{CorrectionFilter, correction_by_id, correction_proof, corrections_page};
use utoipa::{IntoParams, ToSchema};

pub(crate) use decide::*;
pub(crate) use propose::*;

use super::Listing;
use crate::app::App;
use crate::auth::{Caller, Staff};
use crate::board::query::BadCursor;
use crate::download::attachment;
use crate::extract::{Params, Segment, page_limit};
use crate::figure::aside;
use crate::problem::Problem;

/// Which corrections; `circuit` goes before `state`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CorrectionQuery {
    /// `proposed`, `approved`, `rejected` or `withdrawn`; default all.
    state: Option<String>,
    /// Of one circuit.
    circuit: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A correction.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Correction)]
pub(crate) struct CorrectionView {
    /// Our number.
    id: String,
    /// Circuit.
    circuit_code: String,
    /// Its customer; empty if it has none.
    customer_no: String,
    /// The customer's name.
    customer_name: String,
    /// Its time: from.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// `exclude`, `up` or `down`.
    #[schema(value_type = String)]
    change: CorrectionKind,
    /// Exclusion code, for `exclude`.
    code: Option<String>,
    /// Why.
    reason: String,
    /// What proves it.
    proof: Option<ProofView>,
    /// `proposed`, `approved`, `rejected` or `withdrawn`.
    #[schema(value_type = String)]
    state: CorrectionState,
    /// Who proposed it.
    proposed_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Time,
    /// Who decided.
    decided_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Time>,
    /// What was said of the decision.
    note: String,
    /// What it does to the figures of the periods that it touches; empty once it is decided.
    effects: Vec<EffectView>,
    /// The caller may approve or reject it.
    may_decide: bool,
    /// The caller may take it back.
    may_withdraw: bool,
}

/// An attached file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Proof)]
pub(crate) struct ProofView {
    /// File name.
    name: String,
    /// Media type.
    media_type: String,
    /// Length.
    bytes: u64,
    /// SHA-256 in hex.
    sha256: String,
}

/// What a correction does to the figure of one period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CorrectionEffect)]
pub(crate) struct EffectView {
    /// The period.
    #[schema(value_type = Object)]
    period: Window,
    /// The figure without it.
    #[schema(value_type = Object)]
    before: Numbers,
    /// The figure with it.
    #[schema(value_type = Object)]
    after: Numbers,
}

/// Corrections, newest first.
#[utoipa::path(get, path = "/corrections", tag = "sla", params(CorrectionQuery),
    responses((status = 200, body = Listing<CorrectionView>)))]
pub(crate) async fn list_corrections(
    State(app): State<Arc<App>>,
    staff: Staff,
    Params(query): Params<CorrectionQuery>,
) -> Result<Json<Listing<CorrectionView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let word = |word: &str| {
        CorrectionState::from_word(word)
            .ok_or_else(|| Problem::bad_field("state", "is proposed, approved, rejected or withdrawn"))
    };
    let state = query.state.as_deref().filter(|word| !word.is_empty()).map(word).transpose()?;
    let circuit = query.circuit.as_deref().filter(|code| !code.is_empty());
    let filter = match (circuit, state) {
        (Some(code), _) => CorrectionFilter::Circuit(code),
        (None, Some(state)) => CorrectionFilter::State(state),
        (None, None) => CorrectionFilter::All,
    };
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let found = corrections_page(&mut tx, filter, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    drop(tx);
    let next = found.last().filter(|_| found.len() == limit).map(|last| last.id.to_string());
    let mut items = Vec::with_capacity(found.len());
    for correction in found.into_iter().filter(|found| state.is_none_or(|state| found.state == state)) {
        items.push(app.correction_view(correction, &staff).await?);
    }
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// One correction.
#[utoipa::path(get, path = "/corrections/{id}", tag = "sla", params(("id" = i64, Path)),
    responses((status = 200, body = CorrectionView), (status = 404)))]
pub(crate) async fn show_correction(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<CorrectionView>, Problem> {
    let correction = app.correction(id).await?;
    app.correction_view(correction, &staff).await.map(Json)
}

/// What proves a correction, as a download.
#[utoipa::path(get, path = "/corrections/{id}/proof", tag = "sla", params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
pub(crate) async fn show_proof(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Response, Problem> {
    let proof = app.correction(id).await?.proof.ok_or_else(Problem::not_found)?;
    let mut tx = app.db.read().await?;
    let content = correction_proof(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    // Never the type that was claimed: a browser must not run what somebody attached.
    Ok(attachment(content, &proof.name, "application/octet-stream"))
}

// === impl App ===

impl App {
    /// A correction that exists.
    async fn correction(&self, id: i64) -> Result<Correction, Problem> {
        let mut tx = self.db.read().await?;
        correction_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)
    }

    /// What a correction would do to the figures that it touches.
    async fn effects(&self, correction: &Correction) -> Result<Vec<Effect>, Problem> {
        let now = self.clock.now();
        let since = correction.window.start.plus_s(-super::sla::BACK_MAX_S);
        let mut dossier = self.known_dossier(&correction.circuit_code, since).await?;
        let correction = correction.clone();
        Ok(aside(move || effects(&mut dossier, &correction, now)).await??)
    }

    async fn correction_view(&self, correction: Correction, caller: &Caller) -> Result<CorrectionView, Problem> {
        let proposed = correction.state == CorrectionState::Proposed;
        // A circuit may have left the inventory since: then nothing is touched.
        let known = self.board.inventory().circuit_ix(&correction.circuit_code).is_some();
        let effects = if proposed && known { self.effects(&correction).await? } else { Vec::new() };
        let own = correction.proposed_by == caller.login;
        let (customer_no, customer_name) = self.customer_of(&correction.circuit_code);
        Ok(CorrectionView {
            id: correction.id.to_string(),
            customer_no,
            customer_name,
            start: correction.window.start,
            end: correction.window.end,
            change: correction.kind,
            code: Some(correction.code).filter(|code| !code.is_empty()),
            reason: correction.reason,
            proof: correction.proof.map(|proof| ProofView {
                name: proof.name,
                media_type: proof.media_type,
                bytes: proof.bytes,
                sha256: proof.sha256,
            }),
            state: correction.state,
            proposed_at: correction.proposed_at,
            decided_by: Some(correction.decided_by).filter(|by| !by.is_empty()),
            decided_at: correction.decided_at,
            note: correction.note,
            effects: effects.iter().map(EffectView::of).collect(),
            may_decide: proposed && !own && caller.is_person(),
            may_withdraw: proposed && own && caller.is_person(),
            circuit_code: correction.circuit_code,
            proposed_by: correction.proposed_by,
        })
    }

    /// Number and name of a circuit's customer; empty if it has none.
    pub(super) fn customer_of(&self, circuit_code: &str) -> (String, String) {
        let inventory = self.board.inventory();
        let circuit = inventory.circuit_ix(circuit_code).and_then(|ix| inventory.circuit(ix));
        let customer = circuit.and_then(|circuit| inventory.customer(circuit.customer?));
        customer.map_or_else(Default::default, |customer| (customer.no.to_owned(), customer.name.to_owned()))
    }
}

// === impl EffectView ===

impl EffectView {
    fn of(effect: &Effect) -> Self {
        EffectView { period: effect.period, before: Numbers::of(&effect.before), after: Numbers::of(&effect.after) }
    }
}
