use super::*;

#[test]
fn what_grew_and_shrank_finds_each_place_by_its_key_and_only_that() {
    let keys: Vec<u64> = (0..1000u64).map(|n| n / 3).collect();
    let key_of = |place: u32| keys.get(place as usize).copied();
    let mut finder = Finder::default();
    for (key, place) in keys.iter().zip(0u32..) {
        finder.add(key, place, key_of);
    }
    for (key, place) in keys.iter().zip(0u32..).filter(|(_, place)| place % 2 == 0) {
        finder.remove(key, place);
    }
    for (key, place) in keys.iter().zip(0u32..) {
        assert_eq!(finder.holds(key, place), place % 2 == 1);
        let mut same: Vec<u32> = finder.candidates(key).filter(|place| key_of(*place) == Some(*key)).collect();
        same.sort_unstable();
        let first = u32::try_from(*key).unwrap() * 3;
        assert_eq!(same, (first..(first + 3).min(1000)).filter(|place| place % 2 == 1).collect::<Vec<_>>());
    }
    assert_eq!(finder.find(&5, |place| key_of(place) == Some(5)), finder.candidates(&5).next());
    assert_eq!(finder.find(&4711, |place| key_of(place) == Some(4711)), None);
}
