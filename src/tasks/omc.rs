//! Hears an OMC on its real-time alarm socket: logs in, asks for what was missed, hands every alarm to the writer
//! with its number, and begins again when the session ends.
//!
//! The numbers are kept with the alarms in one commit, so after a stop or a kill exactly those are asked for that
//! were not committed. What is missing for half a minute is no longer waited for: the writer asks for the list.

mod batch;
mod door;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use omc::{Place, Sequence, Session};
use store::StoreError;
use store::peer::{notification_states, peer_states};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::peers::{Link, TaskPeer};
use talk::{Ended, Talk};

pub use door::Door;

/// Between the end of a session and the next, growing …
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// … up to this.
const PAUSE_LONGEST: Duration = Duration::from_secs(30);
/// After a session that lasted this long the pause is the first one again.
const WELL: Duration = Duration::from_secs(60);

/// The task of one OMC.
pub struct Listener {
    deps: TaskDeps,
    peer: TaskPeer,
    door: Door,
}

// === impl Listener ===

impl Listener {
    /// One for each configured OMC.
    pub fn all(deps: &TaskDeps) -> Vec<Self> {
        let listener = |peer: &TaskPeer| match &peer.link {
            Link::Omc(door) => Some(Listener { deps: deps.clone(), peer: peer.clone(), door: door.clone() }),
            _ => None,
        };
        deps.peers.iter().filter_map(listener).collect()
    }

    /// Name of the task.
    pub fn name(&self) -> String {
        format!("omc {}", self.peer.source)
    }

    /// Goes on after what was committed.
    async fn kept(&self) -> Result<Sequence, StoreError> {
        let mut tx = self.deps.db.read().await?;
        let states = peer_states(&mut tx).await?;
        let number = states.into_iter().find(|state| state.source == self.peer.source).map(|state| state.source_no);
        let kept = notification_states(&mut tx).await?;
        let kept =
            kept.into_iter().find(|kept| Some(kept.source) == number && kept.interface == collectors::omc::INTERFACE);
        let covered = |last, gaps: &[(u64, u64)]| gaps.first().map_or(last, |(first, _)| first.saturating_sub(1));
        Ok(kept.map_or_else(Sequence::default, |kept| Sequence::after(Place(covered(kept.last_id, &kept.gaps)))))
    }

    /// One session, from the connection to its end.
    async fn session(
        &self,
        (sequence, again): (Sequence, bool),
        stop: &CancellationToken,
    ) -> (Option<Sequence>, Ended) {
        let opened = tokio::select! {
            opened = Session::open(self.door.settings.clone()) => opened,
            () = stop.cancelled() => return (Some(sequence), Ended::Stopped),
        };
        let event = if opened.is_ok() { "login" } else { "unreached" };
        self.deps.metrics.count_omc(&self.peer.source, event);
        match opened {
            Err(error) => (Some(sequence), Ended::Lost(error)),
            Ok(session) => Talk::new(&self.deps, &self.peer, session, sequence).run(&self.door, again, stop).await,
        }
    }
}

/// Hears until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(listener: Arc<Listener>, stop: CancellationToken) -> anyhow::Result<()> {
    let source = &listener.peer.source;
    let (mut pause, mut sequence, mut again) = (PAUSE_FIRST, None, false);
    loop {
        let known = match sequence.take() {
            Some(known) => known,
            None => listener.kept().await?,
        };
        let began = Instant::now();
        let (left, ended) = listener.session((known, again), &stop).await;
        again = true;
        sequence = left;
        if matches!(ended, Ended::Stopped) {
            return Ok(());
        }
        let error = ended.to_string();
        tracing::warn!(source.id = %source, %error, "the session with {source} is over: {error}");
        if began.elapsed() >= WELL {
            pause = PAUSE_FIRST;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Ok(()),
        }
        pause = (pause * 2).min(PAUSE_LONGEST);
    }
}
