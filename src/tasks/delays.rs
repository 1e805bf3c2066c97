//! Asks IP managers for the delay tests that people want. A result is in the answer or told later; one that does not
//! come in time is called overdue, and is kept all the same if it comes after all.

use std::sync::Arc;

use collectors::CallId;
use collectors::network::adapter::NetworkManager;
use futures_util::future::try_join_all;
use model::probe::{TestState, test_id};
use model::source::SourceKind;
use model::time::Time;
use soap::ClientError;
use store::delay::{KeptTest, drop_tests, due_tests, put_result, put_test};
use store::peer::{SourceNo, peer_states};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::peers::TaskPeer;

/// How often it looks at what is due, by the clock.
const LOOK_MS: i64 = 1000;
/// A result may be so much later than the test can last.
const LATE_MS: i64 = 60_000;
/// A manager that cannot be reached is asked again after this …
const AGAIN_S: i64 = 10;
/// … for so long.
const PATIENCE_S: i64 = 300;
/// Results are kept for so long.
const KEPT_S: i64 = 400 * 86_400;

/// Asks until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(deps: Arc<TaskDeps>, stop: CancellationToken) -> anyhow::Result<()> {
    let is_ip = |peer: &&TaskPeer| peer.settings.kind == SourceKind::Ip;
    let managers = deps.peers.iter().filter(is_ip).filter_map(|peer| Some((peer, peer.manager()?)));
    let asking = try_join_all(managers.map(|(peer, manager)| keep(&deps, peer, manager)));
    tokio::select! {
        ended = asking => {
            ended?;
            // There is nobody to ask.
            stop.cancelled().await;
        }
        () = stop.cancelled() => {}
    }
    Ok(())
}

/// One manager, for ever.
async fn keep(deps: &TaskDeps, peer: &TaskPeer, manager: &NetworkManager) -> anyhow::Result<()> {
    let states = peer_states(&mut deps.db.read().await?).await?;
    let Some(state) = states.into_iter().find(|state| state.source == peer.source) else { return Ok(()) };
    let source = state.source_no;
    let mut tx = deps.db.write().await?;
    drop_tests(&mut tx, source, deps.clock.now().plus_s(-KEPT_S)).await?;
    tx.commit().await?;
    loop {
        let now = deps.clock.now();
        let due = due_tests(&mut deps.db.read().await?, source, now).await?;
        for test in due {
            match test.state {
                TestState::Waiting => ask(deps, manager, (source, test)).await?,
                _ => overdue(deps, test, now).await?,
            }
        }
        deps.clock.sleep(LOOK_MS).await;
    }
}

/// Asks for a test and keeps what becomes of it.
async fn ask(
    deps: &TaskDeps,
    manager: &NetworkManager,
    (source, mut test): (SourceNo, KeptTest),
) -> anyhow::Result<()> {
    let asked_at = deps.clock.now();
    let id = test_id(&deps.own, test.id);
    let answer = manager.test_delay(CallId { msg_id: &id, now: asked_at }, &test.test).await;
    let now = deps.clock.now();
    let mut tx = deps.db.write().await?;
    match answer {
        Ok(Some(result)) => {
            put_result(&mut tx, (source, test.id), &result, now).await?;
            return Ok(tx.commit().await?);
        }
        // Without an answer it may run all the same.
        Ok(None) | Err(ClientError::Unknown(_)) => {
            test.state = TestState::Running;
            test.due_at = asked_at.plus_ms(test.test.span_ms() + LATE_MS);
        }
        Err(error @ ClientError::NotSent(_)) if asked_at.since(test.asked_at) < PATIENCE_S * 1000 => {
            test.due_at = now.plus_s(AGAIN_S);
            test.reason = error.to_string();
        }
        Err(error) => end(&mut test, TestState::Failed, error.to_string(), now),
    }
    put_test(&mut tx, &test).await?;
    Ok(tx.commit().await?)
}

async fn overdue(deps: &TaskDeps, mut test: KeptTest, now: Time) -> anyhow::Result<()> {
    end(&mut test, TestState::Overdue, "the manager told no result in time".to_owned(), now);
    let mut tx = deps.db.write().await?;
    put_test(&mut tx, &test).await?;
    Ok(tx.commit().await?)
}

fn end(test: &mut KeptTest, state: TestState, reason: String, now: Time) {
    (test.state, test.reason, test.ended_at) = (state, reason, Some(now));
}
