//! One login at a site: puts files. A file is written under another name, its size there is compared, and
//! only then it gets its own name, so nobody at the site takes half a file.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use russh::Disconnect;
use russh::client::{Handle, Handler, connect_stream};
use russh::keys::ssh_key::Fingerprint;
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error as Wire;
use russh_sftp::protocol::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::error::SftpError;
use crate::site::{Login, Site};

/// Characters of a reply that are kept.
const SAID_MAX: usize = 160;

/// How long we wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection.
    pub connect: Duration,
    /// For greeting and login, and for each request.
    pub step: Duration,
    /// For one whole file.
    pub file: Duration,
}

/// How a file came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Written now.
    Written,
    /// It was there already, with the same bytes.
    AlreadyThere,
}

/// A login at a site.
pub struct Session {
    ssh: Handle<Doorman>,
    sftp: SftpSession,
    limits: Limits,
}

/// Looks at the key that the site shows.
struct Doorman {
    wanted: Vec<Fingerprint>,
    stranger: Option<oneshot::Sender<String>>,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Self {
        Limits { connect: Duration::from_secs(10), step: Duration::from_secs(30), file: Duration::from_secs(600) }
    }
}

// === impl Doorman ===

impl Handler for Doorman {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let key = shown.public_key();
        let is_known = self.wanted.iter().any(|wanted| key.fingerprint(wanted.algorithm()) == *wanted);
        if let Some(stranger) = self.stranger.take().filter(|_| !is_known) {
            // Nobody waits for it any more if the deadline is over.
            let _ = stranger.send(key.fingerprint(HashAlg::Sha256).to_string());
        }
        Ok(is_known)
    }
}

// === impl Session ===

impl Session {
    /// Connects, looks at the host key, logs in and opens the file protocol.
    ///
    /// # Errors
    /// [`SftpError::Connect`], [`SftpError::HostKey`], [`SftpError::Begin`], [`SftpError::Login`] or
    /// [`SftpError::Timeout`].
    pub async fn open(site: &Site, limits: Limits) -> Result<Self, SftpError> {
        let stream = within(limits.connect, "the connection", async {
            let connected = TcpStream::connect((site.host.as_str(), site.port)).await;
            connected.map_err(|source| SftpError::Connect { site: site.address(), source })
        })
        .await?;
        let mut ssh = within(limits.step, "the greeting", greet(site, stream, limits)).await?;
        within(limits.step, "the login", log_in(&mut ssh, site)).await?;
        let sftp = within(limits.step, "the start of SFTP", begin(&ssh, site, limits)).await?;
        Ok(Session { ssh, sftp, limits })
    }

    /// Puts a file at an absolute path; folders are made. A file that is there already with the same bytes
    /// is left alone, so a second put after a lost answer changes nothing; another one is replaced.
    ///
    /// # Errors
    /// [`SftpError::Failed`], [`SftpError::Size`] or [`SftpError::Timeout`]; then no file has that name, or
    /// still the old one.
    pub async fn put(&self, path: &str, content: &[u8]) -> Result<Put, SftpError> {
        within(self.limits.file, "the transfer", self.put_whole(path, content)).await
    }

