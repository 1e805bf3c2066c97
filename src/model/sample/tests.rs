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

#[test]
fn rows_of_one_file_are_one_row() {
    let names = ["ES", "SES", "BBE"].map(Text::from);
    let list = |from: usize, status, measured_s, values: &[f64]| {
        let mut list = Samples::of(&names[from..from + values.len()]);
        list.push(Sample { status, measured_s, ..row(1, 0, 4) }, values);
        list
    };
    let valid = list(0, IntervalStatus::Valid, 900, &[1.0, 2.0]);
    let short = list(1, IntervalStatus::Valid, 890, &[9.0, 3.0]);
    let suspect = list(2, IntervalStatus::Invalid, 900, &[7.0]);
    let mut older = list(0, IntervalStatus::Valid, 900, &[5.0, 5.0, 5.0]);
    older.rows[0].revision = 3;
    let merged = Samples::merged(vec![older.clone(), valid.clone(), short, suspect.clone()]);
    assert_eq!(
        (merged.rows.len(), merged.rows[0].measured_s, merged.values.as_slice()),
        (1, 890, &[1.0, 2.0, 3.0][..])
    );
    for parts in [vec![valid.clone(), suspect.clone()], vec![suspect.clone(), valid.clone()]] {
        let merged = Samples::merged(parts);
        let cell = |name: &Text| merged.values[merged.params.iter().position(|known| known == name).unwrap()];
        assert_eq!(merged.rows[0].status, IntervalStatus::Valid);
        assert_eq!((cell(&names[0]), cell(&names[1])), (1.0, 2.0));
        assert!(cell(&names[2]).is_nan(), "what is not valid is a gap");
    }
    let mut other = valid;
    other.rows[0].link = 8;
    assert_eq!(Samples::merged(vec![suspect, other]).rows.len(), 1, "an object has one circuit at a time");
}

#[test]
fn rolled_rows_of_two_circuits_stand_side_by_side() {
    let part = |name: &str, link, value: f64| {
        let mut part = Samples::of(&[Text::from(name)]);
        part.push(Sample { link, ..row(1, 0, 0) }, &[value]);
        part
    };
    let all = Samples::beside(vec![part("b", 9, 2.0), part("a", 5, 1.0), part("b", 5, 3.0)]);
    assert_eq!(all.rows.iter().map(|row| row.link).collect::<Vec<_>>(), [5, 5, 9]);
    assert_eq!((all.values_of(0)[1], all.values_of(1)[0], all.values_of(2)[0]), (1.0, 3.0, 2.0));
}
