//! Service windows: when the service is promised, as instants.
//!
//! Hours are wall-clock hours in the plan's zone. Every day is converted on its own, so a clock
//! change moves the instants and never the hours.

use jiff::civil::Date;
use model::time::{Time, Window, Zone};

use crate::period::midnight;
use crate::plan::words::Minute;
use crate::plan::{Plan, ServiceWindow};
use crate::spans;

/// The promised time inside `span`, sorted and disjoint.
pub fn open_windows(plan: &Plan, span: Window) -> Vec<Window> {
    match &plan.service_window {
        _ if span.is_empty() => Vec::new(),
        None => vec![span],
        Some(hours) => {
            let days = days_of(&plan.zone, span).filter(|day| is_service_day(hours, *day));
            let windows = days.map(|day| hours_of(&plan.zone, hours, day)).filter_map(|window| window.cut(span));
            spans::union(windows.collect())
        }
    }
}

/// The dates that a span touches, first to last.
fn days_of(zone: &Zone, span: Window) -> impl Iterator<Item = Date> {
    let (first, last) = (zone.civil(span.start).date(), zone.civil(span.end).date());
    std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(move |day| *day <= last)
}

fn is_service_day(hours: &ServiceWindow, day: Date) -> bool {
    if hours.workdays.contains(&day) {
        return true;
    }
    !hours.holidays.contains(&day) && hours.days.iter().any(|weekday| weekday.to_jiff() == day.weekday())
}

fn hours_of(zone: &Zone, hours: &ServiceWindow, day: Date) -> Window {
    Window::new(instant(zone, day, hours.from), instant(zone, day, hours.to))
}

fn instant(zone: &Zone, day: Date, minute: Minute) -> Time {
    match minute.hour_minute() {
        (24, _) => day.tomorrow().map_or(Time::MAX, |next| midnight(zone, next)),
        (hour, minute) => zone.instant(day.at(hour, minute, 0, 0)),
    }
}

#[cfg(test)]
mod tests;
