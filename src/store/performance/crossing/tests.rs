//! Crossings on both engines: what waits to be told, what is taken back, what is forgotten.

use model::pm::{Granularity, IntervalStatus, Location, Row as PmRow};
use model::source::{SourceId, SourceKind};

use super::*;
use crate::peer::register_source;
use crate::performance::subject::{learn, subject_of_link};
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

/// A measured object; its numbers.
async fn object(tx: &mut Tx) -> (i64, i64) {
    let source = register_source(tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap();
    let row = PmRow {
        circuit_code: "C1".into(),
        object_id: "PORT-1".into(),
        object_type: "PORT".into(),
        layer_rate: "VC4".into(),
        location: Location::NearRx,
        granularity: Granularity::M15,
        start: NOW,
        measured_s: 900,
        status: IntervalStatus::Valid,
    };
    let numbers = learn(tx, source, &[&row]).await.unwrap()[0].1;
    (numbers.subject, numbers.link)
}

fn row((subject, link): (i64, i64), minutes: i64, cleared_at: Option<Time>) -> CrossingRow {
    let crossing = Crossing { raised_at: NOW.plus_s(minutes * 60), cleared_at, value: 1.5e-7 };
    CrossingRow { id: 0, threshold: 3, version: 4, subject, link, crossing, waits: Waits::Raise }
}

#[tokio::test]
async fn what_is_found_is_told_once_and_taken_back_once() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let object = object(&mut tx).await;
        let (about, circuit) = subject_of_link(&mut tx, object.1).await.unwrap().unwrap();
        assert_eq!((about.object_id.as_str(), circuit.as_str()), ("PORT-1", "C1"));
        for row in [row(object, 0, None), row(object, 60, Some(NOW.plus_s(7200))), row(object, 180, None)] {
            add_crossing(&mut tx, &row).await.unwrap();
        }
        let waiting = waiting_crossings(&mut tx, 10).await.unwrap();
        assert_eq!(waiting.len(), 3, "{}", test.engine);
        assert_eq!(waiting[1].crossing, row(object, 60, Some(NOW.plus_s(7200))).crossing);
        let ids: Vec<i64> = waiting.iter().map(|row| row.id).collect();
        // The third was not told yet: it is forgotten. The first was: its end and its taking back are told.
        crossing_told(&mut tx, ids[0]).await.unwrap();
        take_back(&mut tx, ids[2]).await.unwrap();
        let waits = |rows: &[CrossingRow]| rows.iter().map(|row| (row.id, row.waits)).collect::<Vec<_>>();
        assert_eq!(waits(&waiting_crossings(&mut tx, 10).await.unwrap()), [(ids[1], Waits::Raise)]);
        assert_eq!(waits(&open_crossings(&mut tx, 0, 10).await.unwrap()), [(ids[0], Waits::No)]);
        end_crossing(&mut tx, ids[0], NOW.plus_s(900)).await.unwrap();
        end_crossing(&mut tx, ids[1], NOW.plus_s(4500)).await.unwrap();
        let both = [(ids[0], Waits::End), (ids[1], Waits::Raise)];
        assert_eq!(waits(&waiting_crossings(&mut tx, 10).await.unwrap()), both, "{}", test.engine);
        let page = object.0 >> 8;
        assert_eq!(crossings_of_page(&mut tx, page, NOW.plus_s(1000)).await.unwrap().len(), 1);
        take_back(&mut tx, ids[0]).await.unwrap();
        assert_eq!(crossings_of_page(&mut tx, page, Time::MIN).await.unwrap().len(), 1, "taken back is none");
        for id in &ids {
            crossing_told(&mut tx, *id).await.unwrap();
        }
        assert!(waiting_crossings(&mut tx, 10).await.unwrap().is_empty());
        assert_eq!(drop_crossings(&mut tx, NOW.plus_s(4500), 10).await.unwrap(), 0);
        assert_eq!(drop_crossings(&mut tx, NOW.plus_s(4501), 10).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }
}
