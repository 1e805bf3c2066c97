//! Names of measurement files by 3GPP TS 32.432:
//! `<type><begin date>.<begin time>-[<end date>.]<end time>[_-<job>][_<id>][_-_<count>]`. They say the period,
//! and the offset of local times inside that have none.

use jiff::civil::{Date, DateTime, Time as Hour};
use model::time::{Time, Window, Zone};

/// What a name says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileName {
    /// The period.
    pub(super) window: Window,
    /// The offset of its begin, if it has one.
    pub(super) zone: Option<Zone>,
}

// === impl FileName ===

impl FileName {
    /// Reads the last part of a path; `None` if it is not such a name. Times without an offset are of `zone`.
    pub(super) fn read(name: &str, zone: &Zone) -> Option<Self> {
        let name = name.rsplit('/').next()?;
        let rest = name.strip_prefix(['A', 'B', 'C', 'D'])?;
        let (day, rest) = (date(rest.get(..8)?)?, rest.get(8..)?.strip_prefix('.')?);
        // Of a minus only what follows tells whether it is an offset or ends the begin.
        let mut begins = [with_offset(rest), plain(rest)].into_iter().flatten();
        begins.find_map(|(begin, rest)| Self::until(day, begin, rest.strip_prefix('-')?, zone))
    }

    /// Reads the end.
    fn until(day: Date, (begin, offset): (Hour, Option<Zone>), rest: &str, zone: &Zone) -> Option<Self> {
        let (last_day, rest) = match rest.get(8..9) {
            Some(".") => (Some(date(rest.get(..8)?)?), rest.get(9..)?),
            _ => (None, rest),
        };
        let ((end, end_offset), _) = with_offset(rest).or_else(|| plain(rest))?;
        let start = offset.as_ref().unwrap_or(zone).instant(DateTime::from_parts(day, begin));
        let until = |day| end_offset.as_ref().unwrap_or(zone).instant(DateTime::from_parts(day, end));
        let end = match last_day {
            Some(last_day) => until(last_day),
            None if until(day) <= start => until(day.tomorrow().ok()?),
            None => until(day),
        };
        Some(FileName { window: Window::new(start, end), zone: offset })
    }

    /// May a measurement over this period be in the file.
    pub(super) fn fits(&self, start: Time, end: Time) -> bool {
        self.window.start <= start && end <= self.window.end
    }
}

/// `yyyyMMdd`.
fn date(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text).ok()
}

/// `HHmm`, and what follows.
fn plain(text: &str) -> Option<((Hour, Option<Zone>), &str)> {
    let hour = Hour::strptime("%H%M", text.get(..4)?).ok()?;
    Some(((hour, None), text.get(4..)?))
}

/// `HHmm+hhmm`, and what follows.
fn with_offset(text: &str) -> Option<((Hour, Option<Zone>), &str)> {
    let ((hour, _), rest) = plain(text)?;
    let offset = rest.get(..5).filter(|offset| offset.bytes().skip(1).all(|byte| byte.is_ascii_digit()))?;
    Some(((hour, Some(Zone::parse(offset).ok()?)), rest.get(5..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_period() {
        let says = |name| {
            let read = FileName::read(name, &Zone::utc())?;
            Some(format!("{} {}", read.window.start, read.window.end))
        };
        let quarter = Some("2005-09-07T07:30:00Z 2005-09-07T07:45:00Z".to_owned());
        assert_eq!(says("A20050907.1030+0300-1045+0300"), quarter);
        assert_eq!(says("dir/A20050907.1030+0300-20050907.1045+0300_-job1_NE_-_2.xml"), quarter);
        assert_eq!(says("A20050907.0730-0745_RNC-1.xml"), quarter);
        assert_eq!(says("A20050907.0230-0500-0245-0500_x"), quarter);
        let over = Some("2005-09-07T23:45:00Z 2005-09-08T00:00:00Z".to_owned());
        assert_eq!(says("B20050907.2345-0000"), over);
        for bad in [
            "",
            "A",
            "A2005",
            "X20050907.1030-1045",
            "A20050907-1030",
            "A20051307.1030-1045",
            "PM-1.csv",
            "A日本語日本",
        ] {
            assert_eq!(says(bad), None, "{bad}");
        }
    }
}
