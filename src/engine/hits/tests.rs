use model::alarm::{ObjectType, Severity};
use model::resource::{Class, Row};

use super::*;

fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let cell = |name: &str| cells.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value).to_owned();
    Row { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() }
}

/// Circuit C1 rides on port P1 until 1000 ms and on P2 from then on; C2 is there to be left alone.
fn inventory() -> Inventory {
    let moved = Time::from_ms(1000).to_string();
    let hop = |port, from, to| {
        let cells = [
            ("circuitCode", "C1"),
            ("segment", "1"),
            ("alternative", "1"),
            ("hop", "1"),
            ("objectType", "PORT"),
            ("objectId", port),
            ("validFrom", from),
            ("validTo", to),
        ];
        row(Class::Route, &cells)
    };
    let circuit = |code| {
        row(Class::Circuit, &[("circuitCode", code), ("customerNo", "K"), ("inServiceTime", "1970-01-01T00:00:00Z")])
    };
    let rows = [circuit("C1"), circuit("C2"), hop("P1", "", &moved), hop("P2", &moved, "")];
    Inventory::build(&rows).0
}

fn record(severity: Severity) -> Arc<AlarmRecord> {
    let (object_type, object_id) = (Some(ObjectType::Port), "P1".to_owned());
    Arc::new(AlarmRecord { object_type, object_id: object_id.into(), severity, ..AlarmRecord::default() })
}

fn episode(values: &[(i64, Severity)], cleared: Option<i64>) -> EvidencedEpisode {
    let values: Vec<_> = values.iter().map(|(from, severity)| (Time::from_ms(*from), record(*severity))).collect();
    let episode = Episode {
        raised: values[0].0,
        cleared: cleared.map(Time::from_ms),
        clear_kind: None,
        clear_by: String::new(),
        values,
        raises: 1,
        negative_clear: false,
    };
    EvidencedEpisode::new("A1", episode)
}

fn found(evidenced: EvidencedEpisode) -> Vec<(i64, i64, Impact)> {
    let (inventory, knowledge) = (inventory(), Knowledge::default());
    let by_circuit = hits_by_circuit(&inventory, &knowledge, std::slice::from_ref(&evidenced));
    let c1 = inventory.circuit_ix("C1").unwrap();
    assert_eq!(hits_on_circuit(&inventory, &knowledge, c1, &[evidenced]), by_circuit[c1.0 as usize]);
    assert!(by_circuit[inventory.circuit_ix("C2").unwrap().0 as usize].is_empty());
    by_circuit[c1.0 as usize].iter().map(|hit| (hit.window.start.ms(), hit.window.end.ms(), hit.impact)).collect()
}

#[test]
fn the_effect_may_change_inside_an_episode() {
    let values = [(100, Severity::Critical), (200, Severity::Minor), (300, Severity::Major)];
    let expected = [(100, 200, Impact::Outage), (300, 400, Impact::Degraded)];
    assert_eq!(found(episode(&values, Some(400))), expected);
}

#[test]
fn an_alarm_touches_while_the_route_runs_there() {
    assert_eq!(found(episode(&[(100, Severity::Critical)], None)), [(100, 1000, Impact::Outage)]);
    assert_eq!(found(episode(&[(1000, Severity::Critical)], None)), []);
}

#[test]
fn after_a_silence_nobody_knows() {
    let silence = Window { start: Time::from_ms(300), end: Time::from_ms(500) };
    let doubted = |raised: i64, severity| EvidencedEpisode {
        sync_after_silence: Some(silence),
        ..episode(&[(raised, severity)], Some(500))
    };
    let expected = [(100, 300, Impact::Outage), (300, 500, Impact::Unmeasured)];
    assert_eq!(found(doubted(100, Severity::Critical)), expected);
    assert_eq!(found(doubted(350, Severity::Critical)), [(350, 500, Impact::Unmeasured)]);
    assert_eq!(found(doubted(100, Severity::Warning)), [], "without effect there is no doubt either");
}
