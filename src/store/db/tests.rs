//! Opening, leading, and what becomes of transactions that nobody ends.

use crate::meta::{Counter, allocate, last_of};
use crate::testing::{both, postgres, sqlite};
use crate::{Db, StoreError};

#[tokio::test]
async fn a_second_process_is_refused() {
    for test in both().await {
        let second = Db::open(&test.settings).await;
        assert!(matches!(second, Err(StoreError::InUse(_))), "{}", test.engine);
        test.db.close().await.unwrap();
        let reopened = Db::open(&test.settings).await.unwrap();
        let mut tx = reopened.read().await.unwrap();
        assert_eq!(last_of(&mut tx, Counter::LeaderEpoch).await.unwrap(), 2, "{}", test.engine);
    }
}

#[tokio::test]
async fn who_is_no_longer_leader_cannot_write() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        allocate(&mut tx, Counter::LeaderEpoch, 1).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(test.db.write().await, Err(StoreError::NotLeader)), "{}", test.engine);
    }
}

#[tokio::test]
async fn what_is_not_committed_is_undone() {
    for test in both().await {
        let mut dropped = test.db.write().await.unwrap();
        allocate(&mut dropped, Counter::Fault, 5).await.unwrap();
        drop(dropped);
        let mut undone = test.db.write().await.unwrap();
        allocate(&mut undone, Counter::Fault, 5).await.unwrap();
        undone.rollback().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(allocate(&mut tx, Counter::Fault, 2).await.unwrap(), 1, "{}", test.engine);
        tx.commit().await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(last_of(&mut tx, Counter::Fault).await.unwrap(), 2, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_reader_keeps_its_view_and_cannot_write() {
    for test in both().await {
        let mut before = test.db.read().await.unwrap();
        assert_eq!(last_of(&mut before, Counter::Fault).await.unwrap(), 0);
        let mut tx = test.db.write().await.unwrap();
        allocate(&mut tx, Counter::Fault, 1).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(last_of(&mut before, Counter::Fault).await.unwrap(), 0, "{}", test.engine);
        assert!(allocate(&mut before, Counter::Fault, 1).await.is_err(), "{}", test.engine);
        drop(before);
        let mut after = test.db.read().await.unwrap();
        assert_eq!(last_of(&mut after, Counter::Fault).await.unwrap(), 1, "{}", test.engine);
    }
}

/// A client that goes away drops its future at any await: the pool and the writer must not care.
#[tokio::test]
async fn cancelled_transactions_leave_nothing_open() {
    for test in both().await {
        for polls in 1..40 {
            let work = async {
                let mut tx = test.db.write().await?;
                allocate(&mut tx, Counter::Outbox, 1).await?;
                let mut read = test.db.read().await?;
                last_of(&mut read, Counter::Outbox).await?;
                std::future::pending::<()>().await;
                tx.commit().await
            };
            let limit = std::time::Duration::from_micros(polls * 50);
            assert!(tokio::time::timeout(limit, work).await.is_err());
        }
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(allocate(&mut tx, Counter::Outbox, 1).await.unwrap(), 1, "{}", test.engine);
        tx.commit().await.unwrap();
        for _ in 0..20 {
            let mut read = test.db.read().await.unwrap();
            assert_eq!(last_of(&mut read, Counter::Outbox).await.unwrap(), 1, "{}", test.engine);
        }
    }
}

/// The server drops the writer's connection: the transaction is undone, and the next one works.
#[tokio::test]
async fn a_lost_link_is_opened_again() {
    const KILL: &str = "select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    let test = postgres().await;
    let mut tx = test.db.write().await.unwrap();
    allocate(&mut tx, Counter::Fault, 5).await.unwrap();
    let mut killer = test.db.read().await.unwrap();
    let killed: Vec<(bool,)> = killer.fetch_all(KILL, &[]).await.unwrap();
    assert_eq!(killed, [(true,)]);
    let failed = allocate(&mut tx, Counter::Fault, 5).await.unwrap_err();
    assert!(failed.temporary(), "{failed:?}");
    drop(tx);
    let mut tx = loop {
        match test.db.write().await {
            Ok(tx) => break tx,
            Err(error) => assert!(error.temporary(), "{error:?}"),
        }
    };
    assert_eq!(allocate(&mut tx, Counter::Fault, 1).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let test = sqlite().await;
    test.db.close().await.unwrap();
    assert!(matches!(test.db.write().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn passwords_are_not_shown() {
    let settings = crate::Settings::postgres("postgres://user:geheim@127.0.0.1:1/none");
    assert!(!format!("{settings:?}").contains("geheim"));
    let error = Db::open(&settings).await.err().unwrap();
    assert!(!format!("{error} {error:?}").contains("geheim"));
}
