//! Faults and their alarms on both engines.

use model::alarm::{ObjectType, Severity};
use model::fault::{DispatchReason, HitCircuit};

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn fault(n: i64, state: FaultState) -> Fault {
    Fault {
        fault_no: FaultNo(n),
        episode: 1,
        state,
        cause_object_type: ObjectType::Link,
        cause_object_id: "L-1".to_owned(),
        cause: "fibre_cut".to_owned(),
        native_cause: "R_LOS".to_owned(),
        title: "光缆中断".to_owned(),
        root_alarm: n,
        severity: Severity::Critical,
        alarms: 2,
        alarms_active: 1,
        circuits: vec![HitCircuit { circuit_code: "北京天津ANE0365NP".to_owned(), down: true }],
        customers: vec!["C-1".to_owned()],
        circuits_peak: 1,
        customers_peak: 1,
        customer_level: "GOLD".to_owned(),
        service_level: "AAA".to_owned(),
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
        let faults: Vec<Fault> = (1..=40).zip(states.into_iter().cycle()).map(|(n, state)| fault(n, state)).collect();
        let mut tx = test.db.write().await.unwrap();
        put_faults(&mut tx, &faults, 1).await.unwrap();
        put_faults(&mut tx, &[faults[0].clone(), faults[0].clone()], 2).await.unwrap();
        assert_eq!(fault_by_no(&mut tx, FaultNo(3)).await.unwrap().unwrap(), faults[2], "{}", test.engine);
        assert_eq!(fault_by_no(&mut tx, FaultNo(99)).await.unwrap(), None);
        let mut open = 0;
        each_open_fault(&mut tx, |_| open += 1).await.unwrap();
        assert_eq!(open, 20);
        let first = faults_page(&mut tx, Some(FaultState::Open), None, 2).await.unwrap();
        assert_eq!(first.iter().map(|f| f.fault_no.0).collect::<Vec<_>>(), [37, 33]);
        let after = Some((first[1].last_at, first[1].fault_no));
        assert_eq!(faults_page(&mut tx, Some(FaultState::Open), after, 1).await.unwrap()[0].fault_no.0, 29);
        assert_eq!(faults_page(&mut tx, None, None, 1000).await.unwrap().len(), 40);

        let member =
            |alarm, fault, parent| FaultAlarm { alarm, fault: FaultNo(fault), parent, explained_by: "L-1".to_owned() };
        put_fault_alarms(&mut tx, &[member(1, 1, None), member(2, 1, Some(1)), member(3, 2, None)]).await.unwrap();
        put_fault_alarms(&mut tx, &[member(3, 1, Some(2))]).await.unwrap();
        let members = alarms_of_fault(&mut tx, FaultNo(1), 0, 100).await.unwrap();
        assert_eq!(members, [member(1, 1, None), member(2, 1, Some(1)), member(3, 1, Some(2))], "{}", test.engine);
        delete_fault_alarms(&mut tx, &[1, 2]).await.unwrap();
        assert_eq!(alarms_of_fault(&mut tx, FaultNo(1), 0, 100).await.unwrap().len(), 1);
    }
}
