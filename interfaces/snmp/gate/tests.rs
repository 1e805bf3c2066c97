use std::net::SocketAddr;

use bytes::Bytes;
use model::time::Time;
use proptest::prelude::*;

use super::Gate;
use crate::drops::Reason;
use crate::engine::Engine;
use crate::fair::Datagram;
use crate::notification::{Version, shown};
use crate::user::{Auth, Privacy, User};

/// `snmptrap -v2c -c public … 424242 linkDown ifIndex.7 i 7 ifDescr.7 s ge-0/0/7 ifOperStatus.7 i 2`, as it was sent.
const LINK_DOWN: &str = include_str!("v2c-link-down.hex");

fn gate() -> Gate {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&folder.path().join("snmp.engine")).unwrap();
    let users = vec![
        User::new("plain", None, None).unwrap(),
        User::new("sealed", Some((Auth::Sha256, "a-long-secret")), Some((Privacy::Aes128, "another-secret"))).unwrap(),
        User::new("old", Some((Auth::Md5, "a-long-secret")), Some((Privacy::Des, "another-secret"))).unwrap(),
    ];
    Gate::new([[127, 0, 0, 1].into()].into(), &["public".to_owned()], users, engine).unwrap()
}

fn datagram(bytes: Vec<u8>) -> Datagram {
    Datagram { from: SocketAddr::from(([127, 0, 0, 1], 4000)), at: Time::from_ms(1), bytes: Bytes::from(bytes) }
}

fn link_down() -> Vec<u8> {
    hex::decode(LINK_DOWN.trim()).unwrap()
}

fn reason(bytes: Vec<u8>) -> Reason {
    gate().read(&datagram(bytes)).unwrap_err().reason
}

#[test]
fn a_recorded_trap_is_read() {
    let notification = gate().read(&datagram(link_down())).unwrap();
    assert_eq!((notification.version, notification.uptime), (Version::V2c, 424_242));
    assert_eq!(notification.trap.to_string(), "1.3.6.1.6.3.1.1.5.3");
    let values: Vec<String> = notification.values.iter().map(|(_, value)| shown(value)).collect();
    assert_eq!(values, ["7", "ge-0/0/7", "2"]);
    assert!(!notification.is_inform() && !notification.line().contains("public"), "{}", notification.line());
}

#[test]
fn a_forwarded_community_is_not_repeated() {
    use async_snmp::message::CommunityMessage;
    use async_snmp::pdu::NotificationPdu;
    use async_snmp::{Oid, Value, VarBind};
    let told = [("1.3.6.1.6.3.18.1.4.0", "hush-hush"), ("1.3.6.1.2.1.2.2.1.2.7", "ge-0/0/7")];
    let told = told.map(|(oid, text)| VarBind::new(Oid::parse(oid).unwrap(), Value::OctetString(text.into())));
    let trap = Oid::parse("1.3.6.1.6.3.1.1.5.3").unwrap();
    let pdu = NotificationPdu::trap_v2(async_snmp::Version::V2c, 1, 7, &trap, told.to_vec()).unwrap();
    let message = CommunityMessage::v2c(b"public".to_vec(), pdu.into_raw()).unwrap();
    let notification = gate().read(&datagram(message.encode().unwrap().to_vec())).unwrap();
    assert_eq!(notification.values.len(), 1, "{:?}", notification.values);
    assert!(
        !notification.line().contains("hush") && notification.line().contains("ge-0/0/7"),
        "{}",
        notification.line()
    );
}

#[test]
fn the_same_is_the_same_and_another_is_another() {
    let (gate, mut other) = (gate(), link_down());
    let digest = |bytes| gate.read(&datagram(bytes)).unwrap().digest;
    assert_eq!(digest(link_down()), digest(link_down()));
    *other.last_mut().unwrap() = 1;
    assert_ne!(digest(link_down()), digest(other));
}

