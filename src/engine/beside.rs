//! What managers measured beside what alarms say, for the same circuit and period (semantics §5): the
//! unavailable seconds of each stretch beside the down time of the ledger in it, and what makes the difference.
//!
//! Nothing is compared where one side does not know: a stretch without a valid value is no zero, and one in
//! which the source of alarms was silent proves nothing either. Both are told apart.

mod words;

use std::collections::BTreeMap;

use model::pm::Location;
use model::time::{Time, Window};

use crate::ledger::{Class, Interval};
use crate::sla::Share;

pub use words::sentence;

/// Differences that are kept one by one; the rest is counted.
const DIFFERENCES_MAX: usize = 500;
/// Registers count whole seconds: what is less is rounding.
const ROUNDING_MS: i64 = 1000;

/// One parameter of one object at one place: valid values by the begin of their stretch. A stretch that is
/// absent is a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Register {
    /// Number of the object; its registers have the same.
    pub object: u32,
    /// Where on the object; `None` = both directions as one.
    pub one_way: Option<Location>,
    /// Value and measured seconds.
    pub values: BTreeMap<Time, Reading>,
}

/// What a register held of one stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The value.
    pub value: f64,
    /// Seconds of the stretch that were measured.
    pub measured_s: u32,
}

/// Unavailable seconds beside down time. Lengths are milliseconds; only whole stretches that the ledger
/// tells of, in service and inside the promised hours, are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Length of a stretch.
    pub step_ms: i64,
    /// Some object tells of one direction only: its other one may have been worse.
    pub one_way: bool,
    /// Stretches that both sides know.
    pub compared_ms: i64,
    /// Unavailable in them, as measured.
    pub unavailable_ms: i64,
    /// Down in them, by the ledger.
    pub down_ms: i64,
    /// Of the difference: what was measured beyond the down time of its stretch.
    pub more_ms: i64,
    /// Of the difference: down time beyond what was measured in its stretch.
    pub less_ms: i64,
    /// Stretches without a valid value.
    pub gap_ms: i64,
    /// Down in them: nothing was measured that could confirm it.
    pub gap_down_ms: i64,
    /// Stretches with a value in which the source of alarms was silent.
    pub silent_ms: i64,
    /// Unavailable in them: no alarm could tell of it.
    pub silent_unavailable_ms: i64,
    /// Seconds that were measured and are valid.
    pub valid_ms: i64,
    /// Stretches that differ by a second or more.
    pub differing: u32,
    /// The first of them, oldest first.
    pub differences: Vec<Difference>,
}

/// A stretch in which the two sides differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The stretch.
    pub window: Window,
    /// Unavailable, as measured.
    pub unavailable_ms: i64,
    /// Down, by the ledger.
    pub down_ms: i64,
}

/// What a ledger says of one stretch.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    down_ms: i64,
    silent_ms: i64,
    outside_ms: i64,
}

/// Puts registers of unavailable seconds beside the ledger of a stretch of time; `None` if they hold nothing.
pub fn beside(ledger: &[Interval], told: Window, step_ms: i64, registers: &[Register]) -> Option<Beside> {
    let worst = worst(registers);
    let phase = registers.iter().find_map(|register| register.values.keys().next())?.ms().rem_euclid(step_ms.max(1));
    let mut found = Beside { step_ms: step_ms.max(1), one_way: is_one_way(registers), ..Beside::default() };
    let mut rest = ledger;
    for window in stretches(told, found.step_ms, phase) {
        let over = rest.partition_point(|interval| interval.end <= window.start);
        rest = rest.get(over..).unwrap_or_default();
        let told = Told::of(rest, window);
        if told.outside_ms == 0 {
            found.add(window, worst.get(&window.start).copied(), told);
        }
    }
    Some(found)
}

/// The worst of some registers in each stretch: of an object both directions as one where that was measured, else
/// the worse of its directions, but only where all of them were; of several objects the worst that is known.
pub fn worst(registers: &[Register]) -> BTreeMap<Time, Reading> {
    let mut objects: BTreeMap<u32, Vec<&Register>> = BTreeMap::new();
    registers.iter().for_each(|register| objects.entry(register.object).or_default().push(register));
    let mut worst: BTreeMap<Time, Reading> = BTreeMap::new();
    for registers in objects.values() {
        for (at, reading) in of_object(registers) {
            worst.entry(at).and_modify(|held| *held = held.worse(reading)).or_insert(reading);
        }
    }
    worst
}

