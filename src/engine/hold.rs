//! Holds of a ticket: when its clock stood still, as a pure function of the *set* of what was said of
//! the clock. A word may come late, twice, or before the one that it answers (semantics §4).

use model::ticket::ClockEvent;
use model::time::{Time, Window};

use crate::clock::TicketLife;
use crate::exclusion::Suspend;
use crate::plan::words::ExclusionCode;

/// One stretch in which a ticket's clock stood still for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// From when to when; [`Time::MAX`] while it lasts.
    pub window: Window,
    /// Why.
    pub code: ExclusionCode,
    /// Who stopped it; may be empty.
    pub by: String,
}

// === impl Hold ===

impl Hold {
    /// The clock still stands.
    pub fn is_open(&self) -> bool {
        self.window.end == Time::MAX
    }
}

/// The holds that follow from what was said, oldest first. A stop while the clock stands repeats the
/// one before, or ends it if it names another reason. At one instant a clock that stands runs before
/// it is stopped again, and one that runs is stopped before it runs: for no time, which is no hold.
pub fn holds(said: &[ClockEvent]) -> Vec<Hold> {
    let stop = |event: &ClockEvent| {
        let code = event.reason.as_deref().map(ExclusionCode::from_word);
        // A reason that no code names stops nothing; the writer refuses it.
        (code != Some(None)).then(|| (event.at, code.flatten(), event.by.clone()))
    };
    let mut words: Vec<(Time, Option<ExclusionCode>, String)> = said.iter().filter_map(stop).collect();
    words.sort();
    let mut holds: Vec<Hold> = Vec::new();
    for instant in words.chunk_by(|a, b| a.0 == b.0) {
        let runs = instant.iter().any(|(_, code, _)| code.is_none());
        let stops = instant.iter().find_map(|(at, code, by)| Some((*at, (*code)?, by)));
        let Some((at, ..)) = instant.first() else { continue };
        let stood = holds.last_mut().filter(|hold| hold.is_open());
        let code_before = stood.as_ref().map(|hold| hold.code);
        let ends = runs || stops.is_some_and(|(_, code, _)| Some(code) != code_before);
        if let Some(hold) = stood.filter(|_| ends) {
            hold.window.end = *at;
        }
        let begins = if code_before.is_some() { ends } else { !runs };
        if let Some((at, code, by)) = stops.filter(|_| begins) {
            holds.push(Hold { window: Window::new(at, Time::MAX), code, by: by.clone() });
        }
    }
    holds
}

/// What of a ticket's holds excludes time: a hold lasts as long as its ticket at most. `number` is the
/// ticket's in the ledger.
pub fn suspends(
    number: &str,
    life: &TicketLife,
    holds: impl IntoIterator<Item = (Window, ExclusionCode)>,
) -> Vec<Suspend> {
    let inside = holds.into_iter().filter_map(|(window, code)| Some((window.cut(life.window)?, code)));
    inside.map(|(window, code)| Suspend { id: format!("{number}@{}", window.start), window, code }).collect()
}

#[cfg(test)]
mod tests;
