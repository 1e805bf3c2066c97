//! Arguments out of a message: what must be there, what it must look like, and the sentence that
//! says so to the peer.

use intake::submission::Notification;
use model::code::ResultCode;
use model::time::{Time, Zone};
use soap::{Element, Reply};

/// A text in an error is cut to this many characters.
const SHOWN_MAX: usize = 60;

/// What is wrong with a call, a row or a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Code of the interface.
    pub code: ResultCode,
    /// What, where, what to do.
    pub reason: String,
}

// === impl Wrong ===

impl Wrong {
    /// A mandatory field is absent.
    pub fn missing(field: &str) -> Self {
        Wrong { code: ResultCode::MissingField, reason: format!("{field} is missing") }
    }

    /// A field's value is not allowed.
    pub fn bad(field: &str, value: &str, expected: &str) -> Self {
        let shown: String = value.chars().take(SHOWN_MAX).collect();
        Wrong { code: ResultCode::BadValue, reason: format!("{field} is {shown:?}; {expected}") }
    }
}

impl From<Wrong> for Reply {
    fn from(wrong: Wrong) -> Self {
        Reply::coded(wrong.code, wrong.reason)
    }
}

/// The contract lists an operation that this service does not have: our mistake.
pub(crate) fn unknown(operation: &str) -> Wrong {
    Wrong { code: ResultCode::UnknownOperation, reason: format!("{operation} is not offered") }
}

/// A mandatory argument.
pub(crate) fn required<'a>(arguments: Element<'a>, field: &str) -> Result<&'a str, Wrong> {
    arguments.value(field).ok_or_else(|| Wrong::missing(field))
}

/// A mandatory argument of at most `most` characters.
pub(crate) fn code<'a>(arguments: Element<'a>, field: &str, most: usize) -> Result<&'a str, Wrong> {
    let text = required(arguments, field)?;
    if text.chars().count() > most {
        return Err(Wrong::bad(field, text, &format!("it may have at most {most} characters")));
    }
    Ok(text)
}

/// A mandatory whole number.
pub(crate) fn number(arguments: Element<'_>, field: &str) -> Result<u64, Wrong> {
    let text = required(arguments, field)?;
    text.parse().map_err(|_| Wrong::bad(field, text, "a whole number is needed"))
}

/// The number of a notification to one of our services.
pub(crate) fn notification(arguments: Element<'_>, interface: &'static str) -> Result<Notification, Wrong> {
    Ok(Notification { interface, id: number(arguments, "notificationId")?, acts_once: false, anew: false, digest: 0 })
}

/// A time in the peer's zone; `None` if it is empty.
pub(crate) fn time(field: &str, text: &str, zone: &Zone) -> Result<Option<Time>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    // With an offset it is an instant of its own, and the peer's zone must not be applied to it.
    let has_offset = text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
    let read = if has_offset { Time::parse(text).ok() } else { zone.read_local(text).ok() };
    read.map(Some).ok_or_else(|| Wrong::bad(field, text, "a time of the form yyyy-MM-dd HH:mm:ss is needed"))
}

/// A time argument.
pub(crate) fn time_of(arguments: Element<'_>, field: &str, zone: &Zone) -> Result<Option<Time>, Wrong> {
    time(field, arguments.value(field).unwrap_or_default(), zone)
}

/// One of a closed list of words, whatever their case; `None` if it is empty.
pub(crate) fn word<T>(
    field: &str,
    text: &str,
    read: fn(&str) -> Option<T>,
    expected: &str,
) -> Result<Option<T>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    let found = read(text).or_else(|| read(&text.to_ascii_uppercase()));
    found.map(Some).ok_or_else(|| Wrong::bad(field, text, expected))
}

/// The paths of a `fileList`, each checked: a peer may name files of its own site only.
pub(crate) fn files(arguments: Element<'_>, site: Option<&ftp::Site>) -> Result<Vec<String>, Wrong> {
    paths("fileList", arguments, site)
}

/// The paths of a list of that name.
pub(crate) fn paths(name: &str, arguments: Element<'_>, site: Option<&ftp::Site>) -> Result<Vec<String>, Wrong> {
    let listed = arguments.values(name);
    if listed.len() > FILES_MAX {
        return Err(Wrong { code: ResultCode::TooLarge, reason: format!("{name} has more than {FILES_MAX} files") });
    }
    let Some(site) = site else {
        return match listed.is_empty() {
            true => Ok(Vec::new()),
            false => Err(Wrong {
                code: ResultCode::StateForbids,
                reason: "no file site is configured for this peer".to_owned(),
            }),
        };
    };
    let checked = listed.into_iter().map(|text| match site.path(text) {
        Ok(path) => Ok(path.as_str().to_owned()),
        Err(error) => Err(Wrong { code: error.code(), reason: format!("{name}: {error}") }),
    });
    checked.collect()
}

/// Files of one announcement.
const FILES_MAX: usize = 1000;

#[cfg(test)]
mod tests;
