use engine::beside::worst;
use model::pm::Location;
use model::sample::{Sample, Samples};
use model::source::SourceId;
use model::text::Text;
use model::time::Time;
use store::performance::subject::{Numbers, Subject};

use super::*;

fn at(step: i64) -> Time {
    Time::from_ms(step * 900_000)
}

/// Unavailable seconds of one object and place, from the first quarter hour on; NaN is an empty cell.
fn series(location: Location, granularity: Granularity, rows: &[(IntervalStatus, f64)]) -> Series {
    let subject = Subject {
        numbers: Numbers { subject: 1, link: 1 },
        source: SourceId::new("E1"),
        object_id: "P1".to_owned(),
        object_type: "PORT".to_owned(),
        layer_rate: "VC4".to_owned(),
        location,
    };
    let mut samples = Samples::of(&[Text::from("UAS")]);
    for ((status, value), step) in rows.iter().zip(0..) {
        let row = Sample { subject: 1, link: 1, start: at(step), revision: 0, measured_s: 900, status: *status };
        samples.push(row, &[*value]);
    }
    Series { subject, granularity, samples }
}

fn values(series: Vec<Series>) -> Option<Vec<(Time, f64)>> {
    let (step, registers) = Measured { series }.registers("UAS")?;
    assert_eq!(step, Granularity::M15);
    Some(worst(&registers).into_iter().map(|(at, reading)| (at, reading.value)).collect())
}

#[test]
fn a_direction_whose_values_are_worth_nothing_leaves_gaps_and_one_that_is_never_told_does_not() {
    use IntervalStatus::{Invalid, Valid};
    let near = || series(Location::NearRx, Granularity::M15, &[(Valid, 5.0), (Valid, 0.0)]);
    let doubtful = series(Location::FarRx, Granularity::M15, &[(Invalid, 0.0), (Invalid, 900.0)]);
    assert_eq!(values(vec![near(), doubtful]), Some(vec![]), "nobody knows the other direction");
    let partly = series(Location::FarRx, Granularity::M15, &[(Invalid, 900.0), (Valid, 2.0)]);
    assert_eq!(values(vec![near(), partly]), Some(vec![(at(1), 2.0)]));
    let never = series(Location::FarRx, Granularity::M15, &[(Valid, f64::NAN), (Valid, f64::NAN)]);
    assert_eq!(values(vec![near(), never]), Some(vec![(at(0), 5.0), (at(1), 0.0)]));
}

#[test]
fn quarter_hours_are_taken_before_days_and_nothing_is_nothing() {
    let day = || series(Location::Both, Granularity::H24, &[(IntervalStatus::Valid, 7.0)]);
    let quarters = series(Location::Both, Granularity::M15, &[(IntervalStatus::Valid, 3.0)]);
    assert_eq!(values(vec![day(), quarters]), Some(vec![(at(0), 3.0)]));
    let alone = Measured { series: vec![day()] }.registers("UAS").unwrap();
    assert_eq!((alone.0, alone.1.len()), (Granularity::H24, 1));
    assert_eq!(values(vec![series(Location::Both, Granularity::M15, &[(IntervalStatus::Invalid, 3.0)])]), None);
    assert!(Measured { series: vec![day()] }.registers("ES").is_none());
}
