//! The past month of the carrier as data: alarms with their ends, and planned work. Most circuits
//! were clean, some were down, some only inside planned work, a few far too long.

use std::sync::Arc;

use model::alarm::{ALARM_COLUMNS, AlarmRecord};
use model::time::{Time, Window, Zone};
use model::work::{Cutover, OpType};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::alarm::{self, Subject};
use crate::files::Table;
use crate::incident::{self, Symptom};
use crate::wire::{self, CUTOVER_COLUMNS};
use crate::world::business::DAY_MS;
use crate::world::circuits::Circuit;
use crate::world::knowledge::{self, NOISE};
use crate::world::network::Link;
use crate::world::{self, World};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Nothing of the past lies in the last hours before the start, so that the live day begins clean.
const QUIET_MS: i64 = 2 * HOUR_MS;

/// The past of a world.
#[derive(Debug, Default)]
pub struct History {
    /// Raises and clears, in time order.
    pub alarms: Vec<AlarmRecord>,
    /// Planned work, each as its last revision.
    pub cutovers: Vec<Cutover>,
}

/// Draws a past.
struct Author<'a> {
    world: &'a World,
    rng: StdRng,
    now: Time,
    days: i64,
    numbers: u32,
    history: History,
}

/// How planned work went.
#[derive(Clone, Copy)]
enum Work {
    /// Notified in time and done in time.
    Good,
    /// Notified the evening before: it excludes nothing.
    Late,
    /// It took an hour longer than announced.
    Overrun,
}

// === impl History ===

impl History {
    /// `days` days before `now`.
    pub fn generate(world: &World, now: Time, days: u16) -> Self {
        let rng = world::rng(world.settings.seed, 2);
        let mut author = Author { world, rng, now, days: i64::from(days), numbers: 0, history: History::default() };
        author.write();
        let mut history = author.history;
        history.alarms.sort_by_key(|record| (record.clear_time.or(record.ne_time), record.alarm_id.clone()));
        history
    }

    /// The alarms that a manager reported.
    pub fn alarms_of<'a>(&'a self, world: &World, manager: &str) -> impl Iterator<Item = &'a AlarmRecord> + use<'a> {
        let observed = world.ems_names(manager);
        self.alarms.iter().filter(move |record| observed.iter().any(|name| record.ems_name == *name))
    }

    /// All alarms as a log file.
    pub fn alarm_table(&self, zone: &Zone) -> Table {
        alarm_table(self.alarms.iter(), zone)
    }

    /// The cutovers as a file.
    pub fn cutover_table(&self, zone: &Zone) -> Table {
        let rows = self.cutovers.iter().map(|cutover| wire::cutover_cells(cutover, zone)).collect();
        Table { columns: CUTOVER_COLUMNS.map(str::to_owned).to_vec(), rows }
    }
}

/// Alarms as a table with the interface's columns.
pub fn alarm_table<'a>(alarms: impl Iterator<Item = &'a AlarmRecord>, zone: &Zone) -> Table {
    let rows = alarms.map(|record| wire::alarm_cells(record, zone)).collect();
    Table { columns: ALARM_COLUMNS.map(str::to_owned).to_vec(), rows }
}

// === impl Author ===

