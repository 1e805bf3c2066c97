//! Deciding about a correction: another person than who proposed it (four eyes).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use figures::corrections::Effect;
use figures::versions::{Made, keep};
use model::correction::{Correction, CorrectionState};
use serde::Deserialize;
use store::correction::decide_correction;
use store::version::{Mark, put_mark};
use utoipa::ToSchema;

use super::{CorrectionView, text_fault};
use crate::access::audit_of;
use crate::app::App;
use crate::auth::Person;
use crate::extract::{Body, Segment};
use crate::problem::{Problem, ProblemCode};

const NOTE_MAX: usize = 2000;

/// What is said of a decision.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionBody {
    /// Note; a rejection needs one.
    #[serde(default)]
    note: String,
}

/// Approves a correction: it acts from now on, and every figure that it changes gets a version.
#[utoipa::path(post, path = "/corrections/{id}/approve", tag = "sla", params(("id" = i64, Path)),
    request_body = DecisionBody, responses((status = 200, body = CorrectionView), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn approve_correction(
    State(app): State<Arc<App>>,
    person: Person,
    Segment(id): Segment<i64>,
    Body(body): Body<DecisionBody>,
) -> Result<Json<CorrectionView>, Problem> {
    if !body.note.is_empty() {
        text_fault("note", &body.note, NOTE_MAX).map_or(Ok(()), |fault| Err(Problem::bad_fields(vec![fault])))?;
    }
    // One at a time: each names the figure before it.
    let _turn = app.approvals.lock().await;
    let correction = app.correction(id).await?;
    refuse_own(&correction, &person)?;
    let effects = app.effects(&correction).await?;
    let decided = app.decide(correction, CorrectionState::Approved, &person, &body.note, &effects).await?;
    app.refresh_budget(&decided.circuit_code).await?;
    app.correction_view(decided, &person).await.map(Json)
}

/// Rejects a correction.
#[utoipa::path(post, path = "/corrections/{id}/reject", tag = "sla", params(("id" = i64, Path)),
    request_body = DecisionBody, responses((status = 200, body = CorrectionView), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn reject_correction(
    State(app): State<Arc<App>>,
    person: Person,
    Segment(id): Segment<i64>,
    Body(body): Body<DecisionBody>,
) -> Result<Json<CorrectionView>, Problem> {
    text_fault("note", &body.note, NOTE_MAX).map_or(Ok(()), |fault| Err(Problem::bad_fields(vec![fault])))?;
    let correction = app.correction(id).await?;
    refuse_own(&correction, &person)?;
    let decided = app.decide(correction, CorrectionState::Rejected, &person, &body.note, &[]).await?;
    app.correction_view(decided, &person).await.map(Json)
}

/// Takes an own proposal back.
#[utoipa::path(post, path = "/corrections/{id}/withdraw", tag = "sla", params(("id" = i64, Path)),
    request_body = DecisionBody, responses((status = 200, body = CorrectionView), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn withdraw_correction(
    State(app): State<Arc<App>>,
    person: Person,
    Segment(id): Segment<i64>,
    Body(body): Body<DecisionBody>,
) -> Result<Json<CorrectionView>, Problem> {
    let correction = app.correction(id).await?;
    if correction.proposed_by != person.login {
        return Err(Problem::forbidden("only who proposed it may take it back"));
    }
    let decided = app.decide(correction, CorrectionState::Withdrawn, &person, &body.note, &[]).await?;
    app.correction_view(decided, &person).await.map(Json)
}

fn refuse_own(correction: &Correction, person: &Person) -> Result<(), Problem> {
    match correction.proposed_by == person.login {
        true => Err(Problem::of(ProblemCode::OwnProposal, "another person must decide about your own proposal")),
        false => Ok(()),
    }
}

impl App {
    /// Keeps a decision with the versions that it makes, in one transaction.
    async fn decide(
        &self,
        correction: Correction,
        state: CorrectionState,
        person: &Person,
        note: &str,
        effects: &[Effect],
    ) -> Result<Correction, Problem> {
        let now = self.clock.now();
        let decided = Correction {
            state,
            decided_by: person.login.clone(),
            decided_at: Some(now),
            note: note.trim().to_owned(),
            ..correction
        };
        let mut tx = self.db.write().await?;
        if !decide_correction(&mut tx, &decided).await? {
            return Err(Problem::of(ProblemCode::StateForbids, "it is decided already"));
        }
        let cause = format!("correction:{}", decided.id);
        for effect in effects {
            let made = Made {
                figure: &effect.after,
                plan: &effect.plan,
                before: Some(&effect.before),
                cause: &cause,
                by: &person.login,
                at: now,
            };
            keep(&mut tx, &made).await?;
        }
        if state == CorrectionState::Approved {
            // Later periods may count an outage that began here.
            let since = decided.window.start;
            let circuit_code = decided.circuit_code.clone();
            put_mark(&mut tx, &Mark { circuit_code, since, cause, ..Mark::default() }).await?;
        }
        let what = match state {
            CorrectionState::Approved => "correction.approve",
            CorrectionState::Rejected => "correction.reject",
            CorrectionState::Withdrawn | CorrectionState::Proposed => "correction.withdraw",
        };
        audit_of(self, &mut tx, &person.login, what, &decided.id.to_string(), &decided).await?;
        tx.commit().await?;
        Ok(decided)
    }
}
