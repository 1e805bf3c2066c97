//! Instants in UTC milliseconds, half-open windows, and the local times that peers write.
//! `jiff` does the calendar; this file only fixes which of its many forms we speak. What figures are
//! computed with is inlined into other crates: they call it a hundred times a circuit.

use std::fmt;
use std::num::NonZeroU64;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. JSON form: RFC 3339 in UTC.
///
/// It is kept with the sign turned round, which leaves the order as it is and zero unused: a time that
/// may be absent takes no more room, and alarms have many of those.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(NonZeroU64);

/// What turns the sign round.
const SIGN: u64 = 1 << 63;

/// A period of time, start in, end out. `start <= end` always holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First instant inside.
    pub start: Time,
    /// First instant after.
    pub end: Time,
}

/// The time zone of a peer, a contract or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A time or zone that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The text is not `yyyy-MM-dd HH:mm:ss`.
    #[error("{0:?} is not a time of the form yyyy-MM-dd HH:mm:ss")]
    Local(String),
    /// The text is not an RFC 3339 instant.
    #[error("{0:?} is not an RFC 3339 time such as 2026-11-07T02:28:12+08:00")]
    Instant(String),
    /// The zone is neither an IANA name nor an offset.
    #[error("{0:?} is neither a time zone name such as Asia/Shanghai nor an offset such as +08:00")]
    Zone(String),
}

// === impl Time ===

impl Time {
    /// The earliest instant we can hold; stands for "since ever".
    pub const MIN: Time = Time::from_ms(i64::MIN / 4);
    /// The latest instant we can hold; stands for "for ever".
    pub const MAX: Time = Time::from_ms(i64::MAX / 4);

    /// From milliseconds since the epoch. (`i64::MIN`, far before [`Time::MIN`], is one millisecond later.)
    #[inline]
    pub const fn from_ms(ms: i64) -> Self {
        match NonZeroU64::new(ms.cast_unsigned() ^ SIGN) {
            Some(turned) => Time(turned),
            None => Time(NonZeroU64::MIN),
        }
    }

    /// Milliseconds since the epoch.
    #[inline]
    pub const fn ms(self) -> i64 {
        (self.0.get() ^ SIGN).cast_signed()
    }

    /// This instant moved by `ms` milliseconds, held inside [`Time::MIN`]..[`Time::MAX`].
    #[must_use]
    #[inline]
    pub fn plus_ms(self, ms: i64) -> Self {
        Time::from_ms(self.ms().saturating_add(ms).clamp(Self::MIN.ms(), Self::MAX.ms()))
    }

