use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_is_started_again_and_counted() {
    let supervisor = Supervisor::new();
    let runs = Arc::new(AtomicU32::new(0));
    let seen = runs.clone();
    supervisor.spawn("shaky", move |_stop| {
        let seen = seen.clone();
        async move {
            assert!(seen.fetch_add(1, Ordering::SeqCst) >= 2, "not yet");
            Ok(())
        }
    });
    while runs.load(Ordering::SeqCst) < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert!(supervisor.states()["shaky"].error.contains("panicked"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ignores_the_soft_stop_is_stopped_hard() {
    let supervisor = Supervisor::new();
    supervisor.spawn("deaf", |_stop| std::future::pending());
    assert!(!supervisor.stop(Duration::from_secs(1)).await);
}

#[tokio::test(start_paused = true)]
async fn the_pause_is_short_again_after_a_good_run() {
    let supervisor = Supervisor::new();
    let starts = Arc::new(Mutex::new(Vec::new()));
    let seen = starts.clone();
    supervisor.spawn("rare", move |_stop| {
        let seen = seen.clone();
        async move {
            let run = {
                let mut seen = seen.lock();
                seen.push(Instant::now());
                seen.len()
            };
            // Ten failures at once, then a good day, then a failure.
            match run {
                0..=10 => {}
                11 => tokio::time::sleep(Duration::from_secs(86_400)).await,
                _ => return Ok(()),
            }
            anyhow::bail!("run {run} failed")
        }
    });
    while starts.lock().len() < 12 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let starts = starts.lock();
    let pause = |run: usize| starts[run] - starts[run - 1];
    assert!(pause(10) >= PAUSE_LONGEST, "{:?}", pause(10));
    assert!(pause(11) < Duration::from_secs(86_401), "{:?}", pause(11));
}
