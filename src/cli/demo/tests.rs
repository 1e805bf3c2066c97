use super::*;

#[test]
fn a_clock_runs_forward() {
    assert_eq!(speed("0.5"), Ok(0.5));
    for text in ["0", "-1", "nan", "inf", "-inf", "fast", ""] {
        assert!(speed(text).is_err(), "{text}");
    }
}
