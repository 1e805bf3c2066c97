//! How each source is: when it was heard, whether it is silent, how far it lags, what was asked of it.
//!
//! *Heard* is any authenticated message or a good `isAlive` answer. A source that is silent for
//! longer than its limit is stale from the moment it was last heard; when it is heard again, the
//! silence in between is a fact that makes its circuits unmeasured for that time.

use std::collections::{BTreeMap, VecDeque};

use model::source::{Source, SourceId, SourceKind, SourceState, SyncRun};
use model::time::{Time, Window};
use omc::Place;

/// Alarm facts are counted by minute over this many minutes.
const MINUTES: i64 = 10;

/// All configured sources.
#[derive(Debug, Default)]
pub struct Sources {
    states: BTreeMap<SourceId, State>,
}

/// What is configured of a source.
#[derive(Clone, Debug)]
pub struct Setup {
    /// System code.
    pub id: SourceId,
    /// Kind.
    pub kind: SourceKind,
    /// Silence limit in seconds; 0 for devices whose silence means nothing.
    pub silence_s: i64,
    /// Managers it speaks for (`emsName` of elements).
    pub ems_names: Vec<String>,
}

#[derive(Debug)]
struct State {
    setup: Setup,
    last_heard: Option<Time>,
    stale: bool,
    lag_ms: Option<i64>,
    minutes: VecDeque<(i64, u32)>,
    sync: Option<SyncRun>,
    /// The highest number of a notification.
    number: Option<u64>,
    circuits: u32,
    active_alarms: u32,
}

/// What it means that a source was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was not silent.
    Steady,
    /// It was silent for this time and is back: its time is unmeasured, a resync must follow.
    Back(Window),
    /// It is not configured (our own submissions).
    Stranger,
}

// === impl Setup ===

impl Setup {
    /// It is asked whether it is alive, so that its silence means something. A resource system
    /// speaks only when it has files; of devices that nobody asks somebody must say so by a limit.
    fn is_expected(&self) -> bool {
        match self.kind {
            SourceKind::Transport | SourceKind::Ip | SourceKind::Atm | SourceKind::Omc | SourceKind::Eoms => true,
            SourceKind::Resource => false,
            SourceKind::Snmp => self.silence_s > 0,
        }
    }
}

// === impl Sources ===

impl Sources {
    /// The configured sources with when each was last heard before this start.
    pub fn new(setups: impl IntoIterator<Item = (Setup, Option<Time>)>) -> Self {
        let state = |(setup, last_heard): (Setup, Option<Time>)| {
            let state = State {
                last_heard,
                stale: false,
                lag_ms: None,
                minutes: VecDeque::new(),
                sync: None,
                number: None,
                circuits: 0,
                active_alarms: 0,
                setup,
            };
            (state.setup.id.clone(), state)
        };
        Sources { states: setups.into_iter().map(state).collect() }
    }

    /// Notes that a source was heard.
    pub fn heard(&mut self, id: &SourceId, now: Time) -> Heard {
        let Some(state) = self.states.get_mut(id) else { return Heard::Stranger };
        let before = state.last_heard;
        state.last_heard = Some(before.map_or(now, |last| last.max(now)));
        state.stale = false;
        match before {
            Some(last) if state.setup.is_expected() && now.since(last) > state.setup.silence_s * 1000 => {
                Heard::Back(Window::new(last, now))
            }
            _ => Heard::Steady,
        }
    }

    /// Counts alarm facts and notes how far the manager lags.
    pub fn count(&mut self, id: &SourceId, facts: u32, told_at: Option<Time>, now: Time) {
        let Some(state) = self.states.get_mut(id) else { return };
        let minute = now.ms().div_euclid(60_000);
        match state.minutes.back_mut() {
            Some((last, count)) if *last == minute => *count = count.saturating_add(facts),
            _ => state.minutes.push_back((minute, facts)),
        }
        while state.minutes.front().is_some_and(|(first, _)| *first <= minute - MINUTES) {
            state.minutes.pop_front();
        }
        if let Some(told_at) = told_at {
            state.lag_ms = Some(now.since(told_at));
        }
    }

    /// Sources that have become stale since the last call.
    pub fn newly_stale(&mut self, now: Time) -> Vec<SourceId> {
        let silent = |state: &State| {
            let is_silent = |last: Time| now.since(last) > state.setup.silence_s * 1000;
            state.setup.is_expected() && state.last_heard.is_some_and(is_silent)
        };
        let mut stale = Vec::new();
        for (id, state) in &mut self.states {
            if !state.stale && silent(state) {
                state.stale = true;
                stale.push(id.clone());
            }
        }
        stale
    }

    /// Silences that are still going on: (source, since).
    pub fn silent_now(&self) -> Vec<(SourceId, Time)> {
        let silent = self.states.iter().filter(|(_, state)| state.stale);
        silent.filter_map(|(id, state)| state.last_heard.map(|since| (id.clone(), since))).collect()
    }

    /// Notes the number of a notification.
    pub fn numbered(&mut self, id: &SourceId, number: u64) {
        if let Some(state) = self.states.get_mut(id) {
            state.number = state.number.max(Some(number));
        }
    }

    /// Notes the latest resync of a source.
    pub fn put_sync(&mut self, id: &SourceId, run: SyncRun) {
        if let Some(state) = self.states.get_mut(id) {
            state.sync = Some(run);
        }
    }

    /// The latest resync of a source.
    pub fn sync(&self, id: &SourceId) -> Option<&SyncRun> {
        self.states.get(id).and_then(|state| state.sync.as_ref())
    }

    /// Notes how many circuits a source observes.
    pub fn put_circuits(&mut self, id: &SourceId, circuits: u32) {
        if let Some(state) = self.states.get_mut(id) {
            state.circuits = circuits;
        }
    }

    /// Changes the number of active alarms of a source.
    pub fn add_active(&mut self, id: &SourceId, change: i64) {
        if let Some(state) = self.states.get_mut(id) {
            let active = (i64::from(state.active_alarms) + change).clamp(0, i64::from(u32::MAX));
            state.active_alarms = u32::try_from(active).unwrap_or(u32::MAX);
        }
    }

    /// What is configured of a source.
    pub fn setup(&self, id: &SourceId) -> Option<&Setup> {
        self.states.get(id).map(|state| &state.setup)
    }

    /// When a source was last heard.
    pub fn last_heard(&self, id: &SourceId) -> Option<Time> {
        self.states.get(id).and_then(|state| state.last_heard)
    }

    /// Every source's code.
    pub fn ids(&self) -> Vec<SourceId> {
        self.states.keys().cloned().collect()
    }

    /// A source as it is shown.
    pub fn view(&self, id: &SourceId) -> Option<Source> {
        let state = self.states.get(id)?;
        Some(Source {
            id: id.clone(),
            kind: state.setup.kind,
            state: match (state.last_heard, state.stale) {
                (None, _) => SourceState::Waiting,
                (_, true) => SourceState::Stale,
                (_, false) => SourceState::Live,
            },
            last_heard: state.last_heard,
            silence_s: state.setup.silence_s,
            lag_ms: state.lag_ms,
            alarms_10min: state.minutes.iter().map(|(_, count)| *count).sum(),
            circuits: state.circuits,
            active_alarms: state.active_alarms,
            alarm_seq: state.number.filter(|_| state.setup.kind == SourceKind::Omc).map(|number| Place(number).seq()),
            last_sync: state.sync.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
