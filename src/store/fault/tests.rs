//! Faults and their alarms on both engines.

use model::alarm::{ObjectType, Severity};
use model::fault::DispatchReason;

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

pub(crate) fn fault(n: i64, state: FaultState) -> Fault {
    Fault {
        fault_no: FaultNo(n),
        episode: 1,
        state,
        cause_object_type: ObjectType::Link,
        cause_object_id: "L-1".into(),
        cause: "fibre_cut".into(),
        native_cause: "R_LOS".into(),
        title: "光缆中断".into(),
        root_alarm: n,
        severity: Severity::Critical,
        alarms: 2,
        alarms_active: 1,
        circuits: 3,
        circuits_down: 1,
        customers: 2,
        impact_digest: u64::MAX,
        circuits_peak: 3,
        customers_peak: 2,
        customer_level: "GOLD".into(),
        service_level: "AAA".into(),
        key_protected: false,
        priority: 1,
        first_at: NOW,
        last_at: NOW.plus_s(n),
        cleared_at: None,
        due_at: Some(NOW.plus_s(60)),
        dispatch: DispatchReason::Persisting,
        merged_into: None,
    }
}

#[tokio::test]
async fn faults_are_put_listed_and_grouped() {
    for test in both().await {
        let states = [FaultState::Open, FaultState::Closed, FaultState::Cleared, FaultState::Merged];
        let faults = (1..=40).zip(states.into_iter().cycle()).map(|(n, state)| Arc::new(fault(n, state)));
        let faults: Vec<Arc<Fault>> = faults.collect();
        let mut tx = test.db.write().await.unwrap();
        put_faults(&mut tx, &faults).await.unwrap();
        put_faults(&mut tx, &[faults[0].clone(), faults[0].clone()]).await.unwrap();
        assert_eq!(fault_by_no(&mut tx, FaultNo(3)).await.unwrap().unwrap(), *faults[2], "{}", test.engine);
        assert_eq!(fault_by_no(&mut tx, FaultNo(99)).await.unwrap(), None);
        let mut open = 0;
        each_open_fault(&mut tx, |_| open += 1).await.unwrap();
        assert_eq!(open, 20);
        let first = faults_page(&mut tx, Some(FaultState::Open), None, 2).await.unwrap();
        assert_eq!(first.iter().map(|f| f.fault_no.0).collect::<Vec<_>>(), [37, 33]);
        let after = Some((first[1].last_at, first[1].fault_no));
        assert_eq!(faults_page(&mut tx, Some(FaultState::Open), after, 1).await.unwrap()[0].fault_no.0, 29);
        assert_eq!(faults_page(&mut tx, None, None, 1000).await.unwrap().len(), 40);
    }
}
