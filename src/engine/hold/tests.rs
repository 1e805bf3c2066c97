use proptest::prelude::*;

use super::*;

/// From when, until when, and why.
type Lasted = (i64, Option<i64>, &'static str);

const POWER: &str = "CUSTOMER_POWER";
const ACCESS: &str = "CUSTOMER_ACCESS_DENIED";

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

fn stop(s: i64, reason: &str) -> ClockEvent {
    ClockEvent { at: at(s), reason: Some(reason.to_owned()), by: "li".to_owned() }
}

fn run(s: i64) -> ClockEvent {
    ClockEvent { at: at(s), reason: None, by: "wang".to_owned() }
}

fn lasted(said: &[ClockEvent]) -> Vec<Lasted> {
    let seconds = |time: Time| time.ms() / 1000;
    let hold = |hold: Hold| {
        let end = (!hold.is_open()).then(|| seconds(hold.window.end));
        (seconds(hold.window.start), end, hold.code.word())
    };
    holds(said).into_iter().map(hold).collect()
}

#[test]
fn a_hold_lasts_from_its_stop_until_the_clock_runs_again() {
    let cases: Vec<(&str, Vec<ClockEvent>, Vec<Lasted>)> = vec![
        ("it lasts until told otherwise", vec![stop(10, POWER)], vec![(10, None, POWER)]),
        ("it ends", vec![stop(10, POWER), run(20)], vec![(10, Some(20), POWER)]),
        ("whichever was told first", vec![run(20), stop(10, POWER)], vec![(10, Some(20), POWER)]),
        ("told twice it is one", vec![stop(10, POWER), stop(10, POWER), run(20), run(20)], vec![(10, Some(20), POWER)]),
        ("told again later it is one", vec![stop(10, POWER), stop(12, POWER), run(20)], vec![(10, Some(20), POWER)]),
        (
            "another reason is another hold",
            vec![stop(10, POWER), stop(15, ACCESS), run(20)],
            vec![(10, Some(15), POWER), (15, Some(20), ACCESS)],
        ),
        ("nothing to end", vec![run(5), stop(10, POWER)], vec![(10, None, POWER)]),
        ("two holds", vec![stop(10, POWER), run(20), stop(30, POWER)], vec![(10, Some(20), POWER), (30, None, POWER)]),
        (
            "at one instant it runs before it is stopped again",
            vec![stop(10, POWER), stop(20, POWER), run(20)],
            vec![(10, Some(20), POWER), (20, None, POWER)],
        ),
        ("at one instant it is stopped before it runs", vec![stop(10, POWER), run(10)], vec![]),
        ("no code, no hold", vec![stop(10, "LUNCH")], vec![]),
    ];
    for (name, said, expected) in cases {
        assert_eq!(lasted(&said), expected, "{name}");
    }
    assert_eq!(holds(&[stop(10, POWER), run(20)])[0].by, "li");
}

#[test]
fn a_hold_excludes_no_longer_than_its_ticket_runs() {
    let life = TicketLife::new("K-1", at(15), Some(at(30)));
    let found = holds(&[stop(10, POWER), run(20), stop(25, ACCESS), stop(40, POWER)]);
    let found = suspends("K-1", &life, found.into_iter().map(|hold| (hold.window, hold.code)));
    let told: Vec<(&str, Time, Time)> = found.iter().map(|s| (s.id.as_str(), s.window.start, s.window.end)).collect();
    let expected = [("K-1@1970-01-01T00:00:15Z", at(15), at(20)), ("K-1@1970-01-01T00:00:25Z", at(25), at(30))];
    assert_eq!(told, expected);
}

fn any_word() -> impl Strategy<Value = ClockEvent> {
    let reason = prop_oneof![Just(None), Just(Some(POWER.to_owned())), Just(Some(ACCESS.to_owned()))];
    (0..12i64, reason, "[ab]").prop_map(|(s, reason, by)| ClockEvent { at: at(s), reason, by })
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(
        (said, shuffled) in proptest::collection::vec(any_word(), 0..16).prop_flat_map(|said| {
            let twice: Vec<ClockEvent> = said.iter().chain(&said).cloned().collect();
            (Just(said), Just(twice).prop_shuffle())
        }),
    ) {
        let found = holds(&said);
        prop_assert_eq!(holds(&shuffled), found.clone());
        for pair in found.windows(2) {
            prop_assert!(pair[0].window.end <= pair[1].window.start);
        }
        prop_assert!(found.iter().all(|hold| hold.window.start < hold.window.end));
    }
}
