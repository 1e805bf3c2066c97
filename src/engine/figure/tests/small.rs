//! A network of one circuit, small enough to check by hand: segment 1 has link L1 (port P1 on board
//! B1 of element N1) protected by L2 from 200 s to 400 s; segment 2 is link L3 alone.

use std::sync::Arc;

use model::alarm::{AlarmRecord, ObjectType, ServiceAffecting, Severity};
use model::resource::{Class, Row};
use model::time::{Time, Window};
use model::work::{Cutover, OpType};

use crate::clock::TicketLife;
use crate::correction::Correction;
use crate::episode::Episode;
use crate::exclusion::Suspend;
use crate::figure::{Facts, Figure, Paperwork, evaluate};
use crate::hits::EvidencedEpisode;
use crate::inventory::Inventory;
use crate::knowledge::Knowledge;
use crate::plan::Plan;

/// The period is ten minutes from a Monday's midnight.
pub const PERIOD_S: i64 = 600;

/// One alarm: object, raise and clear in seconds of the case.
#[derive(Clone, Debug)]
pub struct Told {
    pub object: &'static str,
    pub degraded: bool,
    pub raised: i64,
    pub cleared: Option<i64>,
    pub silence: Option<(i64, i64)>,
}

/// Facts of the one circuit, in seconds.
#[derive(Clone, Debug)]
pub struct Case {
    pub in_service: (i64, i64),
    pub alarms: Vec<Told>,
    pub cutovers: Vec<Cutover>,
    pub silences: Vec<(i64, i64)>,
    pub suspended: Vec<(i64, i64)>,
    pub tickets: Vec<TicketLife>,
    pub suspends: Vec<Suspend>,
    pub corrections: Vec<Correction>,
    pub as_of: i64,
}

impl Default for Case {
    fn default() -> Self {
        Case {
            in_service: (-86_400, 86_400),
            alarms: vec![],
            cutovers: vec![],
            silences: vec![],
            suspended: vec![],
            tickets: vec![],
            suspends: vec![],
            corrections: vec![],
            as_of: PERIOD_S,
        }
    }
}

impl Case {
    pub fn evaluate(&self, plan: &Plan) -> Figure {
        let (inventory, _) = Inventory::build(&self.rows());
        let episodes: Vec<EvidencedEpisode> = self.alarms.iter().enumerate().map(|(i, told)| told.episode(i)).collect();
        let windows = |list: &[(i64, i64)]| list.iter().map(|(start, end)| window(*start, *end)).collect::<Vec<_>>();
        let (silences, suspended) = (windows(&self.silences), windows(&self.suspended));
        let facts = Facts {
            inventory: &inventory,
            knowledge: &Knowledge::default(),
            circuit: inventory.circuit_ix("C1").unwrap(),
            episodes: &episodes,
            cutovers: &self.cutovers,
            paperwork: Paperwork { tickets: &self.tickets, suspends: &self.suspends, corrections: &self.corrections },
            silences: &silences,
            suspended: &suspended,
        };
        evaluate(&facts, plan, window(0, PERIOD_S), at(self.as_of))
    }

    fn rows(&self) -> Vec<Row> {
        let (start, end) = (at(self.in_service.0).to_string(), at(self.in_service.1).to_string());
        let (from, to) = (at(200).to_string(), at(400).to_string());
        vec![
            row(Class::Ne, &[("neId", "N1"), ("name", "N1"), ("specialty", "TRANS")]),
            row(Class::Ne, &[("neId", "N2"), ("name", "N2"), ("specialty", "TRANS")]),
            row(Class::Board, &[("boardId", "B1"), ("neId", "N1")]),
            row(Class::Port, &[("portId", "P1"), ("neId", "N1"), ("boardId", "B1")]),
            row(Class::Port, &[("portId", "P2"), ("neId", "N2")]),
            row(Class::Port, &[("portId", "P3"), ("neId", "N2")]),
            row(Class::Link, &[("linkId", "L1"), ("aPortId", "P1"), ("zPortId", "P2")]),
            row(Class::Link, &[("linkId", "L2"), ("aPortId", "P3"), ("zPortId", "P2")]),
            row(Class::Link, &[("linkId", "L3"), ("aPortId", "P3"), ("zPortId", "P2")]),
            row(
                Class::Circuit,
                &[("circuitCode", "C1"), ("customerNo", "K1"), ("inServiceTime", &start), ("outOfServiceTime", &end)],
            ),
            hop(1, 1, "L1", ("", "")),
            hop(1, 2, "L2", (&from, &to)),
            hop(2, 1, "L3", ("", "")),
        ]
    }
}

impl Told {
    fn episode(&self, index: usize) -> EvidencedEpisode {
        let object_type = match self.object.as_bytes().first() {
            Some(b'N') => ObjectType::Ne,
            Some(b'B') => ObjectType::Board,
            Some(b'P') => ObjectType::Port,
            Some(b'L') => ObjectType::Link,
            _ => ObjectType::Circuit,
        };
        let object_id = if object_type == ObjectType::Circuit { "C1" } else { self.object };
        let record = AlarmRecord {
            object_id: object_id.into(),
            object_type: Some(object_type),
            severity: if self.degraded { Severity::Major } else { Severity::Critical },
            service_affecting: Some(if self.degraded { ServiceAffecting::Unknown } else { ServiceAffecting::Yes }),
            ..AlarmRecord::default()
        };
        let episode = Episode {
            raised: at(self.raised),
            cleared: self.cleared.map(at),
            clear_kind: None,
            clear_by: String::new(),
            values: vec![(at(self.raised), Arc::new(record))],
            raises: 1,
            negative_clear: false,
        };
        let evidenced = EvidencedEpisode::new(&format!("A{index}"), episode);
        EvidencedEpisode { sync_after_silence: self.silence.map(|(start, end)| window(start, end)), ..evidenced }
    }
}

pub fn base() -> Time {
    Time::parse("2026-10-05T00:00:00Z").unwrap()
}

pub fn at(s: i64) -> Time {
    base().plus_s(s)
}

pub fn window(start: i64, end: i64) -> Window {
    Window::new(at(start), at(end))
}

pub fn plan(text: &str) -> Plan {
    toml::from_str(&format!("zone = \"UTC\"\n{text}")).unwrap()
}

pub fn alarm(object: &'static str, raised: i64, cleared: Option<i64>) -> Told {
    Told { object, degraded: false, raised, cleared, silence: None }
}

pub fn cutover(start: i64, end: i64) -> Cutover {
    Cutover {
        cutover_no: "W1".to_owned(),
        title: String::new(),
        work: None,
        is_affect: true,
        affect: Some(window(start, end)),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: vec!["C1".to_owned()],
        op_type: OpType::Mod,
        revision: 2,
        notified_at: Some(at(start - 72 * 3600)),
    }
}

fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let cell = |name: &str| cells.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value).to_owned();
    Row { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() }
}

fn hop(segment: u16, alternative: u16, link: &str, valid: (&str, &str)) -> Row {
    let (segment, alternative) = (segment.to_string(), alternative.to_string());
    row(
        Class::Route,
        &[
            ("circuitCode", "C1"),
            ("segment", &segment),
            ("alternative", &alternative),
            ("hop", "1"),
            ("objectType", "LINK"),
            ("objectId", link),
            ("validFrom", valid.0),
            ("validTo", valid.1),
        ],
    )
}
