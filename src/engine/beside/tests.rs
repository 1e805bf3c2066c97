use proptest::prelude::*;

use super::*;

const STEP: i64 = 900_000;
const HOUR: i64 = 3_600_000;

fn at(ms: i64) -> Time {
    Time::from_ms(ms)
}

fn interval(from: i64, to: i64, class: Class) -> Interval {
    let down = (class == Class::Excluded).then_some(true);
    Interval { start: at(from), end: at(to), class, code: None, down, degraded: None, evidence: Vec::new() }
}

fn register(object: u32, location: Location, values: &[(i64, f64)]) -> Register {
    let reading = |(step, value): &(i64, f64)| (at(step * STEP), Reading { value: *value, measured_s: 900 });
    Register { values: values.iter().map(reading).collect(), ..Register::new(object, location) }
}

fn value(worst: &BTreeMap<Time, Reading>, step: i64) -> Option<f64> {
    worst.get(&at(step * STEP)).map(|reading| reading.value)
}

#[test]
fn both_directions_are_the_worse_one_and_a_direction_that_is_missing_makes_a_gap() {
    let near = register(1, Location::NearRx, &[(0, 3.0), (1, 0.0), (2, 5.0)]);
    let far = register(1, Location::FarRx, &[(0, 7.0), (1, 0.0)]);
    let two = worst(&[near.clone(), far.clone()]);
    assert_eq!([value(&two, 0), value(&two, 1), value(&two, 2)], [Some(7.0), Some(0.0), None]);
    let both = register(1, Location::Both, &[(0, 4.0), (2, 9.0)]);
    let three = worst(&[near.clone(), far, both]);
    assert_eq!([value(&three, 0), value(&three, 1), value(&three, 2)], [Some(4.0), Some(0.0), Some(9.0)]);
    // Another object that knows more says more.
    let other = register(2, Location::NearRx, &[(1, 11.0), (2, 0.0)]);
    let objects = worst(&[near, other]);
    assert_eq!([value(&objects, 0), value(&objects, 1), value(&objects, 2)], [Some(3.0), Some(11.0), Some(5.0)]);
}

#[test]
fn what_one_side_does_not_know_is_not_compared() {
    let ledger = [
        interval(0, STEP / 2, Class::NotInService),
        interval(STEP / 2, STEP, Class::Up),
        interval(STEP, STEP + 600_000, Class::Down),
        interval(STEP + 600_000, 2 * STEP + 30_000, Class::Excluded),
        interval(2 * STEP + 30_000, 4 * STEP, Class::Up),
        interval(4 * STEP, 4 * STEP + 1000, Class::Unmeasured),
        interval(4 * STEP + 1000, 6 * STEP + 1, Class::Down),
    ];
    let told = Window::new(at(0), at(6 * STEP + 1));
    // The third has no value, the sixth is none of whole stretches.
    let values = [(0, 900.0), (1, 900.0), (3, 20.4), (4, 100.0), (5, 2000.0), (6, 900.0)];
    let registers = [register(1, Location::Both, &values)];
    let found = beside(&ledger, told, STEP, &registers).unwrap();
    let expected = Beside {
        step_ms: STEP,
        one_way: false,
        compared_ms: 3 * STEP,
        unavailable_ms: 900_000 + 20_400 + 900_000,
        down_ms: 1_800_000,
        more_ms: 20_400,
        less_ms: 0,
        gap_ms: STEP,
        gap_down_ms: 30_000,
        silent_ms: STEP,
        silent_unavailable_ms: 100_000,
        valid_ms: 4 * STEP,
        differing: 1,
        differences: vec![Difference {
            window: Window::new(at(3 * STEP), at(4 * STEP)),
            unavailable_ms: 20_400,
            down_ms: 0,
        }],
    };
    assert_eq!(found, expected);
    assert_eq!(found.completeness().unwrap().to_decimal(), "80.00000");
    assert_eq!(found.availability_by_alarms().unwrap().to_decimal(), "33.33333");
}

