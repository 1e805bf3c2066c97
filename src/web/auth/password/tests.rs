//! Hashing and verifying.

use std::time::Instant;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_password_verifies_and_another_does_not() {
    let hasher = Hasher::default();
    let stored = hasher.hash("correct horse".to_owned()).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(hasher.verify("correct horse".to_owned(), Some(stored.clone())).await);
    assert!(!hasher.verify("wrong horse".to_owned(), Some(stored.clone())).await);
    assert!(!hasher.verify("no user has this password".to_owned(), None).await);
    assert_ne!(stored, hasher.hash("correct horse".to_owned()).await.unwrap(), "salted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_costs_as_much_as_a_wrong_password() {
    let hasher = Hasher::default();
    let stored = hasher.hash("correct horse".to_owned()).await.unwrap();
    hasher.verify("warm up".to_owned(), None).await;
    let mut best = [u128::MAX; 2];
    for _ in 0..8 {
        for (i, stored) in [Some(stored.clone()), None].into_iter().enumerate() {
            let began = Instant::now();
            hasher.verify("wrong horse".to_owned(), stored).await;
            best[i] = best[i].min(began.elapsed().as_micros());
        }
    }
    let (wrong, unknown) = (best[0], best[1]);
    // Work that was left out would make it a hundred times faster; a busy machine, not three times.
    assert!(unknown * 3 > wrong && wrong * 3 > unknown, "wrong {wrong} µs, unknown {unknown} µs");
}

#[test]
fn weak_passwords_are_named() {
    assert!(fault_of("short", "li").is_some());
    assert!(fault_of("LiMing-2026-x", "liming").is_some());
    assert!(fault_of(&"x".repeat(300), "liming").is_some());
    assert_eq!(fault_of("守护 专线 二十四 小时", "liming"), None);
}
