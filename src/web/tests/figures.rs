//! Figures from the store: the SLA, its ledger, the ribbon, the path, and the portal's words.

use model::time::{Time, Window};
use store::user::Role;

use super::support::{TestApp, alarm_at};

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_in_the_figure_the_ledger_and_the_ribbon() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let noc = app.person("li", Role::Noc, None).await;
        let id = app.alarm(alarm_at(1, "P1", "2026-11-05T01:00:00Z", Some("2026-11-05T01:10:00Z"))).await;
        let sla = app.get(&noc, "/api/v1/circuits/C1/sla?period=2026-11").await;
        let sla = sla.json();
        assert_eq!(sla["circuitCode"], "C1");
        assert_eq!(sla["downMs"], 600_000, "{sla}");
        assert_eq!((sla["outages"].as_u64(), sla["mttrMs"].as_u64()), (Some(1), Some(600_000)));
        // 30 days × 0.1 % = 43.2 min.
        assert_eq!((sla["allowedMs"].as_i64(), sla["leftMs"].as_i64()), (Some(2_592_000), Some(1_992_000)));
        assert_eq!(app.get(&noc, "/api/v1/circuits/C3/sla?period=2026-11").await.json()["downMs"], 0);
        let ledger = app.get(&noc, "/api/v1/circuits/C1/ledger?period=2026-11").await.json();
        let down = ledger["intervals"].as_array().unwrap().iter().find(|i| i["class"] == "down").unwrap().clone();
        assert_eq!((&down["start"], &down["end"]), (&"2026-11-05T01:00:00Z".into(), &"2026-11-05T01:10:00Z".into()));
        assert_eq!(down["evidence"][0]["id"], id.to_string());
        assert_eq!(down["evidence"][0]["title"], "Loss of signal");
        let ribbon = app.get(&noc, "/api/v1/circuits/C1/ribbon?days=5").await.json();
        let days = ribbon["days"].as_array().unwrap();
        assert_eq!((days.len(), days[4]["date"].as_str()), (5, Some("2026-11-07")));
        assert_eq!(days[2]["downMs"], 600_000, "{ribbon}");
        let lengths: Vec<_> = days.iter().map(|day| day["lengthMs"].as_i64().unwrap() / 3_600_000).collect();
        assert_eq!(lengths, [24, 24, 24, 24, 10], "today is as long as it has lasted");
        for wrong in ["2026-13", "soon", "2031"] {
            assert_eq!(app.get(&noc, &format!("/api/v1/circuits/C1/sla?period={wrong}")).await.status, 400, "{wrong}");
        }
        assert_eq!(app.get(&noc, "/api/v1/circuits/nope/sla").await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_shows_where_the_alarm_is() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    let bank = app.person("bank", Role::Customer, Some("K1")).await;
    let id = app.alarm(alarm_at(1, "P1", "2026-11-07T01:00:00Z", None)).await;
    let path = app.get(&noc, "/api/v1/circuits/C1/path").await.json();
    let hop = &path["segments"][0]["alternatives"][0]["hops"][0];
    assert_eq!((hop["state"].as_str(), hop["alarms"][0]["id"].as_i64()), (Some("down"), Some(id)));
    let zones = app.get(&bank, "/api/v1/portal/circuits/C1/path").await.json();
    let down: Vec<&str> = zones["zones"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|z| z["state"] == "down")
        .map(|z| z["zone"].as_str().unwrap())
        .collect();
    assert_eq!(down, ["access"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_minute_of_an_outage_is_explained_in_words() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let bank = app.person("bank", Role::Customer, Some("K1")).await;
    app.alarm(alarm_at(1, "P1", "2026-11-05T01:00:00Z", Some("2026-11-05T01:10:00Z"))).await;
    app.alarm(alarm_at(2, "P1", "2026-11-07T01:50:00Z", None)).await;
    let outages = app.get(&bank, "/api/v1/portal/circuits/C2/outages?period=2026-11").await.json();
    let items = outages["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!((items[0]["countedMs"].as_i64(), items[0]["cause"]["class"].as_str()), (Some(600_000), Some("signal")));
    assert_eq!(items[0]["minutes"][0]["why"]["zh"], "业务中断，计入考核");
    assert!(items[1]["end"].is_null(), "it lasts");
    assert_eq!(app.get(&bank, "/api/v1/portal/circuits/C2/sla").await.json()["outages"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circuit_out_of_service_has_no_budget_rather_than_an_empty_one() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let now = app.app.clock.now();
    let dossier = app.app.dossier("C1", now.plus_s(-400 * 86_400)).await.unwrap().unwrap();
    let budget_of = |start: &str, end: &str| {
        let period = Window::new(Time::parse(start).unwrap(), Time::parse(end).unwrap());
        crate::figure::budget::budget(&dossier.evaluate(period, now), dossier.plan.denominator)
    };
    assert_eq!(budget_of("2025-06-01T00:00:00Z", "2025-07-01T00:00:00Z"), None, "it began in 2026");
    assert_eq!(budget_of("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z").unwrap().left_ms, 2_592_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets_come_to_the_board_by_themselves() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let id = app.alarm(alarm_at(1, "P1", "2026-11-07T01:50:00Z", None)).await;
    app.app.tasks.spawn(crate::figure::budget::keep_budgets(std::sync::Arc::clone(&app.app)));
    let began = std::time::Instant::now();
    let left = loop {
        if let Some(left) = app.board.alarm(id).unwrap().sla_left_ms {
            break left;
        }
        assert!(began.elapsed().as_secs() < 10, "no budget after ten seconds");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    // 43.2 min less the ten since the alarm.
    assert!((1_980_000..=1_992_000).contains(&left), "{left}");
    app.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn since_when_a_circuit_is_down_is_what_its_ledger_says() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let noc = app.person("li", Role::Noc, None).await;
    app.alarm(alarm_at(1, "P1", "2026-11-07T01:00:00Z", None)).await;
    let circuit = app.board.inventory().circuit_ix("C1").unwrap();
    // The counters were moved by another alarm, before the first one was told late.
    let since = Time::parse("2026-11-07T01:30:00Z").unwrap();
    let down = engine::live::CircuitChange { circuit, state: engine::live::CircuitState::Down, since };
    app.board.publish(app.board.latest() + 1, vec![crate::board::Change::Circuits(vec![down])]);
    let shown = async || app.get(&noc, "/api/v1/circuits/C1").await.json()["since"].clone();
    assert_eq!(shown().await, "2026-11-07T01:30:00Z");
    app.app.refresh_budget("C1").await.unwrap();
    assert_eq!(shown().await, "2026-11-07T01:00:00Z");
}
