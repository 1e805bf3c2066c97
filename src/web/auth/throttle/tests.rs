//! Growing waits, per account and per address.

use super::*;

fn address(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

#[test]
fn the_wait_grows_and_passes() {
    let throttle = Throttle::default();
    let start = Instant::now();
    let mut waits = Vec::new();
    for _ in 0..12 {
        throttle.failed("Li", address(1), start);
        waits.push(throttle.wait("li", address(2), start).map_or(0, |wait| wait.as_secs()));
    }
    assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(throttle.wait("li", address(2), start + Duration::from_secs(61)), None, "no permanent lock");
    assert_eq!(throttle.wait("wang", address(2), start), None);
    throttle.succeeded("LI");
    assert_eq!(throttle.wait("li", address(2), start), None);
}

#[test]
fn an_address_that_tries_many_accounts_waits_too() {
    let throttle = Throttle::default();
    let now = Instant::now();
    for n in 0..24 {
        throttle.failed(&format!("user{n}"), address(1), now);
    }
    assert_eq!(throttle.wait("fresh", address(1), now), Some(Duration::from_secs(8)));
    assert_eq!(throttle.wait("fresh", address(2), now), None);
}

#[test]
fn a_flood_of_names_is_bounded() {
    let throttle = Throttle::default();
    let now = Instant::now();
    for n in 0..ENTRIES_MAX + 500 {
        throttle.failed(&format!("user{n}"), address(1), now);
    }
    assert!(throttle.0.lock().len() <= ENTRIES_MAX);
}
