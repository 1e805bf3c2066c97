//! Proposing a correction, and seeing what it would do before it is proposed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use engine::plan::words::ExclusionCode;
use http::StatusCode;
use model::correction::{Correction, CorrectionKind, CorrectionState, Proof};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::correction::add_correction;
use utoipa::ToSchema;

use super::{CorrectionView, EffectView};
use crate::access::audit_of;
use crate::app::App;
use crate::auth::Person;
use crate::extract::Body;
use crate::problem::{FieldFault, Problem};

/// Bytes of a body with an attached file.
pub(crate) const PROPOSAL_MAX: usize = 7 << 20;
const PROOF_MAX: usize = 5 << 20;
const REASON_MAX: usize = 2000;
const NAME_MAX: usize = 200;
/// Longest stretch that one correction may cover.
const STRETCH_MAX_S: i64 = 400 * 86_400;

/// What a correction says, without its reason.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StretchBody {
    /// Circuit.
    circuit_code: String,
    /// From.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To; not in the future.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// `exclude`, `up` or `down`.
    change: String,
    /// Exclusion code, for `exclude`.
    code: Option<String>,
}

/// A correction to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProposalBody {
    /// Circuit.
    circuit_code: String,
    /// From.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To; not in the future.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// `exclude`, `up` or `down`.
    change: String,
    /// Exclusion code, for `exclude`.
    code: Option<String>,
    /// Why; up to 2,000 characters.
    reason: String,
    /// What proves it.
    proof: Option<ProofBody>,
}

/// An attached file, up to 5 MiB.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProofBody {
    /// File name.
    name: String,
    /// Media type.
    media_type: String,
    /// Content in base64.
    base64: String,
}

/// What a correction would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewView {
    /// One for each period that it touches, up to twelve.
    effects: Vec<EffectView>,
}

/// What a correction would do to the figures that it touches; nothing is kept.
#[utoipa::path(post, path = "/corrections/preview", tag = "sla", request_body = StretchBody,
    responses((status = 200, body = PreviewView), (status = 400)))]
pub(crate) async fn preview_correction(
    State(app): State<Arc<App>>,
    person: Person,
    Body(body): Body<StretchBody>,
) -> Result<Json<PreviewView>, Problem> {
    let mut faults = Vec::new();
    let correction = app.correction_of(&body, &person.login, &mut faults);
    let Some(correction) = correction.filter(|_| faults.is_empty()) else { return Err(Problem::bad_fields(faults)) };
    let effects = app.effects(&correction).await?;
    Ok(Json(PreviewView { effects: effects.iter().map(EffectView::of).collect() }))
}

/// Proposes a correction; another person decides.
#[utoipa::path(post, path = "/corrections", tag = "sla", request_body = ProposalBody,
    responses((status = 201, body = CorrectionView), (status = 400), (status = 403)))]
pub(crate) async fn propose_correction(
    State(app): State<Arc<App>>,
    person: Person,
    Body(body): Body<ProposalBody>,
) -> Result<(StatusCode, Json<CorrectionView>), Problem> {
    let mut faults = Vec::new();
    let stretch = StretchBody {
        circuit_code: body.circuit_code,
        start: body.start,
        end: body.end,
        change: body.change,
        code: body.code,
    };
    let correction = app.correction_of(&stretch, &person.login, &mut faults);
    faults.extend(text_fault("reason", &body.reason, REASON_MAX));
    let proof = body.proof.and_then(|proof| attached(proof, &mut faults));
    let Some(correction) = correction.filter(|_| faults.is_empty()) else { return Err(Problem::bad_fields(faults)) };
    let (proof, content) = proof.unzip();
    let correction = Correction { reason: body.reason.trim().to_owned(), proof, ..correction };
    let mut tx = app.db.write().await?;
    let correction = add_correction(&mut tx, &correction, content.as_deref()).await?;
    audit_of(&app, &mut tx, &person.login, "correction.propose", &correction.id.to_string(), &correction).await?;
    tx.commit().await?;
    let view = app.correction_view(correction, &person).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

impl App {
    /// The correction that a body means, or what is wrong with it.
    fn correction_of(&self, body: &StretchBody, by: &str, faults: &mut Vec<FieldFault>) -> Option<Correction> {
        let now = self.clock.now();
        if self.board.inventory().circuit_ix(&body.circuit_code).is_none() {
            faults.push(fault("circuitCode", "there is no such circuit"));
        }
        if body.start >= body.end {
            faults.push(fault("end", "must be after the start"));
        } else if body.end.since(body.start) > STRETCH_MAX_S * 1000 {
            faults.push(fault("end", "is more than 400 days after the start"));
        }
        if body.end > now {
            faults.push(fault("end", "must not lie in the future"));
        }
        let kind = CorrectionKind::from_word(&body.change);
        if kind.is_none() {
            faults.push(fault("change", "must be exclude, up or down"));
        }
        let code = body.code.as_deref().unwrap_or_default();
        match kind {
            Some(CorrectionKind::Exclude) if ExclusionCode::from_word(code).is_none() => {
                let words: Vec<&str> = ExclusionCode::ALL.iter().map(|code| code.word()).collect();
                faults.push(fault("code", &format!("must be one of {}", words.join(", "))));
            }
            Some(CorrectionKind::Up | CorrectionKind::Down) if !code.is_empty() => {
                faults.push(fault("code", "goes only with exclude"));
            }
            _ => {}
        }
        Some(Correction {
            id: 0,
            circuit_code: body.circuit_code.clone(),
            window: Window { start: body.start, end: body.end },
            kind: kind?,
            code: code.to_owned(),
            reason: String::new(),
            proof: None,
            state: CorrectionState::Proposed,
            proposed_by: by.to_owned(),
            proposed_at: now,
            decided_by: String::new(),
            decided_at: None,
            note: String::new(),
        })
    }
}

/// A file as it is kept.
fn attached(body: ProofBody, faults: &mut Vec<FieldFault>) -> Option<(Proof, Vec<u8>)> {
    faults.extend(text_fault("proof.name", &body.name, NAME_MAX));
    faults.extend(text_fault("proof.mediaType", &body.media_type, NAME_MAX));
    let Ok(content) = BASE64_STANDARD.decode(body.base64.as_bytes()) else {
        faults.push(fault("proof.base64", "is no base64"));
        return None;
    };
    if content.is_empty() || content.len() > PROOF_MAX {
        faults.push(fault("proof", "must have 1 byte to 5 MiB"));
    }
    let sha256 = hex::encode(Sha256::digest(&content));
    let proof = Proof { name: body.name, media_type: body.media_type, bytes: content.len() as u64, sha256 };
    Some((proof, content))
}

/// What is wrong with a text that somebody wrote.
pub(crate) fn text_fault(field: &str, text: &str, max: usize) -> Option<FieldFault> {
    let length = text.trim().chars().count();
    let control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r'));
    (length == 0 || length > max || control)
        .then(|| fault(field, &format!("must be 1 to {max} characters, without control characters")))
}

fn fault(field: &str, reason: &str) -> FieldFault {
    FieldFault { field: field.to_owned(), reason: reason.to_owned() }
}
