//! Bad input gets the stated answer and disturbs nothing else: what was refused is in quarantine with
//! its reason, no password is, and the next good request works.
//!
//! - `envelopes`: messages that are none, or too large; `callers`: who may not call, and replays
//! - `rows`: bad rows of good messages, names of files; `lists`: files and lists over FTP
//! - `floods`: too much of it, and an overloaded writer

mod callers;
mod envelopes;
mod floods;
mod lists;
mod rows;

use std::sync::atomic::{AtomicU32, Ordering};

use model::time::{Time, Zone};
use reqwest::Method;
use serde_json::Value;
use sims::carrier::PeerInfo;
use soap::contract::CNM_FOR_TRANSPORT as TRANSPORT;

use crate::api::{self, Api, ready};
use crate::crash;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::{Answer, Letter, now, post};

/// A peer that may call from elsewhere only.
const ELSEWHERE: &str = "[[peer]]\ncaller = \"XX_TNMS\"\nkind = \"transport\"\npassword_file = \"GD_TNMS.secret\"\n\
                         allow = [\"192.0.2.0/24\"]\n";

struct Place {
    daemon: Daemon,
    api: Api,
    folder: tempfile::TempDir,
    good: AtomicU32,
}

impl Place {
    async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    async fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup { peers: vec![manager()], extra: ELSEWHERE.to_owned(), ..setup };
        let daemon = Daemon::start(folder.path(), setup);
        let api = Api::admin(&daemon).await;
        Place { daemon, api, folder, good: AtomicU32::new(0) }
    }

    async fn send(&self, text: impl Into<reqwest::Body>) -> Answer {
        post(&self.daemon, &TRANSPORT, text).await
    }

    /// What of these alarm ids is held, but for those that were only sent to see whether it works.
    async fn held(&self) -> Vec<String> {
        let alarms = self.api.all(&self.daemon, "/api/v1/alarms").await;
        let ids = alarms.iter().map(|alarm| alarm["alarmId"].as_str().unwrap().to_owned());
        let mut ids: Vec<String> = ids.filter(|id| !id.starts_with("still-")).collect();
        ids.sort();
        ids
    }

    async fn quarantine(&self) -> Vec<Value> {
        self.api.all(&self.daemon, "/api/v1/quarantine").await
    }

    /// Waits until this is in quarantine; its bytes too.
    async fn refused(&self, kind: &str, reason: &str) -> (Value, String) {
        let row = wait_for(&format!("{kind}: {reason}"), async || {
            let rows = self.api.all(&self.daemon, &format!("/api/v1/quarantine?kind={kind}")).await;
            rows.into_iter().find(|row| row["reason"].as_str().unwrap().contains(reason))
        })
        .await;
        let path = format!("/api/v1/quarantine/{}/content", row["id"]);
        let content = self.api.open(&self.daemon, Method::GET, &path, None).await.bytes().await.unwrap();
        (row, String::from_utf8_lossy(&content).into_owned())
    }

    /// A good alarm gets through.
    async fn still_works(&self) {
        let number = self.good.fetch_add(1, Ordering::Relaxed);
        let id = format!("still-{number}");
        let answer = self.send(report(&id, &(9000 + number).to_string(), &alarm(&id, "1", now()))).await;
        assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    }

    /// A good alarm still gets through, no password is anywhere, and the daemon ends well.
    async fn ends_well(mut self) {
        assert!(ready(&self.daemon).await);
        self.still_works().await;
        let last = format!("still-{}", self.good.load(Ordering::Relaxed) - 1);
        let alarms = self.api.all(&self.daemon, "/api/v1/alarms").await;
        assert!(alarms.iter().any(|alarm| alarm["alarmId"] == last.as_str()));
        self.no_password().await;
        assert!(self.daemon.stop().success(), "{}", self.daemon.log());
        assert!(!self.daemon.log().contains("panicked"), "{}", self.daemon.log());
        assert!(!self.daemon.log().contains(&manager().password), "a password is in the log");
        drop(self.folder);
    }

    async fn no_password(&self) {
        let password = manager().password;
        for row in self.quarantine().await {
            assert!(!row.to_string().contains(&password), "{row}");
            let path = format!("/api/v1/quarantine/{}/content", row["id"]);
            let content = self.api.open(&self.daemon, Method::GET, &path, None).await.bytes().await.unwrap();
            let content = String::from_utf8_lossy(&content).replace('\0', "");
            assert!(!content.contains(&password), "{row}: {content}");
        }
        assert!(!self.metrics().await.contains(&password));
    }

    async fn metrics(&self) -> String {
        api::metrics(&self.daemon).await
    }
}

/// The manager of these tests has a file site, which nobody will reach.
fn manager() -> PeerInfo {
    let site = ("ftp://127.0.0.1:9".to_owned(), "cnm".to_owned(), "site-secret".to_owned());
    PeerInfo { files: Some(site), ..crash::manager() }
}

fn letter(msg_id: &str) -> Letter {
    Letter::of(&manager(), msg_id, now())
}

fn alarm(id: &str, severity: &str, at: Time) -> String {
    alarm_at(id, severity, &Zone::china().write_local(at))
}

fn alarm_at(id: &str, severity: &str, ne_time: &str) -> String {
    format!(
        "<alarm><alarmId>{id}</alarmId><circuitCodes>no-such-circuit</circuitCodes><specialty>TRANS</specialty>\
         <emsName>EMS-1</emsName><neId>NE-{id}</neId><objectId>NE-{id}/1</objectId><objectType>PORT</objectType>\
         <alarmTitle>LOS</alarmTitle><nativeCause>R_LOS</nativeCause><severity>{severity}</severity>\
         <alarmStatus>ACTIVE</alarmStatus><neTime>{ne_time}</neTime></alarm>"
    )
}

fn report(msg_id: &str, number: &str, alarms: &str) -> String {
    reported(&letter(msg_id), number, alarms)
}

fn reported(letter: &Letter, number: &str, alarms: &str) -> String {
    letter.text(&TRANSPORT, "reportAlarm", &format!("<notificationId>{number}</notificationId>{alarms}"))
}
