//! An OMC that misbehaves in every way beside the real daemon: whatever it does, the list of active alarms is
//! its own in the end, and exactly what is missing is asked for.

mod lists;
mod numbers;
mod sessions;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use model::alarm::{AlarmRecord, ObjectType, Severity};
use model::source::SourceKind;
use reqwest::Method;
use serde_json::{Value, json};
use sims::carrier::PeerInfo;
use sims::clock::Clock;
use sims::omc::{Asked, OmcSettings, OmcSim};
use sims::site::FtpSite;
use sims::tasks::Tasks;
use tokio_util::sync::CancellationToken;

use crate::api::Api;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::now;

const OMC: &str = "GD_OMC";
const SECRET: &str = "omc-secret";
const SOURCE: &str = "/api/v1/sources/GD_OMC";
/// A heartbeat each second, and a file that is late is looked for each quarter of one.
const QUICK: &str = "alive_s = 1\ncontrol_file_s = 1\n";

/// An OMC with its file site, and the daemon.
struct Place {
    omc: OmcSim,
    daemon: Daemon,
    api: Api,
    tasks: Tasks,
    /// Holds the data.
    _folder: tempfile::TempDir,
}

impl Place {
    /// Starts all of them and waits for the first list.
    async fn start(postgres: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, tasks) = (Clock::starting_at(now(), 1.0), Tasks::new(CancellationToken::new()));
        let root = folder.path().join("site");
        std::fs::create_dir_all(&root).unwrap();
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let accounts = BTreeMap::from([("cnm".to_owned(), SECRET.to_owned())]);
        let site = FtpSite::start(&root, anywhere, accounts, &tasks).await.unwrap();
        let settings = OmcSettings { sys_code: OMC.to_owned(), key: SECRET.to_owned(), address: anywhere, site: root };
        let omc = OmcSim::start(settings, (&clock, &tasks)).await.unwrap();
        let peer = PeerInfo {
            caller: OMC.to_owned(),
            kind: SourceKind::Omc,
            url: omc.url(),
            password: SECRET.to_owned(),
            ems_names: Vec::new(),
            files: Some((site.url(), "cnm".to_owned(), SECRET.to_owned())),
        };
        let peer_settings = QUICK.to_owned();
        let setup = Setup { peers: vec![peer], peer_settings, postgres, ..Setup::default() };
        let daemon = Daemon::start(&folder.path().join("daemon"), setup);
        let api = Api::admin(&daemon).await;
        let place = Place { omc, daemon, api, tasks, _folder: folder };
        place.listed(|run| run["state"] == "done").await;
        place
    }

    /// Raises so many alarms; the elements differ, so that none explains another.
    fn raise(&self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.omc.raise(alarm(self.omc.seq()))).collect()
    }

    /// Waits until the daemon holds the OMC's active alarms and no other.
    async fn agrees(&self, what: &str) {
        wait_for(what, async || {
            // In this order: what the OMC raises in between is not missed.
            let held = self.held().await;
            (held == self.omc.active()).then_some(())
        })
        .await;
    }

    /// Ids of the active alarms that the OMC told.
    async fn held(&self) -> Vec<String> {
        let alarms = self.api.all(&self.daemon, "/api/v1/alarms?source=GD_OMC").await;
        let mut ids: Vec<String> = alarms.iter().map(|alarm| alarm["alarmId"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    /// The last resync, once it is as it should be.
    async fn listed(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        wait_for("a resync", async || {
            let run = self.api.get(&self.daemon, SOURCE).await["lastSync"].clone();
            is_so(&run).then_some(run)
        })
        .await
    }

    /// Asks for a list and waits for its end.
    async fn resync(&self) -> Value {
        // The wire has whole seconds: the list must be later than what was told before.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        let before = self.api.get(&self.daemon, SOURCE).await["lastSync"]["syncReqId"].clone();
        let path = format!("{SOURCE}/resync");
        let (status, answer) = self.api.call(&self.daemon, Method::POST, &path, Some(json!({}))).await;
        assert!(status.is_success(), "{answer}");
        self.listed(|run| !run["endedAt"].is_null() && run["syncReqId"] != before).await
    }

    /// Waits until the OMC was asked something.
    async fn asked(&self, what: &str, is_so: impl Fn(&Asked) -> bool) {
        wait_for(what, async || is_so(&self.omc.asked()).then_some(())).await;
    }

    async fn stop(mut self) {
        self.tasks.stop().await;
        assert!(self.daemon.stop().success(), "{}", self.daemon.log());
    }
}

/// An alarm about an element of its own.
fn alarm(number: u32) -> AlarmRecord {
    AlarmRecord {
        ne_id: format!("NE-{number}").into(),
        object_id: format!("NE-{number}/1").into(),
        object_type: Some(ObjectType::Port),
        alarm_title: "Temperature high".into(),
        native_cause: "TEMP_HIGH".into(),
        severity: Severity::Minor,
        ne_time: Some(now()),
        ..AlarmRecord::default()
    }
}
