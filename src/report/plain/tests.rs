use super::plain;

#[test]
fn foreign_text_becomes_one_harmless_line() {
    assert_eq!(plain("  a\r\n\tb\u{0}\u{7}c  "), "a bc");
    assert_eq!(plain("abc\u{202e}gnp.exe\u{2066}"), "abcgnp.exe");
    assert_eq!(plain("\u{feff}张江\u{200b}—新街口\u{fffe}"), "张江—新街口");
    assert_eq!(plain("=1+1"), "=1+1");
}

#[test]
fn a_text_has_an_end() {
    let long = plain(&"长".repeat(100_000));
    assert_eq!(long.chars().count(), 1_001);
    assert!(long.ends_with('…'));
}
