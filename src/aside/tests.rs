//! A flood from one hand, from many hands, and of the same thing.

use std::net::Ipv6Addr;

use super::*;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn refused(reason: &str, at: Time) -> Quarantined {
    Quarantined { reason: reason.to_owned(), ..Quarantined::once(Kind::Message, &SourceId::new(""), at) }
}

fn words(number: usize) -> String {
    format!("{number:016b}").replace('0', "a").replace('1', "b")
}

fn stranger(last: u8) -> Hand {
    Hand::of_address(IpAddr::from([192, 0, 2, last]))
}

#[test]
fn the_same_again_is_counted_before_and_after_it_is_written() {
    let mut heap = Heap::default();
    assert_eq!(heap.put(stranger(1), refused("bad", NOW), || b"one".to_vec()), Fate::Kept);
    assert_eq!(heap.put(stranger(1), refused("bad", NOW.plus_s(1)), || panic!("made for nothing")), Fate::Counted);
    let taken = heap.take();
    assert_eq!((taken.len(), taken[0].what.repeats, taken[0].content.as_slice()), (1, 1, b"one".as_slice()));
    assert_eq!(taken[0].what.last_at, NOW.plus_s(1));
    assert!(heap.is_empty());
    for second in 2..5 {
        let again = refused("bad", NOW.plus_s(second));
        assert_eq!(heap.put(stranger(1), again, || panic!("made for nothing")), Fate::Counted);
    }
    let taken = heap.take();
    assert_eq!((taken.len(), taken[0].what.repeats, taken[0].content.len()), (1, 2, 0));
    assert_eq!(heap.put(stranger(1), refused("bad", NOW.plus_ms(KNOWN_MS)), Vec::new), Fate::Kept);
}

#[test]
fn one_address_leaves_no_more_than_its_share_and_the_next_has_its_own() {
    let mut heap = Heap::default();
    let kept = |heap: &mut Heap, hand: &Hand, at: Time| {
        let fates = (0..100).map(|n| heap.put(hand.clone(), refused(&words(n), at), Vec::new));
        fates.filter(|fate| *fate == Fate::Kept).count()
    };
    assert_eq!(kept(&mut heap, &stranger(1), NOW), 60);
    heap.take();
    let other = refused("something else", NOW);
    assert_eq!(heap.put(stranger(1), other.clone(), Vec::new), Fate::Dropped);
    assert_eq!(heap.put(stranger(2), other, Vec::new), Fate::Kept);
    let later = refused("a minute later", NOW.plus_s(60));
    assert_eq!(heap.put(stranger(1), later, Vec::new), Fate::Kept);
}

#[test]
fn a_host_with_many_addresses_is_one_hand() {
    let of = |last: u16| Hand::of_address(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last).into());
    assert_eq!(of(1), of(2));
    assert_ne!(of(1), Hand::of_address(Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 1).into()));
    assert_eq!(Hand::of_address("::ffff:192.0.2.1".parse().unwrap()), stranger(1));
}

#[test]
fn no_flood_makes_it_grow_without_end() {
    let mut heap = Heap::default();
    for number in 0..40_000usize {
        let [_, b, c, d] = u32::try_from(number).unwrap().to_be_bytes();
        let hand = Hand::of_address(IpAddr::from([10, b, c, d]));
        let at = NOW.plus_ms(i64::try_from(number).unwrap() * 10);
        heap.put(hand, refused(&words(number), at), Vec::new);
        assert!(heap.waiting.len() <= WAITING_MAX && heap.known.len() <= KNOWN_MAX && heap.hands.len() <= HANDS_MAX);
        if number % 1000 == 0 {
            heap.take();
        }
    }
}
