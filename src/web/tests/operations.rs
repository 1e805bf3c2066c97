//! What the operations listener shows.

use std::sync::Arc;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::operations::{Check, Operations, Report, router};

async fn ask(operations: &Operations, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router(operations.clone()).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn metrics_health_and_readiness() {
    let registry = prometheus::Registry::new_custom(Some("linesman".to_owned()), None).unwrap();
    let metrics = crate::metrics::Metrics::register(&registry).unwrap();
    metrics.logins_failed.inc();
    let report = |alive, reason: &str| {
        let checks = vec![Check { name: "database", ok: reason.is_empty(), reason: reason.to_owned() }];
        Operations { registry: registry.clone(), report: Arc::new(move || Report { alive, checks: checks.clone() }) }
    };
    let well = report(true, "");
    assert_eq!(ask(&well, "/health").await, (200, r#"{"alive":true}"#.to_owned()));
    assert_eq!(ask(&well, "/ready").await.0, 200);
    let (status, text) = ask(&well, "/metrics").await;
    assert!(status == 200 && text.contains("\nlinesman_web_logins_failed_total 1\n"), "{text}");
    let ill = report(true, "no answer within 3 s");
    assert_eq!(ask(&ill, "/health").await.0, 200, "it is alive, though it cannot work");
    let (status, text) = ask(&ill, "/ready").await;
    let told = concat!(
        r#"{"ready":false,"reasons":["database: no answer within 3 s"],"#,
        r#""checks":[{"name":"database","ok":false,"reason":"no answer within 3 s"}]}"#
    );
    assert_eq!((status, text.as_str()), (503, told));
    assert_eq!(ask(&report(false, ""), "/health").await, (503, r#"{"alive":false}"#.to_owned()));
    assert_eq!(ask(&report(false, ""), "/ready").await.0, 503);
}
