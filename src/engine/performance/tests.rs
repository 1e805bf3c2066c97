use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

fn row(subject: i64, start: Time, status: IntervalStatus) -> Sample {
    Sample { subject, link: subject, start, revision: 5, measured_s: 900, status }
}

fn figure(rolled: &Samples, row: usize, name: &str) -> f64 {
    rolled.values_of(row)[rolled.params.iter().position(|known| known == name).unwrap()]
}

#[test]
fn stretches_follow_the_calendar() {
    let china = Zone::china();
    let day = Stretch::Day.around(at("2026-10-31T16:00:00Z"), &china);
    assert_eq!((day.start, day.end), (at("2026-10-31T16:00:00Z"), at("2026-11-01T16:00:00Z")));
    let month = Stretch::Month.around(at("2026-10-31T15:59:59Z"), &china);
    assert_eq!((month.start, month.end), (at("2026-09-30T16:00:00Z"), at("2026-10-31T16:00:00Z")));
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    let long = Stretch::Day.around(at("2026-10-25T12:00:00Z"), &berlin);
    assert_eq!(long.length_ms(), 25 * HOUR_MS);
    let inside = Stretch::Day.inside(Window::new(at("2026-10-24T00:00:00Z"), at("2026-10-26T23:00:00Z")), &berlin);
    assert_eq!(inside.len(), 2, "days that begin inside: {inside:?}");
}

#[test]
fn gaps_are_never_zero_and_never_averaged_in() {
    let start = at("2026-10-01T00:00:00Z");
    let mut samples = Samples::of(&[Text::from("ES"), Text::from("TEMP")]);
    samples.push(row(1, start, IntervalStatus::Valid), &[4.0, 30.0]);
    samples.push(row(1, start.plus_s(900), IntervalStatus::Incomplete), &[900.0, 90.0]);
    samples.push(row(1, start.plus_s(1800), IntervalStatus::Valid), &[2.0, f64::NAN]);
    samples.push(row(1, start.plus_s(3600), IntervalStatus::Invalid), &[7.0, 7.0]);
    let rolled = roll(&samples, Stretch::Hour, &Zone::china());
    assert_eq!(rolled.rows.len(), 2);
    assert_eq!(rolled.rows[0].measured_s, 1800);
    assert_eq!((figure(&rolled, 0, "ES.sum"), figure(&rolled, 0, "ES.count")), (6.0, 2.0));
    assert_eq!((figure(&rolled, 0, "ES.min"), figure(&rolled, 0, "ES.max")), (2.0, 4.0));
    assert_eq!((figure(&rolled, 0, "TEMP.sum"), figure(&rolled, 0, "TEMP.count")), (30.0, 1.0));
    assert_eq!(rolled.rows[1].measured_s, 0);
    assert!(figure(&rolled, 1, "ES.max").is_nan());
    assert_eq!(figure(&rolled, 1, "ES.count"), 0.0);
}

#[test]
fn the_95th_percentile_is_a_value_that_was_measured() {
    let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
    assert_eq!(figures(&mut values)[4], 95.0);
    assert_eq!(figures(&mut [7.0])[4], 7.0);
}

#[test]
fn what_is_no_longer_held_as_measured_stays_rolled_up() {
    let (old, new) = (at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
    let samples = |start, value| {
        let mut samples = Samples::of(&[Text::from("ES.sum")]);
        samples.push(row(1, start, IntervalStatus::Valid), &[value]);
        samples
    };
    let late = replaced(samples(old, 9.0), samples(old, 1.0), new);
    assert_eq!(late.values, [9.0], "one late row does not replace the figure of the whole");
    assert_eq!(replaced(samples(new, 9.0), samples(new, 1.0), new).values, [1.0]);
}

#[test]
fn an_object_that_comes_back_to_a_circuit_has_one_row_for_it() {
    let begin = at("2026-10-30T20:00:00Z");
    let mut samples = Samples::of(&[Text::from("ES")]);
    for (quarter, link, value) in [(0, 7, 1.0), (1, 3, 10.0), (2, 7, 2.0), (3, 3, 20.0)] {
        let sample = Sample { link, ..row(1, begin.plus_s(quarter * 900), IntervalStatus::Valid) };
        samples.push(sample, &[value]);
    }
    let rolled = roll(&samples, Stretch::Hour, &Zone::utc());
    let rows: Vec<_> = rolled.rows.iter().map(|row| (row.link, row.start, row.measured_s)).collect();
    assert_eq!(rows, [(3, begin, 1800), (7, begin, 1800)]);
    assert_eq!((figure(&rolled, 0, "ES.sum"), figure(&rolled, 1, "ES.sum")), (30.0, 3.0));
    let held = rolled.clone().only(|row| row.link == 3);
    let late = replaced(held, rolled.clone(), Time::MAX);
    assert_eq!(late, rolled, "the row of one circuit does not take the other's place");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Hours and days of any rows equal sums that are counted one by one, whatever the order of arrival.
    #[test]
    fn every_value_counts_once(
        told in prop::collection::vec((0_i64..3, 0_i64..200, 0_u32..1000, 0_usize..4), 1..120),
        seed in any::<u64>(),
    ) {
        let begin = at("2026-10-30T20:00:00Z");
        let status = |n: usize| IntervalStatus::ALL[n];
        let part = |(revision, (subject, slot, value, word)): (usize, &(i64, i64, u32, usize))| {
            let mut part = Samples::of(&[Text::from("ES")]);
            let sample = Sample { revision: revision as i64, ..row(*subject, begin.plus_s(slot * 900), status(*word)) };
            part.push(sample, &[f64::from(*value)]);
            part
        };
        let mut parts: Vec<Samples> = told.iter().enumerate().map(part).collect();
        parts.extend(parts.clone());
        let length = parts.len();
        parts.rotate_left(seed as usize % length);
        let samples = Samples::merged(parts);
        for stretch in [Stretch::Hour, Stretch::Day, Stretch::Month] {
            let rolled = roll(&samples, stretch, &Zone::china());
            let mut expected = std::collections::BTreeMap::new();
            for (index, (subject, slot, value, word)) in told.iter().enumerate() {
                let last = told.iter().rposition(|(s, p, ..)| (s, p) == (subject, slot)) == Some(index);
                let window = stretch.around(begin.plus_s(slot * 900), &Zone::china());
                let held: &mut (f64, u32) = expected.entry((*subject, window.start)).or_default();
                if last && status(*word) == IntervalStatus::Valid {
                    held.0 += f64::from(*value);
                    held.1 += 900;
                }
            }
            prop_assert_eq!(rolled.rows.len(), expected.len());
            for (at, row) in rolled.rows.iter().enumerate() {
                let (sum, measured) = expected[&(row.subject, row.start)];
                prop_assert_eq!(row.measured_s, measured);
                let found = figure(&rolled, at, "ES.sum");
                prop_assert!(found == sum || measured == 0 && found.is_nan());
            }
        }
    }
}
