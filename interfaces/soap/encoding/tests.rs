//! Each encoding in each way of saying so, and what is refused.

use super::*;

const TEXT: &str = "<a>北京天津ANE0365NP 光缆中断</a>";

fn utf_16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn declared(label: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"{label}\"?>{TEXT}")
}

#[test]
fn utf_8_is_the_default() {
    assert_eq!(decode(TEXT.as_bytes(), None).unwrap(), TEXT);
    assert_eq!(decode(declared("UTF-8").as_bytes(), Some("utf-8")).unwrap(), declared("UTF-8"));
    assert_eq!(decode(format!("\u{feff}{TEXT}").as_bytes(), None).unwrap(), TEXT);
}

#[test]
fn chinese_encodings_are_read_by_declaration() {
    for label in ["GB18030", "GBK", "gb2312"] {
        let text = declared(label);
        let (bytes, _, _) = GB18030.encode(&text);
        assert_eq!(decode(&bytes, None).unwrap(), text);
        // The label of the transport is often a constant of the peer's library.
        assert_eq!(decode(&bytes, Some("utf-8")).unwrap(), text);
    }
    let (bytes, _, _) = GB18030.encode(TEXT);
    assert_eq!(decode(&bytes, Some("GBK")).unwrap(), TEXT);
}

#[test]
fn utf_16_is_read_with_and_without_a_mark() {
    for big in [true, false] {
        let text = declared("UTF-16");
        assert_eq!(decode(&utf_16(&text, big), None).unwrap(), text);
        assert_eq!(decode(&utf_16(&format!("\u{feff}{text}"), big), None).unwrap(), text);
    }
}

#[test]
fn a_mismatch_is_refused() {
    let (gbk, _, _) = GB18030.encode(TEXT);
    let wrong = |bytes: &[u8], charset: Option<&str>| decode(bytes, charset).expect_err("refused").to_string();
    assert_eq!(wrong(&gbk, None), "the message is not valid UTF-8");
    assert!(
        wrong(&[b"<?xml version='1.0' encoding='GBK'?><a>\x81".as_slice(), b"</a>"].concat(), None).contains("gb18030")
    );
    assert!(wrong(declared("UTF-16").as_bytes(), None).contains("written in single bytes"));
    assert!(wrong(&utf_16(&declared("UTF-8"), true), None).contains("declared as UTF-8 but written in UTF-16BE"));
    assert!(wrong(format!("\u{feff}{}", declared("GBK")).as_bytes(), None).contains("declared as gb18030"));
    assert!(wrong(declared("ISO-8859-1").as_bytes(), None).contains("not accepted"));
    assert!(wrong(TEXT.as_bytes(), Some("shift_jis")).contains("not accepted"));
    // An odd number of bytes, and half a surrogate pair.
    assert!(decode(&utf_16(TEXT, true)[..9], None).is_err());
    assert!(decode(&[0, b'<', 0xd8, 0x00, 0, b'a'], None).is_err());
}

#[test]
fn bytes_that_read_as_both_labels_are_refused() {
    // UTF-8 for 中文, which GB18030 reads as three other characters.
    let text = "<?xml version='1.0' encoding='GBK'?><a>中文</a>";
    assert!(decode(text.as_bytes(), Some("utf-8")).unwrap_err().to_string().contains("readable as both"));
}

#[test]
fn the_charset_of_a_content_type_is_found() {
    assert_eq!(charset_of("text/xml; charset=\"GBK\""), Some("GBK"));
    assert_eq!(charset_of("text/xml;action=x;Charset=utf-8"), Some("utf-8"));
    assert_eq!(charset_of("text/xml"), None);
}

#[test]
fn the_head_of_a_document_can_always_be_read() {
    let utf16: Vec<u8> = "<a>密</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(head(&utf16, None, 100), "<a>密</a>");
    let marked = [b"\xff\xfe".as_slice(), &utf16].concat();
    assert_eq!(head(&marked, None, 100), "<a>密</a>");
    let (gbk, ..) = GB18030.encode("<?xml version='1.0' encoding='GBK'?><a>密码</a>");
    assert!(head(&gbk, None, 100).ends_with("<a>密码</a>"));
    assert_eq!(head(b"<a>\xb9\0</a>", Some("utf-8"), 5), "<a>\u{fffd}");
    assert_eq!(head(b"", Some("ebcdic"), 5), "");
}
