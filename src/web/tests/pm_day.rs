//! A day of performance files over a real store.

use model::source::{SourceId, SourceKind};
use model::time::{Time, Window};
use store::peer::register_source;
use store::performance::file::{FileEnd, PmFile, add_files, due_files, end_file};
use store::user::Role;

use super::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_tells_what_came_and_what_is_wrong() {
    for db in store::testing::both().await {
        let start = Time::parse("2026-11-07T00:00:00+08:00").unwrap();
        let mut tx = db.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_PMNMS"), SourceKind::Transport).await.unwrap();
        let file = |nth: i64| PmFile {
            id: 0,
            source,
            path: format!("/PM/{nth}"),
            task_id: String::new(),
            period: Window::new(start.plus_s(nth * 900), start.plus_s((nth + 1) * 900)),
            announced_at: start,
            expires_at: None,
            tries: 0,
        };
        add_files(&mut tx, &[file(0), file(1), file(2), file(2)]).await.unwrap();
        let ids: Vec<i64> =
            due_files(&mut tx, source, start, 9).await.unwrap().into_iter().map(|file| file.id).collect();
        let done = |refused| FileEnd::Done { sha256: [7; 32], rows: 5, refused };
        end_file(&mut tx, ids[0], &done(0), start).await.unwrap();
        end_file(&mut tx, ids[1], &done(2), start).await.unwrap();
        end_file(&mut tx, ids[2], &FileEnd::Failed("no columns".to_owned()), start).await.unwrap();
        tx.commit().await.unwrap();
        let app = TestApp::over(db).await;
        let noc = app.person("li", Role::Noc, None).await;
        let days = app.get(&noc, "/api/v1/pm-days?date=2026-11-07").await.json();
        let day = days["items"].as_array().unwrap().iter().find(|day| day["source"] == "GD_PMNMS").unwrap();
        let slots: Vec<&str> = day["slots"].as_array().unwrap().iter().map(|slot| slot.as_str().unwrap()).collect();
        assert_eq!(slots[..3], ["complete", "partial", "waiting"], "{day}");
        assert_eq!((slots.len(), &day["waiting"], &day["start"]), (96, &1.into(), &"2026-11-06T16:00:00Z".into()));
        let faults = day["faults"].as_array().unwrap();
        assert_eq!((faults.len(), &faults[0]["reason"], &faults[1]["refused"]), (2, &"no columns".into(), &2.into()));
        for wrong in ["date=yesterday", "date=2026-13-01", "day=1"] {
            assert_eq!(app.get(&noc, &format!("/api/v1/pm-days?{wrong}")).await.status, 400, "{wrong}");
        }
        let customer = app.person("it", Role::Customer, Some("K1")).await;
        assert_eq!(app.get(&customer, "/api/v1/pm-days").await.status, 403);
    }
}
