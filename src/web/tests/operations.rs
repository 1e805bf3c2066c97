//! What the operations listener shows.

use std::sync::Arc;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::operations::{Operations, router};

async fn ask(operations: &Operations, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router(operations.clone()).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn metrics_health_and_readiness() {
    let registry = prometheus::Registry::new();
    let metrics = crate::metrics::Metrics::register(&registry).unwrap();
    metrics.logins_failed.inc();
    let well = Operations { registry: registry.clone(), unready: Arc::new(Vec::new) };
    assert_eq!(ask(&well, "/health").await, (200, "ok\n".to_owned()));
    assert_eq!(ask(&well, "/ready").await.0, 200);
    let (status, text) = ask(&well, "/metrics").await;
    assert!(status == 200 && text.contains("\nlinesman_web_logins_failed_total 1\n"), "{text}");
    let ill = Operations { registry, unready: Arc::new(|| vec!["the database is away".to_owned()]) };
    let (status, text) = ask(&ill, "/ready").await;
    assert_eq!((status, text.as_str()), (503, r#"{"ready":false,"reasons":["the database is away"]}"#));
}
