//! Only Envelope/Body/one element is ever executed.

use bytes::Bytes;

use super::*;

fn wrapped(inside: &str) -> String {
    format!("<s:Envelope xmlns:s='{SOAP_11}'>{inside}</s:Envelope>")
}

fn read(text: &str) -> Result<Envelope, SoapError> {
    Envelope::read(text.as_bytes(), None)
}

#[test]
fn the_body_element_is_found() {
    let envelope =
        read(&wrapped("<s:Header><x/></s:Header><s:Body><p:op xmlns:p='u:1'><a>1</a></p:op></s:Body>")).unwrap();
    assert_eq!((envelope.content().name(), envelope.content().namespace()), ("op", "u:1"));
    assert_eq!(envelope.content().value("a"), Some("1"));
}

#[test]
fn anything_else_is_refused() {
    let bad = [
        "<a/>".to_owned(),
        "<Envelope><Body><a/></Body></Envelope>".to_owned(),
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><a/></s:Body></s:Envelope>".to_owned(),
        wrapped(""),
        wrapped("<s:Body/>"),
        wrapped("<s:Body><a/><b/></s:Body>"),
        wrapped("<s:Body><a/></s:Body><s:Body><b/></s:Body>"),
        wrapped("<s:Header/><s:Header/><s:Body><a/></s:Body>"),
        wrapped("<s:Body><a/></s:Body><s:Header/>"),
        wrapped("<s:Body><a/></s:Body><x/>"),
        wrapped("<Body><a/></Body>"),
        wrapped("<w><s:Body><a/></s:Body></w>"),
        wrapped("<s:Header><x s:mustUnderstand='1'/></s:Header><s:Body><a/></s:Body>"),
        wrapped("<s:Header><x s:mustUnderstand='true'/></s:Header><s:Body><a/></s:Body>"),
    ];
    for text in bad {
        assert!(read(&text).is_err(), "{text}");
    }
    assert!(read(&wrapped("<s:Header><x s:mustUnderstand='0'/></s:Header><s:Body><a/></s:Body>")).is_ok());
}

#[test]
fn what_is_kept_has_no_password() {
    let text = wrapped("<s:Body><op><pwd>ge&lt;heim</pwd><b>光</b></op></s:Body>");
    let utf_16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{feff}{text}");
    for bytes in [text.into_bytes(), utf_16, marked.into_bytes()] {
        let bytes = Bytes::from(bytes);
        let envelope = Envelope::read(&bytes, None).unwrap();
        let kept = envelope.evidence(&bytes, envelope.content().child("pwd"));
        let kept = std::str::from_utf8(&kept).unwrap();
        assert!(kept.contains("<pwd>**********</pwd><b>光</b>"), "{kept}");
    }
}

#[test]
fn a_declared_encoding_is_spoken_through_to_the_tree() {
    let inside = wrapped("<s:Body><op><alarmTitle>光缆中断 ä</alarmTitle></op></s:Body>");
    let gb18030 = format!("<?xml version=\"1.0\" encoding=\"GB18030\"?>\n{inside}");
    let utf_16 = format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n{inside}");
    let (gb18030, _, _) = encoding_rs::GB18030.encode(&gb18030);
    let utf_16: Vec<u8> = utf_16.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&gb18030[..], &utf_16[..]] {
        let envelope = Envelope::read(bytes, Some("text/xml")).unwrap();
        assert_eq!(envelope.content().value("alarmTitle"), Some("光缆中断 ä"));
    }
}
