//! Loads and the hold list on both engines.

use model::resource::{Class, Row};
use model::source::{RunState, SourceId};
use model::time::Time;

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn load(request: &str) -> Load {
    Load {
        id: 0,
        source: SourceId::new("GD_RMS"),
        sync_req_id: request.to_owned(),
        class: Class::Route,
        full: true,
        state: RunState::Requested,
        started_at: NOW,
        ended_at: None,
        progress: LoadProgress::default(),
    }
}

#[tokio::test]
async fn loads_are_followed_to_their_end() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let id = add_load(&mut tx, &load("R-1")).await.unwrap();
        let second = add_load(&mut tx, &load("R-2")).await.unwrap();
        let mut now = Load { id, state: RunState::Done, ended_at: Some(NOW.plus_s(9)), ..load("R-1") };
        now.progress.rows_read = 12;
        now.progress.note(LoadIssue { row: 3, key: "C-1".to_owned(), reason: "缺少电路".to_owned() });
        put_load(&mut tx, &now).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(load_by_id(&mut tx, id).await.unwrap().unwrap(), now, "{}", test.engine);
        assert_eq!(load_by_request(&mut tx, "R-1").await.unwrap().unwrap(), now);
        assert_eq!(open_loads(&mut tx).await.unwrap().len(), 1);
        assert_eq!(loads_page(&mut tx, i64::MAX, 1).await.unwrap()[0].id, second);
        assert_eq!(loads_page(&mut tx, second, 10).await.unwrap(), [now]);
        let missing = put_load(&mut tx, &load("R-9")).await;
        assert!(matches!(missing, Err(StoreError::RowCount { .. })), "{}", test.engine);
        let again = add_load(&mut tx, &load("R-1")).await;
        assert!(matches!(again, Err(StoreError::Exists("a load with this syncReqId"))), "{}: {again:?}", test.engine);
    }
}

#[tokio::test]
async fn rows_wait_for_their_parents() {
    for test in both().await {
        let row = |key: &str| Row { class: Class::Board, cells: [key, "NE-1", "", ""].map(str::to_owned).to_vec() };
        let held = |key: &str| HeldRow { row: row(key), reason: "NE NE-1 is absent".to_owned(), since: NOW };
        let mut tx = test.db.write().await.unwrap();
        hold_rows(&mut tx, &[held("B-1"), held("B-2"), held("B-1")]).await.unwrap();
        hold_rows(&mut tx, &[HeldRow { since: NOW.plus_s(5), ..held("B-2") }]).await.unwrap();
        assert_eq!(
            held_rows(&mut tx, Class::Board, "", 10).await.unwrap(),
            [held("B-1"), held("B-2")],
            "{}",
            test.engine
        );
        assert_eq!(held_rows(&mut tx, Class::Board, "B-1", 10).await.unwrap(), [held("B-2")]);
        assert_eq!(release_rows(&mut tx, Class::Board, &["B-1".to_owned(), "X".to_owned()]).await.unwrap(), 1);
        assert_eq!(count_held(&mut tx, Class::Board).await.unwrap(), 1);
    }
}
