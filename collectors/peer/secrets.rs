//! The passwords of a peer, and what is built with them: its place at our gate, its service as we
//! call it, its file site.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use intake::Clock;
use model::source::SourceKind;
use soap::{Remote, Secret};

use super::Peer;

/// A password file is one line; more is a wrong file.
const PASSWORD_BYTES_MAX: u64 = 1024;
/// An OMC that says nothing for so many of our heartbeats is gone.
const HEARTBEATS: i64 = 3;

/// A peer's passwords.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// What it sends us.
    pub theirs: Secret,
    /// What we send it.
    pub ours: Secret,
    /// Of its file site.
    pub files: Option<Secret>,
}

/// A peer that cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The password file cannot be read.
    #[error("cannot read the password file {path}")]
    Read {
        /// Path.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The password file holds no password.
    #[error("the password file {path} must hold one line of at most {PASSWORD_BYTES_MAX} bytes")]
    Password {
        /// Path.
        path: PathBuf,
    },
    /// The file site cannot be used.
    #[error("the file site of the peer cannot be used")]
    Site(#[from] ftp::FtpError),
    /// The address of an OMC is none.
    #[error("the OMC cannot be used")]
    Omc(#[from] omc::OmcError),
    /// How it writes performance files cannot be.
    #[error("its performance files cannot be read: {}", .0.join("; "))]
    Pm(Vec<String>),
}

// === impl Peer ===

impl Peer {
    /// Reads the password files.
    ///
    /// # Errors
    /// [`PeerError`] with the file that is wrong.
    pub fn secrets(&self) -> Result<Secrets, PeerError> {
        let theirs = read(&self.password_file)?;
        let ours = self.call_password_file.as_deref().map_or_else(|| Ok(theirs.clone()), read)?;
        let files = self.files.as_ref().map(|files| read(&files.password_file)).transpose()?;
        Ok(Secrets { theirs, ours, files })
    }

    /// Its place at the gate of our SOAP services.
    pub fn at_gate(&self, secrets: &Secrets) -> soap::Peer {
        soap::Peer {
            allow: self.allow.clone(),
            zone: self.zone.clone(),
            call_time_window_ms: self.call_time_skew_s.saturating_mul(1000),
            services: self.contracts().iter().map(|(ours, _)| ours.name.to_owned()).collect(),
            namespace: self.namespace.clone(),
            ..soap::Peer::new(&self.caller, secrets.theirs.clone())
        }
    }

    /// Its SOAP service as we call it, signed with our system code; `None` without one.
    pub fn remote(&self, secrets: &Secrets, sys_code: &str) -> Option<Remote> {
        let (_, contract) = self.contracts()?;
        Some(Remote {
            url: self.url.clone()?,
            namespace: self.namespace.clone().unwrap_or_else(|| contract.namespace.to_owned()),
            soap_action: self.soap_action.clone(),
            result_element: self.result_element.clone(),
            style: contract.style,
            supplier: self.caller.clone(),
            caller: sys_code.to_owned(),
            password: secrets.ours.clone(),
            zone: self.zone.clone(),
            timeout: Duration::from_secs(self.timeout_s),
        })
    }

    /// The OMC as we log in to it; `None` if it is none.
    ///
    /// # Errors
    /// [`PeerError::Omc`] if the address is wrong.
    pub fn omc(&self, secrets: &Secrets, clock: &Clock) -> Result<Option<omc::Settings>, PeerError> {
        if self.kind != SourceKind::Omc {
            return Ok(None);
        }
        let heartbeat_ms = self.alive_s.saturating_mul(1000);
        let now = clock.clone();
        Ok(Some(omc::Settings {
            address: omc::Settings::address_of(self.url.as_deref().unwrap_or_default())?,
            user: self.user.clone(),
            key: secrets.ours.reveal().to_owned(),
            connect: Duration::from_secs(self.timeout_s),
            heartbeat: clock.real(heartbeat_ms),
            silence: clock.real(heartbeat_ms.saturating_mul(HEARTBEATS)),
            now: Arc::new(move || now.now()),
        }))
    }

    /// Its file site; `None` if it has none.
    ///
    /// # Errors
    /// [`PeerError::Site`] if the address is wrong.
    pub fn site(&self, secrets: &Secrets) -> Result<Option<ftp::Site>, PeerError> {
        let Some(files) = &self.files else { return Ok(None) };
        let password = secrets.files.as_ref().map_or("", Secret::reveal);
        Ok(Some(ftp::Site::new(&files.url, &files.user, password)?))
    }
}

/// What is wrong with a password file; `None` if nothing is.
pub(super) fn fault_of_file(path: &Path) -> Option<String> {
    let error = read(path).err()?;
    let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
    Some(format!("{error}{cause}"))
}

/// One line, without its line break.
pub(crate) fn read(path: &Path) -> Result<Secret, PeerError> {
    let failed = |source| PeerError::Read { path: path.to_owned(), source };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    let bytes = file.take(PASSWORD_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() || line.contains('\n') || bytes as u64 > PASSWORD_BYTES_MAX {
        return Err(PeerError::Password { path: path.to_owned() });
    }
    Ok(Secret::new(line))
}
