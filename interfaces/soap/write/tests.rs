//! What is written is well-formed whatever it is given.

use super::*;

#[test]
fn text_is_escaped_and_nested() {
    let mut w = XmlWriter::new();
    w.nest_in("a", "urn:x\"&", |w| {
        w.text("b", "1 < 2 & \"3\" > \u{1}\r\n")
            .value("c", 7)
            .text("d", "")
            .optional("e", None)
            .optional("f", Some("x"));
    });
    assert_eq!(
        w.finish(),
        "<a xmlns=\"urn:x&quot;&amp;\"><b>1 &lt; 2 &amp; &quot;3&quot; &gt; \u{fffd}&#13;\n</b><c>7</c><d/><f>x</f></a>"
    );
}

#[test]
fn names_of_settings_are_checked() {
    assert!(is_name("newAlarmReturn") && is_name("_x-1.y"));
    for bad in ["", "1a", "a b", "a>", "{operation}Return", "名"] {
        assert!(!is_name(bad), "{bad}");
    }
}
