//! SOAP services behind our listener's limits.

use super::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused_with_a_fault() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let huge = "x".repeat(soap::BODY_LIMIT + 1);
    let reply = app.send(None, "POST", "/soap/CnmForTransport", Some(&huge)).await;
    assert!(reply.text.contains("<resultCode>1005</resultCode>"), "{}", reply.text);
    let unknown = app.send(None, "GET", "/soap/Nobody?wsdl", None).await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("Fault"), "the answer of the endpoint, not of the REST interface");
}
