use store::testing::TestDb;

use super::*;

async fn watch() -> (Watch, TestDb) {
    let db = store::testing::sqlite().await;
    let (supervisor, metrics) = (Supervisor::new(), Metrics::new().unwrap());
    for task in ["writer", "web"] {
        supervisor.spawn(task, |stop| async move {
            stop.cancelled().await;
            Ok(())
        });
    }
    while supervisor.states().len() < 2 {
        tokio::task::yield_now().await;
    }
    metrics.pulse.moves();
    let data = std::env::temp_dir();
    (Watch { db: db.db.clone(), metrics, supervisor, data, seen: Arc::default() }, db)
}

/// Names of the checks that fail.
fn bad(watch: &Watch) -> Vec<&'static str> {
    watch.report().checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

#[tokio::test]
async fn it_is_ready_once_somebody_has_looked() {
    let (watch, _db) = watch().await;
    assert_eq!(bad(&watch), ["database", "disk"]);
    watch.look().await;
    assert_eq!(bad(&watch), [""; 0]);
    assert!(watch.report().alive && watch.metrics.disk_free.get() > 0);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_told() {
    let (watch, _db) = watch().await;
    watch.db.close().await.unwrap();
    watch.look().await;
    assert_eq!(bad(&watch), ["database"]);
}

#[tokio::test]
async fn a_failed_commit_is_told_until_a_write_succeeds() {
    let (watch, _db) = watch().await;
    let failure = StoreError::Exists("a user");
    watch.metrics.pulse.committed(Err(&failure));
    assert!(bad(&watch).contains(&"commit"));
    watch.look().await;
    assert_eq!(bad(&watch), [""; 0], "it tried a write of its own");
    watch.metrics.pulse.committed(Err(&failure));
    watch.db.close().await.unwrap();
    watch.look().await;
    assert_eq!(bad(&watch), ["commit", "database"], "the write failed too");
}

#[tokio::test]
async fn a_writer_that_reads_its_memory_or_has_ended_is_not_ready() {
    let (watch, _db) = watch().await;
    watch.look().await;
    watch.metrics.pulse.begins();
    assert_eq!(bad(&watch), ["writer"]);
    watch.metrics.pulse.moves();
    assert_eq!(bad(&watch), [""; 0]);
    assert!(watch.supervisor.stop(Duration::from_secs(5)).await);
    assert_eq!(bad(&watch), ["writer", "web"]);
}

#[test]
fn a_disk_without_room_is_told_in_words() {
    assert_eq!(room(FREE_MIN), Ok(()));
    let told = room(FREE_MIN - 1).unwrap_err();
    assert!(told.starts_with("63 MiB are free, 64 MiB are needed"), "{told}");
    assert!(free(Path::new("/no/such/folder")).is_err());
}
