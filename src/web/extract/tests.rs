use super::*;

#[test]
fn only_an_escape_of_nul_is_nul() {
    for json in [r#""\u0000""#, r#"{"a":"x\\\u0000"}"#, r#"["\n\u0000"]"#] {
        assert!(names_nul(json.as_bytes()), "{json}");
    }
    for json in [r#""\\u0000""#, r#""u0000""#, r#""\u0001""#, r#""\"#, ""] {
        assert!(!names_nul(json.as_bytes()), "{json}");
    }
}
