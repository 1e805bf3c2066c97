//! Which changes are taken.

use http::Request;

use super::*;

fn parts(headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::post("/api/v1/x").header("host", "noc.example:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const OURS: (&str, &str) = ("x-linesman", "1");

#[test]
fn only_our_own_pages_change_things() {
    let ok = |headers: &[(&str, &str)]| check(&parts(headers), Marker::Required).is_ok();
    assert!(ok(&[JSON, OURS]));
    assert!(ok(&[JSON, OURS, ("origin", "http://noc.example:8080"), ("sec-fetch-site", "same-origin")]));
    assert!(!ok(&[JSON]), "no header");
    assert!(!ok(&[OURS, ("content-type", "text/plain")]), "a form");
    assert!(!ok(&[OURS]), "no type");
    assert!(!ok(&[JSON, OURS, ("origin", "http://evil.example")]));
    assert!(!ok(&[JSON, OURS, ("origin", "null")]));
    assert!(!ok(&[JSON, OURS, ("sec-fetch-site", "cross-site")]));
    assert!(check(&parts(&[JSON]), Marker::Optional).is_ok());
}
