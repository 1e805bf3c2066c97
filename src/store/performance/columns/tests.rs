use super::*;

/// Rows of `subjects` subjects with `points` periods each, and every kind of value.
fn some(subjects: i64, points: i64) -> Samples {
    let names = ["WHOLE", "CENTS", "REAL", "HUGE", "NEVER"].map(Text::from);
    let mut samples = Samples::of(&names);
    for subject in 0..subjects {
        for point in 0..points {
            let x = (subject * 31 + point * 7) % 97;
            let sample = Sample {
                subject: subject + 1000,
                link: subject + 1003,
                start: Time::from_ms(1_793_000_000_000 + point * 900_000),
                revision: point * 3,
                measured_s: 900 - (x % 3) as u32,
                status: IntervalStatus::ALL[(x % 4) as usize],
            };
            let x = x as f64;
            let gap = |value: f64| if (subject + point) % 5 == 0 { f64::NAN } else { value };
            samples.push(sample, &[x - 40.0, x / 100.0, gap(x / 7.0), 1e300 * x, f64::NAN]);
        }
    }
    samples
}

fn same(left: &Samples, right: &Samples) {
    assert_eq!(left.rows, right.rows);
    let bits = |values: &[f64]| values.iter().map(|v| if v.is_nan() { 0 } else { v.to_bits() }).collect::<Vec<_>>();
    assert_eq!(bits(&left.values), bits(&right.values));
}

#[test]
fn rows_come_back_to_the_bit() {
    for (subjects, points) in [(1, 1), (700, 1), (16, 96), (3, 500)] {
        let samples = some(subjects, points);
        for effort in [Effort::Quick, Effort::Thorough] {
            let packed = pack(&samples, |subject| subject >> 8, |page| page << 8, effort).unwrap();
            let mut unpacker = Unpacker::new(samples.params.clone(), &packed.head).unwrap();
            let mut read = Samples::of(&samples.params);
            for page in &packed.pages {
                let part = unpacker.read(page.number << 8, page.rows, &page.body).unwrap();
                read.rows.extend(part.rows);
                read.values.extend(part.values);
            }
            same(&read, &samples);
            let block = write_block(&pack(&samples, |subject| subject, |page| page, effort).unwrap());
            same(&read_block(samples.params.clone(), &block, None).unwrap(), &samples);
            let one = read_block(samples.params.clone(), &block, Some(1000)).unwrap();
            assert_eq!(one.rows.len(), points as usize);
            assert!(one.rows.iter().all(|row| row.subject == 1000));
        }
    }
}

#[test]
fn damage_is_an_error() {
    let samples = some(16, 10);
    let block = write_block(&pack(&samples, |subject| subject, |page| page, Effort::Thorough).unwrap());
    for cut in 0..block.len() {
        assert!(read_block(samples.params.clone(), &block[..cut], None).is_err(), "cut at {cut}");
    }
}
