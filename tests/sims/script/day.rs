//! One round of the day, scene by scene.

use std::sync::Arc;

use model::resource::{Class, Row};
use model::time::{Time, Window};
use model::work::{Cutover, OpType};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use soap::eoms::Record;

use super::Script;
use super::acts::Active;
use crate::alarm::{self, Subject};
use crate::carrier::{ATM_MANAGER, IP_MANAGER};
use crate::eoms::Mishap;
use crate::incident;
use crate::manager::{Habits, ManagerSim};
use crate::world::circuits::Circuit;
use crate::world::knowledge;
use crate::world::network::{Cable, Link};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Times of a round, in milliseconds of the clock after its beginning.
const NOTICE: i64 = 3_000;
const CUT: i64 = 20_000;
const CHANGE: i64 = 35_000;
const FLAP: i64 = 45_000;
const WORK: i64 = 130_000;
const REPAIR: i64 = 215_000;
const SILENCE: i64 = 250_000;

/// Downs of a flapping port.
const FLAPS: usize = 7;

// === impl Script ===

impl Script {
    /// What is there when the day begins: a few circuits with trouble of their own.
    pub(super) fn open(&self, rng: &mut StdRng) {
        for kind in [&knowledge::LOS, &knowledge::DEGRADED, &knowledge::DEGRADED] {
            if let Some(circuit) = self.active_circuit(rng) {
                self.happen_now(&incident::port_alarm(kind, &circuit));
            }
        }
        self.data_alarms();
        self.tell("the day begins: small alarms everywhere, one customer port without signal".to_owned());
    }

    /// The managers of IP and ATM have an alarm each: a tunnel of a VPN is down, a PVC loses cells.
    fn data_alarms(&self) {
        let now = self.carrier.clock.now();
        for (code, kind, service) in
            [(IP_MANAGER, &knowledge::TUNNEL_DOWN, "MPLS_VPN"), (ATM_MANAGER, &knowledge::PVC_DEGRADED, "ATM")]
        {
            let is_one = |circuit: &&Arc<Circuit>| circuit.service_type == service && circuit.status == "ACTIVE";
            let circuit = self.carrier.world.circuits.iter().find(is_one);
            if let (Some(manager), Some(circuit)) = (self.carrier.manager(code), circuit) {
                manager.raise(alarm::of_circuit(kind, circuit, now));
            }
        }
    }

    /// One round: planned work is announced, a cable is cut, a port flaps, the work is done, the
    /// cable is repaired, a manager falls silent and comes back.
    pub(super) async fn round(&self, rng: &mut StdRng, round: u32) {
        let began = self.carrier.clock.now();
        self.until(began, NOTICE).await;
        let work = self.announce(rng, began, round);
        self.until(began, CUT).await;
        let cut = self.cut(rng, round).await;
        self.until(began, CHANGE).await;
        self.rename(rng);
        self.until(began, FLAP).await;
        self.flap(rng).await;
        self.until(began, WORK).await;
        self.work(rng, work).await;
        self.until(began, REPAIR).await;
        self.tell(format!("the crew has spliced the fibre: {} alarms clear", cut.len()));
        self.end(cut).await;
        self.until(began, SILENCE).await;
        self.silence(rng, round).await;
    }

    async fn until(&self, began: Time, after_ms: i64) {
        let passed_ms = self.carrier.clock.now().since(began);
        self.carrier.clock.sleep(after_ms - passed_ms).await;
    }

    /// Planned work of this round, announced four days ago as far as the SLA is concerned.
    fn announce(&self, rng: &mut StdRng, began: Time, round: u32) -> Option<Arc<Link>> {
        let uplinks = self.carrier.world.network.links.iter().filter(|link| link.link_type == "ACCESS");
        let uplinks: Vec<&Arc<Link>> = uplinks.collect();
        let link = Arc::clone(uplinks.choose(rng)?);
        let start = began.plus_ms(WORK);
        let circuits = self.carrier.world.circuits.iter().filter(|circuit| circuit.rides(&link.id));
        let cutover = Cutover {
            cutover_no: format!("GJ-{}-{round:03}", began.ms() / 1000),
            title: format!("{}扩容割接", link.name),
            work: Some(Window::new(start.plus_ms(-10 * MINUTE_MS), start.plus_ms(HOUR_MS))),
            is_affect: true,
            affect: Some(Window::new(start.plus_ms(-20_000), start.plus_ms(2 * MINUTE_MS))),
            affect_info: format!("{}所载专线短时中断", link.name),
            manager: "周建国".to_owned(),
            phone: "10012345678".to_owned(),
            circuit_codes: circuits.map(|circuit| circuit.code.clone()).collect(),
            op_type: OpType::Add,
            revision: 1,
            notified_at: Some(start.plus_ms(-96 * HOUR_MS)),
        };
        let count = cutover.circuit_codes.len();
        self.tell(format!(
            "planned work {} on {}: {count} circuits, notified four days ago",
            cutover.cutover_no, link.name
        ));
        let eoms = self.carrier.eoms.clone();
        self.carrier.tasks.spawn(async move {
            if let Err(error) = eoms.tell_cutover(&cutover).await {
                tracing::warn!(%error, "the daemon did not take the planned work");
            }
        });
        Some(link)
    }

