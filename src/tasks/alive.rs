//! Asks peers whether they are alive, so that a quiet manager is not taken for a dead one.
//! At the start every network manager is also asked for its list of active alarms.

use std::sync::Arc;

use collectors::CallId;
use futures_util::future::join_all;
use intake::{Content, Submission};
use soap::ClientError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::peers::{Link, TaskPeer};
use crate::pipeline::deps::Resync;

/// The task and what it needs.
pub struct Alive {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Work for the resync task.
    pub resyncs: mpsc::Sender<Resync>,
}

/// Asks until the stop.
///
/// # Errors
/// None.
pub async fn run(alive: Arc<Alive>, stop: CancellationToken) -> anyhow::Result<()> {
    let work = async {
        for peer in alive.deps.peers.iter().filter(|peer| peer.has_list()) {
            let ask = Resync::Ask { source: peer.source.clone(), reason: "start" };
            // A full queue means that the resync task is busy with this very source.
            drop(alive.resyncs.send(ask).await);
        }
        join_all(alive.deps.peers.iter().map(|peer| watch(&alive.deps, peer))).await;
        // Without anyone to ask there is nothing to do until the stop.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
    Ok(())
}

/// One peer, for ever.
async fn watch(deps: &TaskDeps, peer: &TaskPeer) {
    let mut was_well = None;
    let mut number: u64 = 0;
    while let Some(answer) = ask(deps, peer, number).await {
        number += 1;
        match &answer {
            Ok(()) => heard(deps, peer).await,
            Err(error) if was_well != Some(false) => {
                tracing::warn!(source.id = %peer.source, error = %error, "{} does not say that it is alive: {error}", peer.source);
            }
            Err(_) => {}
        }
        if answer.is_ok() && was_well == Some(false) {
            tracing::info!(source.id = %peer.source, "{} says again that it is alive", peer.source);
        }
        was_well = Some(answer.is_ok());
        deps.clock.sleep(peer.settings.alive_s.saturating_mul(1000)).await;
    }
}

/// `None` for a peer that cannot be asked: the contract gives a resource system no `isAlive`.
async fn ask(deps: &TaskDeps, peer: &TaskPeer, number: u64) -> Option<Result<(), ClientError>> {
    let now = deps.clock.now();
    let msg_id = format!("{}-A-{}-{number}", deps.own, now.ms());
    match &peer.link {
        Link::Network(manager) => Some(manager.is_alive(CallId { msg_id: &msg_id, now }).await),
        Link::Eoms(eoms) => Some(eoms.is_alive(now).await),
        // An OMC says on its socket that it is alive.
        Link::Resource(_) | Link::Omc(_) | Link::None => None,
    }
}

async fn heard(deps: &TaskDeps, peer: &TaskPeer) {
    let submission = Submission {
        source: peer.source.clone(),
        received_at: deps.clock.now(),
        message: None,
        notification: None,
        raw: Vec::new(),
        content: Content::Heard,
        refused: Vec::new(),
    };
    if let Err(refusal) = deps.intake.submit(submission).await {
        tracing::warn!(source.id = %peer.source, error = %refusal, "could not note that {} is alive: {refusal}", peer.source);
    }
}
