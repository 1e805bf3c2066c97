//! Corrections on both engines: decided once, found by state and circuit.

use model::correction::{CorrectionKind, Proof};
use model::time::{Time, Window};

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn correction(circuit: &str) -> Correction {
    Correction {
        id: 0,
        circuit_code: circuit.to_owned(),
        window: Window::new(NOW.plus_s(-3600), NOW.plus_s(-1800)),
        kind: CorrectionKind::Exclude,
        code: "CUSTOMER_POWER".to_owned(),
        reason: "客户机房停电".to_owned(),
        proof: None,
        state: CorrectionState::Proposed,
        proposed_by: "zhang".to_owned(),
        proposed_at: NOW,
        decided_by: String::new(),
        decided_at: None,
        note: String::new(),
    }
}

#[tokio::test]
async fn a_correction_is_decided_once() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let added = add_correction(&mut tx, &correction("C1"), None).await.unwrap();
        let decided = |state| Correction { state, decided_by: "li".to_owned(), ..added.clone() };
        assert!(decide_correction(&mut tx, &decided(CorrectionState::Approved)).await.unwrap());
        assert!(!decide_correction(&mut tx, &decided(CorrectionState::Rejected)).await.unwrap(), "{}", test.engine);
        let held = correction_by_id(&mut tx, added.id).await.unwrap().unwrap();
        assert_eq!(held, decided(CorrectionState::Approved));
        assert_eq!(correction_by_id(&mut tx, 99).await.unwrap(), None);
    }
}

#[tokio::test]
async fn only_approved_ones_of_the_circuit_act_and_pages_follow_each_other() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let mut all = Vec::new();
        for circuit in ["C1", "C2", "C1", "C1"] {
            all.push(add_correction(&mut tx, &correction(circuit), None).await.unwrap());
        }
        all[2].state = CorrectionState::Approved;
        assert!(decide_correction(&mut tx, &all[2]).await.unwrap());
        assert_eq!(corrections_of_circuit(&mut tx, "C1").await.unwrap(), [all[2].clone()], "{}", test.engine);
        let ids = |page: Vec<Correction>| page.into_iter().map(|correction| correction.id).collect::<Vec<_>>();
        let filters = [
            (CorrectionFilter::All, vec![4, 3], vec![2, 1]),
            (CorrectionFilter::State(CorrectionState::Proposed), vec![4, 2], vec![1]),
            (CorrectionFilter::Circuit("C1"), vec![4, 3], vec![1]),
        ];
        for (filter, first, second) in filters {
            let page = ids(corrections_page(&mut tx, filter, i64::MAX, 2).await.unwrap());
            assert_eq!(page, first, "{} {filter:?}", test.engine);
            assert_eq!(ids(corrections_page(&mut tx, filter, page[1], 2).await.unwrap()), second);
        }
    }
}

#[tokio::test]
async fn a_proof_is_kept_beside_it() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let proof = Proof { name: "照片.jpg".into(), media_type: "image/jpeg".into(), bytes: 3, sha256: "ab".into() };
        let with = Correction { proof: Some(proof), ..correction("C1") };
        let with = add_correction(&mut tx, &with, Some(&[1, 2, 0])).await.unwrap();
        let without = add_correction(&mut tx, &correction("C1"), None).await.unwrap();
        assert_eq!(correction_proof(&mut tx, with.id).await.unwrap().as_deref(), Some(&[1, 2, 0][..]));
        assert_eq!(correction_proof(&mut tx, without.id).await.unwrap(), None, "{}", test.engine);
    }
}
