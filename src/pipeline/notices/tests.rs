use super::*;

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

#[test]
fn a_repeat_is_a_repeat_and_other_content_is_a_counter_reset() {
    let mut notices = Notices::default();
    assert_eq!(notices.note(7, 1, at(0)), Notice::New);
    assert_eq!(notices.note(7, 1, at(1)), Notice::Repeat);
    assert_eq!(notices.note(7, 2, at(2)), Notice::CounterReset);
    assert_eq!(notices.last(), Some(7));
}

#[test]
fn overtaking_within_30_s_is_no_gap() {
    let mut notices = Notices::after(Some(1));
    notices.note(4, 1, at(0));
    notices.note(2, 1, at(10));
    assert!(!notices.take_gap(at(29)));
    notices.note(3, 1, at(29));
    assert!(!notices.take_gap(at(60)), "all came");
}

#[test]
fn a_gap_that_stays_open_asks_for_one_sync() {
    let mut notices = Notices::after(Some(1));
    notices.note(3, 1, at(0));
    assert!(!notices.take_gap(at(29)));
    assert!(notices.take_gap(at(30)));
    assert!(!notices.take_gap(at(90)), "once");
}

#[test]
fn a_huge_jump_is_bounded_and_is_a_gap() {
    let mut notices = Notices::after(Some(1));
    notices.note(u64::MAX, 1, at(0));
    assert!(notices.take_gap(at(31)));
}

#[test]
fn far_below_the_last_is_a_counter_that_began_anew() {
    let mut notices = Notices::after(Some(50_000));
    assert_eq!(notices.note(49_000, 1, at(0)), Notice::New, "it may have been overtaken");
    assert_eq!(notices.note(1, 1, at(1)), Notice::CounterReset);
    assert_eq!(notices.note(2, 2, at(2)), Notice::New);
    assert_eq!(notices.last(), Some(2));
    assert!(!notices.take_gap(at(60)));
}

#[test]
fn what_was_refused_is_news_when_it_comes_again() {
    let mut notices = Notices::default();
    notices.note(7, 1, at(0));
    notices.note(8, 1, at(0));
    notices.forget(7);
    assert_eq!(notices.note(7, 1, at(1)), Notice::New);
    assert_eq!(notices.note(7, 1, at(2)), Notice::Repeat);
    assert!(!notices.take_gap(at(60)), "it was heard");
}
