//! A web over a fresh database, with a small network, three customers and their people.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use figures::Figures;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use intake::{Answer, Clock, Intake, Submission};
use model::alarm::{Alarm, AlarmFact, AlarmRecord, AlarmStatus};
use model::report::{Format, Language};
use model::resource::{Class, Row};
use model::source::{SourceId, SourceKind};
use model::time::Time;
use serde_json::Value;
use sha2::{Digest, Sha256};
use soap::gate::NoMemory;
use soap::{Endpoint, Gate};
use store::alarm::{AlarmRow, NewEvent, add_identities, put_alarms, put_events};
use store::report::issue::{Issue, NewDocument, add_document, add_issue};
use store::testing::TestDb;
use store::user::{Role, User};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::app::{App, AppState, Settings};
use crate::auth::password::Hasher;
use crate::board::{Board, Change};

pub(super) const PASSWORD: &str = "守护-Leitung-2026";
/// 2026-11-07T02:00:00Z.
pub(super) const NOW: &str = "2026-11-07T02:00:00Z";

/// A web under test.
pub(super) struct TestApp {
    pub(super) app: Arc<App>,
    pub(super) board: Board,
    pub(super) submitted: mpsc::UnboundedReceiver<Submission>,
    pub(super) stop: CancellationToken,
    router: Router,
    _db: TestDb,
    _reports: tempfile::TempDir,
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// Somebody with a cookie or token.
#[derive(Clone)]
pub(super) struct Login(pub(super) HeaderMap);

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// Alarms stand between the small network of the board's tests and the forbidden words.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = crate::board::tests::small_rows();
    for row in &mut rows {
        if row.class == Class::Ne {
            for (cell, column) in row.cells.iter_mut().zip(Class::Ne.columns()) {
                if column.name == "vendor" {
                    *cell = "ACME-Vendor".to_owned();
                }
            }
        }
    }
    rows
}

impl TestApp {
    pub(super) async fn over(db: TestDb) -> Self {
        Self::with(db, Settings::default()).await
    }

    pub(super) async fn with(db: TestDb, settings: Settings) -> Self {
        let rows = rows();
        let (inventory, _) = Inventory::build(&rows);
        let board = Board::new(Arc::new(inventory), Arc::new(Knowledge::build(&rows)), 10);
        let (intake, mut queue) = Intake::new(64);
        let (keep, submitted) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let reports = tempfile::tempdir().unwrap();
        let settings = Settings { reports: reports.path().to_owned(), ..settings };
        let state = AppState {
            db: db.db.clone(),
            board: board.clone(),
            intake,
            clock: Clock::starting_at(Time::parse(NOW).unwrap(), 1.0),
            figures: Figures::new(Arc::default(), BTreeMap::new(), 60_000),
            soap: Arc::new(Endpoint::new(Gate::new([]), Arc::new(NoMemory))),
            ask_qos: Arc::new(|_| Box::pin(async { Ok(Vec::new()) })),
            kept_ends: Arc::new(|| Ok(Vec::new())),
            registry: prometheus::Registry::new(),
            settings,
        };
        let app = App::new(state, stop.clone()).unwrap();
        // The other end of the intake: what the pipeline would commit is kept for the test to see.
        app.tasks.spawn(async move {
            while let Some(item) = queue.recv().await {
                let _ = keep.send(item.submission);
                let _ = item.answer.send(Ok(Answer::default()));
            }
        });
        let router = crate::router(&app);
        TestApp { app, board, submitted, stop, router, _db: db, _reports: reports }
    }