/// Both directions of one object as one.
fn of_object(registers: &[&Register]) -> BTreeMap<Time, Reading> {
    let (ways, both): (Vec<&Register>, Vec<&Register>) =
        registers.iter().copied().partition(|register| register.one_way.is_some());
    let mut of_ways: BTreeMap<Time, (usize, Reading)> = BTreeMap::new();
    for (at, reading) in ways.iter().flat_map(|register| &register.values) {
        let held = of_ways.entry(*at).or_insert((0, *reading));
        *held = (held.0 + 1, held.1.worse_of_both(*reading));
    }
    let whole = of_ways.into_iter().filter(|(_, (told, _))| *told == ways.len());
    let mut found: BTreeMap<Time, Reading> = whole.map(|(at, (_, reading))| (at, reading)).collect();
    found.extend(both.iter().flat_map(|register| &register.values).map(|(at, reading)| (*at, *reading)));
    found
}

/// Is there an object of which one direction is all that is told?
fn is_one_way(registers: &[Register]) -> bool {
    registers.iter().any(|register| {
        let others = registers.iter().filter(|other| other.object == register.object);
        register.one_way.is_some() && others.count() == 1
    })
}

/// Whole stretches inside a window.
fn stretches(told: Window, step_ms: i64, phase: i64) -> impl Iterator<Item = Window> {
    let behind = (told.start.ms() - phase).rem_euclid(step_ms);
    let first = if behind == 0 { told.start } else { told.start.plus_ms(step_ms - behind) };
    let next = move |window: &Window| Some(Window::new(window.end, window.end.plus_ms(step_ms)));
    std::iter::successors(Some(Window::new(first, first.plus_ms(step_ms))), next)
        .take_while(move |window| window.end <= told.end)
}

// === impl Register ===

impl Register {
    /// A register of an object at a place, without values yet.
    pub fn new(object: u32, location: Location) -> Self {
        let one_way = Some(location).filter(|location| *location != Location::Both);
        Register { object, one_way, values: BTreeMap::new() }
    }
}

// === impl Reading ===

impl Reading {
    /// The worse of two objects; as much was measured as of the one that is better known.
    fn worse(self, other: Self) -> Self {
        Reading { value: self.value.max(other.value), measured_s: self.measured_s.max(other.measured_s) }
    }

    /// The worse of two directions; as much was measured as of both.
    fn worse_of_both(self, other: Self) -> Self {
        Reading { value: self.value.max(other.value), measured_s: self.measured_s.min(other.measured_s) }
    }
}

// === impl Told ===

impl Told {
    fn of(ledger: &[Interval], window: Window) -> Self {
        let mut told = Told::default();
        for interval in ledger.iter().take_while(|interval| interval.start < window.end) {
            let ms = interval.window().cut(window).map_or(0, Window::length_ms);
            match interval.class {
                Class::NotInService | Class::OutsideWindow => told.outside_ms += ms,
                Class::Unmeasured => told.silent_ms += ms,
                Class::Down => told.down_ms += ms,
                Class::Excluded if interval.down == Some(true) => told.down_ms += ms,
                Class::Excluded | Class::Up => {}
            }
        }
        told
    }
}

// === impl Beside ===

impl Beside {
    fn add(&mut self, window: Window, reading: Option<Reading>, told: Told) {
        let length = window.length_ms();
        let Some(reading) = reading else {
            self.gap_ms += length;
            self.gap_down_ms += told.down_ms;
            return;
        };
        let unavailable_ms = reading.unavailable_ms(length);
        self.valid_ms += (i64::from(reading.measured_s) * 1000).min(length);
        if told.silent_ms > 0 {
            self.silent_ms += length;
            self.silent_unavailable_ms += unavailable_ms;
            return;
        }
        self.compared_ms += length;
        self.unavailable_ms += unavailable_ms;
        self.down_ms += told.down_ms;
        let apart = unavailable_ms - told.down_ms;
        self.more_ms += apart.max(0);
        self.less_ms += (-apart).max(0);
        if apart.abs() >= ROUNDING_MS {
            self.differing += 1;
            if self.differences.len() < DIFFERENCES_MAX {
                self.differences.push(Difference { window, unavailable_ms, down_ms: told.down_ms });
            }
        }
    }

    /// How far the two are apart: what one has and the other has not, either way.
    pub fn apart_ms(&self) -> i64 {
        self.more_ms + self.less_ms
    }

    /// Availability as it was measured, over what was compared; `None` = nothing was.
    pub fn availability(&self) -> Option<Share> {
        Share::new(self.compared_ms - self.unavailable_ms, self.compared_ms)
    }

    /// Availability by the ledger, over the same time.
    pub fn availability_by_alarms(&self) -> Option<Share> {
        Share::new(self.compared_ms - self.down_ms, self.compared_ms)
    }

    /// Share of the time looked at of which there are valid values.
    pub fn completeness(&self) -> Option<Share> {
        Share::new(self.valid_ms, self.compared_ms + self.silent_ms + self.gap_ms)
    }
}

impl Reading {
    /// Seconds of a register as a length: never more than the stretch, never less than nothing.
    fn unavailable_ms(self, length: i64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "it saturates, and is cut to the stretch")]
        let ms = (self.value * 1000.0).round() as i64;
        ms.clamp(0, length)
    }
}

#[cfg(test)]
mod tests;
