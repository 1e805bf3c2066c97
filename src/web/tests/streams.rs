//! Live streams: resume, reload, revocation, and that a customer's shows nothing of others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use engine::live::{CircuitChange, CircuitState};
use http_body_util::BodyExt;
use model::time::Time;
use store::user::Role;

use super::support::{Login, TestApp, alarm_at};
use crate::app::Settings;
use crate::board::Change;

/// A stream that is being read.
struct Reader {
    body: Body,
    text: String,
}

impl Reader {
    async fn open(app: &TestApp, login: &Login, path: &str, last: Option<&str>) -> Reader {
        let mut login = login.clone();
        if let Some(last) = last {
            login.0.insert("last-event-id", last.parse().unwrap());
        }
        let (status, headers, body) = app.open(Some(&login), "GET", path, None).await;
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/event-stream");
        assert_eq!(headers["x-accel-buffering"], "no");
        Reader { body, text: String::new() }
    }

    /// Reads until the text has a word, or the stream ends.
    async fn until(&mut self, word: &str) -> bool {
        let reading = async {
            while !self.text.contains(word) {
                match self.body.frame().await {
                    Some(Ok(frame)) => self.text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap())),
                    _ => return false,
                }
            }
            true
        };
        tokio::time::timeout(Duration::from_secs(5), reading).await.unwrap_or(false)
    }

    /// How long until the stream ends.
    async fn ended(mut self) -> Duration {
        let began = Instant::now();
        while let Ok(Some(Ok(_))) = tokio::time::timeout(Duration::from_secs(5), self.body.frame()).await {}
        began.elapsed()
    }
}

async fn app() -> TestApp {
    TestApp::over(store::testing::sqlite().await).await
}

fn circuit(app: &TestApp, code: &str, state: CircuitState) -> Change {
    let circuit = app.board.inventory().circuit_ix(code).unwrap();
    Change::Circuits(vec![CircuitChange { circuit, state, since: Time::from_ms(0) }])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_what_changes_and_resumes() {
    let app = app().await;
    let noc = app.person("li", Role::Noc, None).await;
    let mut live = Reader::open(&app, &noc, "/api/v1/events", None).await;
    assert!(live.until(": connected").await, "the first byte comes at once");
    app.alarm(alarm_at(1, "P1", "2026-11-07T01:00:00Z", None)).await;
    assert!(live.until("\"neName\":\"GZ-SDH-1\"").await);
    assert!(live.until("id: 11\n").await);
    assert!(live.until("event: summary").await);
    app.board.publish(12, vec![circuit(&app, "C1", CircuitState::Down)]);
    assert!(live.until("event: circuit\ndata: {\"code\":\"C1\",\"state\":\"down\"").await);

    let mut resumed = Reader::open(&app, &noc, "/api/v1/events", Some("11")).await;
    assert!(resumed.until("id: 12\n").await);
    assert!(resumed.text.contains("\"C1\"") && !resumed.text.contains("event: alarm"), "{}", resumed.text);
    let mut old = Reader::open(&app, &noc, "/api/v1/events", Some("3")).await;
    assert!(old.until("event: resync").await, "before our history");
    assert!(old.until("id: 12\n").await, "and on from here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_stream_shows_own_circuits_only() {
    let app = app().await;
    let bank = app.person("bank", Role::Customer, Some("K1")).await;
    let mut live = Reader::open(&app, &bank, "/api/v1/portal/events", None).await;
    assert!(live.until(": connected").await);
    app.board.publish(11, vec![circuit(&app, "C3", CircuitState::Down)]);
    app.alarm(alarm_at(1, "P1", "2026-11-07T01:00:00Z", None)).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    app.board.publish(13, vec![circuit(&app, "C2", CircuitState::Degraded)]);
    assert!(live.until("id: 13\n").await);
    assert!(
        live.text.contains("\"C2\"") && !live.text.contains("C3") && !live.text.contains("GZ-SDH"),
        "{}",
        live.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_ends_streams_within_a_second() {
    let app = app().await;
    let root = app.person("root", Role::Admin, None).await;
    for round in 0..3 {
        let login = format!("li{round}");
        let noc = app.person(&login, Role::Noc, None).await;
        let mut live = Reader::open(&app, &noc, "/api/v1/events", None).await;
        assert!(live.until(": connected").await);
        let path = format!("/api/v1/users/{login}");
        let change = app.send(Some(&root), "PATCH", &path, Some(r#"{"disabled":true}"#)).await;
        assert_eq!(change.status, 200);
        let took = live.ended().await;
        assert!(took < Duration::from_secs(1), "took {took:?}");
    }
    // The same when another process did it.
    let noc = app.person("wang", Role::Noc, None).await;
    let mut live = Reader::open(&app, &noc, "/api/v1/events", None).await;
    assert!(live.until(": connected").await);
    let mut tx = app.app.db.write().await.unwrap();
    store::session::close_sessions_of(&mut tx, "wang").await.unwrap();
    tx.commit().await.unwrap();
    let took = live.ended().await;
    assert!(took < Duration::from_secs(1), "took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_so_many_streams_and_a_closed_one_frees_its_place() {
    let settings = Settings { streams_per_user: 2, ..Settings::default() };
    let app = TestApp::with(store::testing::sqlite().await, settings).await;
    let noc = app.person("li", Role::Noc, None).await;
    let first = Reader::open(&app, &noc, "/api/v1/events", None).await;
    let _second = Reader::open(&app, &noc, "/api/v1/events", None).await;
    assert_eq!(app.get(&noc, "/api/v1/events").await.status, 429);
    drop(first);
    let began = Instant::now();
    loop {
        let (status, _, _body) = app.open(Some(&noc), "GET", "/api/v1/events", None).await;
        if status == 200 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(2), "the place was never freed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_others_does_not_reload_a_customer() {
    let app = app().await;
    let bank = app.person("bank", Role::Customer, Some("K1")).await;
    let mut live = Reader::open(&app, &bank, "/api/v1/portal/events", None).await;
    assert!(live.until(": connected").await);
    let storm: Vec<Change> = (0..6_000)
        .map(|id| Change::Alarm(Arc::new(crate::board::tests::alarm(id, "P2", model::alarm::Severity::Major, id))))
        .collect();
    app.board.publish(11, storm);
    app.board.publish(12, vec![circuit(&app, "C1", CircuitState::Down)]);
    assert!(live.until("\"C1\"").await);
    assert!(!live.text.contains("resync"), "{}", live.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_ends_streams() {
    let app = app().await;
    let noc = app.person("li", Role::Noc, None).await;
    let mut live = Reader::open(&app, &noc, "/api/v1/events", None).await;
    assert!(live.until(": connected").await);
    app.stop.cancel();
    assert!(live.ended().await < Duration::from_secs(1));
}
