//! Alarm episodes: the life of an alarm as a pure function of the *set* of its events.
//!
//! Managers repeat, reorder, lose and delay what they report. So nothing here depends on the order
//! in which events came: they are sorted by event time, swept once, and the result is the same for
//! every shuffle and repetition of the same facts (semantics §1).

use model::alarm::{AlarmRecord, ClearType};
use model::text::Text;
use model::time::{Time, Window};

/// The oldest event time that is believed, counted back from its receipt.
const BELIEVED_BACK_MS: i64 = 400 * 24 * 3600 * 1000;
/// How far a manager's clock may run ahead of ours.
const BELIEVED_AHEAD_MS: i64 = 5 * 60 * 1000;

/// One recorded fact about one identity. `V` is what a raise says (its record), without times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event<V> {
    /// A raise, or a repeat of one.
    Raise {
        /// Raise time by the time rule: which raise this is.
        at: Time,
        /// When the manager saw it: later values of one raise take force then.
        ems: Option<Time>,
        /// What it says.
        value: V,
    },
    /// A clear record. It may repeat the raise that it ends and then proves it.
    Clear {
        /// Clear time by the time rule.
        at: Time,
        /// Raise time, manager's time and value of the raise that it names.
        proves: Option<(Time, Option<Time>, V)>,
        /// What ended it.
        kind: ClearType,
        /// Who, for a manual clear; may be empty.
        by: String,
    },
    /// `alarmEndNotify`: whatever is open at that time ends.
    End {
        /// Clear time by the time rule.
        at: Time,
        /// What ended it.
        kind: ClearType,
        /// Who; may be empty.
        by: String,
    },
    /// A list of active alarms lacked it: what is open at that time ends. That is an inference, and
    /// falls where a later list shows that it was wrong.
    Unlisted {
        /// Instant of the list, by the time rule.
        at: Time,
    },
    /// A list of active alarms named it: it was active from that raise on, whatever lists in between
    /// lacked it.
    Listed {
        /// Raise time by the time rule.
        raised: Time,
        /// Instant of the list, by the time rule.
        at: Time,
    },
}

/// One life of an identity: from a raise to the clear that ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode<V> {
    /// When it was raised; with the identity this is the episode's name.
    pub raised: Time,
    /// When it ended; `None` while it is open.
    pub cleared: Option<Time>,
    /// What ended it.
    pub clear_kind: Option<ClearType>,
    /// Who ended it; empty if nobody is named.
    pub clear_by: String,
    /// Values and the time from which each is in force, oldest first, never empty.
    pub values: Vec<(Time, V)>,
    /// Distinct raise times inside it: 1, and one more for each repeat.
    pub raises: u32,
    /// The clear named a time before its own raise; it was taken at the raise.
    pub negative_clear: bool,
}

/// Which times of a record are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRule {
    /// Live report received then: a time far from the receipt is not believed.
    Live {
        /// When we received it.
        received: Time,
    },
    /// History loaded on purpose, or the offline command: the element's own time always wins.
    History,
}

/// One raise as someone stated it. Field order is sort order: recorded raises before proofs.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Stated<'a, V> {
    at: Time,
    by: Witness,
    ems: Time,
    value: &'a V,
}

/// Who states a raise.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Witness {
    Record,
    Proof,
}

/// One clear. Field order is sort order, so that equal times have one winner.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ended<'a> {
    at: Time,
    kind: ClearType,
    by: &'a str,
    negative: bool,
}

/// The sweep's state: what is open and what is over.
struct Sweep<V> {
    open: Option<Open<V>>,
    done: Vec<Episode<V>>,
}

/// An episode that is still open. Its values wait as (from, raise, manager's time, value).
struct Open<V> {
    raised: Time,
    raises: u32,
    values: Vec<(Time, Time, Time, V)>,
}

// === impl TimeRule ===

impl TimeRule {
    /// Raise time of a record: element's time, else manager's time, else receipt.
    /// `None` only in history, for a record without any time.
    pub fn raise_time(self, record: &AlarmRecord) -> Option<Time> {
        self.first_believed([record.ne_time, record.ems_time])
    }