#[test]
fn whoever_is_not_let_in_is_told_apart() {
    let mut stranger = datagram(link_down());
    stranger.from = SocketAddr::from(([10, 0, 0, 1], 4000));
    assert_eq!(gate().read(&stranger).unwrap_err().reason, Reason::Address);
    let other_community = link_down().iter().map(|byte| if *byte == b'p' { b'q' } else { *byte }).collect();
    assert_eq!(reason(other_community), Reason::Community);
    // A request instead of a trap.
    let request = link_down().iter().map(|byte| if *byte == 0xa7 { 0xa0 } else { *byte }).collect();
    assert_eq!(reason(request), Reason::NoNotification);
}

#[test]
fn recorded_hostile_bytes_are_refused() {
    let zero_length_integer = hex::decode("300a020004067075626c6963").unwrap();
    let endless = hex::decode("308002010104067075626c6963a780").unwrap();
    let nested: Vec<u8> = [0x30, 0x82, 0xff, 0xff].repeat(16_000);
    let huge_length = hex::decode("3084ffffffff0201010406").unwrap();
    let no_values = hex::decode("301c02010104067075626c6963a70f0204000000010201000201003000").unwrap();
    for bytes in [vec![], vec![0x30], vec![0xff; 65_000], zero_length_integer, endless, nested, huge_length, no_values]
    {
        assert_eq!(reason(bytes), Reason::Malformed);
    }
    let mut followed = link_down();
    followed.push(0);
    assert_eq!(reason(followed), Reason::Malformed);
}

#[test]
fn a_stranger_of_version_3_is_told_our_engine_and_no_more() {
    // `snmpinform -v3` begins with this: a message to an engine that it does not know yet.
    let discovery = "304f02010330110204111d5426020300ffe30401040201030410300e04000201000201000400040004003025\
                     041180001f88804e0e5763d3dd0a6b000000000400a00e02045fd44a280201000201003000";
    let bytes = hex::decode(discovery.replace(char::is_whitespace, "")).unwrap();
    let refused = gate().read(&datagram(bytes.clone())).unwrap_err();
    assert_eq!(refused.reason, Reason::Discovery);
    assert!(refused.report.is_some_and(|report| report.len() <= bytes.len() * 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn nothing_from_outside_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_here(bytes);
    }

    #[test]
    fn nor_does_a_trap_that_was_damaged(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(), twice in any::<bool>()
    ) {
        let mut bytes = link_down();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if twice {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        read_here(bytes);
    }

    #[test]
    fn nor_does_a_damaged_message_of_version_3(
        level in 0u8..8, user in "plain|sealed|old|none", engine in prop::collection::vec(any::<u8>(), 0..40),
        tail in prop::collection::vec(any::<u8>(), 0..80), auth in prop::collection::vec(any::<u8>(), 0..26)
    ) {
        read_here(message_v3(level, &user, &engine, &auth, &tail));
    }
}

/// Reads it; what comes of it does not matter.
fn read_here(bytes: Vec<u8>) {
    thread_local!(static GATE: Gate = gate());
    GATE.with(|gate| drop(gate.read(&datagram(bytes))));
}

fn message_v3(level: u8, user: &str, engine: &[u8], auth: &[u8], tail: &[u8]) -> Vec<u8> {
    use async_snmp::ber::EncodeBuf;
    let mut params = EncodeBuf::new();
    params
        .push_sequence(|buf| {
            buf.push_octet_string(&[1; 8])?;
            buf.push_octet_string(auth)?;
            buf.push_octet_string(user.as_bytes())?;
            buf.push_integer(1);
            buf.push_integer(1);
            buf.push_octet_string(engine)
        })
        .unwrap();
    let params = params.finish();
    let mut message = EncodeBuf::new();
    message
        .push_sequence(|buf| {
            buf.push_octet_string(tail)?;
            buf.push_octet_string(&params)?;
            buf.push_sequence(|buf| {
                buf.push_integer(3);
                buf.push_octet_string(&[level])?;
                buf.push_integer(65_507);
                buf.push_integer(7);
                Ok(())
            })?;
            buf.push_integer(3);
            Ok(())
        })
        .unwrap();
    message.finish().to_vec()
}
