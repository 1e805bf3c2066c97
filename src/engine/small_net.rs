//! A small random network for property tests, and what semantics §2 says of it, evaluated from its
//! rows without the inventory's arrays.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::alarm::{AlarmRecord, Effect, ObjectType, ServiceAffecting, Severity, Specialty};
use model::resource::{Class, Row};
use model::source::SourceId;
use model::time::{Time, Window};

use crate::live::{CircuitState, LiveAlarm};

pub(crate) const T0: i64 = 1_793_000_000_000;
pub(crate) const CIRCUITS: usize = 10;
const NES: u64 = 4;
const PORTS: u64 = 4;
const LINKS: u64 = 6;

/// Numbers that look random and depend on the seed alone.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_ms(T0).plus_s(seconds)
}

pub(crate) fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let value = |name: &str| cells.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v);
    for (name, _) in cells {
        assert!(class.columns().iter().any(|c| c.name == *name), "{class} has no column {name}");
    }
    Row { class, cells: class.columns().iter().map(|c| value(c.name).to_owned()).collect() }
}

pub(crate) fn port_of(n: u64) -> String {
    let (ne, port) = (n / PORTS % NES, n % PORTS);
    format!("N{ne}-B{}-P{port}", port / 2)
}

/// The network: the elements are always the same, links and routes depend on the seed.
pub(crate) fn network(seed: u64) -> Vec<Row> {
    let mut dice = Dice(seed);
    let mut rows = vec![row(Class::Contract, &[("contractNo", "K"), ("customerNo", "U"), ("slaPlan", "p")])];
    rows.push(row(Class::Customer, &[("customerNo", "U"), ("level", "SILVER")]));
    for n in 0..NES * PORTS {
        let port = port_of(n);
        let (ne, board) = (&port[..2], &port[..5]);
        let ems = format!("E{}", n / PORTS / 2);
        rows.push(row(Class::Ne, &[("neId", ne), ("emsName", &ems), ("specialty", "TRANS")]));
        rows.push(row(Class::Board, &[("boardId", board), ("neId", ne)]));
        rows.push(row(Class::Port, &[("portId", &port), ("neId", ne), ("boardId", board)]));
    }
    for n in 0..LINKS {
        // Two ports of a link lie in different elements; a port ends at most one link.
        let (id, a, z) = (format!("L{n}"), port_of(n), port_of(n + 2 * PORTS));
        rows.push(row(Class::Link, &[("linkId", &id), ("aPortId", &a), ("zPortId", &z)]));
    }
    for n in 0..CIRCUITS {
        let code = format!("C{n}");
        let (from, to) = (at(dice.roll(900) as i64 - 800), at(300 + dice.roll(3000) as i64));
        let mut cells = vec![("circuitCode", code.clone()), ("customerNo", "U".into()), ("contractNo", "K".into())];
        cells.push(("inServiceTime", from.to_string()));
        if dice.roll(4) == 0 {
            cells.push(("outOfServiceTime", to.to_string()));
        }
        if dice.roll(3) == 0 {
            cells.push(("vpnId", "V".into()));
        }
        if dice.roll(9) == 0 {
            cells.push(("status", "SUSPENDED".into()));
        }
        let cells: Vec<(&str, &str)> = cells.iter().map(|(n, v)| (*n, v.as_str())).collect();
        rows.push(row(Class::Circuit, &cells));
        rows.extend(route(&code, &mut dice));
    }
    rows
}

fn route(code: &str, dice: &mut Dice) -> Vec<Row> {
    let mut rows = Vec::new();
    for segment in 1..=1 + dice.roll(2) {
        for alternative in 1..=1 + dice.roll(3) {
            for hop in 1..=1 + dice.roll(3) {
                let (kind, id) = match dice.roll(8) {
                    0 => ("NE", format!("N{}", dice.roll(NES))),
                    1 => ("BOARD", port_of(dice.roll(16))[..5].to_owned()),
                    2 => ("PORT", port_of(dice.roll(16))),
                    3 => ("CTP", format!("T{}", dice.roll(4))),
                    _ => ("LINK", format!("L{}", dice.roll(LINKS))),
                };
                let numbers = [segment, alternative, hop].map(|n| n.to_string());
                let mut cells = vec![("circuitCode", code), ("segment", &numbers[0]), ("alternative", &numbers[1])];
                cells.extend([("hop", numbers[2].as_str()), ("objectType", kind), ("objectId", &id)]);
                let (from, to) = (at(dice.roll(2000) as i64), at(dice.roll(3000) as i64));
                let (from, to) = (from.min(to).to_string(), from.max(to).to_string());
                match dice.roll(6) {
                    0 => cells.push(("validFrom", &from)),
                    1 => cells.push(("validTo", &to)),
                    2 => cells.extend([("validFrom", from.as_str()), ("validTo", &to)]),
                    _ => {}
                }
                rows.push(row(Class::Route, &cells));
            }
        }
    }
    rows
}

