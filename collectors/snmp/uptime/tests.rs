use std::net::IpAddr;

use model::time::Time;
use proptest::prelude::*;

use super::Uptimes;

const DEVICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

fn ms(ms: i64) -> Time {
    Time::from_ms(1_700_000_000_000 + ms)
}

#[test]
fn what_overtook_another_stands_where_it_belongs() {
    let mut uptimes = Uptimes::default();
    assert_eq!(uptimes.place(DEVICE, 1000, ms(0)), ms(0));
    // Down at 1 s, up at 1.3 s; the second came first.
    assert_eq!(uptimes.place(DEVICE, 1130, ms(1310)), ms(1300));
    assert_eq!(uptimes.place(DEVICE, 1100, ms(1320)), ms(1000));
}

#[test]
fn a_device_that_started_anew_is_believed_at_once() {
    let mut uptimes = Uptimes::default();
    uptimes.place(DEVICE, 1_000_000, ms(0));
    assert_eq!(uptimes.place(DEVICE, 500, ms(60_000)), ms(60_000));
    assert_eq!(uptimes.place(DEVICE, 600, ms(61_030)), ms(61_000));
}

#[test]
fn after_497_days_the_time_wraps() {
    let mut uptimes = Uptimes::default();
    uptimes.place(DEVICE, u32::MAX, ms(0));
    assert_eq!(uptimes.place(DEVICE, 4, ms(50)), ms(50));
}

#[test]
fn a_device_without_a_clock_is_placed_by_ours_and_in_order() {
    let mut uptimes = Uptimes::default();
    let placed = [0, 5, 5, 5000, 5001, 90_000].map(|at| uptimes.place(DEVICE, 0, ms(at)));
    assert!(placed.is_sorted_by(|a, b| a < b), "{placed:?}");
    assert_eq!((placed[3], placed[5]), (ms(5000), ms(90_000)));
}

#[test]
fn a_device_without_a_clock_that_is_never_quiet_stays_in_the_present() {
    let mut uptimes = Uptimes::default();
    for at in (0..60_000).step_by(700) {
        let placed = uptimes.place(DEVICE, 0, ms(at));
        assert!(ms(at).since(placed).abs() <= 1000, "{at} ms after its first: {} ms off", ms(at).since(placed));
    }
}

proptest! {
    #[test]
    fn order_does_not_matter_within_a_second(
        ticks in prop::collection::btree_set(0u32..80, 1..12), delays in prop::collection::vec(0i64..150, 12)
    ) {
        let sent: Vec<(u32, i64)> =
            ticks.into_iter().zip(delays).map(|(ticks, delay)| (ticks, i64::from(ticks) * 10 + delay)).collect();
        let place = |order: &[(u32, i64)]| {
            let mut uptimes = Uptimes::default();
            uptimes.place(DEVICE, 4_000_000_000, ms(-1_000_000)); // another life
            uptimes.place(DEVICE, 1000, ms(-1000));
            let mut placed: Vec<(u32, Time)> = order
                .iter()
                .map(|(ticks, at)| (*ticks, uptimes.place(DEVICE, 1100 + ticks, ms(*at))))
                .collect();
            placed.sort();
            placed
        };
        let mut by_arrival = sent.clone();
        by_arrival.sort_by_key(|(_, at)| *at);
        prop_assert_eq!(place(&sent), place(&by_arrival));
    }
}
