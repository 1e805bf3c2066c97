//! The limits, one by one at their edge, and the promise that no bytes make us panic.

use proptest::prelude::*;

use super::*;
use crate::Element;
use crate::Envelope;

fn reason(text: &str) -> String {
    parse(text).expect_err(text).to_string()
}

#[test]
fn texts_are_joined_and_decoded_once() {
    let tree = parse("<a>x &lt;&amp;lt;&#x4e2d;<![CDATA[<b>&amp;</b>]]><!-- no -->y\r\nz</a>").unwrap();
    assert_eq!(tree.root().text(), "x <&lt;中<b>&amp;</b>y\nz");
}

#[test]
fn children_keep_their_order_and_blank_text_goes() {
    let tree = parse("<?xml version='1.0'?>\n<a>\n <b>1</b>\n <c/>\n <b> 2 </b><d><e>3</e></d></a>\n").unwrap();
    let names: Vec<_> = tree.root().children().map(Element::name).collect();
    assert_eq!(names, ["b", "c", "b", "d"]);
    assert_eq!(tree.root().text(), "");
    assert_eq!(tree.root().values("b"), ["1", "2"]);
    assert_eq!(tree.root().value("c"), None);
    assert_eq!(tree.root().child("d").and_then(|d| d.value("e")), Some("3"));
    assert_eq!(tree.elements(), 6);
}

#[test]
fn nil_is_seen_wherever_its_prefix_was_declared() {
    let tree = parse(&format!(
        "<a xmlns:i='{XSI}'><b i:nil='true'/><c i:nil='1'>x</c><d i:nil='false'>x</d><e nil='true'>x</e></a>"
    ))
    .unwrap();
    let nil: Vec<_> = tree.root().children().map(Element::is_nil).collect();
    assert_eq!(nil, [true, true, false, false]);
    assert_eq!(tree.root().value("c"), None);
    assert_eq!(tree.root().value("d"), Some("x"));
}

#[test]
fn dtds_instructions_and_entities_are_refused() {
    assert!(reason("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>").contains("a DTD is not accepted"));
    assert!(reason("<!DOCTYPE a SYSTEM 'http://127.0.0.1/x'><a/>").contains("a DTD"));
    assert!(reason("<a><?php x?></a>").contains("processing instruction"));
    assert!(reason("<?xml-stylesheet href='x'?><a/>").contains("processing instruction"));
    assert!(reason("<a>&e;</a>").contains("an entity other"));
    assert!(reason("<a b='&e;'/>").contains("an entity other"));
    assert!(reason("<a>&#0;</a>").contains("not well-formed"));
    assert!(reason("<a>&#1;</a>").contains("control character"));
    assert!(reason("<a>\u{1}</a>").contains("control character"));
    assert!(reason("<a><?xml version='1.0'?></a>").contains("declaration after the start"));
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for text in [
        "",
        " ",
        "x",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a",
        "<a b=>",
        "<a b='1' b='2'/>",
        "<a>&lt</a>",
        "<p:a/>",
        "<a p:b='1'/>",
        "<1a/>",
        "<a:b:c/>",
        "<a>x<b/></a>",
        "<a><b/>x</a>",
        "<a>&amp;<b/></a>",
        "<>",
        "< a/>",
    ] {
        assert!(matches!(parse(text), Err(SoapError::Malformed { .. })), "{text:?}: {:?}", parse(text));
    }
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(parse(&nested(DEPTH_LIMIT)).is_ok());
    assert!(reason(&nested(DEPTH_LIMIT + 1)).contains("depth"));
    assert!(reason(&nested(100_000)).contains("depth"));
}

