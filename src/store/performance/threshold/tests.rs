//! Thresholds on both engines: one for what each looks at, and every change has a version of its own.

use model::alarm::Severity;
use model::pm::Granularity;
use model::threshold::Direction;
use model::time::Time;

use super::*;
use crate::testing::both;

fn threshold(customer: &str, set: f64) -> Threshold {
    Threshold {
        id: 0,
        version: 0,
        key: ThresholdKey {
            service_type: "SDH".to_owned(),
            service_level: String::new(),
            customer_no: customer.to_owned(),
            param: "ES".to_owned(),
            granularity: Granularity::M15,
            direction: Direction::Above,
        },
        set,
        reset: 1e-7,
        needed: 3,
        of: 4,
        severity: Severity::Minor,
        enabled: true,
        note: "G.826".to_owned(),
        since: Time::from_ms(1_793_000_000_000),
        changed_by: "li".to_owned(),
    }
}

#[tokio::test]
async fn there_is_one_threshold_for_what_each_looks_at() {
    for test in both().await {
        assert!(!has_had_thresholds(&mut test.db.read().await.unwrap()).await.unwrap());
        let mut tx = test.db.write().await.unwrap();
        let first = add_threshold(&mut tx, &threshold("", 8.0)).await.unwrap();
        let other = add_threshold(&mut tx, &threshold("K1", 0.1)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        let again = add_threshold(&mut tx, &threshold("K1", 9.0)).await;
        assert!(matches!(again, Err(StoreError::Exists(_))), "{}: {again:?}", test.engine);
        tx.rollback().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        let changed = put_threshold(&mut tx, &Threshold { set: 7.0, ..first.clone() }).await.unwrap();
        assert!(changed.version > other.version && changed.id == first.id);
        assert_eq!(thresholds(&mut tx).await.unwrap(), [changed.clone(), other.clone()]);
        assert_eq!(threshold_by_id(&mut tx, first.id).await.unwrap(), Some(changed));
        assert!(drop_threshold(&mut tx, other.id).await.unwrap());
        assert!(!drop_threshold(&mut tx, other.id).await.unwrap());
        assert!(put_threshold(&mut tx, &other).await.is_err(), "it is gone");
        tx.commit().await.unwrap();
        assert!(has_had_thresholds(&mut test.db.read().await.unwrap()).await.unwrap());
    }
}
