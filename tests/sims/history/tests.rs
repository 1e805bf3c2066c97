use std::collections::{BTreeMap, BTreeSet};

use model::alarm::AlarmStatus;
use model::time::{Time, Zone};

use super::History;
use crate::world::{World, WorldSettings};

const NOW: &str = "2026-11-22T01:00:00Z";

fn world() -> World {
    World::generate(WorldSettings::demo(42, Time::parse(NOW).unwrap()))
}

#[test]
fn every_alarm_of_the_past_is_over_and_names_known_objects() {
    let world = world();
    let now = Time::parse(NOW).unwrap();
    let history = History::generate(&world, now, 30);
    let mut open = BTreeMap::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for shelf in world.network.shelves() {
        known.extend(shelf.boards().iter().map(|board| board.id.clone()));
        known.extend(shelf.ports().iter().map(|port| port.id.clone()));
    }
    for record in &history.alarms {
        let base = record.object_id.split('/').next().unwrap();
        assert!(known.contains(base), "{}", record.object_id);
        assert!(record.ne_time.unwrap() >= now.plus_s(-31 * 86_400));
        match record.alarm_status {
            Some(AlarmStatus::Cleared) => {
                let raised: Time = open.remove(&record.alarm_id).expect("a raise comes before its clear");
                assert!(record.clear_time.unwrap() > raised && record.clear_time.unwrap() < now);
            }
            _ => assert!(open.insert(record.alarm_id.clone(), record.ne_time.unwrap()).is_none()),
        }
    }
    assert!(open.is_empty());
    let shared: usize = ["GD_TNMS", "SH_TNMS"].iter().map(|name| history.alarms_of(&world, name).count()).sum();
    assert_eq!(shared, history.alarms.len());
}

#[test]
fn most_circuits_are_clean_and_some_work_was_planned() {
    let world = world();
    let history = History::generate(&world, Time::parse(NOW).unwrap(), 30);
    let ports: BTreeSet<&str> = history
        .alarms
        .iter()
        .filter(|record| record.severity.number() == 1 || record.native_cause == "TU_AIS")
        .map(|record| record.object_id.as_str())
        .collect();
    let hit = |id: &str| ports.contains(id);
    let circuits = world.circuits.iter();
    let touched = circuits.filter(|circuit| hit(&circuit.a_port.id) || hit(&circuit.z_port.id)).count();
    println!("{} alarms, {touched} circuits touched, {} cutovers", history.alarms.len(), history.cutovers.len());
    assert!((200..1200).contains(&touched), "{touched}");
    assert!(history.cutovers.iter().all(|cutover| !cutover.circuit_codes.is_empty()));
}

#[test]
fn the_log_reads_back_as_csv() {
    let world = world();
    let history = History::generate(&world, Time::parse(NOW).unwrap(), 30);
    let bytes = history.alarm_table(&Zone::china()).encode("ALARMS.csv").unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns, model::alarm::ALARM_COLUMNS);
    for (row, record) in reader.records().zip(&history.alarms) {
        let row = row.unwrap();
        assert_eq!(row[0], record.alarm_id);
        assert_eq!(Zone::china().read_local(&row[19]).unwrap(), record.ne_time.unwrap());
    }
    let cutovers = history.cutover_table(&Zone::china()).encode("CUTOVERS.csv").unwrap();
    assert_eq!(csv::Reader::from_reader(cutovers.as_slice()).records().count(), history.cutovers.len());
}
