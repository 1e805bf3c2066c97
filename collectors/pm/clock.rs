//! Times of performance files: with an offset, or local in the file's zone or the peer's. A local time that a
//! clock change skips or repeats names no one instant, and a guess would let one period replace another: it
//! is refused, and the reason says what to do.

use jiff::civil::DateTime;
use model::time::{Time, Zone};

use crate::pm::issue::shown;

/// Years that a measurement can be of; a clock that was never set is before.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2199;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Reads the times of a file.
#[derive(Debug)]
pub(super) struct Clock {
    zone: Zone,
    last: Option<(String, Time)>,
}

// === impl Clock ===

impl Clock {
    pub(super) fn new(zone: Zone) -> Self {
        Clock { zone, last: None }
    }

    /// Reads `yyyy-MM-dd HH:mm[:ss]` (also with `T` or `/`), `yyyyMMddHHmm[ss]`, each with or without an offset.
    /// The same text again costs nothing: a file's rows are of one period.
    ///
    /// # Errors
    /// A sentence if it is no time, or two or none.
    pub(super) fn read(&mut self, text: &str) -> Result<Time, String> {
        if let Some((last, at)) = &self.last
            && last == text
        {
            return Ok(*at);
        }
        let at = self.instant(text.trim())?;
        self.last = Some((text.to_owned(), at));
        Ok(at)
    }

    fn instant(&self, text: &str) -> Result<Time, String> {
        let bad = || format!("{:?} is no time such as 2026-11-07 10:15:00", shown(text));
        let written = normal(text).ok_or_else(bad)?;
        if let Ok(instant) = written.parse::<jiff::Timestamp>() {
            return in_range(Time::from_jiff(instant), text);
        }
        let civil: DateTime = written.parse().map_err(|_| bad())?;
        let ambiguous = self.zone.to_jiff().to_ambiguous_timestamp(civil);
        if ambiguous.is_ambiguous() {
            let zone = &self.zone;
            return Err(format!(
                "{text:?} is told twice or never in {zone}, whose clock changes then; the file must write an offset, \
                 or the peer's zone must be one"
            ));
        }
        let instant = ambiguous.unambiguous().map_err(|_| bad())?;
        in_range(Time::from_jiff(instant), text)
    }

    /// So many seconds later, or earlier. Days are the zone's days, which may have 23 or 25 hours.
    pub(super) fn shift(&self, from: Time, seconds: i64) -> Time {
        if seconds % DAY != 0 {
            return from.plus_s(seconds);
        }
        let days = jiff::Span::new().try_days(seconds / DAY).unwrap_or_default();
        self.zone.civil(from).checked_add(days).map_or_else(|_| from.plus_s(seconds), |civil| self.zone.instant(civil))
    }
}

/// `UTC+8`, `GMT+8`, `+08:00`, `Asia/Shanghai`.
///
/// # Errors
/// A sentence if it is no zone.
pub(super) fn zone(text: &str) -> Result<Zone, String> {
    let name = text.trim();
    let name = name.strip_prefix("GMT").map_or_else(|| name.to_owned(), |offset| format!("UTC{offset}"));
    Zone::parse(&name).map_err(|error| error.to_string())
}

/// The one form that `jiff` reads.
fn normal(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if matches!(bytes.len(), 12 | 14) && bytes.iter().all(u8::is_ascii_digit) {
        let part = |from: usize, to: usize| text.get(from..to);
        let seconds = part(12, 14).unwrap_or("00");
        return Some(format!(
            "{}-{}-{}T{}:{}:{seconds}",
            part(0, 4)?,
            part(4, 6)?,
            part(6, 8)?,
            part(8, 10)?,
            part(10, 12)?
        ));
    }
    let has_time = bytes.len() >= 16 && bytes.len() <= 40 && matches!(bytes.get(10), Some(b' ' | b'T'));
    has_time.then(|| text.replacen(' ', "T", 1).replace('/', "-"))
}

fn in_range(at: Time, text: &str) -> Result<Time, String> {
    let year = Zone::utc().civil(at).year();
    match YEARS.contains(&year) {
        true => Ok(at),
        false => Err(format!("{text:?} is not between the years {} and {}", YEARS.start(), YEARS.end())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_forms_are_one_instant() {
        let mut clock = Clock::new(Zone::china());
        for text in [
            "2026-11-07 10:15:00",
            "2026-11-07T10:15:00",
            "2026-11-07 10:15",
            "2026/11/07 10:15:00",
            "202611071015",
            "20261107101500",
            "2026-11-07T10:15:00+08:00",
            "2026-11-07T10:15:00+0800",
            "2026-11-07T02:15:00Z",
            "2026-11-07 03:15:00+01:00",
        ] {
            assert_eq!(clock.read(text).map(|at| at.to_string()), Ok("2026-11-07T02:15:00Z".to_owned()), "{text}");
        }
        for text in
            ["", "10:15", "2026-11-07", "2026-13-07 10:15:00", "1970-01-01 08:00:00", "9999-12-31 00:00:00", "x"]
        {
            assert!(clock.read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_clock_change_is_never_guessed() {
        let mut clock = Clock::new(Zone::parse("Europe/Berlin").unwrap());
        for text in ["2026-10-25 02:15:00", "2026-03-29 02:15:00"] {
            assert!(clock.read(text).unwrap_err().contains("told twice or never"), "{text}");
        }
        let first = clock.read("2026-10-25 02:15:00+02:00").unwrap();
        let second = clock.read("2026-10-25 02:15:00+01:00").unwrap();
        assert_eq!(second.since(first), 3_600_000);
        let end = clock.read("2026-10-26 00:00:00").unwrap();
        assert_eq!(end.since(clock.shift(end, -86_400)), 25 * 3_600_000);
        assert_eq!(end.since(clock.shift(end, -900)), 900_000);
    }

    #[test]
    fn zones_have_several_spellings() {
        for text in ["UTC+8", "GMT+8", "+08:00", "UTC+08:00", " +0800 "] {
            assert_eq!(zone(text), Ok(Zone::china()), "{text}");
        }
        assert!(zone("Mars/Olympus").is_err());
    }
}