    pub(super) async fn add_user(&self, login: &str, role: Role, customer_no: Option<&str>) {
        let user = User {
            login: login.to_owned(),
            role,
            customer_no: customer_no.map(str::to_owned),
            name: String::new(),
            language: "zh".to_owned(),
            password_hash: Hasher::default().hash(PASSWORD.to_owned()).await.unwrap(),
            disabled: false,
            created_at: self.app.clock.now(),
        };
        let mut tx = self.app.db.write().await.unwrap();
        store::user::add_user(&mut tx, &user).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Adds a user and logs them in.
    pub(super) async fn person(&self, login: &str, role: Role, customer_no: Option<&str>) -> Login {
        self.add_user(login, role, customer_no).await;
        self.log_in(login).await
    }

    pub(super) async fn log_in(&self, login: &str) -> Login {
        let body = serde_json::json!({ "login": login, "password": PASSWORD }).to_string();
        let reply = self.send(None, "POST", "/api/v1/session", Some(&body)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
        headers.insert("x-linesman", "1".parse().unwrap());
        Login(headers)
    }

    pub(super) async fn get(&self, login: &Login, path: &str) -> Reply {
        self.send(Some(login), "GET", path, None).await
    }

    pub(super) async fn send(&self, login: Option<&Login>, method: &str, path: &str, body: Option<&str>) -> Reply {
        let (status, headers, body) = self.open(login, method, path, body).await;
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Sends a request and leaves the body to be read.
    pub(super) async fn open(
        &self,
        login: Option<&Login>,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> (StatusCode, HeaderMap, Body) {
        let mut request = Request::builder().method(method).uri(path).header("host", "linesman.test");
        if let Some(login) = login {
            request.headers_mut().unwrap().extend(login.0.clone());
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let mut request = request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 9], 4711))));
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, parts.headers, body)
    }

    /// A report of October that was issued to a customer, as CSV; the number of the document.
    pub(super) async fn report(&self, customer_no: &str, content: &[u8]) -> i64 {
        let path = format!("{customer_no}.csv");
        std::fs::write(self.app.settings.reports.join(&path), content).unwrap();
        let sha256 = hex::encode(Sha256::digest(content));
        let issue = Issue {
            id: 0,
            customer_no: customer_no.to_owned(),
            label: "2026-10".to_owned(),
            language: Language::Zh,
            revision: 1,
            is_final: true,
            content: String::new(),
            digest: String::new(),
            note: String::new(),
            parts: String::new(),
            generated_at: self.app.clock.now(),
        };
        let mut tx = self.app.db.write().await.unwrap();
        let document = NewDocument {
            issue_id: add_issue(&mut tx, &issue, &[]).await.unwrap(),
            customer_no,
            format: Format::Csv,
            path: &path,
            bytes: content.len() as u64,
            sha256: &sha256,
            created_at: issue.generated_at,
        };
        let id = add_document(&mut tx, document).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Stores an alarm as the pipeline would, and shows it; its number.
    pub(super) async fn alarm(&self, alarm: Alarm) -> i64 {
        let mut tx = self.app.db.write().await.unwrap();
        let source = store::peer::register_source(&mut tx, &alarm.source, SourceKind::Transport).await.unwrap();
        let raise = AlarmRecord {
            alarm_status: Some(AlarmStatus::Active),
            ne_time: Some(alarm.raised_at),
            ..alarm.record.as_ref().clone()
        };
        let mut facts = vec![AlarmFact::Record(Arc::new(raise.clone()))];
        if alarm.cleared_at.is_some() {
            let clear = AlarmRecord { alarm_status: Some(AlarmStatus::Cleared), clear_time: alarm.cleared_at, ..raise };
            facts.push(AlarmFact::Record(Arc::new(clear)));
        }
        let received_at = alarm.received_at;
        let identity = add_identities(&mut tx, &[(source, &alarm.record.alarm_id)]).await.unwrap()[0];
        let alarm = Alarm { id: identity.event_id(0).unwrap(), ..alarm };
        let event = |(place, fact)| NewEvent {
            id: identity.event_id(place).unwrap(),
            alarm_key: &alarm.record.alarm_id,
            fact,
            received_at,
            history: true,
            by_sync: false,
            raw: None,
        };
        let events: Vec<NewEvent<'_>> = facts.iter().enumerate().map(event).collect();
        put_events(&mut tx, &events).await.unwrap();
        let row = AlarmRow {
            source,
            alarm_key: alarm.record.alarm_id.as_str().into(),
            event_id: alarm.id,
            alarm: Arc::new(alarm.clone()),
        };
        put_alarms(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        let (seq, id) = (self.board.latest() + 1, alarm.id);
        self.board.publish(seq, vec![Change::Alarm(Arc::new(alarm))]);
        id
    }
}

/// An alarm on a port, raised at a time of day before [`NOW`].
pub(super) fn alarm_at(id: i64, port: &str, raised: &str, cleared: Option<&str>) -> Alarm {
    let raised_at = Time::parse(raised).unwrap();
    let mut alarm = crate::board::tests::alarm(id, port, model::alarm::Severity::Critical, 0);
    let record = AlarmRecord {
        specialty: Some(model::alarm::Specialty::Transport),
        vendor: "ACME-Vendor".into(),
        ne_name: "GZ-SDH-1".into(),
        ..alarm.record.as_ref().clone()
    };
    alarm.source = SourceId::new("GD_TNMS");
    alarm.record = Arc::new(record);
    alarm.raised_at = raised_at;
    alarm.received_at = raised_at;
    alarm.cleared_at = cleared.map(|text| Time::parse(text).unwrap());
    alarm
}