    /// Clear time of a record: its clear time, else manager's time, else receipt.
    /// `None` only in history, for a record without any time.
    pub fn clear_time(self, record: &AlarmRecord) -> Option<Time> {
        self.first_believed([record.clear_time, record.ems_time])
    }

    /// Clear time of an `alarmEndNotify`.
    pub fn end_time(self, clear_time: Option<Time>) -> Option<Time> {
        self.first_believed([clear_time, None])
    }

    /// The first of some times that is believed, else the receipt.
    pub fn first_believed(self, times: [Option<Time>; 2]) -> Option<Time> {
        let mut times = times.into_iter().flatten();
        match self {
            TimeRule::History => times.next(),
            TimeRule::Live { received } => times.find(|at| is_believed(*at, received)).or(Some(received)),
        }
    }
}

// === impl Sweep ===

impl<V: Clone + Ord> Sweep<V> {
    fn raise(&mut self, at: Time, group: &[Stated<'_, V>]) {
        let open = self.open.get_or_insert_with(|| Open { raised: at, raises: 0, values: Vec::new() });
        open.raises = open.raises.saturating_add(1);
        open.values.extend(in_force(at, group));
    }

    fn clear(&mut self, end: &Ended<'_>) {
        if let Some(open) = self.open.take() {
            self.done.push(open.finish(Some(end)));
        }
    }
}

// === impl Open ===

impl<V: Clone + Ord> Open<V> {
    fn finish(mut self, end: Option<&Ended<'_>>) -> Episode<V> {
        self.values.sort();
        let cleared = end.map(|e| e.at);
        let mut values: Vec<(Time, V)> = Vec::with_capacity(self.values.len());
        for (from, _, _, value) in self.values {
            let from = from.max(self.raised);
            if from > self.raised && cleared.is_some_and(|c| from >= c) {
                break; // it would take force after the end
            }
            match values.last_mut() {
                Some(last) if last.1 == value => {}
                Some(last) if last.0 == from => last.1 = value,
                _ => values.push((from, value)),
            }
        }
        values.dedup_by(|later, earlier| later.1 == earlier.1);
        Episode {
            raised: self.raised,
            cleared,
            clear_kind: end.map(|e| e.kind),
            clear_by: end.map_or_else(String::new, |e| e.by.to_owned()),
            values,
            raises: self.raises,
            negative_clear: end.is_some_and(|e| e.negative),
        }
    }
}

/// Identity of a record inside its source: the peer's id or, for peers that have none, what the
/// alarm is about (the native cause is the qualifier).
pub fn identity(record: &AlarmRecord) -> Text {
    if !record.alarm_id.is_empty() {
        return record.alarm_id.clone();
    }
    let object_type = record.object_type.map_or("", |t| t.word());
    let parts =
        [object_type, &record.object_id, &record.layer_rate, &record.probable_cause, &record.native_cause].map(escape);
    parts.join("|").into()
}

/// The episodes of one identity, oldest first, from its events in any order and repetition.
pub fn episodes<V: Clone + Ord>(events: &[Event<V>]) -> Vec<Episode<V>> {
    let (raises, clears) = sorted(events);
    let mut raises = raises.chunk_by(|a, b| a.at == b.at).peekable();
    let mut clears = clears.iter().peekable();
    let mut sweep = Sweep { open: None, done: Vec::new() };
    loop {
        let raise_at = raises.peek().and_then(|group| group.first()).map(|r| r.at);
        let clear_at = clears.peek().map(|c| c.at);
        let Some(at) = raise_at.into_iter().chain(clear_at).min() else { break };
        let raised = raises.next_if(|group| group.first().is_some_and(|r| r.at == at));
        let mut cleared = clears.next_if(|c| c.at == at);
        // Later clears of the same instant say the same thing once more.
        while clears.next_if(|c| c.at == at).is_some() {}
        // At one instant an open episode ends before it is raised again …
        if sweep.open.is_some() {
            cleared.take().into_iter().for_each(|end| sweep.clear(end));
        }
        raised.into_iter().for_each(|group| sweep.raise(at, group));
        // … and a closed one is raised before it ends.
        cleared.into_iter().for_each(|end| sweep.clear(end));
    }
    let open = sweep.open.take().map(|open| open.finish(None));
    sweep.done.extend(open);
    sweep.done
}

/// Do these events hold that a list lacked the alarm, and does it take `listed` to refute that?
pub fn refutes<V>(listed: &Event<V>, events: &[Event<V>]) -> bool {
    let known: Vec<Window> = events.iter().filter_map(listing).collect();
    let new: Vec<Window> = listing(listed).into_iter().collect();
    events.iter().any(|event| match event {
        Event::Unlisted { at } => is_refuted(*at, &new) && !is_refuted(*at, &known),
        _ => false,
    })
}

/// The time in which an alarm that a list names cannot have ended by other lists.
fn listing<V>(event: &Event<V>) -> Option<Window> {
    match event {
        Event::Listed { raised, at } => Some(Window { start: *raised, end: *at }),
        _ => None,
    }
}

fn is_refuted(unlisted: Time, listings: &[Window]) -> bool {
    listings.iter().any(|listing| listing.start <= unlisted && unlisted < listing.end)
}

/// The events as sorted raises and sorted clears, each stated once.
fn sorted<V: Ord>(events: &[Event<V>]) -> (Vec<Stated<'_, V>>, Vec<Ended<'_>>) {
    let (mut raises, mut clears) = (Vec::with_capacity(events.len()), Vec::new());
    let listings: Vec<Window> = events.iter().filter_map(listing).collect();
    for event in events {
        match event {
            Event::Raise { at, ems, value } => {
                raises.push(Stated { at: *at, by: Witness::Record, ems: ems.unwrap_or(*at), value });
            }
            Event::End { at, kind, by } => clears.push(Ended { at: *at, kind: *kind, by, negative: false }),
            Event::Unlisted { at } if !is_refuted(*at, &listings) => {
                clears.push(Ended { at: *at, kind: ClearType::Sync, by: "", negative: false });
            }
            Event::Unlisted { .. } | Event::Listed { .. } => {}
            Event::Clear { at, proves, kind, by } => {
                let raise = proves.as_ref().map(|(raise, _, _)| *raise);
                let negative = raise.is_some_and(|raise| *at < raise);
                clears.push(Ended { at: raise.map_or(*at, |r| r.max(*at)), kind: *kind, by, negative });
                if let Some((at, ems, value)) = proves {
                    raises.push(Stated { at: *at, by: Witness::Proof, ems: ems.unwrap_or(*at), value });
                }
            }
        }
    }
    raises.sort_unstable();
    raises.dedup();
    clears.sort_unstable();
    (raises, clears)
}

/// The values of one raise: the first record from the raise on, later ones from the manager's time.
/// A clear speaks only for a raise that no record states, and only once.
fn in_force<V: Clone>(at: Time, group: &[Stated<'_, V>]) -> Vec<(Time, Time, Time, V)> {
    let recorded = group.iter().filter(|r| r.by == Witness::Record).count();
    let speaking = if recorded == 0 { 1 } else { recorded };
    let from = |index: usize, stated: &Stated<'_, V>| if index == 0 { at } else { stated.ems };
    let speakers = group.iter().take(speaking).enumerate();
    speakers.map(|(index, stated)| (from(index, stated), at, stated.ems, stated.value.clone())).collect()
}

fn is_believed(at: Time, received: Time) -> bool {
    received.plus_ms(-BELIEVED_BACK_MS) <= at && at <= received.plus_ms(BELIEVED_AHEAD_MS)
}

/// Keeps the separator out of a part, so that two identities never read alike.
fn escape(part: &str) -> String {
    part.replace('%', "%25").replace('|', "%7C")
}

#[cfg(test)]
mod tests;
