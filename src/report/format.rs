//! How figures are written. PDF, XLSX and CSV all come here, so a figure has the same digits in each.

use jiff::civil::DateTime;
use model::time::{Time, Window, Zone};

use crate::input::{Language, Percent, Reading, Report, Share};

/// Stands where there is nothing to say.
pub(crate) const DASH: &str = "—";

/// Which way a length in minutes is rounded: never to the carrier's advantage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Towards {
    /// For what is used.
    Up,
    /// For what is left or allowed.
    Down,
}

/// How a report writes.
#[derive(Clone, Debug)]
pub(crate) struct Format {
    pub(crate) language: Language,
    zone: Zone,
}

// === impl Format ===

impl Format {
    pub(crate) fn of(report: &Report) -> Self {
        Self::new(report.language, &report.zone)
    }

    pub(crate) fn new(language: Language, zone: &Zone) -> Self {
        Format { language, zone: zone.clone() }
    }

    /// `99.941`: three decimals, truncated towards worse.
    pub(crate) fn share(share: Share) -> String {
        format!("{}.{:03}", share.worse() / 1000, share.worse() % 1000)
    }

    /// `99.94123`: five decimals.
    pub(crate) fn exact_share(share: Share) -> String {
        Self::exact_percent(share.exact())
    }

    /// `99.94123`, of hundred-thousandths.
    pub(crate) fn exact_percent(exact: i64) -> String {
        format!("{}.{:05}", exact / 100_000, exact % 100_000)
    }

    /// `99.95`: with the digits that it has.
    pub(crate) fn percent(Percent(millionths): Percent) -> String {
        let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// `12.5`: millionths with the digits that they have.
    pub(crate) fn reading(Reading(millionths): Reading) -> String {
        let sign = if millionths < 0 { "-" } else { "" };
        let size = millionths.unsigned_abs();
        let text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// `25.4`: minutes with one decimal.
    pub(crate) fn minutes(ms: i64, towards: Towards) -> String {
        let tenths = match towards {
            Towards::Up => -ms.saturating_neg().div_euclid(6_000),
            Towards::Down => ms.div_euclid(6_000),
        };
        let sign = if tenths < 0 { "−" } else { "" };
        format!("{sign}{}.{}", grouped(tenths.unsigned_abs() / 10), tenths.unsigned_abs() % 10)
    }

    /// `1524.123`: seconds with three decimals, exact.
    pub(crate) fn seconds(ms: i64) -> String {
        let sign = if ms < 0 { "-" } else { "" };
        format!("{sign}{}.{:03}", ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000)
    }

    /// `1.250`: thousandths.
    pub(crate) fn thousandths(value: i64) -> String {
        Self::seconds(value)
    }

    /// `17 min 24 s` / `17 分 24 秒`: every unit, exact, so that parts add up.
    pub(crate) fn length(&self, ms: i64) -> String {
        let words = match self.language {
            Language::Zh => ["天", "小时", "分", "秒"],
            Language::En => ["d", "h", "min", "s"],
        };
        let (whole, rest) = (ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000);
        let units = [whole / 86_400, whole / 3_600 % 24, whole / 60 % 60];
        let mut parts: Vec<String> = units.iter().zip(words).filter(|(n, _)| **n > 0).map(part).collect();
        let [.., second] = words;
        match (whole % 60, rest) {
            (0, 0) if !parts.is_empty() => {}
            (seconds, 0) => parts.push(format!("{seconds} {second}")),
            (seconds, rest) => parts.push(format!("{seconds}.{rest:03} {second}")),
        }
        let sign = if ms < 0 { "−" } else { "" };
        format!("{sign}{}", parts.join(" "))
    }

    /// `2026-11-07 02:28:12` in the report's zone.
    pub(crate) fn time(&self, at: Time) -> String {
        self.zone.write_local(at)
    }

    /// `11-07 02:28:12`: where the year is known from the page.
    pub(crate) fn short_time(&self, at: Time) -> String {
        self.civil(at).strftime("%m-%d %H:%M:%S").to_string()
    }

    /// `2026-11-07 01:00 – 03:00`; with both dates if they differ.
    pub(crate) fn window(&self, window: Window) -> String {
        let (start, end) = (self.civil(window.start), self.civil(window.end));
        let form = if start.date() == end.date() { "%H:%M" } else { "%m-%d %H:%M" };
        format!("{} – {}", start.strftime("%Y-%m-%d %H:%M"), end.strftime(form))
    }

    /// `11-07 02:14:20 – 02:31:44`; with both dates if they differ.
    pub(crate) fn span(&self, window: Window) -> String {
        format!("{} – {}", self.short_time(window.start), self.until(window))
    }

    /// `2026-11-07 02:14:20 – 02:31:44`; with the second date if it differs.
    pub(crate) fn long_span(&self, window: Window) -> String {
        format!("{} – {}", self.time(window.start), self.until(window))
    }

    fn until(&self, window: Window) -> String {
        let (start, end) = (self.civil(window.start), self.civil(window.end));
        let form = if start.date() == end.date() { "%H:%M:%S" } else { "%m-%d %H:%M:%S" };
        end.strftime(form).to_string()
    }

    /// The period in words: `1–30 November 2026` / `2026 年 11 月 1 日—30 日`.
    pub(crate) fn period(&self, period: Window) -> String {
        let (first, last) = (self.civil(period.start), self.civil(period.end.plus_ms(-1)));
        let same_year = first.year() == last.year();
        let same_month = same_year && first.month() == last.month();
        let write = |at: DateTime, form: &str| at.strftime(form).to_string();
        match self.language {
            Language::Zh => {
                let end = if same_month {
                    "%-d 日"
                } else if same_year {
                    "%-m 月 %-d 日"
                } else {
                    "%Y 年 %-m 月 %-d 日"
                };
                format!("{}—{}", write(first, "%Y 年 %-m 月 %-d 日"), write(last, end))
            }
            Language::En => {
                let start = if same_month {
                    "%-d"
                } else if same_year {
                    "%-d %B"
                } else {
                    "%-d %B %Y"
                };
                let dash = if same_month { "–" } else { " – " };
                format!("{}{dash}{}", write(first, start), write(last, "%-d %B %Y"))
            }
        }
    }

    /// A day of the period, counted from 0: `7 Nov` / `11 月 7 日`.
    pub(crate) fn day(&self, period: Window, number: usize) -> String {
        let days = i64::try_from(number).unwrap_or(0);
        let first = self.civil(period.start);
        let date = first.checked_add(jiff::Span::new().days(days)).unwrap_or(first);
        let form = match self.language {
            Language::Zh => "%-m 月 %-d 日",
            Language::En => "%-d %b",
        };
        date.strftime(form).to_string()
    }

    /// The zone's name: `Asia/Shanghai`, `UTC+08`.
    pub(crate) fn zone(&self) -> String {
        let name = self.zone.to_string();
        if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
    }

    /// The civil time in the report's zone.
    pub(crate) fn civil(&self, at: Time) -> DateTime {
        self.zone.civil(at)
    }
}

/// `43,200`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn part((number, unit): (&u64, &str)) -> String {
    format!("{number} {unit}")
}

#[cfg(test)]
mod tests;
