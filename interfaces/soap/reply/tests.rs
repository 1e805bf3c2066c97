//! The positional form of an answer.

use super::*;

fn text(reply: Reply) -> String {
    let response = reply.into_response(Style::Positional, "op", "urn:x");
    let text = String::from_utf8(response.body().to_vec()).expect("UTF-8");
    text.split("<opReturn>").nth(1).and_then(|rest| rest.split('<').next()).expect("a return").to_owned()
}

#[test]
fn a_positional_service_answers_0_or_a_text() {
    assert_eq!(text(Reply::ok()), "0");
    assert_eq!(text(Reply::coded(ResultCode::NotFound, "no such ticket")), "3001: no such ticket");
    assert_eq!(text(Reply::coded(ResultCode::Internal, "")), "error 9001");
    assert_eq!(text(Reply::Text("sheetNo=1;errList=".into())), "sheetNo=1;errList=");
}

#[test]
fn busy_says_when_to_come_back() {
    let response = busy("try again");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[RETRY_AFTER], "5");
    assert_eq!(response.headers()[CONTENT_TYPE], "text/xml; charset=utf-8");
}
