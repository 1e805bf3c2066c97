//! A ledger cut into the days of a calendar: what ribbons draw, on pages and in reports.

use jiff::ToSpan;
use jiff::civil::Date;
use model::time::{Time, Window, Zone};

use crate::ledger::{Class, Interval};

/// One day, or the part of it inside the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its date in the zone.
    pub date: Date,
    /// From midnight to midnight, cut to the span: 23 or 25 hours where clocks are changed.
    pub window: Window,
    /// Time that the ledger tells of: less than the window where it ends inside.
    pub told_ms: i64,
    /// Counted down time.
    pub down_ms: i64,
    /// Excluded time.
    pub excluded_ms: i64,
    /// Time in which nobody knows.
    pub unmeasured_ms: i64,
    /// Time before or after the circuit's life.
    pub not_in_service_ms: i64,
    /// Degraded time.
    pub degraded_ms: i64,
}

// === impl Day ===

impl Day {
    fn new(date: Date, window: Window) -> Self {
        Day {
            date,
            window,
            told_ms: 0,
            down_ms: 0,
            excluded_ms: 0,
            unmeasured_ms: 0,
            not_in_service_ms: 0,
            degraded_ms: 0,
        }
    }

    fn add(&mut self, interval: &Interval) {
        let ms = interval.window().cut(self.window).map_or(0, Window::length_ms);
        self.told_ms += ms;
        match interval.class {
            Class::Down => self.down_ms += ms,
            Class::Excluded => self.excluded_ms += ms,
            Class::Unmeasured => self.unmeasured_ms += ms,
            Class::NotInService => self.not_in_service_ms += ms,
            Class::Up if interval.degraded == Some(true) => self.degraded_ms += ms,
            Class::Up | Class::OutsideWindow => {}
        }
    }
}

/// The days that begin before the ledger ends, of a span in a zone's calendar, oldest first. The ledger
/// is sorted and disjoint; it is read once.
pub fn days(mut ledger: &[Interval], zone: &Zone, span: Window) -> Vec<Day> {
    let told_until = ledger.last().map_or(span.start, |last| last.end);
    let mut days = Vec::new();
    let mut date = zone.civil(span.start).date();
    while let Some(window) = window_of(zone, date).and_then(|day| day.cut(span)) {
        if window.start >= told_until {
            break;
        }
        let over = ledger.partition_point(|interval| interval.end <= window.start);
        ledger = ledger.get(over..).unwrap_or_default();
        let mut day = Day::new(date, window);
        ledger.iter().take_while(|interval| interval.start < window.end).for_each(|interval| day.add(interval));
        days.push(day);
        let Ok(next) = date.checked_add(1.day()) else { break };
        date = next;
    }
    days
}

/// From a date's midnight to the next; `None` at the end of the calendar.
pub fn window_of(zone: &Zone, date: Date) -> Option<Window> {
    let midnight = |date: Date| -> Time { zone.instant(date.to_datetime(jiff::civil::Time::midnight())) };
    Some(Window::new(midnight(date), midnight(date.checked_add(1.day()).ok()?)))
}

#[cfg(test)]
mod tests;
