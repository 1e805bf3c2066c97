//! Lists that people work through: what was put aside, and whose promise is broken or nearly so.

use engine::live::{CircuitChange, CircuitState};
use http_body_util::BodyExt;
use model::source::SourceId;
use model::time::Time;
use serde_json::Value;
use store::quarantine::{Kind, Quarantined, put_quarantine};
use store::user::Role;

use super::support::{Login, NOW, TestApp, alarm_at};
use crate::board::Change;
use crate::board::circuits::Budget;

async fn put(app: &TestApp, source: &str, kind: Kind, reason: &str, content: &[u8]) -> i64 {
    let once = Quarantined::once(kind, &SourceId::new(source), Time::parse(NOW).unwrap());
    let size = content.len() as u64;
    let what = Quarantined { name: "m1".to_owned(), reason: reason.to_owned(), size, ..once };
    let mut tx = app.app.db.write().await.unwrap();
    let id = put_quarantine(&mut tx, &what, content).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn ids(app: &TestApp, login: &Login, query: &str) -> Vec<i64> {
    let reply = app.get(login, &format!("/api/v1/quarantine{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text);
    reply.json()["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

fn budget(left_s: i64, allowed_s: i64) -> Option<Budget> {
    Some(Budget { left_ms: left_s * 1000, allowed_ms: allowed_s * 1000, ..Budget::default() })
}

fn codes(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_aside_is_found_by_kind_and_sender() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let noc = app.person("li", Role::Noc, None).await;
        let rows = put(&app, "GD_TNMS", Kind::Row, "severity is bad", b"<a>1</a>").await;
        let file = put(&app, "GD_TNMS", Kind::File, "sha256 differs", b"code,name").await;
        let other = put(&app, "GD_RMS", Kind::Row, "no such circuit", b"x").await;
        assert_eq!(ids(&app, &noc, "").await, [other, file, rows]);
        assert_eq!(ids(&app, &noc, "?source=GD_TNMS").await, [file, rows]);
        assert_eq!(ids(&app, &noc, "?source=GD_TNMS&kind=row").await, [rows]);
        assert_eq!(ids(&app, &noc, "?source=nobody").await, [0i64; 0]);
        let page = app.get(&noc, "/api/v1/quarantine?source=GD_TNMS&limit=1").await.json();
        let next = page["next"].as_str().unwrap();
        assert_eq!(ids(&app, &noc, &format!("?source=GD_TNMS&limit=1&cursor={next}")).await, [rows]);
        for wrong in ["?kind=odd", "?limit=0", "?cursor=x", "?colour=red"] {
            let reply = app.get(&noc, &format!("/api/v1/quarantine{wrong}")).await;
            assert_eq!(reply.status, 400, "{wrong}");
            let code = if wrong.contains("colour") { "bad_request" } else { "bad_fields" };
            assert_eq!(reply.json()["code"], code, "{wrong}: {}", reply.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thing_shows_how_it_begins() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    let mut content = "告警\tid\n\u{1b}[31m".as_bytes().to_vec();
    content.push(0xff);
    content.extend("长".repeat(5_000).bytes());
    let id = put(&app, "GD_TNMS", Kind::Message, "no envelope", &content).await;
    let one = app.get(&noc, &format!("/api/v1/quarantine/{id}")).await.json();
    let excerpt = one["excerpt"].as_str().unwrap();
    assert!(excerpt.starts_with("告警\tid\n\u{fffd}[31m\u{fffd}长"), "{excerpt}");
    assert_eq!(excerpt.chars().count(), 4_000);
    assert_eq!((one["keptBytes"].as_u64(), one["reason"].as_str()), (Some(content.len() as u64), Some("no envelope")));
    for unknown in ["999", "x"] {
        assert_eq!(app.get(&noc, &format!("/api/v1/quarantine/{unknown}")).await.status, 404, "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_promises_come_first_and_are_counted() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    let none = app.get(&noc, "/api/v1/sla/urgent").await.json();
    assert_eq!((codes(&none), none["total"].as_u64()), (vec![], Some(0)), "no figure yet");
    let put = |code: &str, budget| app.board.put_budgets(&[(code.to_owned(), budget)]);
    put("C1", budget(100, 2_592));
    put("C2", budget(-5, 2_592));
    put("C3", budget(-900, 2_592));
    let all = app.get(&noc, "/api/v1/sla/urgent").await.json();
    assert_eq!(codes(&all), ["C3", "C2", "C1"]);
    assert_eq!((all["breached"].as_u64(), all["atRisk"].as_u64(), all["total"].as_u64()), (Some(2), Some(1), Some(3)));
    assert_eq!(
        (all["items"][0]["slaLeftMs"].as_i64(), all["items"][0]["slaAllowedMs"].as_i64()),
        (Some(-900_000), Some(2_592_000))
    );
    for (query, wanted) in [
        ("?state=breached", vec!["C3", "C2"]),
        ("?state=at_risk", vec!["C1"]),
        ("?customer=K0", vec!["C2", "C1"]),
        ("?customer=K1&state=breached", vec!["C2"]),
        ("?customer=nobody", vec![]),
    ] {
        let page = app.get(&noc, &format!("/api/v1/sla/urgent{query}")).await.json();
        assert_eq!(codes(&page), wanted, "{query}");
        assert_eq!(page["total"].as_u64(), Some(wanted.len() as u64), "{query}");
    }
    for (base, wanted) in [("?limit=1", vec!["C3", "C2", "C1"]), ("?limit=1&customer=K1", vec!["C2", "C1"])] {
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&noc, &format!("/api/v1/sla/urgent{base}{cursor}")).await.json();
            walked.extend(codes(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(walked, wanted, "{base}");
    }
    put("C3", budget(2_000, 2_592));
    put("C2", None);
    let fewer = app.get(&noc, "/api/v1/sla/urgent").await.json();
    assert_eq!((codes(&fewer), fewer["breached"].as_u64()), (vec!["C1"], Some(0)), "mended figures leave the list");
    for wrong in ["?state=soon", "?cursor=x", "?limit=5000"] {
        let reply = app.get(&noc, &format!("/api/v1/sla/urgent{wrong}")).await;
        assert_eq!((reply.status.as_u16(), reply.json()["code"].as_str()), (400, Some("bad_fields")), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_lists_the_outages_of_all_own_circuits_page_by_page() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let bank = app.person("bank", Role::Customer, Some("K1")).await;
        let holding = app.person("holding", Role::Customer, Some("K0")).await;
        app.alarm(alarm_at(1, "P1", "2026-11-05T01:00:00Z", Some("2026-11-05T01:10:00Z"))).await;
        app.alarm(alarm_at(2, "P2", "2026-11-05T01:00:00Z", None)).await;
        let path = "/api/v1/portal/outages?period=2026-11";
        for who in [&bank, &holding] {
            let all = app.get(who, path).await.json();
            assert_eq!(codes(&all), ["C1", "C2"], "P2 carries another's circuit: {all}");
            assert_eq!((all["total"].as_u64(), all["next"].as_str()), (Some(2), None));
            assert_eq!(all["items"][0]["countedMs"], 600_000);
        }
        let first = app.get(&bank, &format!("{path}&limit=1")).await.json();
        assert_eq!((codes(&first), first["next"].as_str()), (vec!["C1"], Some("1")));
        let second = app.get(&bank, &format!("{path}&limit=1&cursor=1")).await.json();
        assert_eq!((codes(&second), second["next"].as_str()), (vec!["C2"], None));
        assert_eq!(codes(&app.get(&bank, "/api/v1/portal/outages?period=2026-10").await.json()), [""; 0]);
        assert_eq!(codes(&app.get(&bank, &format!("{path}&cursor=77")).await.json()), [""; 0]);
        for wrong in ["period=2031", "period=soon", "limit=51", "limit=0", "cursor=-1", "customer=K2"] {
            assert_eq!(app.get(&bank, &format!("/api/v1/portal/outages?{wrong}")).await.status, 400, "{wrong}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circuit_out_of_service_is_listed_last_and_not_counted_as_up() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    let bank = app.person("bank", Role::Customer, Some("K1")).await;
    let circuit = app.board.inventory().circuit_ix("C1").unwrap();
    let out = CircuitChange { circuit, state: CircuitState::NotInService, since: Time::parse(NOW).unwrap() };
    app.board.publish(app.board.latest() + 1, vec![Change::Circuits(vec![out])]);

    let list = app.get(&noc, "/api/v1/circuits").await.json();
    assert_eq!(codes(&list), ["C2", "C3", "C1"]);
    assert_eq!(
        (list["items"][2]["state"].as_str(), list["items"][2]["since"].as_str()),
        (Some("not_in_service"), Some(NOW))
    );
    for (state, wanted) in [("not_in_service", vec!["C1"]), ("up", vec!["C2", "C3"]), ("down", vec![])] {
        let page = app.get(&noc, &format!("/api/v1/circuits?state={state}")).await.json();
        assert_eq!((codes(&page), page["total"].as_u64()), (wanted.clone(), Some(wanted.len() as u64)), "{state}");
    }
    assert_eq!(app.get(&noc, "/api/v1/circuits?state=notinservice").await.status, 400);
    let found = app.get(&noc, "/api/v1/search?q=C1").await.json();
    assert_eq!(found["items"][0]["state"], "not_in_service");

    let overview = app.get(&bank, "/api/v1/portal/overview").await.json();
    let counts = ["circuitsTotal", "circuitsInService", "circuitsUp"].map(|name| overview[name].as_u64());
    assert_eq!((counts, &overview["banner"]), ([Some(2), Some(1), Some(1)], &Value::Null));
    assert_eq!(codes(&app.get(&bank, "/api/v1/portal/circuits").await.json()), ["C2", "C1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_compressed_for_who_asks_and_says_the_same() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("noc", Role::Noc, None).await;
    let long = "/api/openapi.json";
    let plain = app.get(&noc, long).await;
    let mut asking = noc.clone();
    asking.0.insert("accept-encoding", "gzip".parse().unwrap());
    let (status, headers, body) = app.open(Some(&asking), "GET", long, None).await;
    assert_eq!((status.as_u16(), &headers["content-encoding"]), (200, &"gzip".parse().unwrap()));
    let bytes = body.collect().await.unwrap().to_bytes();
    assert!(bytes.len() * 4 < plain.text.len(), "{} of {}", bytes.len(), plain.text.len());
    let mut unpacked = flate2::write::GzDecoder::new(Vec::new());
    std::io::Write::write_all(&mut unpacked, &bytes).unwrap();
    assert_eq!(String::from_utf8(unpacked.finish().unwrap()).unwrap(), plain.text);
    let (_, headers, _) = app.open(Some(&asking), "GET", "/api/v1/events", None).await;
    assert!(!headers.contains_key("content-encoding"), "a live event does not wait for a block to fill");
    let (_, headers, _) = app.open(Some(&asking), "GET", "/api/v1/session", None).await;
    assert!(!headers.contains_key("content-encoding"), "a short answer is not worth it");
}
