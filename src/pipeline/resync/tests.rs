use super::*;

fn held(n: usize) -> Vec<Held> {
    (0..n).map(|i| Held { alarm_id: format!("A{i}"), last_told_at: Time::from_ms(i as i64) }).collect()
}

fn listed(ids: &[&'static str]) -> HashSet<&'static str> {
    ids.iter().copied().collect()
}

#[test]
fn what_is_missing_and_older_than_the_snapshot_is_cleared() {
    let verdict = judge(&held(3), &listed(&["A0"]), Time::from_ms(2), Confirmed::No);
    assert_eq!(verdict, Verdict::Clear(vec!["A1".into()]), "A2 was told at the snapshot's instant or later");
}

#[test]
fn clearing_everything_needs_a_second_sync_even_if_it_is_one_alarm() {
    let late = Time::from_ms(1000);
    assert_eq!(judge(&held(1), &listed(&[]), late, Confirmed::No), Verdict::Confirm { clears: 1, active: 1 });
    assert_eq!(judge(&held(1), &listed(&[]), late, Confirmed::Yes), Verdict::Clear(vec!["A0".into()]));
}

#[test]
fn clearing_more_than_half_and_more_than_ten_needs_a_second_sync() {
    let late = Time::from_ms(1000);
    let keep: HashSet<&str> = ["A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"].into();
    assert_eq!(judge(&held(20), &keep, late, Confirmed::No), Verdict::Confirm { clears: 11, active: 20 });
    assert!(matches!(judge(&held(18), &keep, late, Confirmed::No), Verdict::Clear(gone) if gone.len() == 9));
}

#[test]
fn an_empty_snapshot_of_an_empty_list_is_fine() {
    assert_eq!(judge(&[], &listed(&[]), Time::from_ms(5), Confirmed::No), Verdict::Clear(vec![]));
}
