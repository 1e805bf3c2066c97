//! The log of who did what: seen by administrators alone, sifted, and its breaks told.

use serde_json::Value;
use store::audit::{AuditEntry, add_audit};
use store::user::Role;

use super::support::TestApp;

fn ids(listing: &Value) -> Vec<&str> {
    listing["items"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_sifted_paged_and_checked() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let (li, noc) = (app.person("li", Role::Admin, None).await, app.person("wu", Role::Noc, None).await);
        let before = app.get(&li, "/api/v1/audit").await.json()["items"].as_array().unwrap().len();
        let mut tx = app.app.db.write().await.unwrap();
        for (n, what, object) in [(1, "report.run", "7"), (2, "report.fetch", "9"), (3, "user.add", "x")] {
            let (who, at) = ("zhao".to_owned(), app.app.clock.now().plus_s(n - 1_000));
            let detail = "=1+1".to_owned();
            add_audit(
                &mut tx,
                &AuditEntry { id: 0, at, who, what: what.to_owned(), object: object.to_owned(), detail },
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let listed = app.get(&li, "/api/v1/audit?who=zhao&limit=2").await.json();
        let first = before + 1;
        assert_eq!(ids(&listed), [(first + 2).to_string(), (first + 1).to_string()]);
        let next = listed["next"].as_str().unwrap();
        let rest = app.get(&li, &format!("/api/v1/audit?who=zhao&limit=2&cursor={next}")).await.json();
        assert_eq!((ids(&rest), &rest["next"]), (vec![first.to_string().as_str()], &Value::Null));
        let reports = app.get(&li, "/api/v1/audit?what=report.&who=zhao&object=9").await.json();
        assert_eq!(reports["items"][0]["what"], "report.fetch");
        let at = reports["items"][0]["at"].as_str().unwrap();
        let since = app.get(&li, &format!("/api/v1/audit?who=zhao&from={at}&to=")).await.json();
        assert_eq!(ids(&since).len(), 2, "{since}");
        assert_eq!(app.get(&li, "/api/v1/audit?from=yesterday").await.status, 400);

        let chain = app.get(&li, "/api/v1/audit/chain").await.json();
        assert_eq!((&chain["breaks"], &chain["entries"]), (&serde_json::json!([]), &(before + 3).into()), "{chain}");
        assert_eq!(chain["checkpoints"], 0);
        for path in ["/api/v1/audit", "/api/v1/audit/chain"] {
            assert_eq!(app.get(&noc, path).await.status, 403, "{path}");
        }
    }
}
