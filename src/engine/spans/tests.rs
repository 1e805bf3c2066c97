use super::*;

fn window(start: i64, end: i64) -> Window {
    Window { start: Time::from_ms(start), end: Time::from_ms(end) }
}

#[test]
fn union_joins_what_touches() {
    let joined = union(vec![window(5, 7), window(0, 2), window(2, 3), window(4, 4), window(6, 9)]);
    assert_eq!(joined, [window(0, 3), window(5, 9)]);
}

#[test]
fn merging_fills_gaps_that_are_shorter() {
    let spans = vec![window(0, 10), window(15, 20), window(30, 31)];
    assert_eq!(merge_closer(spans.clone(), 5), spans);
    assert_eq!(merge_closer(spans, 6), [window(0, 20), window(30, 31)]);
}

#[test]
fn cursor_walks_forward() {
    let spans = [window(2, 4), window(6, 8)];
    let mut cursor = Cursor::new(&spans);
    let seen: Vec<(bool, Time)> = [0, 2, 3, 4, 7, 9].map(|ms| cursor.look(Time::from_ms(ms))).into();
    let at = Time::from_ms;
    let expected = [(false, at(2)), (true, at(4)), (true, at(4)), (false, at(6)), (true, at(8)), (false, Time::MAX)];
    assert_eq!(seen, expected);
}

#[test]
fn holes_leave_what_is_between_them() {
    let holes = [window(8, 9), window(2, 4), window(3, 5), window(12, 20)];
    assert_eq!(minus(&[window(0, 10)], &holes), [window(0, 2), window(5, 8), window(9, 10)]);
    assert_eq!(minus(&[window(3, 13)], &holes), [window(5, 8), window(9, 12)]);
    assert_eq!(minus(&[window(12, 15)], &holes), []);
    assert_eq!(minus(&[window(0, 3)], &[]), [window(0, 3)]);
    assert_eq!(common(&holes[..1], &[window(0, 3), window(7, 30)]), [window(8, 9)]);
}

#[test]
fn cutting_keeps_the_inside() {
    let spans = [window(0, 4), window(6, 8), window(9, 12)];
    assert_eq!(cut(&spans, window(3, 10)), [window(3, 4), window(6, 8), window(9, 10)]);
    assert_eq!(length_ms(&cut(&spans, window(4, 6))), 0);
}
