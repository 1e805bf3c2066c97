use super::*;

fn share(part: i64, whole: i64) -> Share {
    Share::new(part, whole).unwrap()
}

#[test]
fn machines_read_five_decimals_rounded_half_even() {
    assert_eq!(share(1, 1).to_decimal(), "100.00000");
    assert_eq!(share(2, 3).to_decimal(), "66.66667");
    assert_eq!(share(1, 3).to_decimal(), "33.33333");
    assert_eq!(share(1, 20_000_000).to_decimal(), "0.00000", "0.000005 % goes to even");
    assert_eq!(share(3, 20_000_000).to_decimal(), "0.00002", "0.000015 % goes to even");
    assert_eq!(share(5, 20_000_000).to_decimal(), "0.00002", "0.000025 % goes to even");
    assert_eq!(serde_json::to_string(&share(9_852_207, 10_000_000)).unwrap(), "98.52207");
    assert_eq!(serde_json::to_string(&share(1, 1)).unwrap(), "100.0");
    for rounded in (0..=10_000_000).step_by(9_973) {
        let text = serde_json::to_string(&share(rounded, 10_000_000)).unwrap();
        assert_eq!(text.parse::<f64>().unwrap(), share(rounded, 10_000_000).to_decimal().parse::<f64>().unwrap());
        assert!(text.len() <= 9, "{text}");
    }
}

#[test]
fn people_read_three_decimals_truncated_towards_worse() {
    assert_eq!(share(99_999_999, 100_000_000).worse(), "99.999");
    assert_eq!(share(1, 1).worse(), "100.000");
    assert_eq!(share(2, 3).worse(), "66.666");
    assert_eq!(share(0, 5).worse(), "0.000");
}

#[test]
fn met_is_decided_on_the_integers() {
    let target = Percent::from_millionths(99_900_000);
    assert!(share(999, 1000).reaches(target));
    assert!(!share(998_999_999, 1_000_000_000).reaches(target), "it prints as 99.90000 all the same");
    assert_eq!(share(998_999_999, 1_000_000_000).to_decimal(), "99.90000");
}

#[test]
fn nothing_to_be_a_share_of_is_not_applicable() {
    assert_eq!(Share::new(0, 0), None);
    let all_excluded = Base { service: 100, down: 0, excluded_outage: 100, excluded: 100 };
    assert_eq!(all_excluded.availability(Denominator::NetOfExcludedOutage), None);
    assert_eq!(all_excluded.availability(Denominator::NetOfWindows), None);
    assert_eq!(all_excluded.gross().map(Share::to_decimal).as_deref(), Some("0.00000"));
}

#[test]
fn denominators_differ_as_they_should() {
    let base = Base { service: 1000, down: 10, excluded_outage: 100, excluded: 200 };
    let rounded = |denominator| base.availability(denominator).map(Share::rounded);
    assert_eq!(rounded(Denominator::NetOfExcludedOutage), Some(9_888_889)); // 890 / 900
    assert_eq!(rounded(Denominator::NetOfWindows), Some(9_875_000)); // 790 / 800
    assert_eq!(rounded(Denominator::Gross), Some(9_900_000)); // 990 / 1000
    assert_eq!(base.gross().map(Share::rounded), Some(8_900_000)); // 890 / 1000
}

#[test]
fn unmeasured_time_moves_only_base_and_down() {
    let totals = Totals { up: 700, down: 100, unmeasured: 200, ..Totals::default() };
    let base = |unmeasured| totals.base(unmeasured);
    assert_eq!((base(Unmeasured::LeaveBase).service, base(Unmeasured::LeaveBase).down), (800, 100));
    assert_eq!((base(Unmeasured::Up).service, base(Unmeasured::Up).down), (1000, 100));
    assert_eq!((base(Unmeasured::Down).service, base(Unmeasured::Down).down), (1000, 300));
}

#[test]
fn budget_rounds_against_us() {
    let plan = Plan::default();
    let base = Base { service: 1_999_999, down: 500, excluded_outage: 0, excluded: 0 };
    let budget = Budget::new(&plan, &base, 1_999_999);
    assert_eq!((budget.allowed_ms, budget.left_ms, budget.met), (1_999, 1_499, Some(true)));
}

#[test]
fn means_are_to_the_nearest_millisecond() {
    let counts = Counts { outages: 3, counted_ms: 1000, longest_ms: 600, ..Counts::default() };
    assert_eq!(
        (counts.mean_time_to_restore(), counts.mean_time_between(2_000), counts.longest()),
        (Some(333), Some(667), Some(600))
    );
    let none = Counts::default();
    assert_eq!((none.mean_time_to_restore(), none.mean_time_between(2_000), none.longest()), (None, None, None));
}