#[test]
fn nothing_measured_is_no_comparison() {
    let ledger = [interval(0, HOUR, Class::Up)];
    let told = Window::new(at(0), at(HOUR));
    assert_eq!(beside(&ledger, told, STEP, &[]), None);
    assert_eq!(beside(&ledger, told, STEP, &[register(1, Location::Both, &[])]), None);
    let said = sentence(None, 1000);
    assert_eq!(said.en, "There is no performance data of this circuit in the period.");
}

#[test]
fn the_sentence_says_what_makes_the_difference() {
    let ledger = [interval(0, HOUR - 10_000, Class::Up), interval(HOUR - 10_000, HOUR, Class::Down)];
    let told = Window::new(at(0), at(HOUR));
    let one_way = [register(1, Location::NearRx, &[(0, 12.0), (1, 0.0), (3, 0.0)])];
    let found = beside(&ledger, told, STEP, &one_way).unwrap();
    let said = sentence(Some(&found), 20_000);
    assert_eq!(
        said.en,
        "Of 2700 s compared, 12 s were unavailable as measured and 10 s down by alarms. They differ in 2 quarter \
         hours: 12 s more and 10 s less were measured. 900 s have no valid performance data; 0 s of them were down by \
         alarms. Some objects are measured in one direction only. The difference of 22 s is above the limit of 20 s \
         and has to be looked into."
    );
    assert!(said.zh.contains("差异合计 22 秒，超过限值 20 秒") && said.zh.contains("单方向"), "{}", said.zh);
    assert!(sentence(Some(&found), 22_000).en.ends_with("is within the limit of 22 s."));
}

/// Second by second, from the same numbers.
fn slow(ledger: &[Interval], steps: i64, values: &BTreeMap<i64, f64>) -> (i64, i64, i64) {
    let (mut compared, mut unavailable, mut down) = (0, 0, 0);
    for step in 0..steps {
        let seconds: Vec<&Interval> = (0..900)
            .filter_map(|second| {
                let instant = at(step * STEP + second * 1000);
                ledger.iter().find(|interval| interval.window().holds(instant))
            })
            .collect();
        let known = seconds.iter().all(|one| matches!(one.class, Class::Up | Class::Down | Class::Excluded));
        let Some(value) = values.get(&step).filter(|_| known) else { continue };
        compared += STEP;
        unavailable += *value as i64 * 1000;
        down += seconds.iter().filter(|one| one.class == Class::Down || one.down == Some(true)).count() as i64 * 1000;
    }
    (compared, unavailable, down)
}

fn class() -> impl Strategy<Value = Class> {
    let classes = [
        Class::Up,
        Class::Up,
        Class::Down,
        Class::Excluded,
        Class::Unmeasured,
        Class::NotInService,
        Class::OutsideWindow,
    ];
    prop::sample::select(classes.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn it_agrees_with_a_look_at_every_second(
        pieces in prop::collection::vec((1i64..2000, class()), 1..12),
        values in prop::collection::btree_map(0i64..8, (0u32..900).prop_map(f64::from), 0..8),
    ) {
        let mut from = 0;
        let mut ledger = Vec::new();
        for (seconds, class) in pieces {
            ledger.push(interval(from, from + seconds * 1000, class));
            from += seconds * 1000;
        }
        let rows: Vec<(i64, f64)> = values.iter().map(|(step, value)| (*step, *value)).collect();
        let registers = [register(1, Location::Both, &rows)];
        let told = Window::new(at(0), at(from));
        let found = beside(&ledger, told, STEP, &registers);
        prop_assert_eq!(found.is_none(), values.is_empty());
        if let Some(found) = found {
            let numbers = (found.compared_ms, found.unavailable_ms, found.down_ms);
            prop_assert_eq!(numbers, slow(&ledger, from / STEP, &values));
            prop_assert_eq!(found.unavailable_ms - found.down_ms, found.more_ms - found.less_ms);
            prop_assert_eq!(found.differing as usize, found.differences.len());
        }
    }
}
