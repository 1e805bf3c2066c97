use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmFact, AlarmRecord, ClearType, ObjectType, Severity, Specialty};
use model::source::SourceId;
use model::time::Time;
use snmp::{Notification, Oid, Value, Version};

use super::{Told, decode};
use crate::snmp::map::maps;
use crate::snmp::rules::{GroupSetup, Rules};

const DEVICE: [u8; 4] = [10, 0, 0, 1];
const AT: &str = "2026-11-07T00:00:00Z";

fn rules(ne: &str) -> Rules {
    let mut rules = Rules::new([]);
    let setup = GroupSetup {
        source: SourceId::new("GD_CPE"),
        specialty: Specialty::Ip,
        vendor: "华为".to_owned(),
        ems_name: "CPE".to_owned(),
        object_ids: [(ObjectType::Port, "{ne}:{object}".to_owned())].into(),
        devices: BTreeMap::from([(IpAddr::from(DEVICE), ne.to_owned())]),
    };
    rules.add(setup, maps(None, &mut Vec::new()).values());
    rules
}

fn told_by(ne: &str, trap: &str, values: &[(&str, Value)]) -> Told {
    let oid = |text: &str| Oid::parse(text).unwrap();
    let values = values.iter().map(|(name, value)| (oid(name), value.clone())).collect();
    let rules = rules(ne);
    let (device, group) = rules.device(DEVICE.into()).unwrap();
    decode(&notification(oid(trap), values), device, group, Time::parse(AT).unwrap())
}

fn notification(trap: Oid, values: Vec<(Oid, Value)>) -> Notification {
    Notification {
        from: (DEVICE, 4000).into(),
        received_at: Time::parse(AT).unwrap(),
        version: Version::V2c,
        user: String::new(),
        agent: None,
        uptime: 100,
        trap,
        values,
        digest: [0; 16],
        inform: None,
    }
}

fn text(text: &str) -> Value {
    Value::OctetString(text.as_bytes().to_vec().into())
}

fn record(told: Told) -> Arc<AlarmRecord> {
    match told {
        Told::Fact(AlarmFact::Record(record)) => record,
        other => panic!("{other:?}"),
    }
}

const LINK_DOWN: &str = "1.3.6.1.6.3.1.1.5.3";
const LINK_UP: &str = "1.3.6.1.6.3.1.1.5.4";
const IF_INDEX_7: &str = "1.3.6.1.2.1.2.2.1.1.7";

#[test]
fn an_interface_that_fails_is_an_alarm_of_its_port() {
    let values = [
        (IF_INDEX_7, Value::Integer(7)),
        ("1.3.6.1.2.1.2.2.1.7.7", Value::Integer(1)),
        ("1.3.6.1.2.1.31.1.1.1.1.7", text("ge-0/0/7")),
        ("1.3.6.1.2.1.31.1.1.1.18.7", text("到 天津")),
    ];
    let record = record(told_by("NE1", LINK_DOWN, &values));
    assert_eq!(record.alarm_id, "NE1|linkDown|7");
    assert_eq!((record.object_type, record.object_id.as_str()), (Some(ObjectType::Port), "NE1:ge-0/0/7"));
    assert_eq!(record.alarm_title, "interface ge-0/0/7 down 到 天津");
    assert_eq!((record.severity, record.native_cause.as_str()), (Severity::Major, "linkDown"));
    assert_eq!(record.additional_text, "ifIndex=7; ifAdminStatus=1; ifName=ge-0/0/7; ifAlias=到 天津");
    assert_eq!((record.ne_time, record.ne_id.as_str()), (Time::parse(AT).ok(), "NE1"));
}

#[test]
fn the_end_finds_the_alarm_however_little_it_says() {
    let end = AlarmFact::End(AlarmEnd {
        alarm_id: "NE1|linkDown|7".to_owned(),
        clear_time: Time::parse(AT).ok(),
        clear_type: ClearType::Ems,
        clear_user: String::new(),
    });
    assert_eq!(told_by("NE1", LINK_UP, &[(IF_INDEX_7, Value::Integer(7))]), Told::Fact(end.clone()));
    // Without ifIndex, but named by the row of another column.
    assert_eq!(told_by("NE1", LINK_UP, &[("1.3.6.1.2.1.2.2.1.2.7", text("eth7"))]), Told::Fact(end));
}

#[test]
fn an_interface_that_was_switched_off_is_the_same_alarm_in_another_light() {
    let values = [(IF_INDEX_7, Value::Integer(7)), ("1.3.6.1.2.1.2.2.1.7.7", Value::Integer(2))];
    let record = record(told_by("NE1", LINK_DOWN, &values));
    assert_eq!((record.alarm_id.as_str(), record.severity), ("NE1|linkDown|7", Severity::Warning));
}

#[test]
fn one_notification_for_every_state_is_told_apart_by_its_value() {
    let fan = |state| {
        told_by("NE1", "1.3.6.1.4.1.9.9.117.2.0.6", &[("1.3.6.1.4.1.9.9.117.1.4.1.1.1.24", Value::Integer(state))])
    };
    assert_eq!(record(fan(3)).object_id, "NE1/24");
    assert!(matches!(fan(2), Told::Fact(AlarmFact::End(end)) if end.alarm_id == "NE1|fanTray|24"));
    assert_eq!(fan(1), Told::Nothing);
}

#[test]
fn what_is_no_alarm_is_told_apart() {
    assert_eq!(told_by("NE1", "1.3.6.1.6.3.1.1.5.1", &[]), Told::Nothing);
    assert_eq!(told_by("NE1", "1.3.6.1.4.1.9999.0.1", &[]), Told::Unknown);
    assert_eq!(told_by("NE1", LINK_DOWN, &[]), Told::Nameless);
}

#[test]
fn a_long_name_still_makes_one_id() {
    let long = "中".repeat(60);
    let values = [(IF_INDEX_7, Value::Integer(7))];
    let (down, up) = (told_by(&long, LINK_DOWN, &values), told_by(&long, LINK_UP, &values));
    let Told::Fact(AlarmFact::End(end)) = up else { panic!("{up:?}") };
    assert_eq!(record(down).alarm_id.as_str(), end.alarm_id);
    assert_eq!(end.alarm_id.len(), 64);
}