impl Author<'_> {
    fn write(&mut self) {
        self.cuts();
        self.access_failures();
        self.port_failures();
        self.planned_works();
        self.degradations();
        self.noise();
    }

    /// Two cuts of quiet cables.
    fn cuts(&mut self) {
        let cables = self.world.cables_by_impact();
        for rank in [cables.len() * 3 / 4, cables.len() * 7 / 8] {
            let Some(cable) = cables.get(rank) else { continue };
            let symptoms = incident::cable_cut(&mut self.rng, self.world, cable);
            let start = self.moment();
            let length = self.rng.random_range(22..55) * MINUTE_MS;
            self.happen(&symptoms, start, length);
        }
    }

    fn access_failures(&mut self) {
        let world = self.world;
        let uplinks: Vec<&Arc<Link>> = world.network.links.iter().filter(|link| link.link_type == "ACCESS").collect();
        for _ in 0..3 {
            let Some(link) = uplinks.choose(&mut self.rng) else { return };
            let symptoms = incident::uplink_lost(&mut self.rng, world, link);
            let start = self.moment();
            let length = self.rng.random_range(6..35) * MINUTE_MS;
            self.happen(&symptoms, start, length);
        }
        for _ in 0..3 {
            let Some(circuit) = world.circuits.choose(&mut self.rng) else { return };
            let symptoms = incident::board_failed(&mut self.rng, world, &circuit.a_port.board);
            let start = self.moment();
            let length = self.rng.random_range(10..80) * MINUTE_MS;
            self.happen(&symptoms, start, length);
        }
    }

    /// Single circuits: most for minutes, a few for many hours, four that would not stay up.
    fn port_failures(&mut self) {
        for number in 0..130 {
            let Some(circuit) = self.any_circuit() else { return };
            let minutes = match number % 13 {
                0 => self.rng.random_range(500..1900),
                1..=4 => self.rng.random_range(40..240),
                _ => self.rng.random_range(1..35),
            };
            let start = self.moment();
            let jitter = self.rng.random_range(0..MINUTE_MS);
            self.happen(&incident::port_alarm(&knowledge::LOS, &circuit), start, minutes * MINUTE_MS + jitter);
        }
        for _ in 0..4 {
            let Some(circuit) = self.any_circuit() else { return };
            let mut start = self.moment();
            for _ in 0..self.rng.random_range(12..30) {
                let length = self.rng.random_range(20_000..180_000);
                self.happen(&incident::port_alarm(&knowledge::LOS, &circuit), start, length);
                start = start.plus_ms(length + self.rng.random_range(60_000..900_000));
            }
        }
    }

    fn planned_works(&mut self) {
        let world = self.world;
        let uplinks: Vec<&Arc<Link>> = world.network.links.iter().filter(|link| link.link_type == "ACCESS").collect();
        for number in 1..=9u32 {
            let Some(link) = uplinks.choose(&mut self.rng) else { return };
            let work = match number {
                4 => Work::Late,
                7 => Work::Overrun,
                _ => Work::Good,
            };
            let night = self.moment().ms().div_euclid(DAY_MS) * DAY_MS;
            // 17:00 UTC is 01:00 in the morning of the carrier.
            let start = Time::from_ms(night + 17 * HOUR_MS).min(self.now.plus_ms(-QUIET_MS - 6 * HOUR_MS));
            self.planned_work(number, link, start, work);
        }
    }

    fn planned_work(&mut self, number: u32, link: &Link, start: Time, work: Work) {
        let affect = Window::new(start.plus_ms(30 * MINUTE_MS), start.plus_ms(150 * MINUTE_MS));
        let notice = match work {
            Work::Late => 9 * HOUR_MS,
            Work::Good | Work::Overrun => 96 * HOUR_MS,
        };
        let length = match work {
            Work::Overrun => affect.length_ms() + 65 * MINUTE_MS,
            Work::Good | Work::Late => self.rng.random_range(20..110) * MINUTE_MS,
        };
        let circuits = self.world.circuits.iter().filter(|circuit| circuit.rides(&link.id));
        self.history.cutovers.push(Cutover {
            cutover_no: format!("GJ-{number:05}"),
            title: format!("{}割接", link.name),
            work: Some(Window::new(start, start.plus_ms(4 * HOUR_MS))),
            is_affect: true,
            affect: Some(affect),
            affect_info: format!("{}所载专线中断", link.name),
            manager: "周建国".to_owned(),
            phone: "10012345678".to_owned(),
            circuit_codes: circuits.map(|circuit| circuit.code.clone()).collect(),
            op_type: OpType::Add,
            revision: 1,
            notified_at: Some(affect.start.plus_ms(-notice)),
        });
        let symptoms = incident::uplink_lost(&mut self.rng, self.world, link);
        self.happen(&symptoms, affect.start.plus_ms(3 * MINUTE_MS), length);
    }

    fn degradations(&mut self) {
        for _ in 0..40 {
            let Some(circuit) = self.any_circuit() else { return };
            let start = self.moment();
            let length = self.rng.random_range(5..600) * MINUTE_MS;
            self.happen(&incident::port_alarm(&knowledge::DEGRADED, &circuit), start, length);
        }
    }

    fn noise(&mut self) {
        for _ in 0..900 {
            let (Some(kind), Some(circuit)) = (NOISE.choose(&mut self.rng).copied(), self.any_circuit()) else {
                return;
            };
            let subject = Subject::Board(Arc::clone(&circuit.a_port.board));
            let start = self.moment();
            let length = self.rng.random_range(1..300) * MINUTE_MS;
            self.happen(&[Symptom { after_ms: 0, kind, subject }], start, length);
        }
    }

    fn any_circuit(&mut self) -> Option<Arc<Circuit>> {
        self.world.circuits.choose(&mut self.rng).cloned()
    }

    /// A moment of the past.
    fn moment(&mut self) -> Time {
        let span = (self.days * DAY_MS - QUIET_MS - 8 * HOUR_MS).max(HOUR_MS);
        self.now.plus_ms(-QUIET_MS - 8 * HOUR_MS - self.rng.random_range(0..span))
    }

    /// Raises the symptoms and clears them when it is over, before the quiet hours at the latest.
    fn happen(&mut self, symptoms: &[Symptom], start: Time, length_ms: i64) {
        let end = start.plus_ms(length_ms).min(self.now.plus_ms(-QUIET_MS));
        for symptom in symptoms {
            self.numbers += 1;
            // The wire has whole seconds; so has the past, or a file would differ from its source.
            let second = |at: Time| Time::from_ms(at.ms().div_euclid(1000) * 1000);
            let raised_at = second(start.plus_ms(symptom.after_ms));
            let cleared_at = second(end.plus_ms(symptom.after_ms)).max(raised_at.plus_s(1));
            let mut record = alarm::raised(symptom.kind, &symptom.subject, raised_at);
            record.alarm_id = format!("H{}-{:07}", symptom.subject.manager(), self.numbers).into();
            self.history.alarms.push(alarm::cleared(&record, cleared_at));
            self.history.alarms.push(record);
        }
    }
}

#[cfg(test)]
mod tests;
