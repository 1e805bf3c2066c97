//! Alarm records about things of the world, as a manager would fill them in.

use std::sync::Arc;

use model::alarm::{AlarmRecord, AlarmStatus, ClearType, ObjectType, Specialty};
use model::time::Time;

use crate::world::circuits::Circuit;
use crate::world::knowledge::AlarmKind;
use crate::world::network::{Board, Ne, Port};

/// What an alarm is about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// An element.
    Ne(Arc<Ne>),
    /// A board.
    Board(Arc<Board>),
    /// A port.
    Port(Arc<Port>),
    /// A time slot of a port that carries a circuit, which the manager names.
    TimeSlot(Arc<Port>, String, Arc<Circuit>),
}

// === impl Subject ===

impl Subject {
    fn ne(&self) -> &Arc<Ne> {
        match self {
            Subject::Ne(ne) => ne,
            Subject::Board(board) => &board.ne,
            Subject::Port(port) | Subject::TimeSlot(port, ..) => &port.board.ne,
        }
    }

    fn object(&self) -> (ObjectType, String) {
        match self {
            Subject::Ne(ne) => (ObjectType::Ne, ne.id.clone()),
            Subject::Board(board) => (ObjectType::Board, board.id.clone()),
            Subject::Port(port) => (ObjectType::Port, port.id.clone()),
            Subject::TimeSlot(port, slot, _) => (ObjectType::Ctp, format!("{}/{slot}", port.id)),
        }
    }

    fn location(&self) -> String {
        let room = &self.ne().room.name;
        match self {
            Subject::Ne(ne) => format!("{room} {}", ne.name),
            Subject::Board(board) => format!("{room} {} {}槽位 {}", board.ne.name, board.slot, board.model),
            Subject::Port(port) => format!("{room} {} {}", self.ne().name, port.name),
            Subject::TimeSlot(port, slot, _) => format!("{room} {} {} 时隙{slot}", self.ne().name, port.name),
        }
    }

    /// System code of the manager that observes it.
    pub fn manager(&self) -> &'static str {
        self.ne().room.city.manager
    }
}

/// An active alarm of a kind at a time of the element. The manager gives it an id.
pub fn raised(kind: &AlarmKind, subject: &Subject, at: Time) -> AlarmRecord {
    let ne = subject.ne();
    let city = ne.room.city;
    let (object_type, object_id) = subject.object();
    let circuit_codes = match subject {
        Subject::TimeSlot(_, _, circuit) => vec![circuit.code.clone()],
        _ => Vec::new(),
    };
    AlarmRecord {
        circuit_codes,
        specialty: Some(Specialty::Transport),
        ems_name: city.ems_name().into(),
        ne_id: ne.id.as_str().into(),
        ne_name: ne.name.as_str().into(),
        ne_type: ne.ne_type.into(),
        vendor: city.vendor.into(),
        object_id: object_id.into(),
        object_type: Some(object_type),
        layer_rate: kind.layer_rate.into(),
        location: subject.location().into(),
        is_root: "U".into(),
        repair_advice: kind.advice.into(),
        ..active(kind, at)
    }
}

/// What every active alarm of a kind says.
fn active(kind: &AlarmKind, at: Time) -> AlarmRecord {
    AlarmRecord {
        alarm_title: kind.title.into(),
        native_cause: kind.native_cause.into(),
        probable_cause: kind.probable_cause.into(),
        event_type: kind.event_type.into(),
        severity: kind.severity,
        service_affecting: Some(kind.service_affecting),
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(at),
        ems_time: Some(at.plus_ms(1000)),
        ..AlarmRecord::default()
    }
}

/// An active alarm about a circuit as a whole, as managers of IP and ATM tell it. They do not say of which network
/// it is.
pub fn of_circuit(kind: &AlarmKind, circuit: &Circuit, at: Time) -> AlarmRecord {
    AlarmRecord {
        circuit_codes: vec![circuit.code.clone()],
        object_id: circuit.code.as_str().into(),
        object_type: Some(ObjectType::Circuit),
        location: circuit.name.as_str().into(),
        ..active(kind, at)
    }
}

/// The same alarm at a manager whose alarms have no ids.
pub fn nameless(record: &AlarmRecord) -> AlarmRecord {
    AlarmRecord { alarm_id: "".into(), ..record.clone() }
}

/// The same alarm, over.
pub fn cleared(record: &AlarmRecord, at: Time) -> AlarmRecord {
    AlarmRecord {
        alarm_status: Some(AlarmStatus::Cleared),
        clear_time: Some(at),
        clear_type: Some(ClearType::Ems),
        ..record.clone()
    }
}
