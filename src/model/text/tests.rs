use super::*;

#[test]
fn equal_texts_are_one() {
    let (one, other) = (shared("R_LOS"), shared(&String::from("R_LOS")));
    assert!(Text::ptr_eq(&one, &other));
    assert_eq!(shared(""), "");
    let long = "x".repeat(SHARED_MAX + 1);
    assert_eq!(shared(&long), long.as_str());
}

#[test]
fn what_is_met_again_is_remembered_and_the_pool_stays_small() {
    let mut pool = Pool::default();
    let first = pool.shared("NE-1");
    for n in 0..20 * REMEMBERED {
        pool.shared(&format!("PORT-{n}"));
        assert!(Text::ptr_eq(&first, &pool.shared("NE-1")));
    }
    assert!(pool.young.len() + pool.old.len() <= 2 * REMEMBERED);
}
