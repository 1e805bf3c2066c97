use model::time::Time;

use super::*;

fn window(start: i64, end: i64) -> Window {
    Window { start: Time::from_ms(start), end: Time::from_ms(end) }
}

fn correction(start: i64, end: i64, change: Change) -> Correction {
    Correction::new("1", window(start, end), change)
}

#[test]
fn up_takes_away_and_down_adds_and_down_holds() {
    let found = [window(10, 20), window(30, 40)];
    let corrections = [
        correction(15, 35, Change::Up),
        correction(34, 38, Change::Down),
        correction(50, 60, Change::Down),
        correction(12, 13, Change::Exclude(ExclusionCode::ForceMajeure)),
        correction(19, 11, Change::Up),
    ];
    let corrected = down(Cow::Borrowed(&found), &corrections).into_owned();
    assert_eq!(corrected, [window(10, 15), window(34, 40), window(50, 60)]);
    let turned: Vec<Correction> = corrections.iter().chain(&corrections).rev().cloned().collect();
    assert_eq!(down(Cow::Borrowed(&found), &turned).into_owned(), corrected);
    assert_eq!(*impaired(Cow::Borrowed(&found), &corrections), [window(10, 15), window(35, 40)]);
}

#[test]
fn an_exclusion_changes_no_outage() {
    let found = [window(10, 20)];
    let exclusion = [correction(0, 50, Change::Exclude(ExclusionCode::ForceMajeure))];
    assert!(matches!(down(Cow::Borrowed(&found), &exclusion), Cow::Borrowed(_)));
}
