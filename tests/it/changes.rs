//! Single changes of resources: each acts once, however often it is told, also after a crash.

use model::source::SourceKind;
use reqwest::Method;
use sims::carrier::PeerInfo;
use soap::contract::CNM_FOR_RESOURCE as RESOURCE;

use crate::api::Api;
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::{Answer, Letter, now, post};

const CIRCUIT: [(&str, &str); 3] =
    [("circuitCode", "C1"), ("customerNo", "K1"), ("inServiceTime", "2026-01-01 00:00:00")];

struct Place {
    daemon: Daemon,
    api: Api,
    messages: std::cell::Cell<u32>,
    folder: tempfile::TempDir,
}

fn system() -> PeerInfo {
    PeerInfo { caller: "GD_RMS".to_owned(), kind: SourceKind::Resource, ..manager() }
}

impl Place {
    async fn start() -> Self {
        Self::over(None).await
    }

    /// With these files loaded before it starts.
    async fn over(inventory: Option<&std::path::Path>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup { peers: vec![system()], ..Setup::default() };
        if let Some(inventory) = inventory {
            Daemon::import(folder.path(), &setup, inventory);
        }
        let daemon = Daemon::start(folder.path(), setup);
        let api = Api::admin(&daemon).await;
        Place { daemon, api, messages: std::cell::Cell::new(0), folder }
    }

    /// Tells a change under a new message id.
    async fn tell(&self, number: u64, (class, op, key): (&str, &str, &str), fields: &[(&str, &str)]) -> Answer {
        self.messages.set(self.messages.get() + 1);
        let letter = Letter::of(&system(), &format!("m{}", self.messages.get()), now());
        let field =
            |(name, value): &(&str, &str)| format!("<fields><name>{name}</name><value>{value}</value></fields>");
        let fields: String = fields.iter().map(field).collect();
        let arguments = format!(
            "<notificationId>{number}</notificationId><class>{class}</class><opType>{op}</opType><key>{key}</key>{fields}"
        );
        post(&self.daemon, &RESOURCE, letter.text(&RESOURCE, "resourceChangeNotify", &arguments)).await
    }

    async fn customer(&self) -> String {
        self.api.get(&self.daemon, "/api/v1/customers/K1").await["name"].as_str().unwrap().to_owned()
    }

    async fn has_circuit(&self) -> bool {
        self.api.call(&self.daemon, Method::GET, "/api/v1/circuits/C1", None).await.0.is_success()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_told_again_does_not_undo_a_newer_one() {
    let mut place = Place::start().await;
    let name = |name| [("customerNo", "K1"), ("name", name)];
    assert_eq!(place.tell(1, ("CUSTOMER", "ADD", "K1"), &name("one")).await.code(), "0");
    assert_eq!(place.tell(2, ("CUSTOMER", "MOD", "K1"), &name("two")).await.code(), "0");
    assert_eq!(place.tell(3, ("CUSTOMER", "MOD", "K1"), &name("three")).await.code(), "0");
    let newest = async |place: &Place| (place.customer().await == "three").then_some(());
    wait_for("the newest name", async || newest(&place).await).await;
    assert_eq!(place.tell(2, ("CUSTOMER", "MOD", "K1"), &name("two")).await.code(), "0", "acknowledged again");
    place.daemon.kill();
    place.daemon.restart();
    assert_eq!(place.tell(2, ("CUSTOMER", "MOD", "K1"), &name("two")).await.code(), "0", "also after a crash");
    // One more change, so that the inventory is surely built after what was told again.
    assert_eq!(place.tell(4, ("REGION", "ADD", "R1"), &[("regionId", "R1"), ("name", "R")]).await.code(), "0");
    assert_eq!(place.tell(5, ("CIRCUIT", "ADD", "C1"), &CIRCUIT).await.code(), "0");
    wait_for("the circuit", async || place.has_circuit().await.then_some(())).await;
    assert_eq!(place.customer().await, "three");
    assert_eq!(place.tell(6, ("CIRCUIT", "DEL", "C1"), &[]).await.code(), "0");
    assert_eq!(place.tell(6, ("CIRCUIT", "DEL", "C1"), &[]).await.code(), "0", "it is gone: as it should be");
    assert_eq!(place.tell(7, ("CIRCUIT", "DEL", "C1"), &[]).await.code(), "3001", "another one names nothing");
    assert!(place.daemon.stop().success(), "{}", place.daemon.log());
    drop(place.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_parent_is_refused_until_the_parent_is_there() {
    let mut place = Place::start().await;
    let refused = place.tell(1, ("CIRCUIT", "ADD", "C1"), &CIRCUIT).await;
    assert_eq!((refused.status, refused.code()), (200, "3004"), "{}", refused.text);
    assert!(refused.text.contains("K1"), "{}", refused.text);
    assert_eq!(place.tell(2, ("CUSTOMER", "ADD", "K1"), &[("customerNo", "K1"), ("name", "K")]).await.code(), "0");
    let again = place.tell(1, ("CIRCUIT", "ADD", "C1"), &CIRCUIT).await;
    assert_eq!(again.code(), "0", "the same notification comes again and is news: {}", again.text);
    wait_for("the circuit", async || place.has_circuit().await.then_some(())).await;
    assert!(place.daemon.stop().success(), "{}", place.daemon.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_waits_is_freed_by_the_notice_of_its_parent() {
    let inventory = tempfile::tempdir().unwrap();
    let circuits = "circuitCode,customerNo,inServiceTime\nC0,K0,2026-01-01 00:00:00\nC1,K1,2026-01-01 00:00:00\n";
    for (class, rows) in [("CUSTOMER", "customerNo,name\nK0,K\n"), ("CIRCUIT", circuits)] {
        std::fs::write(inventory.path().join(format!("{class}.csv")), rows).unwrap();
    }
    let mut place = Place::over(Some(inventory.path())).await;
    assert!(!place.has_circuit().await, "it waits for its customer");
    assert_eq!(place.tell(1, ("CUSTOMER", "ADD", "K1"), &[("name", "K")]).await.code(), "0");
    wait_for("the circuit", async || place.has_circuit().await.then_some(())).await;
    assert!(place.daemon.stop().success(), "{}", place.daemon.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_loaded_before_the_start_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::default();
    let inventory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenarios/plain");
    Daemon::import(folder.path(), &setup, &inventory);
    let mut daemon = Daemon::start(folder.path(), setup);
    let api = Api::admin(&daemon).await;
    let loads = wait_for("the loads of the import", async || {
        Some(api.all(&daemon, "/api/v1/resource-loads").await).filter(|loads| loads.len() >= 11)
    })
    .await;
    assert!(loads.iter().all(|load| load["state"] == "done"), "{loads:#?}");
    assert_eq!((&loads[0]["class"], &loads[loads.len() - 1]["class"]), (&"ALARM_KNOWLEDGE".into(), &"REGION".into()));
    assert!(daemon.stop().success(), "{}", daemon.log());
}
