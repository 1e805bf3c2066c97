use super::*;

fn row(subject: i64, at: i64, revision: i64) -> Sample {
    let status = IntervalStatus::Valid;
    Sample { subject, link: subject, start: Time::from_ms(at), revision, measured_s: 900, status }
}

#[test]
fn the_highest_revision_holds_whatever_the_order_of_the_parts() {
    let (es, ses) = (Text::from("ES"), Text::from("SES"));
    let mut first = Samples::of(&[es.clone(), ses.clone()]);
    first.push(row(2, 0, 1), &[1.0, 2.0]);
    first.push(row(1, 0, 1), &[3.0, 4.0]);
    let mut second = Samples::of(std::slice::from_ref(&ses));
    second.push(row(2, 0, 7), &[9.0]);
    second.push(row(2, 900, 7), &[5.0]);
    for parts in [vec![first.clone(), second.clone()], vec![second, first.clone(), first]] {
        let merged = Samples::merged(parts);
        let cell = |row: usize, name: &Text| {
            merged.values_of(row)[merged.params.iter().position(|known| known == name).unwrap()]
        };
        assert_eq!(merged.rows, [row(1, 0, 1), row(2, 0, 7), row(2, 900, 7)]);
        assert_eq!((cell(0, &es), cell(0, &ses)), (3.0, 4.0));
        assert!(cell(1, &es).is_nan(), "a correction replaces the row as a whole");
        assert_eq!((cell(1, &ses), cell(2, &ses)), (9.0, 5.0));
    }
}
