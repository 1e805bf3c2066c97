//! Things that go wrong and the alarms they cause: one cause, and what follows from it.

use std::sync::Arc;

use rand::Rng;
use rand::rngs::StdRng;

use crate::alarm::Subject;
use crate::world::World;
use crate::world::circuits::{Circuit, HopObject};
use crate::world::knowledge::{self, AlarmKind};
use crate::world::network::{Board, Cable, Link};

/// An alarm that comes some time after the cause.
#[derive(Clone, Debug)]
pub struct Symptom {
    /// Milliseconds after the cause.
    pub after_ms: i64,
    /// Kind.
    pub kind: &'static AlarmKind,
    /// Where.
    pub subject: Subject,
}

/// Signals that follow a cut arrive within this time.
const STORM_MS: i64 = 1_800;

/// A cable is cut: loss of signal at both ends of every link in it, then AIS and RDI at the ends of
/// circuits without another way, and switched ports where there is one.
pub fn cable_cut(rng: &mut StdRng, world: &World, cable: &Cable) -> Vec<Symptom> {
    let mut symptoms: Vec<Symptom> = cable.links.iter().flat_map(|link| link_lost(rng, link)).collect();
    let impact = world.impact_of(cable);
    for circuit in &impact.down {
        symptoms.extend(ends_of(rng, circuit));
    }
    for (number, circuit) in impact.degraded.iter().enumerate() {
        if number % 3 == 0 {
            symptoms.push(later(rng, &knowledge::SWITCHED, Subject::Port(Arc::clone(&circuit.a_port))));
        }
    }
    symptoms
}

/// An access link is lost, with the circuits on it.
pub fn uplink_lost(rng: &mut StdRng, world: &World, link: &Link) -> Vec<Symptom> {
    let mut symptoms = link_lost(rng, link);
    for circuit in world.circuits.iter().filter(|circuit| circuit.rides(&link.id)) {
        symptoms.extend(ends_of(rng, circuit).into_iter().take(1));
    }
    symptoms
}

/// A board fails, and its ports say so.
pub fn board_failed(rng: &mut StdRng, world: &World, board: &Arc<Board>) -> Vec<Symptom> {
    let mut symptoms =
        vec![Symptom { after_ms: 0, kind: &knowledge::BOARD_FAIL, subject: Subject::Board(Arc::clone(board)) }];
    let shelf = world.network.shelves().find(|shelf| shelf.ne.id == board.ne.id);
    let ports = shelf.into_iter().flat_map(|shelf| shelf.ports()).filter(|port| port.board.id == board.id);
    symptoms.extend(ports.map(|port| later(rng, &knowledge::LOF, Subject::Port(Arc::clone(port)))));
    symptoms
}

/// One alarm on one customer port of a circuit.
pub fn port_alarm(kind: &'static AlarmKind, circuit: &Circuit) -> Vec<Symptom> {
    vec![Symptom { after_ms: 0, kind, subject: Subject::Port(Arc::clone(&circuit.a_port)) }]
}

/// Loss of signal at both ends of a link, a moment apart.
fn link_lost(rng: &mut StdRng, link: &Link) -> Vec<Symptom> {
    let mut lost = |port| Symptom {
        after_ms: rng.random_range(0..150),
        kind: &knowledge::LOS,
        subject: Subject::Port(Arc::clone(port)),
    };
    vec![lost(&link.a), lost(&link.z)]
}

/// AIS at the Z end and RDI at the A end of a circuit that is down; a wavelength also shows where it
/// would have come out of the trunk.
fn ends_of(rng: &mut StdRng, circuit: &Arc<Circuit>) -> Vec<Symptom> {
    let mut symptoms = vec![
        later(rng, &knowledge::AIS, Subject::Port(Arc::clone(&circuit.z_port))),
        later(rng, &knowledge::RDI, Subject::Port(Arc::clone(&circuit.a_port))),
    ];
    if circuit.service_type == "OTN" {
        symptoms.extend(trunk_exit(circuit).map(|subject| later(rng, &knowledge::MS_AIS, subject)));
    }
    symptoms
}

/// The time slot in which a circuit leaves the last trunk link.
fn trunk_exit(circuit: &Arc<Circuit>) -> Option<Subject> {
    let trunk = circuit.segments.get(1)?.alternatives.first()?;
    let hop = trunk.iter().rfind(|hop| hop.valid_to.is_none())?;
    match &hop.object {
        HopObject::Link(link) => {
            Some(Subject::TimeSlot(Arc::clone(&link.z), hop.timeslot.clone(), Arc::clone(circuit)))
        }
        HopObject::Port(_) => None,
    }
}

fn later(rng: &mut StdRng, kind: &'static AlarmKind, subject: Subject) -> Symptom {
    Symptom { after_ms: rng.random_range(200..STORM_MS), kind, subject }
}
