use model::time::Time;

use super::*;

fn window(start: i64, end: i64) -> Window {
    Window { start: Time::from_ms(start), end: Time::from_ms(end) }
}

fn life(segment: u16, alternative: u16, exists: &[(i64, i64)]) -> AlternativeLife {
    let exists = exists.iter().map(|(start, end)| window(*start, *end)).collect();
    AlternativeLife { segment, alternative, exists }
}

fn always(segment: u16, alternative: u16) -> AlternativeLife {
    AlternativeLife { segment, alternative, exists: vec![Window::ALWAYS] }
}

fn hit(place: Place, start: i64, end: i64, episode: u32) -> Hit {
    Hit { window: window(start, end), place, impact: Impact::Outage, episode }
}

const fn on(segment: u16, alternative: u16) -> Place {
    Place::Alternative { segment, alternative }
}

#[test]
fn segments_in_series() {
    let route = [always(1, 1), always(2, 1)];
    let hits = [hit(on(1, 1), 10, 20, 0), hit(on(2, 1), 15, 30, 1), hit(on(2, 1), 30, 31, 2)];
    let found = Condition::new(&route, &hits);
    assert_eq!(found.down, [window(10, 31)]);
    assert_eq!(blame(&route, &hits), [(window(10, 20), 0), (window(15, 30), 1), (window(30, 31), 2)]);
}

#[test]
fn alternatives_in_parallel() {
    let route = [always(1, 1), always(1, 2)];
    let hits = [hit(on(1, 1), 10, 20, 0), hit(on(1, 2), 15, 30, 1)];
    let found = Condition::new(&route, &hits);
    assert_eq!(found.down, [window(15, 20)]);
    assert_eq!(*found.impaired(), [window(10, 30)], "redundancy lost");
    assert_eq!(blame(&route, &hits), [(window(15, 20), 0), (window(15, 20), 1)]);
}

#[test]
fn an_alternative_that_does_not_exist_protects_nothing() {
    let route = [always(1, 1), life(1, 2, &[(0, 15), (25, 40)])];
    let found = Condition::new(&route, &[hit(on(1, 1), 10, 30, 0)]);
    assert_eq!(found.down, [window(15, 25)]);
}

#[test]
fn a_segment_that_does_not_exist_is_not_down() {
    let route = [life(1, 1, &[(0, 15)])];
    let found = Condition::new(&route, &[hit(on(1, 1), 10, 30, 0), hit(on(7, 1), 0, 90, 1)]);
    assert_eq!(found.down, [window(10, 15)]);
}

#[test]
fn an_outage_that_names_the_circuit_needs_no_route() {
    let hits = [hit(Place::Whole, 10, 20, 0), hit(Place::Whole, 20, 25, 1)];
    let (route, found) = ([], Condition::new(&[], &hits));
    assert_eq!(found.down, [window(10, 25)]);
    assert_eq!(blame(&route, &hits), [(window(10, 20), 0), (window(20, 25), 1)]);
}

#[test]
fn degradation_and_doubt_take_nothing_down() {
    let degraded = Hit { impact: Impact::Degraded, ..hit(on(1, 1), 10, 20, 0) };
    let unknown = Hit { impact: Impact::Unmeasured, ..hit(Place::Whole, 30, 40, 1) };
    let found = Condition::new(&[always(1, 1)], &[degraded, unknown]);
    assert_eq!((&*found.down, &*found.impaired()), (&[][..], &[window(10, 20)][..]));
    assert_eq!(found.unknown, [window(30, 40)]);
}

#[test]
fn open_outages_last_for_ever() {
    let open = Hit { window: Window { start: Time::from_ms(10), end: Time::MAX }, ..hit(on(1, 1), 0, 1, 0) };
    let found = Condition::new(&[always(1, 1)], &[open]);
    assert_eq!(found.down, [Window { start: Time::from_ms(10), end: Time::MAX }]);
}

#[test]
fn gaps_merge_before_short_outages_are_dropped() {
    let s = |start: i64, end: i64| window(start * 1000, end * 1000);
    let down = [s(0, 40), s(60, 90), s(390, 400), s(800, 859)];
    let counted = |gap, min| counted_outages(Cow::Borrowed(&down), &[Window::ALWAYS], gap, min);
    assert_eq!(*counted(0, 0), down[..]);
    assert_eq!(*counted(300, 60), [s(0, 90)], "a gap of exactly 300 s stays, 59 s are too short");
    assert_eq!(*counted(301, 60), [s(0, 400)]);
    assert_eq!(*counted(0, 59), [s(800, 859)]);
    assert_eq!(*counted_outages(Cow::Borrowed(&down), &[s(30, 70)], 0, 0), [s(30, 40), s(60, 70)]);
}
