//! Where a peer keeps its files: host, port, user and password as configured.

use std::fmt;

use http::Uri;

use crate::error::FtpError;
use crate::path::RemotePath;

/// A peer's file site.
#[derive(Clone, PartialEq, Eq)]
pub struct Site {
    /// Host name or address.
    pub(crate) host: String,
    /// Port of the control connection.
    pub(crate) port: u16,
    /// User.
    pub(crate) user: String,
    /// Password.
    pub(crate) password: String,
}

// === impl Site ===

impl Site {
    /// Reads `ftp://host` or `ftp://host:port`.
    ///
    /// # Errors
    /// [`FtpError::Site`] for any other form.
    pub fn new(url: &str, user: &str, password: &str) -> Result<Self, FtpError> {
        let bad = |reason| FtpError::Site { url: url.to_owned(), reason };
        let uri: Uri = url.parse().map_err(|_| bad("write it as ftp://host:port"))?;
        if uri.scheme_str() != Some("ftp") {
            return Err(bad("only ftp:// is spoken"));
        }
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("put the user and the password into their own settings"));
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(bad("it must end after the host and port; files are named by absolute paths"));
        }
        let line_break = |text: &str| text.contains(['\r', '\n', '\0']);
        if line_break(user) || line_break(password) {
            return Err(bad("user and password must not hold a line break"));
        }
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str() == authority.host() => 21,
            None => return Err(bad("its port is not a number up to 65535")),
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Site { host, port, user: user.to_owned(), password: password.to_owned() })
    }

    /// A file that the peer names: an absolute path, or a URL of this very site. Other hosts are
    /// refused, so that a peer cannot make us fetch from somewhere else.
    ///
    /// # Errors
    /// [`FtpError::Path`] for another host or a hostile name.
    pub fn path(&self, text: &str) -> Result<RemotePath, FtpError> {
        let Some(rest) = text.strip_prefix("ftp://") else {
            return RemotePath::parse(text);
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let uri = format!("ftp://{authority}");
        match Site::new(&uri, "", "") {
            Ok(site) if site.host.eq_ignore_ascii_case(&self.host) && site.port == self.port => RemotePath::parse(path),
            _ => Err(FtpError::Path {
                path: crate::path::shown(text),
                reason: "it is on another host than the peer's own site",
            }),
        }
    }

    /// `host:port`, for messages.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("address", &self.address())
            .field("user", &self.user)
            .field("password", &"***")
            .finish()
    }
}

#[cfg(test)]
mod tests;
