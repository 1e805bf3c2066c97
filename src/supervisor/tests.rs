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
