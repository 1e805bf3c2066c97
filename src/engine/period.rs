//! Periods: which stretch of time a figure is about (`2026-10`, `2026-Q4`, `2026`, or a date).
//!
//! Months, quarters and years are calendar periods in the plan's zone, so a month with a clock
//! change is an hour longer or shorter, as the customer's calendar is.

use jiff::ToSpan;
use jiff::civil::Date;
use model::time::{Time, Window, Zone};

use crate::plan::{PeriodKind, Plan};

/// Days of a fixed period.
const FIXED_DAYS: i64 = 30;
/// Years that a period may name.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=9000;

/// A period as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A month; it begins on the plan's start day.
    Month {
        /// Year.
        year: i16,
        /// 1 to 12.
        month: i8,
    },
    /// A quarter.
    Quarter {
        /// Year.
        year: i16,
        /// 1 to 4.
        quarter: i8,
    },
    /// A year.
    Year(i16),
    /// The plan's own period that holds this date.
    Holding(Date),
}

/// A period that could not be read or placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not a period.
    #[error("{0:?} is not a period: use 2026-10, 2026-Q4, 2026 or, for plans of 30 days, a date such as 2026-10-31")]
    Form(String),
    /// A period of 30 days has nothing to count from.
    #[error("a period of 30 days counts from the contract's start date, and there is none")]
    NoContractStart,
    /// Outside what a calendar can hold.
    #[error("the period lies outside the years 1970 to 9000")]
    Range,
}

// === impl Period ===

impl Period {
    /// Reads `2026-10`, `2026-Q4`, `2026` or `2026-10-31`.
    ///
    /// # Errors
    /// [`PeriodError::Form`] if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        Self::read(text.trim()).ok_or_else(|| PeriodError::Form(text.to_owned()))
    }

    /// The period as a window in the plan's zone. `contract_start` anchors plans of 30 days.
    ///
    /// # Errors
    /// [`PeriodError`] if there is no anchor or the calendar ends.
    pub fn window(self, plan: &Plan, contract_start: Option<Date>) -> Result<Window, PeriodError> {
        let start_day = if plan.period == PeriodKind::Month { plan.period_start_day } else { 1 };
        let (first, after) = match self {
            Period::Month { year, month } => months(year, month, start_day, 1)?,
            Period::Quarter { year, quarter } => months(year, quarter * 3 - 2, 1, 3)?,
            Period::Year(year) => months(year, 1, 1, 12)?,
            Period::Holding(date) => holding(date, plan, contract_start)?,
        };
        Ok(Window::new(midnight(&plan.zone, first), midnight(&plan.zone, after)))
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() == 10 {
            let date: Date = text.parse().ok()?;
            return YEARS.contains(&date.year()).then_some(Period::Holding(date));
        }
        let (year, rest) = text.split_once('-').unwrap_or((text, ""));
        let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let year = year.parse().ok().filter(|y| is_year && YEARS.contains(y))?;
        match (rest.strip_prefix(['Q', 'q']), rest.len()) {
            (Some(quarter), 2) => {
                let quarter = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
                Some(Period::Quarter { year, quarter })
            }
            (None, 2) => {
                let month = rest.parse().ok().filter(|m| (1..=12).contains(m))?;
                Some(Period::Month { year, month })
            }
            (None, 0) if text.len() == 4 => Some(Period::Year(year)),
            _ => None,
        }
    }
}

/// First day and day after of `count` months.
fn months(year: i16, month: i8, day: i8, count: i32) -> Result<(Date, Date), PeriodError> {
    let first = Date::new(year, month, day).map_err(|_| PeriodError::Range)?;
    let after = first.checked_add(count.months()).map_err(|_| PeriodError::Range)?;
    Ok((first, after))
}

/// The plan's own period around a date.
fn holding(date: Date, plan: &Plan, contract_start: Option<Date>) -> Result<(Date, Date), PeriodError> {
    match plan.period {
        PeriodKind::Month => {
            let back = if date.day() < plan.period_start_day { 1 } else { 0 };
            let month = date.first_of_month().checked_sub(back.months()).map_err(|_| PeriodError::Range)?;
            months(month.year(), month.month(), plan.period_start_day, 1)
        }
        PeriodKind::Quarter => months(date.year(), (date.month() - 1) / 3 * 3 + 1, 1, 3),
        PeriodKind::Year => months(date.year(), 1, 1, 12),
        PeriodKind::ThirtyDays => {
            let anchor = contract_start.ok_or(PeriodError::NoContractStart)?;
            let days = anchor.until(date).map_err(|_| PeriodError::Range)?.get_days();
            let back = i64::from(days).rem_euclid(FIXED_DAYS);
            let first = date.checked_sub(back.days()).map_err(|_| PeriodError::Range)?;
            let after = first.checked_add(FIXED_DAYS.days()).map_err(|_| PeriodError::Range)?;
            Ok((first, after))
        }
    }
}

/// The first instant of a date.
pub(crate) fn midnight(zone: &Zone, date: Date) -> Time {
    zone.instant(date.to_datetime(jiff::civil::Time::midnight()))
}

#[cfg(test)]
mod tests;
