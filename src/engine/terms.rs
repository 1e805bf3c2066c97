//! A plan's terms for one period: what every circuit of the plan has in common, made once.

use std::borrow::Cow;

use model::time::{Time, Window};

use crate::calendar;
use crate::plan::Plan;

/// How far before the period, beside the plan's own look back, its hours are laid out beforehand.
/// An outage that began earlier still has them laid out on their own.
const AHEAD_DAYS: i64 = 31;
const DAY_S: i64 = 86_400;
/// Hours over which budgets burn.
const LATEST_H: [i64; 3] = [1, 6, 72];

/// A plan, a period, and up to where it is evaluated.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The period.
    pub period: Window,
    /// Up to here, at most the period's end.
    pub as_of: Time,
    /// The last hour, six hours and three days up to `as_of`, inside the period.
    pub(crate) latest: [Window; 3],
    /// Promised time from `open_from` to the period's end.
    open: Vec<Window>,
    open_from: Time,
}

// === impl Terms ===

impl<'a> Terms<'a> {
    /// Lays out the hours of a plan.
    pub fn new(plan: &'a Plan, period: Window, as_of: Time) -> Self {
        let as_of = as_of.clamp(period.start, period.end.max(period.start));
        let back_s = (plan.repeat_days.max(plan.chronic_days) + AHEAD_DAYS) * DAY_S;
        let open_from = if plan.service_window.is_some() { period.start.plus_s(-back_s) } else { Time::MIN };
        let open = calendar::open_windows(plan, Window::new(open_from, period.end));
        let latest = LATEST_H.map(|hours| Window::new(as_of.plus_s(-hours * 3_600).max(period.start), as_of));
        Terms { plan, period, as_of, latest, open, open_from }
    }

    /// Promised time from an instant to the period's end, and perhaps before.
    pub(crate) fn open_since(&self, from: Time) -> Cow<'_, [Window]> {
        if from >= self.open_from {
            return Cow::Borrowed(&self.open);
        }
        Cow::Owned(calendar::open_windows(self.plan, Window::new(from, self.period.end)))
    }

    /// Where the longest of [`Terms::latest`] begins.
    pub(crate) fn latest_since(&self) -> Time {
        let [.., longest] = self.latest;
        longest.start
    }

    /// What is left of the period.
    pub(crate) fn rest(&self) -> Window {
        Window::new(self.as_of, self.period.end)
    }

    /// Outages that ended at or after this instant bear on the figure of a circuit; `first` is the
    /// start of the first outage that ended in the period.
    pub(crate) fn horizon(&self, first: Time) -> Time {
        let repeats = first.min(self.period.start).plus_s(-self.plan.repeat_days * DAY_S);
        repeats.min(self.as_of.plus_s(-self.plan.chronic_days * DAY_S))
    }

    /// `next` began so soon after `end` that it repeats what ended there.
    pub(crate) fn repeats(&self, end: Time, next: Time) -> bool {
        next <= end.plus_s(self.plan.repeat_days * DAY_S)
    }

    /// `end` lies in the days that decide whether a circuit is chronic.
    pub(crate) fn is_recent(&self, end: Time) -> bool {
        end > self.as_of.plus_s(-self.plan.chronic_days * DAY_S)
    }
}