    /// The cut, and an EOMS that accepts the ticket of it and then says nothing.
    async fn cut(&self, rng: &mut StdRng, round: u32) -> Active {
        let Some(cable) = self.cable(round) else { return Active::default() };
        let impact = self.carrier.world.impact_of(&cable);
        let symptoms = incident::cable_cut(rng, &self.carrier.world, &cable);
        self.carrier.eoms.next_mishap_where("newAlarm", is_big, Mishap::Late(self.settings.eoms_timeout));
        self.tell(format!(
            "fibre cut on {}: {} alarms in two seconds, {} circuits down, {} protected circuits survive on their spare way",
            cable.name,
            symptoms.len(),
            impact.down.len(),
            impact.degraded.len()
        ));
        self.happen(symptoms).await
    }

    /// Cables inside one manager's area, busy ones first; each round another, and another area.
    fn cable(&self, round: u32) -> Option<Arc<Cable>> {
        let area = self.area(round);
        let cables = self.carrier.world.cables_by_impact();
        let inside: Vec<&Arc<Cable>> =
            cables.iter().filter(|cable| cable.a.manager == area && cable.z.manager == area).collect();
        let choice = usize::try_from(round / 2).unwrap_or(0) % inside.len().clamp(1, 5);
        inside.get(choice).map(|cable| Arc::clone(cable))
    }

    /// System code of the manager in whose area this round's cut is.
    fn area(&self, round: u32) -> &'static str {
        if round.is_multiple_of(2) { "SH_TNMS" } else { "GD_TNMS" }
    }

    /// A resource changes: an account manager hands a customer over.
    fn rename(&self, rng: &mut StdRng) {
        let customers: Vec<Row> = self.carrier.resource.rows(Class::Customer);
        let (Some(mut row), Some(other)) = (customers.choose(rng).cloned(), customers.choose(rng)) else { return };
        // managerName, managerPhone and managerEmail.
        let places = row.cells.iter_mut().zip(&other.cells).skip(6).take(3);
        places.for_each(|(cell, new)| new.clone_into(cell));
        self.tell(format!("{} has a new account manager, {}", row.get("name"), row.get("managerName")));
        let resource = self.carrier.resource.clone();
        self.carrier.tasks.spawn(async move {
            if let Err(error) = resource.change_and_tell(OpType::Mod, row).await {
                tracing::warn!(%error, "the daemon did not take a resource change");
            }
        });
    }

    /// A customer port goes down and up again, under one alarm id.
    async fn flap(&self, rng: &mut StdRng) {
        let Some(circuit) = self.active_circuit(rng) else { return };
        let subject = Subject::Port(Arc::clone(&circuit.a_port));
        let Some(manager) = self.carrier.manager(subject.manager()) else { return };
        self.tell(format!("the port of {} flaps", circuit.code));
        let mut alarm_id = String::new();
        for _ in 0..FLAPS {
            let mut record = alarm::raised(&knowledge::LOS, &subject, self.carrier.clock.now());
            if alarm_id.is_empty() {
                alarm_id = manager.raise(record);
            } else {
                record.alarm_id = alarm_id.as_str().into();
                manager.raise_again(record);
            }
            self.carrier.clock.sleep(rng.random_range(2_000..5_000)).await;
            manager.clear(&alarm_id);
            self.carrier.clock.sleep(rng.random_range(2_000..6_000)).await;
        }
    }

    /// The planned work happens inside its affect window.
    async fn work(&self, rng: &mut StdRng, link: Option<Arc<Link>>) {
        let Some(link) = link else { return };
        let symptoms = incident::uplink_lost(rng, &self.carrier.world, &link);
        self.tell(format!("planned work on {}: {} alarms, no ticket, no SLA minutes", link.name, symptoms.len()));
        let active = self.happen(symptoms).await;
        self.carrier.clock.sleep(40_000).await;
        self.end(active).await;
        self.tell(format!("planned work on {} is done", link.name));
    }

    /// The manager of the other area falls silent; what changes meanwhile is found by its sync.
    async fn silence(&self, rng: &mut StdRng, round: u32) {
        let silent = self.area(round + 1);
        let Some(manager) = self.carrier.manager(silent) else { return };
        self.tell(format!("{silent} falls silent"));
        manager.set_habits(|habits| habits.silent = true);
        self.carrier.clock.sleep(self.settings.silence_ms / 2).await;
        let missed = self.unseen(rng, manager);
        self.carrier.clock.sleep(self.settings.silence_ms / 2).await;
        manager.set_habits(|habits| *habits = Habits::default());
        manager.rebuild_list("restart of the northbound interface");
        self.tell(format!(
            "{silent} is back; {} alarms that it never reported will be found by the sync",
            missed.len()
        ));
        self.carrier.clock.sleep(45_000).await;
        self.end(missed).await;
    }

    /// Alarms raised while nobody listens.
    fn unseen(&self, rng: &mut StdRng, manager: &ManagerSim) -> Active {
        let in_area = |circuit: &&Arc<Circuit>| circuit.a_city.manager == manager.sys_code();
        let circuits: Vec<&Arc<Circuit>> = self.carrier.world.circuits.iter().filter(in_area).collect();
        let chosen = circuits.choose_multiple(rng, 3);
        let symptoms: Vec<_> = chosen.flat_map(|circuit| incident::port_alarm(&knowledge::LOS, circuit)).collect();
        self.happen_now(&symptoms)
    }

    fn active_circuit(&self, rng: &mut StdRng) -> Option<Arc<Circuit>> {
        let circuits = &self.carrier.world.circuits;
        // Nearly all are active; a few draws find one.
        (0..20).filter_map(|_| circuits.choose(rng)).find(|circuit| circuit.status == "ACTIVE").cloned()
    }
}

/// The ticket of the cut, not of a single port.
fn is_big(record: &Record) -> bool {
    record.get("circuitCount").parse().is_ok_and(|count: u32| count >= 20)
}
