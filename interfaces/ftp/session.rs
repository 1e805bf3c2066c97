//! One login at a peer's site: fetch a file with its control file, or put one.
//!
//! Every wait on the peer has a deadline, the data connection goes only to the host of the control
//! connection (a site that names another address in its PASV reply is not followed), and bytes go
//! straight to disk. After an error other than "no such file" the session is of no more use: drop it.

use std::future::Future;
use std::io::BufReader;
use std::net::SocketAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};
use suppaftp::tokio::{AsyncFtpStream, AsyncNoTlsStream, TransferStream};
use suppaftp::types::FileType;
use suppaftp::{FtpError as Wire, Mode, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::control::{CONTROL_BYTES_MAX, Control};
use crate::error::FtpError;
use crate::gz::Unpack;
use crate::path::RemotePath;
use crate::rows::{Encoding, Table};
use crate::site::Site;
use crate::spool::{Spool, Stored};

/// A reader of the unpacked bytes of a fetched file.
pub type Unpacked = Box<dyn std::io::Read + Send>;

/// How long we wait and how much we take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection.
    pub connect: Duration,
    /// For each command, and between two pieces of a file.
    pub step: Duration,
    /// For one whole file.
    pub file: Duration,
    /// Largest file, as stored.
    pub file_bytes_max: u64,
}

/// A login at a site.
pub struct Session {
    ftp: AsyncFtpStream,
    limits: Limits,
}

/// A file that agrees with its control file.
#[derive(Debug)]
pub struct Checked {
    /// Where it was.
    pub path: RemotePath,
    /// What its producer promised.
    pub control: Control,
    /// The bytes.
    pub stored: Stored,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(5),
            step: Duration::from_secs(30),
            file: Duration::from_secs(600),
            file_bytes_max: 1 << 30,
        }
    }
}

// === impl Session ===

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// [`FtpError::Connect`], [`FtpError::Login`] or [`FtpError::Timeout`].
    pub async fn open(site: &Site, limits: Limits) -> Result<Self, FtpError> {
        let connect = TcpStream::connect((site.host.as_str(), site.port));
        let stream = within(limits.connect, "connect", async {
            connect.await.map_err(|source| FtpError::Connect { site: site.address(), source })
        })
        .await?;
        let v6 = stream.peer_addr().is_ok_and(|peer: SocketAddr| peer.is_ipv6());
        let ftp = step(limits, "greeting", AsyncFtpStream::connect_with_stream(stream)).await?;
        let mut session = Session { ftp, limits };
        // Both ways the data connection goes to the peer of the control connection (RFC 2577):
        // EPSV names no host, and the host that PASV names is replaced.
        session.ftp.set_mode(if v6 { Mode::ExtendedPassive } else { Mode::Passive });
        session.ftp.set_passive_nat_workaround(true);
        let login = session.ftp.login(&site.user, &site.password);
        within(limits.step, "login", async {
            login.await.map_err(|error| match error {
                Wire::UnexpectedResponse(reply) => {
                    FtpError::Login { site: site.address(), user: site.user.clone(), said: said(&reply.body) }
                }
                other => on_wire("login", other),
            })
        })
        .await?;
        step(limits, "TYPE I", session.ftp.transfer_type(FileType::Binary)).await?;
        Ok(session)
    }

    /// Fetches a file and its control file, and checks size, digest and number of rows.
    ///
    /// # Errors
    /// [`FtpError::MissingControl`] (try again later), [`FtpError::Mismatch`], [`FtpError::Format`],
    /// [`FtpError::NoSuchFile`], or what [`Session::fetch`] says.
    pub async fn fetch_checked(&mut self, path: &RemotePath, spool: &Spool) -> Result<Checked, FtpError> {
        let checked = self.fetch_agreed(path, spool).await?;
        // Counting reads the whole file: off the async threads.
        tokio::task::spawn_blocking(move || checked.verify_records())
            .await
            .map_err(|error| FtpError::Spool(std::io::Error::other(error)))?
    }

    /// The same for a file whose rows are not lines: checks size and digest.
    ///
    /// # Errors
    /// As [`fetch_checked`](Self::fetch_checked).
    pub async fn fetch_agreed(&mut self, path: &RemotePath, spool: &Spool) -> Result<Checked, FtpError> {
        let promised = self.fetch_small(&path.control(), CONTROL_BYTES_MAX).await.map_err(|error| match error {
            FtpError::NoSuchFile { path, .. } => FtpError::MissingControl { path },
            other => other,
        })?;
        let control = Control::parse(path, &promised)?;
        let stored = self.fetch(path, spool).await?;
        control.verify(path, &stored)?;
        Ok(Checked { path: path.clone(), control, stored })
    }

    /// Fetches a file into the spool.
    ///
    /// # Errors
    /// [`FtpError::NoSuchFile`], [`FtpError::TooLarge`], [`FtpError::Timeout`], or a broken connection or disk.
    pub async fn fetch(&mut self, path: &RemotePath, spool: &Spool) -> Result<Stored, FtpError> {
        let (file, temporary) = spool.create()?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut digest = Sha256::new();
        let limit = self.limits.file_bytes_max;
        let bytes = within(self.limits.file, "the transfer", async {
            let mut bytes = 0;
            let mut data = self.retrieve(path).await?;
            let mut piece = vec![0; 64 << 10];
            loop {
                let count = within(self.limits.step, "the transfer", async {
                    data.read(&mut piece)
                        .await
                        .map_err(|source| FtpError::Broken { what: format!("RETR {path}"), source })
                })
                .await?;
                let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
                bytes += count as u64;
                if bytes > limit {
                    return Err(FtpError::TooLarge { path: path.to_string(), limit });
                }
                digest.update(read);
                file.write_all(read).await.map_err(FtpError::Spool)?;
            }
            self.finish(path, data).await?;
            file.flush().await.map_err(FtpError::Spool)?;
            Ok(bytes)
        })
        .await?;
        Ok(Stored { path: temporary, bytes, sha256: hex::encode(digest.finalize()) })
    }

    /// Puts a file the way a producer does: under a temporary name, renamed when complete, then its
    /// control file. Directories are made.
    ///
    /// # Errors
    /// [`FtpError::Refused`] if the site does not let us write, or a broken connection.
    pub async fn put(&mut self, path: &RemotePath, content: &[u8], records: u64) -> Result<Control, FtpError> {
        for directory in path.directories() {
            // It mostly exists already; if it cannot be made, the STOR below says so.
            let _ = step(self.limits, "MKD", self.ftp.mkdir(directory)).await;
        }
        let control = Control {
            name: path.name().to_owned(),
            bytes: content.len() as u64,
            records,
            sha256: hex::encode(Sha256::digest(content)),
        };
        self.put_bytes(path, content).await?;
        self.put_bytes(&path.control(), control.write().as_bytes()).await?;
        Ok(control)
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn close(mut self) {
        let _ = step(self.limits, "QUIT", self.ftp.quit()).await;
    }

    /// Puts one file under a temporary name and renames it.
    async fn put_bytes(&mut self, path: &RemotePath, content: &[u8]) -> Result<(), FtpError> {
        let unfinished = path.unfinished();
        within(self.limits.file, "the transfer", async {
            let mut data = step(self.limits, "STOR", self.ftp.put_with_stream(unfinished.as_str())).await?;
            let sent = data.write_all(content).await;
            sent.map_err(|source| FtpError::Broken { what: format!("STOR {path}"), source })?;
            step(self.limits, "end of transfer", data.finish()).await
        })
        .await?;
        step(self.limits, "rename", self.ftp.rename(unfinished.as_str(), path.as_str())).await
    }

    /// A short file into memory.
    async fn fetch_small(&mut self, path: &RemotePath, limit: u64) -> Result<Vec<u8>, FtpError> {
        within(self.limits.step, "the transfer", async {
            let mut data = self.retrieve(path).await?;
            let mut bytes = Vec::new();
            let read = (&mut data).take(limit + 1).read_to_end(&mut bytes).await;
            read.map_err(|source| FtpError::Broken { what: format!("RETR {path}"), source })?;
            if bytes.len() as u64 > limit {
                return Err(FtpError::TooLarge { path: path.to_string(), limit });
            }
            self.finish(path, data).await?;
            Ok(bytes)
        })
        .await
    }

    async fn retrieve(&mut self, path: &RemotePath) -> Result<TransferStream<AsyncNoTlsStream>, FtpError> {
        let retr = self.ftp.retr_as_stream(path.as_str());
        within(self.limits.step, "RETR", async { retr.await.map_err(|error| on_retr(path, "RETR", error)) }).await
    }

    /// The site's last word on a transfer: some say only here that there is no such file.
    async fn finish(&self, path: &RemotePath, data: TransferStream<AsyncNoTlsStream>) -> Result<(), FtpError> {
        within(self.limits.step, "end of transfer", async {
            data.finish().await.map_err(|error| on_retr(path, "end of transfer", error))
        })
        .await
    }
}

