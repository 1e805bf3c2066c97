//! Hits: what alarm episodes do to circuits, place by place, in windows of constant effect.
//!
//! An episode whose values change is several hits, because its effect may change with them. An
//! episode without effect is none.

use std::sync::Arc;

use model::alarm::{AlarmRecord, Effect};
use model::time::{Time, Window};

use crate::episode::Episode;
use crate::inventory::{CircuitIx, Inventory, Place, Subject, Touch};
use crate::knowledge::Knowledge;

/// An episode with the name under which a ledger cites it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidencedEpisode {
    /// `alarm:<alarmId>@<raise time>`.
    pub evidence: Arc<str>,
    /// The episode.
    pub episode: Episode<Arc<AlarmRecord>>,
    /// It was cleared by a sync after its source was silent: from the beginning of the silence to
    /// the start of the sync nobody knows whether it was active.
    pub sync_after_silence: Option<Window>,
}

/// One effect of one episode on one place of one circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// While it lasts and the route runs there.
    pub window: Window,
    /// Where.
    pub place: Place,
    /// What it does there.
    pub impact: Impact,
    /// Index of the episode among those given.
    pub episode: u32,
}

/// What a hit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// The place is down.
    Outage,
    /// The circuit is degraded.
    Degraded,
    /// Nobody knows: the time between a silence and the sync that cleared the alarm.
    Unmeasured,
}

// === impl EvidencedEpisode ===

impl EvidencedEpisode {
    /// Names an episode of an identity.
    pub fn new(identity: &str, episode: Episode<Arc<AlarmRecord>>) -> Self {
        let evidence = format!("alarm:{identity}@{}", episode.raised).into();
        EvidencedEpisode { evidence, episode, sync_after_silence: None }
    }

    /// The stretches of constant value.
    fn stretches(&self) -> impl Iterator<Item = (Window, &AlarmRecord)> {
        let cleared = self.episode.cleared.unwrap_or(Time::MAX);
        let values = &self.episode.values;
        let ends = values.iter().skip(1).map(|(from, _)| *from).chain([Time::MAX]);
        values
            .iter()
            .zip(ends)
            .map(move |((from, value), until)| (Window::new(*from, until.min(cleared)), value.as_ref()))
    }

    /// A stretch as far as the alarm is known to have been active, and as far as nobody knows.
    fn known_and_unknown(&self, stretch: Window) -> (Option<Window>, Option<Window>) {
        match self.sync_after_silence {
            None => (Some(stretch), None),
            Some(silence) => (stretch.cut(Window { start: Time::MIN, end: silence.start }), stretch.cut(silence)),
        }
    }
}

/// The hits on one circuit.
pub fn hits_on_circuit(
    inventory: &Inventory,
    knowledge: &Knowledge,
    circuit: CircuitIx,
    episodes: &[EvidencedEpisode],
) -> Vec<Hit> {
    let mut hits = Vec::new();
    for_each_hit(inventory, knowledge, episodes, |on, hit| {
        if on == circuit {
            hits.push(hit);
        }
    });
    hits
}

/// The hits on every circuit, by its number.
pub fn hits_by_circuit(inventory: &Inventory, knowledge: &Knowledge, episodes: &[EvidencedEpisode]) -> Vec<Vec<Hit>> {
    let mut hits: Vec<Vec<Hit>> = Vec::new();
    hits.resize_with(inventory.circuits_total(), Vec::new);
    for_each_hit(inventory, knowledge, episodes, |on, hit| {
        if let Some(list) = usize::try_from(on.0).ok().and_then(|index| hits.get_mut(index)) {
            list.push(hit);
        }
    });
    hits
}

/// Calls `take` with every hit of every episode, in the order of the episodes.
fn for_each_hit(
    inventory: &Inventory,
    knowledge: &Knowledge,
    episodes: &[EvidencedEpisode],
    mut take: impl FnMut(CircuitIx, Hit),
) {
    let mut touches: Vec<Touch> = Vec::new();
    for (evidenced, index) in episodes.iter().zip(0u32..) {
        for (stretch, record) in evidenced.stretches() {
            let impact = match knowledge.effect(record) {
                Effect::Outage => Impact::Outage,
                Effect::Degraded => Impact::Degraded,
                Effect::None => continue,
            };
            let (known, unknown) = evidenced.known_and_unknown(stretch);
            inventory.touches(&Subject::of(record), &mut touches);
            for touch in &touches {
                let parts = [(known, impact), (unknown, Impact::Unmeasured)];
                for (window, impact) in parts.into_iter().filter_map(|(part, impact)| Some((part?, impact))) {
                    if let Some(window) = window.cut(touch.valid) {
                        take(touch.circuit, Hit { window, place: touch.place, impact, episode: index });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
