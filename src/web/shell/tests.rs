//! Pages, assets and their headers.

use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

async fn get(path: &str, encoding: &str) -> (http::response::Parts, Vec<u8>) {
    let request = http::Request::get(path).header("accept-encoding", encoding).body(axum::body::Body::empty()).unwrap();
    let (parts, body) =
        crate::frame::around(router(), crate::metrics::Metrics::register(&prometheus::Registry::new()).unwrap())
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
    (parts, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn pages_name_their_assets_and_are_asked_for_each_time() {
    for path in ["/", "/login", "/noc", "/noc/circuits/C1", "/portal", "/portal/circuits"] {
        let (parts, body) = get(path, "").await;
        assert_eq!(parts.status, 200, "{path}");
        assert_eq!(parts.headers["cache-control"], "no-cache");
        assert!(parts.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        let policy = parts.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"));
        let html = String::from_utf8(body).unwrap();
        assert!(!html.contains(BASE_MARK));
    }
}

#[tokio::test]
async fn assets_are_immutable_and_compressed() {
    let name = SITE.assets.keys().find(|name| name.ends_with(".js") || name.ends_with(".html")).unwrap();
    let path = format!("/_app/{}/{name}", SITE.hash);
    let (parts, plain) = get(&path, "br").await;
    assert_eq!(parts.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(parts.headers.get("content-encoding"), None);
    assert_eq!(plain, SITE.assets[name].plain);
    assert_eq!(get(&format!("/_app/0000/{name}"), "").await.0.status, 404, "another release");
    assert_eq!(get(&format!("/_app/{}/../Cargo.toml", SITE.hash), "").await.0.status, 404);
}

#[test]
fn gzip_is_sent_only_to_those_who_take_it() {
    assert!(accepts_gzip("gzip, deflate, br"));
    assert!(accepts_gzip("br;q=1.0, gzip;q=0.8"));
    assert!(!accepts_gzip("gzip;q=0"));
    assert!(!accepts_gzip("identity"));
}
