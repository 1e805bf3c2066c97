//! Files that a peer announced, from its own site: with patience for a control file that is late, and
//! into quarantine with what must not be used.

use std::io::Read;

use ftp::{Checked, FtpError, RemotePath, Session, Site, Stored};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use store::quarantine::{CONTENT_MAX, Kind, Quarantined, put_quarantine};

use super::TaskDeps;
use super::peers::TaskPeer;
use crate::aside::Fate;

/// A file is tried this often, within the time that the peer's control files may be late.
pub(super) const TRIES: u32 = 5;
/// Files of one announcement that are fetched at once: with small files most of the time is waiting for the site.
const AT_ONCE: usize = 4;

/// Why an announced file could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// The peer announces files, but has no site in its settings.
    #[error("no file site is configured for this peer: add files = {{ url, user, password_file }}")]
    NoSite,
    /// The file.
    #[error("{}", with_causes(.0))]
    File(#[from] FtpError),
}

/// Fetches and checks every file; all or none.
pub(super) async fn fetch_all(deps: &TaskDeps, peer: &TaskPeer, files: &[String]) -> Result<Vec<Checked>, FetchError> {
    let site = match &peer.habits.site {
        Some(site) => site,
        None if files.is_empty() => return Ok(Vec::new()),
        None => return Err(FetchError::NoSite),
    };
    let fetches: Vec<_> = files.iter().map(|file| fetch_or_put_aside(deps, peer, (site, file))).collect();
    stream::iter(fetches).buffered(AT_ONCE).try_collect().await
}

/// Fetches a file that has no control file; it may come later than it was said to be there.
pub(super) async fn fetch_bare(
    deps: &TaskDeps,
    peer: &TaskPeer,
    file: &str,
) -> Result<(RemotePath, Stored), FetchError> {
    let site = peer.habits.site.as_ref().ok_or(FetchError::NoSite)?;
    let path = site.path(file)?;
    let is_late = |error: &FtpError| error.temporary() || matches!(error, FtpError::NoSuchFile { .. });
    let fetch = || async { open(site).await?.fetch(&path, &deps.spool).await }.boxed();
    match insist(deps, peer, &path, (is_late, fetch)).await {
        Ok(stored) => Ok((path, stored)),
        Err(error) => {
            put_aside(deps, peer, (site, &path), &error).await;
            Err(error.into())
        }
    }
}

async fn fetch_or_put_aside(
    deps: &TaskDeps,
    peer: &TaskPeer,
    (site, file): (&Site, &str),
) -> Result<Checked, FetchError> {
    let path = site.path(file)?;
    let fetch = || async { open(site).await?.fetch_checked(&path, &deps.spool).await }.boxed();
    match insist(deps, peer, &path, (FtpError::temporary, fetch)).await {
        Ok(checked) => Ok(checked),
        Err(error) => {
            put_aside(deps, peer, (site, &path), &error).await;
            Err(error.into())
        }
    }
}

/// One file; what may mend itself is tried again.
async fn insist<'a, T>(
    deps: &TaskDeps,
    peer: &TaskPeer,
    path: &RemotePath,
    (may_mend, fetch): (impl Fn(&FtpError) -> bool, impl Fn() -> BoxFuture<'a, Result<T, FtpError>>),
) -> Result<T, FtpError> {
    let pause_ms = peer.settings.control_file_s * 1000 / i64::from(TRIES - 1);
    let mut tries = 1;
    loop {
        match fetch().await {
            Err(error) if may_mend(&error) && tries < TRIES => {
                tracing::warn!(file.name = path.name(), tries, error = %with_causes(&error), "file {} is not there yet", path.name());
                tries += 1;
                deps.clock.sleep(pause_ms).await;
            }
            ended => return ended,
        }
    }
}

async fn open(site: &Site) -> Result<Session, FtpError> {
    Session::open(site, ftp::Limits::default()).await
}

/// One try.
pub(super) async fn once(deps: &TaskDeps, site: &Site, path: &RemotePath) -> Result<Checked, FtpError> {
    let mut session = open(site).await?;
    session.fetch_checked(path, &deps.spool).await
}

/// Keeps the reason, and the first bytes of the file if it is there, for a person to look at.
pub(super) async fn put_aside(deps: &TaskDeps, peer: &TaskPeer, (site, path): (&Site, &RemotePath), error: &FtpError) {
    let (bytes, size) = match error {
        FtpError::Mismatch { .. } | FtpError::Format { .. } | FtpError::MissingControl { .. } => {
            first_bytes(deps, site, path).await.unwrap_or_default()
        }
        _ => (Vec::new(), 0),
    };
    let what = Quarantined {
        name: path.to_string(),
        reason: with_causes(error),
        size,
        ..Quarantined::once(Kind::File, &peer.source, deps.clock.now())
    };
    deps.metrics.count_quarantined(what.kind, Fate::Kept);
    if let Err(error) = keep(deps, &what, &bytes).await {
        tracing::error!(file.name = path.name(), error = %error, "a refused file could not be put into quarantine");
    }
}

/// Keeps the reason why a fetched file could not be read.
pub(super) async fn put_unread_aside(deps: &TaskDeps, peer: &TaskPeer, name: &str, reason: &str) {
    let once = Quarantined::once(Kind::File, &peer.source, deps.clock.now());
    let what = Quarantined { name: name.to_owned(), reason: reason.to_owned(), ..once };
    deps.metrics.count_quarantined(what.kind, Fate::Kept);
    if let Err(error) = keep(deps, &what, &[]).await {
        tracing::error!(file.name = name, error = %error, "a refused file could not be put into quarantine");
    }
}

async fn keep(deps: &TaskDeps, what: &Quarantined, bytes: &[u8]) -> Result<(), store::StoreError> {
    let mut tx = deps.db.write().await?;
    put_quarantine(&mut tx, what, bytes).await?;
    tx.commit().await
}

async fn first_bytes(deps: &TaskDeps, site: &Site, path: &RemotePath) -> Result<(Vec<u8>, u64), FtpError> {
    let stored = open(site).await?.fetch(path, &deps.spool).await?;
    let mut bytes = Vec::new();
    stored.open()?.take(CONTENT_MAX as u64).read_to_end(&mut bytes).map_err(FtpError::Spool)?;
    Ok((bytes, stored.bytes))
}

/// An error with its causes, for a person.
pub(super) fn with_causes(error: &FtpError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
