//! What a peer may name: an absolute path on its own site. Names are data from outside, so every
//! part is checked, and none of them is ever used as a name on our disk.

use std::fmt;

use crate::error::FtpError;

/// Longest path taken.
const PATH_BYTES_MAX: usize = 1024;
/// Longest name taken.
const NAME_BYTES_MAX: usize = 255;

/// A checked absolute path of a file on a peer's site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemotePath(String);

// === impl RemotePath ===

impl RemotePath {
    /// Checks a path from a peer.
    ///
    /// # Errors
    /// [`FtpError::Path`] with the rule it breaks.
    pub fn parse(text: &str) -> Result<Self, FtpError> {
        match fault_of(text) {
            Some(reason) => Err(FtpError::Path { path: shown(text), reason }),
            None => Ok(RemotePath(text.to_owned())),
        }
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The directories above the file, outermost first.
    pub(crate) fn directories(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').skip(1).filter_map(|(at, _)| self.0.get(..at))
    }

    /// The path of its control file.
    pub fn control(&self) -> RemotePath {
        RemotePath(format!("{}.ok", self.0))
    }

    /// The name under which a producer writes before it renames.
    pub(crate) fn unfinished(&self) -> RemotePath {
        RemotePath(format!("{}.tmp", self.0))
    }

    /// Packed with gzip, by its suffix.
    pub fn is_gz(&self) -> bool {
        self.0.ends_with(".gz")
    }
}

impl fmt::Display for RemotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first rule that a path breaks.
fn fault_of(text: &str) -> Option<&'static str> {
    if text.len() > PATH_BYTES_MAX {
        return Some("it is longer than 1024 bytes");
    }
    if text.chars().any(char::is_control) {
        return Some("it holds a control character");
    }
    if text.contains('\\') {
        return Some("it holds a backslash");
    }
    let Some(relative) = text.strip_prefix('/') else {
        return Some("it is not absolute (it must begin with /)");
    };
    let (directory, name) = relative.rsplit_once('/').unwrap_or(("", relative));
    if !directory.is_empty() && directory.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("a directory in it is empty, . or ..");
    }
    if relative.split('/').any(|part| part.len() > NAME_BYTES_MAX) {
        return Some("a name in it is longer than 255 bytes");
    }
    match name {
        "" => Some("it names no file"),
        name if name.starts_with('.') => Some("the file's name begins with a dot"),
        name if name.contains("..") => Some("the file's name holds two dots in a row"),
        _ => None,
    }
}

/// A text from outside, short enough for an error, and without the password that a URL may hold.
pub(crate) fn shown(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let Some((_, host)) = authority.rsplit_once('@').filter(|_| !scheme.is_empty()) else {
        return text.chars().take(120).collect();
    };
    format!("{scheme}://***@{host}{path}").chars().take(120).collect()
}

#[cfg(test)]
mod tests;
