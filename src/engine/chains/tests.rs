use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

proptest! {
    /// Whatever is linked and unlinked, each key lists what a set would.
    #[test]
    fn chains_hold_what_sets_hold(steps in prop::collection::vec((0u32..5, 0u32..6, any::<bool>()), 0..200)) {
        let (mut chains, mut sets) = (Chains::default(), vec![BTreeSet::new(); 5]);
        for (key, item, link) in steps {
            let set = &mut sets[key as usize];
            if !link {
                chains.unlink(key, item);
                set.remove(&item);
            } else if set.insert(item) {
                chains.link(key, item);
            }
        }
        for (key, set) in (0u32..).zip(&sets) {
            prop_assert_eq!(&chains.of(key).collect::<BTreeSet<u32>>(), set);
            prop_assert_eq!(chains.of(key).count(), set.len());
        }
    }
}

#[test]
fn what_was_let_go_is_used_again() {
    let mut chains = Chains::default();
    for item in 0..100 {
        chains.link(0, item);
    }
    let held = chains.bytes();
    for round in 0..10 {
        (0..100).for_each(|item| chains.unlink(round, item));
        (0..100).for_each(|item| chains.link(round + 1, item));
    }
    assert!(chains.bytes() < held + 100 * size_of::<u32>(), "{} bytes after {held}", chains.bytes());
    assert_eq!(chains.of(0).count() + chains.of(99).count(), 0);
}
