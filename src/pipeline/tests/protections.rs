//! Protection tasks: whatever came first, twice or late, the notice that was told last is in force.

use model::time::Window;
use model::work::{KeyProtection, OpType, ProtectLevel};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use store::testing::sqlite;
use store::work::key_protection_by_no;

use super::*;

fn notice(op_type: OpType, told_s: i64, circuit: &str) -> KeyProtection {
    KeyProtection {
        task_no: "ZB-1".to_owned(),
        level: Some(ProtectLevel::A),
        window: Some(Window::new(START, START.plus_s(86_400))),
        circuit_codes: vec![circuit.to_owned()],
        op_type,
        told_at: Some(START.plus_s(told_s)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn order_and_repetition_do_not_matter() {
    let mut notices = vec![
        notice(OpType::Add, 1, "C1"),
        notice(OpType::Mod, 2, "C2"),
        notice(OpType::Mod, 3, "C4"),
        notice(OpType::Mod, 3, "C3"),
        notice(OpType::Cancel, 3, "C1"),
    ];
    for end in [5, 4, 3, 2] {
        notices.truncate(end);
        let last = notices.iter().max_by_key(|n| (n.told_at, n.op_type == OpType::Cancel, n.circuit_codes.clone()));
        let last = last.unwrap().clone();
        for seed in 0..4 {
            let mut told = [notices.clone(), notices.clone()].concat();
            told.shuffle(&mut StdRng::seed_from_u64(seed));
            let mut desk = Desk::start(sqlite().await);
            for notice in told {
                desk.submit(Content::KeyProtections(vec![notice])).await;
            }
            desk.restart().await;
            let mut tx = desk.test.db.read().await.unwrap();
            assert_eq!(key_protection_by_no(&mut tx, "ZB-1").await.unwrap().as_ref(), Some(&last), "{end} {seed}");
            drop(tx);
            desk.stop().await;
        }
    }
}
