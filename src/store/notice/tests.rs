//! Notices on both engines: which rows they protect, and for how long they are known.

use model::source::{RunState, SourceId};

use super::*;
use crate::load::{Load, LoadProgress, add_load, put_load};
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

#[tokio::test]
async fn a_notice_is_known_by_its_latest_time() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        put_notice(&mut tx, Class::Ne, "N1", NOW).await.unwrap();
        put_notice(&mut tx, Class::Ne, "N1", NOW.plus_s(-9)).await.unwrap();
        put_notice(&mut tx, Class::Route, "C1|1|1|2|2026-01-01T00:00:00Z", NOW).await.unwrap();
        let keys = ["N1", "N2"];
        for (since, found) in [(NOW.plus_s(-1), 1), (NOW, 1), (NOW.plus_ms(1), 0)] {
            let told = places_told(&mut tx, Class::Ne, since, keys.into_iter()).await.unwrap();
            assert_eq!(told.len(), found, "{}: since {since}", test.engine);
        }
        let told = places_told(&mut tx, Class::Route, NOW, ["C1|1|1|2|", "C1|1|1|3|"].into_iter()).await.unwrap();
        assert_eq!(told, HashSet::from(["C1|1|1|2".to_owned()]), "whatever the hop's validity");
        assert!(places_told(&mut tx, Class::Port, NOW, keys.into_iter()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_notice_is_known_as_long_as_a_load_can_meet_it() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        put_notice(&mut tx, Class::Ne, "old", NOW.plus_s(-100)).await.unwrap();
        put_notice(&mut tx, Class::Ne, "during", NOW.plus_s(-50)).await.unwrap();
        let mut load = Load {
            id: 0,
            source: SourceId::new("GD_RMS"),
            sync_req_id: "R-1".to_owned(),
            class: Class::Ne,
            full: true,
            state: RunState::Waiting,
            started_at: NOW.plus_s(-60),
            ended_at: None,
            progress: LoadProgress::default(),
        };
        load.id = add_load(&mut tx, &load).await.unwrap();
        assert_eq!(purge_notices(&mut tx, NOW).await.unwrap(), 1, "{}", test.engine);
        let told = places_told(&mut tx, Class::Ne, Time::MIN, ["old", "during"].into_iter()).await.unwrap();
        assert_eq!(told, HashSet::from(["during".to_owned()]));
        load.ended_at = Some(NOW);
        put_load(&mut tx, &load).await.unwrap();
        assert_eq!(purge_notices(&mut tx, NOW.plus_s(-50)).await.unwrap(), 0);
        assert_eq!(purge_notices(&mut tx, NOW).await.unwrap(), 1);
    }
}
