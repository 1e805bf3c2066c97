//! What one revision after another advises, on a real store.

use store::credit::{CreditFilter, credits_page};
use store::testing::both;

use super::*;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn advice(percent: i64) -> Advice {
    Advice {
        circuit_code: "C1".to_owned(),
        period: Window::new(NOW.plus_s(-86_400), NOW),
        version: 1,
        plan: "aaa".to_owned(),
        percent,
    }
}

async fn all(tx: &mut Tx) -> Vec<(i64, i64, CreditState, Option<i64>)> {
    let found = credits_page(tx, &CreditFilter::default(), i64::MAX, 100).await.unwrap();
    found.iter().rev().map(|credit| (credit.id, credit.percent, credit.state, credit.replaces)).collect()
}

async fn decide(tx: &mut Tx, state: CreditState) {
    let held = current_credit(tx, "C1", "2026-10").await.unwrap().unwrap();
    let before = held.state;
    put_credit(tx, &Credit { state, ..held }, before).await.unwrap();
}

#[tokio::test]
async fn a_revision_takes_the_place_of_the_advice_before_and_names_what_was_given() {
    use CreditState::{Advised, Approved, Rejected, Replaced, Superseded};
    let (inventory, _) = Inventory::build([]);
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let advisor = Advisor { inventory: &inventory, label: "2026-10", issue_id: 1, at: NOW };
        advisor.advise(&mut tx, &[advice(0)]).await.unwrap();
        assert_eq!(all(&mut tx).await, [], "no credit, nothing to decide");
        // The same report in two languages, and a second run.
        for _ in 0..3 {
            advisor.advise(&mut tx, &[advice(5)]).await.unwrap();
        }
        assert_eq!(all(&mut tx).await, [(1, 5, Advised, None)], "{}", test.engine);
        advisor.advise(&mut tx, &[advice(0)]).await.unwrap();
        assert_eq!(all(&mut tx).await, [(1, 5, Superseded, None)], "nothing was given yet");
        advisor.advise(&mut tx, &[advice(7)]).await.unwrap();
        decide(&mut tx, Rejected).await;
        advisor.advise(&mut tx, &[advice(7)]).await.unwrap();
        assert_eq!(all(&mut tx).await[1..], [(2, 7, Rejected, None)], "the same advice is not asked again");
        advisor.advise(&mut tx, &[advice(9)]).await.unwrap();
        decide(&mut tx, Approved).await;
        for percent in [10, 0, 12] {
            advisor.advise(&mut tx, &[advice(percent)]).await.unwrap();
        }
        let told = [
            (3, 9, Replaced, None),
            (4, 10, Superseded, Some(3)),
            (5, 0, Superseded, Some(3)),
            (6, 12, Advised, Some(3)),
        ];
        assert_eq!(all(&mut tx).await[2..], told, "what was given is named until something else is");
        tx.commit().await.unwrap();
    }
}