    /// This instant moved by `s` seconds.
    #[must_use]
    #[inline]
    pub fn plus_s(self, s: i64) -> Self {
        self.plus_ms(s.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` to this instant (negative if it is later).
    #[inline]
    pub fn since(self, earlier: Time) -> i64 {
        self.ms().saturating_sub(earlier.ms())
    }

    /// Reads RFC 3339 with any offset.
    ///
    /// # Errors
    /// [`TimeError::Instant`] if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let instant: jiff::Timestamp = text.trim().parse().map_err(|_| TimeError::Instant(text.to_owned()))?;
        Ok(Time::from_jiff(instant))
    }

    /// The `jiff` instant, for calendar arithmetic; times out of its range are clamped.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.ms()).unwrap_or(if self.ms() < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// From a `jiff` instant; sub-millisecond digits are dropped.
    pub fn from_jiff(instant: jiff::Timestamp) -> Self {
        Time::from_ms(instant.as_millisecond())
    }
}

impl Default for Time {
    /// The epoch.
    fn default() -> Self {
        Time::from_ms(0)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Time").field(&self.ms()).finish()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Time::parse(&text).map_err(serde::de::Error::custom)
    }
}

// === impl Window ===

impl Window {
    /// All of time.
    pub const ALWAYS: Window = Window { start: Time::MIN, end: Time::MAX };

    /// The window from `start` to `end`; empty at `start` if they are reversed.
    #[inline]
    pub fn new(start: Time, end: Time) -> Self {
        Window { start, end: end.max(start) }
    }

    /// Length in milliseconds.
    #[inline]
    pub fn length_ms(self) -> i64 {
        self.end.since(self.start)
    }

    /// No instant lies inside.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// `at` lies inside.
    #[inline]
    pub fn holds(self, at: Time) -> bool {
        self.start <= at && at < self.end
    }

    /// The common part, if it is not empty.
    #[inline]
    pub fn cut(self, other: Window) -> Option<Window> {
        let both = Window { start: self.start.max(other.start), end: self.end.min(other.end) };
        (both.start < both.end).then_some(both)
    }
}

// === impl Zone ===

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Zone(TimeZone::UTC)
    }

    /// UTC+8, the default of the wire.
    pub fn china() -> Self {
        Zone(TimeZone::fixed(jiff::tz::offset(8)))
    }

    /// Reads an IANA name (`Asia/Shanghai`), `UTC`, or an offset (`+08:00`, `UTC+8`).
    ///
    /// # Errors
    /// [`TimeError::Zone`] if it is none of these.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let bad = || TimeError::Zone(text.to_owned());
        let name = text.trim();
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Ok(Self::utc());
        }
        let offset = name.strip_prefix("UTC").unwrap_or(name);
        if let Some(seconds) = offset_seconds(offset) {
            let offset = jiff::tz::Offset::from_seconds(seconds).map_err(|_| bad())?;
            return Ok(Zone(TimeZone::fixed(offset)));
        }
        TimeZone::get(name).map(Zone).map_err(|_| bad())
    }

    /// The zone for `jiff`.
    pub fn to_jiff(&self) -> &TimeZone {
        &self.0
    }

    /// Reads the wire's local time `yyyy-MM-dd HH:mm:ss`. A time that a clock change skips
    /// or repeats is taken as `jiff`'s compatible reading (RFC 5545): never an error. The last day of the year
    /// 9999, which peers write for "no end", is the last instant of the calendar, where it lies after that.
    ///
    /// # Errors
    /// [`TimeError::Local`] if the text has another form.
    pub fn read_local(&self, text: &str) -> Result<Time, TimeError> {
        let bad = || TimeError::Local(text.to_owned());
        let trimmed = text.trim();
        let civil = match plain_local(trimmed.as_bytes()) {
            Some(civil) => civil,
            None if trimmed.len() < 19 => return Err(bad()),
            None => trimmed.replacen(' ', "T", 1).parse().map_err(|_| bad())?,
        };
        match self.0.to_ambiguous_timestamp(civil).compatible() {
            Ok(instant) => Ok(Time::from_jiff(instant)),
            Err(_) if civil.year() == 9999 => Ok(Time::from_jiff(jiff::Timestamp::MAX)),
            Err(_) => Err(bad()),
        }
    }

    /// Writes the wire's local time `yyyy-MM-dd HH:mm:ss`; milliseconds are dropped.
    pub fn write_local(&self, at: Time) -> String {
        self.civil(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The civil date and time of `at` in this zone.
    pub fn civil(&self, at: Time) -> DateTime {
        at.to_jiff().to_zoned(self.0.clone()).datetime()
    }

    /// The instant of a civil date and time in this zone (compatible reading at clock changes).
    pub fn instant(&self, civil: DateTime) -> Time {
        civil.to_zoned(self.0.clone()).map_or(Time::MAX, |zoned| Time::from_jiff(zoned.timestamp()))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::china()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.iana_name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.0.to_fixed_offset().unwrap_or(jiff::tz::Offset::UTC)),
        }
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Zone::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Exactly `yyyy-MM-dd HH:mm:ss`, which is how nearly every time is written.
fn plain_local(text: &[u8]) -> Option<DateTime> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', n1, n2, b':', s1, s2] = text else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'));
    let two = |tens: &u8, ones: &u8| i8::try_from(digit(tens)? * 10 + digit(ones)?).ok();
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    DateTime::new(year, two(m1, m2)?, two(d1, d2)?, two(h1, h2)?, two(n1, n2)?, two(s1, s2)?, 0).ok()
}

/// `+8`, `+08`, `+08:00`, `-0330` as seconds.
fn offset_seconds(text: &str) -> Option<i32> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = text.chars().skip(1).filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    Some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests;
