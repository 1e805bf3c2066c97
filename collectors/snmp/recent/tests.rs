use model::time::Time;

use super::{Fate, REMEMBERED_MAX, Recent};

fn digest(number: u32) -> [u8; 16] {
    let mut digest = [0; 16];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    digest
}

#[test]
fn the_same_is_known_until_it_is_old() {
    let (mut recent, now) = (Recent::default(), Time::from_ms(1_000_000));
    assert_eq!(recent.meet(digest(1), now), None);
    assert_eq!(recent.meet(digest(1), now), Some(Fate::Waiting));
    recent.kept(digest(1));
    assert_eq!(recent.meet(digest(1), now.plus_s(61)), Some(Fate::Kept), "of the generation before");
    assert_eq!(recent.meet(digest(1), now.plus_s(200)), None);
    recent.forget(digest(1));
    assert_eq!(recent.meet(digest(1), now.plus_s(200)), None, "it may come again");
}

#[test]
fn memory_is_bounded() {
    let mut recent = Recent::default();
    for number in 0..u32::try_from(3 * REMEMBERED_MAX).unwrap() {
        recent.meet(digest(number), Time::from_ms(5));
    }
    assert!(recent.young.len() <= REMEMBERED_MAX && recent.old.len() <= REMEMBERED_MAX);
}