// === impl Checked ===

impl Checked {
    /// Its unpacked bytes.
    ///
    /// # Errors
    /// [`FtpError::Spool`] if the spooled file cannot be opened.
    pub fn unpacked(&self) -> Result<Unpacked, FtpError> {
        let file = self.stored.open()?;
        Ok(if self.path.is_gz() {
            Box::new(Unpack::new(BufReader::new(file), self.stored.bytes))
        } else {
            Box::new(file)
        })
    }

    /// Its rows.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the header cannot be used.
    pub fn table(&self, encoding: Encoding) -> Result<Table<Unpacked>, FtpError> {
        Table::open(self.path.name(), self.unpacked()?, encoding)
    }

    fn verify_records(self) -> Result<Self, FtpError> {
        let found = crate::rows::count(self.path.name(), self.unpacked()?)?;
        self.control.verify_records(&self.path, found)?;
        Ok(self)
    }
}

/// Runs one call to the site with the deadline of a step.
async fn step<T>(limits: Limits, what: &str, call: impl Future<Output = Result<T, Wire>>) -> Result<T, FtpError> {
    within(limits.step, what, async { call.await.map_err(|error| on_wire(what, error)) }).await
}

async fn within<T>(
    limit: Duration,
    what: &str,
    call: impl Future<Output = Result<T, FtpError>>,
) -> Result<T, FtpError> {
    let timeout = || FtpError::Timeout { what: what.to_owned(), limit_s: limit.as_secs() };
    tokio::time::timeout(limit, call).await.unwrap_or_else(|_| Err(timeout()))
}

fn on_retr(path: &RemotePath, what: &str, error: Wire) -> FtpError {
    match error {
        Wire::UnexpectedResponse(reply) if reply.status == Status::FileUnavailable => {
            FtpError::NoSuchFile { path: path.to_string(), said: said(&reply.body) }
        }
        other => on_wire(what, other),
    }
}

fn on_wire(what: &str, error: Wire) -> FtpError {
    match error {
        Wire::ConnectionError(source) => FtpError::Broken { what: what.to_owned(), source },
        Wire::UnexpectedResponse(reply) => FtpError::Refused { what: what.to_owned(), said: said(&reply.body) },
        other => FtpError::Refused { what: what.to_owned(), said: other.to_string() },
    }
}

/// The site's reply, short and on one line.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.trim().chars().take(160).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
