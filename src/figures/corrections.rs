//! Corrections: as the engine takes them, and what one more would do to the figures it touches.

use engine::correction::{Change, Correction as Acting};
use engine::figure::Figure;
use engine::period::PeriodError;
use engine::plan::words::ExclusionCode;
use model::correction::{Correction, CorrectionKind};
use model::time::{Time, Window};

use crate::Dossier;

/// Most periods whose figures are shown.
const PERIODS_MAX: usize = 12;

/// What a correction does to the figure of one period.
pub struct Effect {
    /// The period.
    pub period: Window,
    /// Name of the plan that acts in it.
    pub plan: String,
    /// The figure without it.
    pub before: Figure,
    /// The figure with it.
    pub after: Figure,
}

/// A correction as the engine takes it; `None` if it says nothing that a ledger knows.
pub(crate) fn acting(correction: &Correction) -> Option<Acting> {
    let change = match correction.kind {
        CorrectionKind::Exclude => Change::Exclude(ExclusionCode::from_word(&correction.code)?),
        CorrectionKind::Up => Change::Up,
        CorrectionKind::Down => Change::Down,
    };
    Some(Acting::new(&correction.id.to_string(), correction.window, change))
}

/// What a correction would do to the figures of the periods that it touches, up to now and at most
/// twelve. Milliseconds of work for each: not on a runtime thread.
///
/// # Errors
/// If the plan has no period there.
pub fn effects(dossier: &mut Dossier, correction: &Correction, now: Time) -> Result<Vec<Effect>, PeriodError> {
    let mut effects = Vec::new();
    let mut at = correction.window.start;
    while at < correction.window.end.min(now) && effects.len() < PERIODS_MAX {
        let period = dossier.enter(None, at)?;
        let as_of = period.end.min(now);
        effects.push(Effect {
            period,
            plan: dossier.plan_name.clone(),
            before: dossier.evaluate(period, as_of),
            after: dossier.evaluate_also(Some(correction), period, as_of),
        });
        at = period.end.max(at.plus_ms(1));
    }
    Ok(effects)
}