#[test]
fn attributes_namespaces_and_names_are_limited() {
    let attributes = |count: usize| (0..count).map(|i| format!(" a{i}='x'")).collect::<String>();
    assert!(parse(&format!("<a{}/>", attributes(ATTRIBUTES_LIMIT))).is_ok());
    assert!(reason(&format!("<a{}/>", attributes(ATTRIBUTES_LIMIT + 1))).contains("number of attributes"));
    assert!(reason(&format!("<a{}/>", attributes(50_000))).contains("number of attributes"));

    let namespaces = |count: usize| (0..count).map(|i| format!(" xmlns:n{i}='urn:{i}'")).collect::<String>();
    assert!(parse(&format!("<a{}/>", namespaces(NAMESPACES_LIMIT))).is_ok());
    assert!(reason(&format!("<a{}/>", namespaces(NAMESPACES_LIMIT + 1))).contains("bindings"));
    let different: String = (0..=NAMESPACES_LIMIT).map(|i| format!("<b xmlns='urn:{i}'/>")).collect();
    assert!(reason(&format!("<a>{different}</a>")).contains("number of namespaces"));
    // Axis declares xsi on every nil element: a hundred times the same is no hundred namespaces.
    assert!(parse(&format!("<a>{}</a>", "<b xmlns:xsi='urn:x'/>".repeat(100))).is_ok());

    assert!(parse(&format!("<{}/>", "n".repeat(NAME_LIMIT))).is_ok());
    assert!(reason(&format!("<{}/>", "n".repeat(NAME_LIMIT + 1))).contains("length of a name"));
    assert!(reason(&format!("<a {}='1'/>", "n".repeat(NAME_LIMIT + 1))).contains("length of a name"));
}

#[test]
fn size_is_limited() {
    let text = "x".repeat(BODY_LIMIT);
    assert!(matches!(parse(&format!("<a>{text}</a>")), Err(SoapError::TooLarge { what: "bytes", .. })));
    let many = "<a/>".repeat(ELEMENTS_LIMIT);
    assert!(matches!(parse(&format!("<r>{many}</r>")), Err(SoapError::TooLarge { what: "elements", .. })));
    assert_eq!(parse(&format!("<r>{}</r>", "<a/>".repeat(1000))).unwrap().elements(), 1001);
}

/// Pieces that, thrown together, come near to XML.
fn near_xml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<a>"),
        Just("</a>"),
        Just("<b/>"),
        Just("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"),
        Just("<s:Body>"),
        Just("</s:Body>"),
        Just("</s:Envelope>"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("<!--"),
        Just("-->"),
        Just("&lt;"),
        Just("&#x41;"),
        Just("&e;"),
        Just("<!DOCTYPE"),
        Just("<?x?>"),
        Just("中"),
        Just("text"),
        Just(" "),
        Just("<a x='1'"),
        Just(">"),
        Just("'"),
        Just("\""),
        Just("xmlns:p='u'"),
        Just("<p:a>"),
        Just("&"),
        Just("<"),
        Just("\0"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Envelope::read(&bytes, None);
        let _ = Envelope::read(&bytes, Some("text/xml; charset=gbk"));
    }

    #[test]
    fn no_near_xml_panics(text in near_xml()) {
        if let Ok(tree) = parse(&text) {
            for element in tree.root().descendants() {
                let _ = (element.name(), element.namespace(), element.text(), element.children().count());
            }
        }
    }

    #[test]
    fn no_mutation_of_a_good_message_panics(at in 0usize..600, byte in any::<u8>(), cut in 0usize..600) {
        let mut bytes = crate::write::envelope(|w| {
            w.nest_in("reportAlarm", "urn:x", |w| {
                w.nest("header", |w| { w.text("serCaller", "GD_TNMS").text("callerPwd", "geheim & <mehr>"); });
                w.text("alarmTitle", "光缆中断");
            });
        }).into_bytes();
        if let Some(place) = bytes.get_mut(at) { *place = byte; }
        let _ = Envelope::read(&bytes, None);
        bytes.truncate(cut);
        let _ = Envelope::read(&bytes, None);
    }

    #[test]
    fn what_is_written_is_read(texts in prop::collection::vec(any::<String>(), 1..8)) {
        let mut writer = crate::XmlWriter::new();
        writer.nest("r", |w| for text in &texts { w.text("t", text); });
        let tree = parse(&writer.finish()).unwrap();
        let read: Vec<String> = tree.root().children().map(|child| child.text().to_owned()).collect();
        let kept: Vec<String> = texts.iter()
            .map(|text| text.chars().map(|c| if is_xml_char(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()).collect();
        prop_assert_eq!(read, kept);
    }
}
