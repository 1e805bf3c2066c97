//! The board at its stated size: 100,000 circuits of 2,000 customers and 100,000 active alarms.
//! `cargo bench -p linesman-web --bench board`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops at what it did not expect")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::inventory::{Builder, CircuitIx};
use engine::knowledge::Knowledge;
use engine::live::{CircuitChange, CircuitState};
use model::alarm::{Alarm, AlarmRecord, Effect, ObjectType, Severity};
use model::resource::{Class, Row};
use model::source::SourceId;
use model::time::Time;
use web::board::query::AlarmFilter;
use web::board::{Board, Change};

const CIRCUITS: usize = 100_000;
const ALARMS: usize = 100_000;
const CUSTOMERS: usize = 2_000;
const PORTS: usize = 40_000;
/// Circuits over the one port that the cut takes.
const CUT: usize = 10_000;

fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let of = |name: &str| cells.iter().find(|(column, _)| *column == name).map_or("", |(_, cell)| *cell);
    Row { class, cells: class.columns().iter().map(|column| of(column.name).to_owned()).collect() }
}

fn inventory() -> engine::inventory::Inventory {
    let mut builder = Builder::new();
    for n in 0..CUSTOMERS {
        builder.add(&row(
            Class::Customer,
            &[("customerNo", &format!("K{n}")), ("name", &format!("Customer {n}")), ("level", "GOLD")],
        ));
    }
    builder.add(&row(Class::Ne, &[("neId", "N1"), ("name", "NE 1"), ("specialty", "TRANS")]));
    for n in 0..PORTS {
        builder.add(&row(Class::Port, &[("portId", &format!("P{n}")), ("neId", "N1")]));
    }
    for n in 0..CIRCUITS {
        let (code, customer) = (format!("C{n:06}"), format!("K{}", n % CUSTOMERS));
        let cells =
            [("circuitCode", code.as_str()), ("customerNo", &customer), ("inServiceTime", "2026-01-01T00:00:00Z")];
        builder.add(&row(Class::Circuit, &cells));
        let trunk = if n < CUT { 0 } else { 1 + n % (PORTS - 1) };
        for (hop, port) in [("1", trunk), ("2", 1 + (n * 7) % (PORTS - 1))] {
            let place = [("circuitCode", code.as_str()), ("segment", "1"), ("alternative", "1"), ("hop", hop)];
            let port = format!("P{port}");
            let cells = [place.as_slice(), &[("objectType", "PORT"), ("objectId", port.as_str())]].concat();
            builder.add(&row(Class::Route, &cells));
        }
    }
    builder.finish().0
}

fn alarm(n: usize, port: usize, severity: Severity) -> Change {
    let record = AlarmRecord {
        alarm_id: format!("ALM-{n:08}").into(),
        object_type: Some(ObjectType::Port),
        object_id: format!("P{port}").into(),
        ne_id: "N1".into(),
        ne_name: "NE 1".into(),
        alarm_title: "Loss of signal".into(),
        native_cause: "R_LOS".into(),
        severity,
        ..AlarmRecord::default()
    };
    let at = Time::from_ms(1_780_000_000_000).plus_s(i64::try_from(n).unwrap());
    Change::Alarm(Arc::new(Alarm {
        id: i64::try_from(n).unwrap(),
        source: SourceId::new("GD_TNMS"),
        record: Arc::new(record),
        raised_at: at,
        received_at: at,
        cleared_at: None,
        clear_type: None,
        raises: 1,
        found_by_sync: false,
        toggling: false,
        effect: Effect::Outage,
        fault: None,
        is_cause: false,
        parent: None,
        explained_by: "".into(),
        circuits: 1,
        acknowledged: None,
    }))
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() - 1) * share / 100).copied().unwrap_or_default();
    println!("{what}: p50 {:?}, p99 {:?}, n {}", at(50), at(99), times.len());
}

fn timed(n: usize, mut what: impl FnMut(usize)) -> Vec<Duration> {
    let one = |i| {
        let began = Instant::now();
        what(i);
        began.elapsed()
    };
    (0..n).map(one).collect()
}

fn main() {
    let began = Instant::now();
    let inventory = Arc::new(inventory());
    let knowledge = Arc::new(Knowledge::default());
    println!("inventory built in {:?}, {} MiB", began.elapsed(), inventory.bytes() >> 20);
    let board = Board::new(Arc::clone(&inventory), Arc::clone(&knowledge), 0);
    let severities = Severity::ALL;
    let mut seq = 0;
    let mut publish = |changes| {
        seq += 1;
        board.publish(seq, changes);
    };
    let began = Instant::now();
    for n in 0..ALARMS {
        publish(vec![alarm(n, 1 + n % (PORTS - 1), *severities.get(n % 5).unwrap())]);
    }
    println!(
        "{ALARMS} alarms published one by one in {:?}; the board holds {} MiB",
        began.elapsed(),
        board.bytes() >> 20
    );
    let filter = |n: usize| AlarmFilter {
        severities: vec![Severity::Critical, Severity::Major],
        customer: Some(format!("K{}", n % CUSTOMERS)),
        ..AlarmFilter::default()
    };
    report("page of 100 by severity and customer", timed(2000, |n| drop(board.alarms(&filter(n), None, 100).unwrap())));
    report("page of 100 of all", timed(500, |_| drop(board.alarms(&AlarmFilter::default(), None, 100).unwrap())));
    let nothing = AlarmFilter { q: Some("no such text".into()), ..AlarmFilter::default() };
    report("text search that finds nothing", timed(20, |_| drop(board.alarms(&nothing, None, 100).unwrap())));
    let cut = |n: usize| {
        let mut changes = vec![alarm(ALARMS + n, 0, Severity::Critical)];
        let (state, since) =
            (if n.is_multiple_of(2) { CircuitState::Down } else { CircuitState::Up }, Time::from_ms(1));
        let change = |ix| CircuitChange { circuit: CircuitIx(ix), state, since };
        changes.push(Change::Circuits((0..u32::try_from(CUT).unwrap()).map(change).collect()));
        changes
    };
    report("a cut of 10,000 circuits published, or its end", timed(20, |n| publish(cut(n))));
    report(
        "a new inventory",
        timed(3, |_| publish(vec![Change::Inventory(Arc::clone(&inventory), Arc::clone(&knowledge))])),
    );
}
