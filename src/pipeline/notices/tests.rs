use super::*;

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

/// Numbers that came up to here without a restart.
fn heard(last: u64) -> Notices {
    Notices { last: Some(last), ..Notices::default() }
}

/// The same after a restart.
fn restarted(notices: &Notices) -> Notices {
    Notices::after(notices.kept())
}

#[test]
fn a_repeat_is_a_repeat_and_other_content_is_a_counter_reset() {
    let mut notices = Notices::default();
    assert_eq!(notices.note(7, 1, at(0)), Notice::New);
    assert_eq!(notices.note(7, 1, at(1)), Notice::Repeat);
    assert_eq!(notices.note(7, 2, at(2)), Notice::CounterReset);
    assert_eq!(notices.last, Some(7));
}

#[test]
fn overtaking_within_30_s_is_no_gap() {
    let mut notices = heard(1);
    notices.note(4, 1, at(0));
    notices.note(2, 1, at(10));
    assert!(!notices.take_gap(at(29)));
    notices.note(3, 1, at(29));
    assert!(!notices.take_gap(at(60)), "all came");
}

#[test]
fn a_gap_that_stays_open_asks_for_one_sync() {
    let mut notices = heard(1);
    notices.note(3, 1, at(0));
    assert!(!notices.take_gap(at(29)));
    assert!(notices.take_gap(at(30)));
    assert!(!notices.take_gap(at(90)), "once");
}

#[test]
fn a_huge_jump_is_bounded_and_is_a_gap() {
    let mut notices = heard(1);
    notices.note(u64::MAX, 1, at(0));
    assert!(notices.take_gap(at(31)));
}

#[test]
fn far_below_the_last_is_a_counter_that_began_anew() {
    let mut notices = heard(50_000);
    assert_eq!(notices.note(49_000, 1, at(0)), Notice::New, "it may have been overtaken");
    assert_eq!(notices.note(1, 1, at(1)), Notice::CounterReset);
    assert_eq!(notices.note(2, 2, at(2)), Notice::New);
    assert_eq!(notices.last, Some(2));
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

#[test]
fn after_a_restart_a_counter_that_began_anew_is_noticed() {
    let mut notices = Notices::default();
    for id in 1000..=1006 {
        notices.note(id, id, at(0));
    }
    let mut again = restarted(&notices);
    assert_eq!(again.note(1006, 1006, at(1)), Notice::Repeat);
    assert_eq!(again.note(1, 7, at(1)), Notice::CounterReset, "less than 10,000 below");
    assert_eq!([again.note(2, 7, at(1)), again.note(4, 7, at(1))], [Notice::New; 2]);
    assert!(again.take_gap(at(31)), "3 is missing");
    let mut again = restarted(&notices);
    assert_eq!(again.note(1005, 7, at(1)), Notice::CounterReset, "known, with other content");
    let mut again = restarted(&notices);
    assert_eq!(again.note(1007, 7, at(1)), Notice::New, "it counts on");
}

#[test]
fn a_gap_outlives_a_restart() {
    let mut notices = heard(1);
    notices.note(3, 1, at(0));
    notices.note(7, 1, at(0));
    let mut again = restarted(&restarted(&notices));
    assert_eq!(again.kept().gaps, [(2, 2), (4, 6)]);
    assert_eq!([2, 4, 5].map(|id| again.note(id, 1, at(1))), [Notice::New; 3]);
    assert!(again.take_gap(at(30)), "6 is missing");
}

#[test]
fn what_was_refused_before_a_restart_is_no_repetition() {
    let mut notices = heard(1);
    notices.note(2, 1, at(0));
    notices.forget(2);
    assert_ne!(restarted(&notices).note(2, 1, at(1)), Notice::Repeat);
}
