//! The whole street: a small carrier on loopback beside the real daemon, wired as an operator would.

use std::time::Duration;

use model::time::Time;
use serde_json::Value;
use sims::carrier::{Carrier, CarrierSettings};
use sims::clock::Clock;
use sims::eoms::KnownAlarm;
use sims::link::DaemonAddress;
use sims::world::WorldSettings;
use tokio_util::sync::CancellationToken;

use crate::api::Api;
use crate::daemon::{Daemon, OWN, Setup, free_address, wait_for};
use crate::letter;

const SEED: u64 = 7;

/// A carrier and its daemon.
pub struct Street {
    /// The carrier.
    pub carrier: Carrier,
    /// The daemon.
    pub daemon: Daemon,
    /// Its administrator.
    pub api: Api,
    folder: tempfile::TempDir,
}

impl Street {
    /// Starts both and waits until the daemon has loaded the carrier's resources over FTP.
    pub async fn start(setup: Setup, (customers, circuits): (usize, usize)) -> Self {
        let street = Self::start_unloaded(setup, (customers, circuits)).await;
        let wanted = street.carrier.world.circuits.len();
        wait_for("the first load of all resources", async || {
            let circuits = street.all("/api/v1/circuits").await;
            let loads = street.api.all(&street.daemon, "/api/v1/resource-loads").await;
            let over = !loads.is_empty() && loads.iter().all(|load| !load["endedAt"].is_null());
            (over && circuits.len() == wanted).then_some(())
        })
        .await;
        street
    }

    /// Starts both.
    pub async fn start_unloaded(setup: Setup, (customers, circuits): (usize, usize)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = free_address();
        let start = setup.clock.as_deref().map_or_else(letter::now, |text| Time::parse(text).unwrap());
        let clock = Clock::starting_at(start, 1.0);
        let site = folder.path().join("site");
        std::fs::create_dir_all(&site).unwrap();
        let settings = CarrierSettings {
            world: WorldSettings { seed: SEED, now: start, customers, circuits },
            history_days: 1,
            daemon: DaemonAddress { soap_url: format!("http://{listen}/soap"), sys_code: OWN.to_owned() },
            password: "carrier-secret".to_owned(),
            site,
            known_alarm: KnownAlarm::SecondSheet,
            manners: None,
            has_omc: false,
            has_data: setup.data_managers,
            measures: false,
        };
        let carrier = Carrier::start(settings, clock, CancellationToken::new()).await.unwrap();
        let listen = Some(listen);
        let daemon = Daemon::start(folder.path(), Setup { peers: carrier.peers(), listen, ..setup });
        let api = Api::admin(&daemon).await;
        Street { carrier, daemon, api, folder }
    }

    /// Reads what must be there.
    pub async fn get(&self, path: &str) -> Value {
        self.api.get(&self.daemon, path).await
    }

    /// Every item of a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        self.api.all(&self.daemon, path).await
    }

    /// Codes of the circuits in a state, sorted.
    pub async fn circuits_in(&self, state: &str) -> Vec<String> {
        let circuits = self.all(&format!("/api/v1/circuits?state={state}")).await;
        let mut codes: Vec<String> = circuits.iter().map(|c| c["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes
    }

    /// Waits until everything that the managers had to tell was taken.
    pub async fn told(&self) {
        wait_for("the managers to have told everything", async || {
            self.carrier.managers.iter().all(|manager| manager.waiting() == 0).then_some(())
        })
        .await;
    }

    /// Ends both; the daemon must end well.
    pub async fn stop(mut self) {
        self.carrier.stop().await;
        let ended = self.daemon.stop();
        assert!(ended.success(), "{}", self.daemon.log());
        drop(self.folder);
    }
}

/// Does it hold for this long?
pub async fn stays(span: Duration, mut condition: impl AsyncFnMut() -> bool) -> bool {
    let began = std::time::Instant::now();
    while began.elapsed() < span {
        if !condition().await {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}
