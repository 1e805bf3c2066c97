//! The NOC's pages over a real store.

use intake::{Command, Content};
use model::source::{Source, SourceId, SourceKind, SourceState};
use store::user::Role;

use super::support::{TestApp, alarm_at};
use crate::board::Change;

#[tokio::test(flavor = "multi_thread")]
async fn lists_filters_and_one_alarm() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let noc = app.person("li", Role::Noc, None).await;
        let first = app.alarm(alarm_at(1, "P1", "2026-11-07T01:00:00Z", None)).await;
        let second = app.alarm(alarm_at(2, "P2", "2026-11-06T01:00:00Z", Some("2026-11-06T02:00:00Z"))).await;
        let page = app.get(&noc, "/api/v1/alarms?severity=1,2&customer=K1&limit=10").await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        assert_eq!(page["items"][0]["neName"], "GZ-SDH-1");
        assert_eq!(page["total"], 1);
        let past = app.get(&noc, "/api/v1/alarms?state=cleared&causes=true&limit=1").await.json();
        assert_eq!(past["items"][0]["id"], second);
        assert_eq!(app.get(&noc, "/api/v1/alarms?state=all").await.json()["items"].as_array().unwrap().len(), 2);
        let one = app.get(&noc, &format!("/api/v1/alarms/{first}")).await.json();
        assert_eq!(one["impact"][0]["customerNo"], "K1");
        assert_eq!(one["impact"][0]["circuits"].as_array().unwrap().len(), 2);
        assert_eq!(app.get(&noc, "/api/v1/alarms/99").await.status, 404);
        assert_eq!(app.get(&noc, "/api/v1/alarms/x").await.status, 404);
        for wrong in ["severity=9", "state=gone", "limit=0", "limit=5000", "cursor=nonsense", "fault=7", "nonsense=1"] {
            let reply = app.get(&noc, &format!("/api/v1/alarms?{wrong}")).await;
            assert_eq!(reply.status, 400, "{wrong}: {}", reply.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn finer_filters_of_alarms_and_circuits() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    let mut flapping = alarm_at(1, "P1", "2026-11-07T01:00:00Z", None);
    flapping.toggling = true;
    app.alarm(flapping).await;
    app.alarm(alarm_at(2, "P2", "2026-11-07T02:00:00Z", None)).await;
    app.alarm(alarm_at(3, "P2", "2026-11-06T01:00:00Z", Some("2026-11-06T02:00:00Z"))).await;
    let ids = async |query: &str| -> Vec<i64> {
        let page = app.get(&noc, &format!("/api/v1/alarms?{query}")).await;
        let items = page.json()["items"].as_array().cloned().unwrap_or_else(|| panic!("{query}: {}", page.text));
        // Each alarm is the first of its identity, and identities are numbered from 1.
        items.iter().map(|alarm| store::alarm::IdentityNo::of(alarm["id"].as_i64().unwrap()).0).collect()
    };
    for (query, expected) in [
        ("toggling=true", vec![1]),
        ("toggling=false", vec![2]),
        ("stale=true", vec![]),
        ("level=GOLD", vec![1]),
        ("impact=false", vec![]),
        ("unprotected=true", vec![2, 1]),
        ("ticket=true", vec![]),
        ("cause=R_LOS", vec![2, 1]),
        ("cause=R_LO", vec![]),
        ("owner=li", vec![]),
        ("from=2026-11-07T01:30:00Z", vec![2]),
        ("to=2026-11-07T01:30:00Z", vec![1]),
        ("specialty=IP", vec![]),
        ("state=all&to=2026-11-07T01:30:00Z", vec![1, 3]),
        ("state=cleared&toggling=true", vec![]),
    ] {
        assert_eq!(ids(query).await, expected, "{query}");
    }
    app.board.publish(12, vec![Change::Source(Box::new(Source { state: SourceState::Stale, ..source("GD_TNMS") }))]);
    assert_eq!(ids("stale=true").await, [2, 1]);
    for wrong in
        ["specialty=SHIP", "state=all&stale=true", "state=cleared&level=GOLD", "toggling=maybe", "from=yesterday"]
    {
        assert_eq!(app.get(&noc, &format!("/api/v1/alarms?{wrong}")).await.status, 400, "{wrong}");
    }
    let circuits = async |query: &str| app.get(&noc, &format!("/api/v1/circuits?{query}")).await.json();
    assert_eq!(circuits("limit=1").await["total"], 3);
    assert_eq!(circuits("protected=true").await["items"], serde_json::json!([]));
    assert_eq!(circuits("protected=false").await["items"].as_array().unwrap().len(), 3);
    assert_eq!(circuits("serviceLevel=AAA").await["items"], serde_json::json!([]));
    assert_eq!(circuits("stale=true&atRisk=true").await["items"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledgements_and_commands_go_to_the_writer() {
    let mut app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    let ack = app.send(Some(&noc), "POST", "/api/v1/alarms/7/ack", Some(r#"{"note":"crew on the way"}"#)).await;
    assert_eq!(ack.status, 204, "{}", ack.text);
    let submission = app.submitted.recv().await.unwrap();
    let Content::Acknowledge { alarm, by, note } = submission.content else { panic!("not an acknowledgement") };
    assert_eq!((alarm, by.as_str(), note.as_deref()), (7, "li", Some("crew on the way")));
    assert_eq!(app.send(Some(&noc), "POST", "/api/v1/sources/nobody/resync", Some("{}")).await.status, 404);
    assert_eq!(app.send(Some(&noc), "POST", "/api/v1/faults/F000001/dispatch", Some("{}")).await.status, 404);
    app.board.publish(11, vec![Change::Source(Box::new(source("GD_TNMS")))]);
    assert_eq!(app.send(Some(&noc), "POST", "/api/v1/sources/GD_TNMS/resync", Some("{}")).await.status, 202);
    let submission = app.submitted.recv().await.unwrap();
    let Content::Command { by, command } = submission.content else { panic!("not a command") };
    assert_eq!((by.as_str(), command), ("li", Command::Resync(SourceId::new("GD_TNMS"))));
}

fn source(code: &str) -> Source {
    Source {
        id: SourceId::new(code),
        kind: SourceKind::Transport,
        state: SourceState::Live,
        last_heard: None,
        silence_s: 300,
        lag_ms: None,
        alarms_10min: 0,
        circuits: 0,
        active_alarms: 0,
        alarm_seq: None,
        last_sync: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_and_the_security_headers() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    for path in ["/api/v1/alarms", "/api/v1/nothing", "/nothing", "/noc", "/api/openapi.json"] {
        let reply = app.send(None, "GET", path, None).await;
        let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-request-id").len(), 16, "{path}");
        assert!(header("content-security-policy").starts_with("default-src 'self'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        if reply.status.is_client_error() {
            assert_eq!(reply.json()["requestId"], header("x-request-id"));
            assert_eq!(reply.json()["status"], reply.status.as_u16());
        }
    }
    let wrong = app.send(None, "PUT", "/api/v1/alarms", None).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["status"].as_u64()), (405, Some(405)));
}
