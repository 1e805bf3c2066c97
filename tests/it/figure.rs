//! The daemon answers what the references say: the facts of a scenario are told to it over its
//! interfaces, in order, and in another process shuffled and twice, and each circuit's figure is asked
//! for over REST.

use std::path::Path;

use model::source::SourceKind;
use model::time::Time;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::Value;
use sims::carrier::PeerInfo;
use sims::clock::Clock;
use sims::link::{DaemonAddress, Link};
use soap::contract::{CNM_FOR_EOMS, CNM_FOR_TRANSPORT};
use soap::eoms::{Arguments, Record};
use soap::{Contract, XmlWriter};

use crate::api::Api;
use crate::crash::manager;
use crate::daemon::{Daemon, OWN, Setup};
use crate::scenarios::{differences, scenario};

/// When the facts are told: the last of them is over.
const CLOCK: &str = "2026-11-04T00:00:00+08:00";
const BATCH: usize = 100;

/// Cells of one line by their column.
pub type Line = Vec<(String, String)>;

/// In which order facts are told.
#[derive(Clone, Copy)]
enum Order {
    AsWritten,
    TwiceShuffled(u64),
}

fn lines(path: &Path) -> Vec<Line> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let records = reader.records().map(Result::unwrap);
    records.map(|record| columns.iter().cloned().zip(record.iter().map(str::to_owned)).collect()).collect()
}

impl Order {
    fn apply(self, lines: Vec<Line>) -> Vec<Line> {
        let Order::TwiceShuffled(seed) = self else { return lines };
        let mut twice = [lines.clone(), lines].concat();
        twice.shuffle(&mut StdRng::seed_from_u64(seed));
        twice
    }
}

/// A peer that speaks with the daemon.
pub fn link(daemon: &Daemon, contract: &Contract, peer: &PeerInfo, clock: &Clock) -> Link {
    let address = DaemonAddress { soap_url: format!("{}/soap", daemon.url), sys_code: OWN.to_owned() };
    Link::new(&address, contract, (&peer.caller, &peer.password), clock).unwrap()
}

/// Reports alarms; each must be taken.
pub async fn tell_alarms(link: &Link, lines: &[Line]) {
    for batch in lines.chunks(BATCH) {
        let number = link.notification_id();
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", number);
            for line in batch {
                w.nest("alarm", |w| line.iter().for_each(|(name, cell)| write_cell(w, name, cell)));
            }
        };
        let answer = link.call("reportAlarm", &link.message_id(), &write).await.unwrap();
        assert!(answer.result().child("results").is_none(), "rows were refused");
    }
}

fn write_cell(w: &mut XmlWriter, name: &str, cell: &str) {
    match name {
        "circuitCodes" => cell.split(';').filter(|code| !code.is_empty()).for_each(|code| {
            w.text(name, code);
        }),
        _ => drop(w.optional(name, Some(cell).filter(|cell| !cell.is_empty()))),
    }
}

/// Tells planned work; it must be taken.
pub async fn tell_cutovers(link: &Link, lines: &[Line]) {
    for line in lines {
        let filled = line.iter().filter(|(_, cell)| !cell.is_empty());
        let record = filled.fold(Record::default(), |record, (name, cell)| record.with(name, cell.as_str()));
        let arguments = Arguments { person: "李工".to_owned(), records: vec![record], ..Arguments::default() };
        let write = |w: &mut XmlWriter| arguments.write(w);
        let answer = link.call("syncCutover", &link.message_id(), &write).await.unwrap();
        assert_eq!(answer.text(), "0", "{line:?}");
    }
}

/// Tells a scenario to a fresh daemon and compares every figure.
async fn check(name: &str, order: Order, postgres: Option<String>) {
    let (scenario, folder) = (scenario(name), tempfile::tempdir().unwrap());
    std::fs::copy(scenario.join("plans.toml"), folder.path().join("plans.toml")).unwrap();
    let manager = PeerInfo { ems_names: Vec::new(), ..manager() };
    let desk = PeerInfo { caller: "GD_EOMS".to_owned(), kind: SourceKind::Eoms, ..manager.clone() };
    let setup = Setup {
        extra: "[sla]\nplans_file = \"plans.toml\"\n".to_owned(),
        peers: vec![manager.clone(), desk.clone()],
        clock: Some(CLOCK.to_owned()),
        postgres,
        ..Setup::default()
    };
    Daemon::import(folder.path(), &setup, &scenario);
    let mut daemon = Daemon::start(folder.path(), setup);
    let clock = Clock::starting_at(Time::parse(CLOCK).unwrap(), 1.0);
    let transport = link(&daemon, &CNM_FOR_TRANSPORT, &manager, &clock);
    tell_alarms(&transport, &order.apply(lines(&scenario.join("ALARMS.csv")))).await;
    let eoms = link(&daemon, &CNM_FOR_EOMS, &desk, &clock);
    tell_cutovers(&eoms, &order.apply(lines(&scenario.join("CUTOVERS.csv")))).await;
    let api = Api::admin(&daemon).await;
    let text = std::fs::read_to_string(scenario.join("expected-2026-10.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut answers = Vec::new();
    for circuit in &expected {
        let code = circuit["circuitCode"].as_str().unwrap();
        answers.push(api.get(&daemon, &format!("/api/v1/circuits/{code}/sla?period=2026-10")).await);
    }
    let differences = differences(&expected, &answers);
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences[..differences.len().min(40)].join("\n")
    );
    assert!(daemon.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_in_order_gives_the_figures() {
    check("plain", Order::AsWritten, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_shuffled_and_twice_gives_the_figures() {
    check("plain", Order::TwiceShuffled(1), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_gives_the_figures_on_postgres() {
    check("plain", Order::TwiceShuffled(2), Some(store::testing::postgres_url().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_with_five_plans_gives_the_figures() {
    check("plans", Order::TwiceShuffled(3), None).await;
}