    /// After an error: does the site still answer? If not, open another session.
    pub async fn answers(&self) -> bool {
        matches!(self.sftp.metadata(".").await, Ok(_) | Err(Wire::Status(_)))
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn close(self) {
        let goodbye = self.ssh.disconnect(Disconnect::ByApplication, "", "");
        let _ = tokio::time::timeout(self.limits.step, goodbye).await;
    }

    async fn put_whole(&self, path: &str, content: &[u8]) -> Result<Put, SftpError> {
        let held = self.size(path).await?;
        let length = content.len() as u64;
        if held == Some(length) && self.is_same(path, content).await? {
            return Ok(Put::AlreadyThere);
        }
        let unfinished = unfinished(path);
        if let Err(error) = self.write(&unfinished, content).await {
            // What is half there would only take room.
            let _ = self.sftp.remove_file(&unfinished).await;
            return Err(error);
        }
        if held.is_some() {
            // The protocol's rename does not replace.
            self.sftp.remove_file(path).await.map_err(|error| self.failed("replace", path, error))?;
        }
        self.sftp.rename(&unfinished, path).await.map_err(|error| self.failed("rename to", path, error))?;
        Ok(Put::Written)
    }

    /// Bytes of a file; `None` if there is none.
    async fn size(&self, path: &str) -> Result<Option<u64>, SftpError> {
        match self.sftp.metadata(path).await {
            Ok(metadata) => Ok(Some(metadata.size.unwrap_or_default())),
            Err(Wire::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(error) => Err(self.failed("look at", path, error)),
        }
    }

    async fn is_same(&self, path: &str, content: &[u8]) -> Result<bool, SftpError> {
        let file = self.sftp.open(path).await.map_err(|error| self.failed("read", path, error))?;
        let mut held = Vec::with_capacity(content.len());
        let read = file.take(content.len() as u64 + 1).read_to_end(&mut held).await;
        read.map_err(|error| self.failed("read", path, error))?;
        Ok(held == content)
    }

    /// Writes a file and compares its size there.
    async fn write(&self, path: &str, content: &[u8]) -> Result<(), SftpError> {
        let mut file = match self.sftp.create(path).await {
            Err(Wire::Status(status)) if status.status_code == StatusCode::NoSuchFile => {
                self.make_folders(path).await?;
                self.sftp.create(path).await
            }
            created => created,
        }
        .map_err(|error| self.failed("write", path, error))?;
        file.write_all(content).await.map_err(|error| self.failed("write", path, error))?;
        file.flush().await.map_err(|error| self.failed("write", path, error))?;
        file.sync_all().await.map_err(|error| self.failed("keep", path, error))?;
        file.close().await.map_err(|error| self.failed("close", path, error))?;
        let (sent, found) = (content.len() as u64, self.size(path).await?.unwrap_or_default());
        if sent != found {
            return Err(SftpError::Size { path: path.to_owned(), sent, found });
        }
        Ok(())
    }

    /// What a refusal, a broken connection or a silence is to the caller.
    fn failed(&self, what: &'static str, path: &str, error: impl Into<io::Error>) -> SftpError {
        let error = error.into();
        if error.kind() == io::ErrorKind::TimedOut {
            return SftpError::Timeout { what: "an answer", limit_s: self.limits.step.as_secs() };
        }
        SftpError::Failed { what, path: path.to_owned(), said: short(&error.to_string()) }
    }

    /// Makes the folders above a file that are not there.
    async fn make_folders(&self, path: &str) -> Result<(), SftpError> {
        let above = path.match_indices('/').skip(1).filter_map(|(at, _)| path.get(..at));
        for folder in above {
            if self.size(folder).await?.is_none() {
                self.sftp.create_dir(folder).await.map_err(|error| self.failed("make", folder, error))?;
            }
        }
        Ok(())
    }
}

async fn greet(site: &Site, stream: TcpStream, limits: Limits) -> Result<Handle<Doorman>, SftpError> {
    let config = russh::client::Config { inactivity_timeout: Some(limits.file), nodelay: true, ..Default::default() };
    let (stranger, mut seen) = oneshot::channel();
    let doorman = Doorman { wanted: site.host_keys.clone(), stranger: Some(stranger) };
    connect_stream(Arc::new(config), stream, doorman).await.map_err(|error| match seen.try_recv() {
        Ok(found) => SftpError::HostKey { site: site.address(), found },
        Err(_) => begun(site, error),
    })
}

async fn log_in(ssh: &mut Handle<Doorman>, site: &Site) -> Result<(), SftpError> {
    let asked = match &site.login {
        Login::Password(password) => ssh.authenticate_password(&site.user, password).await,
        Login::Key(key) => {
            ssh.authenticate_publickey(&site.user, PrivateKeyWithHashAlg::new(Arc::clone(key), None)).await
        }
    };
    if asked.map_err(|error| begun(site, error))?.success() {
        return Ok(());
    }
    Err(SftpError::Login { site: site.address(), user: site.user.clone(), way: site.login.way() })
}

async fn begin(ssh: &Handle<Doorman>, site: &Site, limits: Limits) -> Result<SftpSession, SftpError> {
    let channel = ssh.channel_open_session().await.map_err(|error| begun(site, error))?;
    channel.request_subsystem(true, "sftp").await.map_err(|error| begun(site, error))?;
    let config =
        russh_sftp::client::Config { request_timeout_secs: limits.step.as_secs().max(1), ..Default::default() };
    let opened = SftpSession::new_with_config(channel.into_stream(), config).await;
    opened.map_err(|error| begun(site, error))
}

async fn within<T>(
    limit: Duration,
    what: &'static str,
    call: impl Future<Output = Result<T, SftpError>>,
) -> Result<T, SftpError> {
    let timeout = || SftpError::Timeout { what, limit_s: limit.as_secs() };
    tokio::time::timeout(limit, call).await.unwrap_or_else(|_| Err(timeout()))
}

/// The name under which a file is written: one that no report, and no listing of plain files, has.
fn unfinished(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    format!("{folder}/.{name}.part")
}

fn begun(site: &Site, error: impl std::fmt::Display) -> SftpError {
    SftpError::Begin { site: site.address(), said: short(&error.to_string()) }
}

/// What came from outside, short and on one line.
fn short(text: &str) -> String {
    text.trim().chars().take(SAID_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
