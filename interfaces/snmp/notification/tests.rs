use async_snmp::{Oid, Value};
use model::time::Time;

use super::{Notification, Version, digest_of, shown};

fn notification(uptime: u32, received_ms: i64) -> Notification {
    Notification {
        from: ([10, 0, 0, 1], 4000).into(),
        received_at: Time::from_ms(received_ms),
        version: Version::V2c,
        user: String::new(),
        agent: None,
        uptime,
        trap: Oid::from([1, 3, 6, 1]),
        values: vec![(Oid::from([1, 3, 7]), Value::Integer(7))],
        digest: [0; 16],
        inform: None,
    }
}

#[test]
fn the_same_event_told_again_is_the_same_and_the_next_is_another() {
    assert_eq!(digest_of(&notification(5, 1), Some(1)), digest_of(&notification(5, 2000), Some(2)));
    assert_ne!(digest_of(&notification(5, 1), Some(1)), digest_of(&notification(6, 1), Some(1)));
    let mut other = notification(5, 1);
    other.from.set_ip([10, 0, 0, 2].into());
    assert_ne!(digest_of(&notification(5, 1), None), digest_of(&other, None));
}

#[test]
fn of_a_device_without_a_clock_the_number_tells() {
    assert_eq!(digest_of(&notification(0, 1), Some(1)), digest_of(&notification(0, 2000), Some(1)));
    assert_ne!(digest_of(&notification(0, 1), Some(1)), digest_of(&notification(0, 1), Some(2)));
    assert_ne!(digest_of(&notification(0, 1), None), digest_of(&notification(0, 2), None));
}

#[test]
fn values_are_shown_as_people_read_them() {
    let bytes = |bytes: &'static [u8]| Value::OctetString(bytes.into());
    assert_eq!(shown(&bytes("到天津\0".as_bytes())), "到天津");
    assert_eq!(shown(&bytes(&[0, 0x1b, 0x2c])), "0x001b2c");
    assert_eq!(shown(&bytes(&[0xff; 1000])).len(), 402);
    assert_eq!(shown(&Value::IpAddress([10, 0, 0, 1])), "10.0.0.1");
    assert_eq!(shown(&Value::Null), "");
}
