use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use model::time::Time;
use proptest::prelude::*;

use super::{Datagram, Fair, OVERHEAD};

fn datagram(sender: u8, number: u32) -> Datagram {
    let from = SocketAddr::from(([10, 0, 0, sender], 1000));
    Datagram { from, at: Time::MIN, bytes: Bytes::from(number.to_be_bytes().to_vec()) }
}

/// Room for so many of these datagrams.
fn room(datagrams: usize) -> Fair {
    Fair::new(datagrams * (4 + OVERHEAD))
}

fn senders(fair: &mut Fair) -> Vec<u8> {
    let last = |from: IpAddr| from.to_string().rsplit('.').next().unwrap().parse().unwrap();
    std::iter::from_fn(|| fair.pop()).map(|datagram| last(datagram.from.ip())).collect()
}

#[test]
fn senders_take_turns() {
    let mut fair = room(10);
    for (sender, number) in [(1, 0), (1, 1), (1, 2), (2, 0), (3, 0), (2, 1)] {
        assert!(fair.push(datagram(sender, number)).is_empty());
    }
    assert_eq!(senders(&mut fair), [1, 2, 3, 1, 2, 1]);
    assert!(fair.is_empty());
}

#[test]
fn a_storm_costs_only_its_own_sender() {
    let mut fair = room(100);
    fair.push(datagram(1, 7));
    let gone: Vec<Datagram> = (0..1000).flat_map(|number| fair.push(datagram(2, number))).collect();
    assert_eq!(gone.len(), 901);
    assert!(gone.iter().all(|datagram| datagram.from.ip() == IpAddr::from([10, 0, 0, 2])));
    assert_eq!(gone[0], datagram(2, 0), "the oldest goes: the newest says how things are");
    assert!(fair.push(datagram(1, 8)).iter().all(|gone| gone.from != datagram(1, 8).from));
    assert_eq!(fair.pop(), Some(datagram(1, 7)));
}

proptest! {
    #[test]
    fn what_came_is_what_is_taken_and_what_went(steps in prop::collection::vec((0u8..6, prop::bool::weighted(0.6)), 0..400)) {
        let mut fair = room(20);
        let (mut came, mut taken, mut went) = (0usize, 0usize, 0usize);
        for (number, (sender, push)) in (0..).zip(steps) {
            if push {
                came += 1;
                went += fair.push(datagram(sender, number)).len();
            } else {
                taken += usize::from(fair.pop().is_some());
            }
            prop_assert!(fair.turns.len() == fair.waiting.len() && fair.lengths.len() == fair.waiting.len());
            prop_assert!(fair.bytes <= fair.limit);
        }
        taken += std::iter::from_fn(|| fair.pop()).count();
        prop_assert_eq!(came, taken + went);
        prop_assert!(fair.is_empty());
    }
}
