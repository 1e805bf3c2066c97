//! Credits on both engines: one counts for a circuit and month, and it is decided once.

use model::time::{Time, Window};

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn credit(circuit: &str, label: &str) -> Credit {
    Credit {
        id: 0,
        label: label.to_owned(),
        period: Window::new(NOW.plus_s(-86_400), NOW),
        circuit_code: circuit.to_owned(),
        customer_no: "K1".to_owned(),
        customer_name: "银行".to_owned(),
        percent: 10_000_000,
        plan: "aaa".to_owned(),
        version: 1,
        issue_id: 7,
        advised_at: NOW,
        replaces: None,
        state: CreditState::Advised,
        proposed_by: String::new(),
        proposed_at: None,
        decided_by: String::new(),
        decided_at: None,
        note: String::new(),
    }
}

#[tokio::test]
async fn one_credit_counts_and_is_decided_once() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let first = add_credit(&mut tx, &credit("C1", "2026-10")).await.unwrap();
        add_credit(&mut tx, &credit("C1", "2026-11")).await.unwrap();
        let approved = Credit { state: CreditState::Approved, ..first.clone() };
        put_credit(&mut tx, &approved, CreditState::Advised).await.unwrap();
        assert!(put_credit(&mut tx, &approved, CreditState::Advised).await.is_err(), "{}", test.engine);
        assert_eq!(current_credit(&mut tx, "C1", "2026-10").await.unwrap(), Some(approved.clone()));
        let over = Credit { state: CreditState::Replaced, ..approved };
        put_credit(&mut tx, &over, CreditState::Approved).await.unwrap();
        assert_eq!(current_credit(&mut tx, "C1", "2026-10").await.unwrap(), None);
        let next = Credit { replaces: Some(first.id), percent: 0, customer_no: "K2".to_owned(), ..first };
        let next = add_credit(&mut tx, &next).await.unwrap();
        assert_eq!(credit_by_id(&mut tx, next.id).await.unwrap().as_ref(), Some(&next));
        let filter = |state, label: &str, customer_no: &str| CreditFilter {
            state,
            label: label.to_owned(),
            customer_no: customer_no.to_owned(),
        };
        let cases: [(CreditFilter, &[i64]); 4] = [
            (CreditFilter::default(), &[3, 2, 1]),
            (filter(Some(CreditState::Replaced), "", ""), &[1]),
            (filter(None, "2026-10", ""), &[3, 1]),
            (filter(Some(CreditState::Advised), "2026-10", "K2"), &[3]),
        ];
        for (filter, wanted) in cases {
            let found = credits_page(&mut tx, &filter, i64::MAX, 9).await.unwrap();
            assert_eq!(found.iter().map(|credit| credit.id).collect::<Vec<_>>(), wanted, "{filter:?}");
        }
        tx.commit().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        let twice = add_credit(&mut tx, &credit("C1", "2026-10")).await;
        assert!(matches!(twice, Err(StoreError::Exists(_))), "{} {twice:?}", test.engine);
    }
}