/// An alarm of the network: where and what is chosen by two numbers.
pub(crate) fn alarm(id: i64, place: u64, what: u64, raised: Time, cleared: Option<Time>) -> LiveAlarm {
    let port = port_of(place / 8);
    let (kind, object) = match place % 8 {
        0 => (ObjectType::Ne, port[..2].to_owned()),
        1 => (ObjectType::Board, port[..5].to_owned()),
        2 | 3 => (ObjectType::Port, port.clone()),
        4 => (ObjectType::Link, format!("L{}", place / 8 % LINKS)),
        5 => (ObjectType::Circuit, format!("C{}", place / 8 % CIRCUITS as u64)),
        6 => (ObjectType::Ctp, format!("T{}", place / 8 % 4)),
        _ => (ObjectType::Ems, format!("E{}", place / 8 % 2)),
    };
    let (native, probable) = match (kind, what % 8) {
        (ObjectType::Ems, _) => ("EMS_LINK", "dcnFailure"),
        (ObjectType::Ne, 0..=4) => ("NE_LOST", "neUnreachable"),
        (ObjectType::Board, 0..=4) => ("BD_STATUS", "replaceableUnitProblem"),
        (_, 0..=2) => ("R_LOS", "lossOfSignal"),
        (_, 3) => ("R_LOF", "lossOfFrame"),
        (_, 4) => ("MS_AIS", "aIS"),
        (_, 5) => ("AU_AIS", "aIS"),
        (_, 6) => ("HP_RDI", "farEndReceiverFailure"),
        _ => ("TEMP_OVER", "other"),
    };
    let affecting = [ServiceAffecting::Yes, ServiceAffecting::No, ServiceAffecting::Unknown][(what / 8 % 3) as usize];
    let record = AlarmRecord {
        alarm_id: id.to_string().into(),
        specialty: Some(Specialty::Transport),
        object_type: Some(kind),
        object_id: object.into(),
        ne_id: if kind == ObjectType::Ctp { port[..2].into() } else { "".into() },
        circuit_codes: if (what / 24).is_multiple_of(5) { vec!["C3".into(), "C9".into()] } else { Vec::new() },
        native_cause: native.into(),
        probable_cause: probable.into(),
        severity: [Severity::Critical, Severity::Major, Severity::Minor][(what / 120 % 3) as usize],
        service_affecting: Some(affecting),
        ..AlarmRecord::default()
    };
    let source = SourceId::new(if id % 2 == 0 { "GD_TNMS" } else { "BJ_TNMS" });
    LiveAlarm { id, source, alarm_key: format!("A{id}").into(), record: Arc::new(record), raised, cleared }
}

/// State of a circuit from the rows and the active alarms alone, as the text of semantics §2 says.
pub(crate) fn slow_state(rows: &[Row], code: &str, active: &[(&AlarmRecord, Effect)], now: Time) -> CircuitState {
    let of = |class: Class| rows.iter().filter(move |row| row.class == class);
    let circuit = of(Class::Circuit).find(|row| row.get("circuitCode") == code).unwrap();
    let time = |row: &Row, column: &str, absent: Time| match row.get(column) {
        "" => absent,
        text => Time::parse(text).unwrap(),
    };
    let window = |row: &Row, from, to| Window::new(time(row, from, Time::MIN), time(row, to, Time::MAX));
    let served = window(circuit, "inServiceTime", "outOfServiceTime").holds(now);
    if !served || circuit.get("status") == "SUSPENDED" {
        return CircuitState::NotInService;
    }
    let is = |kind: ObjectType, alarm: &AlarmRecord, id: &str| alarm.object_type == Some(kind) && alarm.object_id == id;
    let port_hit = |alarm: &AlarmRecord, port: &str| {
        let row = of(Class::Port).find(|row| row.get("portId") == port).unwrap();
        is(ObjectType::Port, alarm, port)
            || is(ObjectType::Board, alarm, row.get("boardId"))
            || is(ObjectType::Ne, alarm, row.get("neId"))
    };
    let hop_hit = |alarm: &AlarmRecord, hop: &Row| {
        let id = hop.get("objectId");
        match hop.get("objectType") {
            "NE" => is(ObjectType::Ne, alarm, id),
            "BOARD" => is(ObjectType::Board, alarm, id) || is(ObjectType::Ne, alarm, &id[..2]),
            "PORT" => port_hit(alarm, id),
            "CTP" => is(ObjectType::Ctp, alarm, id),
            _ => {
                let link = of(Class::Link).find(|row| row.get("linkId") == id).unwrap();
                is(ObjectType::Link, alarm, id)
                    || port_hit(alarm, link.get("aPortId"))
                    || port_hit(alarm, link.get("zPortId"))
            }
        }
    };
    let named = |alarm: &AlarmRecord| {
        alarm.circuit_codes.iter().any(|named| named == code) || is(ObjectType::Circuit, alarm, code)
    };
    let mut segments: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    let mut degraded = active.iter().any(|(alarm, effect)| *effect == Effect::Degraded && named(alarm));
    for hop in of(Class::Route).filter(|row| row.get("circuitCode") == code) {
        if !window(hop, "validFrom", "validTo").holds(now) {
            continue;
        }
        let hit = |wanted| active.iter().any(|(alarm, effect)| *effect == wanted && hop_hit(alarm, hop));
        let segment = segments.entry(hop.get("segment")).or_default();
        *segment.entry(hop.get("alternative")).or_default() |= hit(Effect::Outage);
        degraded |= hit(Effect::Degraded);
    }
    let down = segments.values().any(|alternatives| alternatives.values().all(|down| *down));
    degraded |= segments.values().flat_map(BTreeMap::values).any(|down| *down);
    let named_down = active.iter().any(|(alarm, effect)| *effect == Effect::Outage && named(alarm));
    match (down || named_down, degraded) {
        (true, _) => CircuitState::Down,
        (_, true) => CircuitState::Degraded,
        _ => CircuitState::Up,
    }
}
