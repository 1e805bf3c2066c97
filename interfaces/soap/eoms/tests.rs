//! Both ways of passing arguments, the inner XML, and the answers' lists.

use proptest::prelude::*;

use super::*;

const DETAIL: &str = "<opDetail><recordInfo>\
    <fieldInfo><fieldChName>告警编号</fieldChName><fieldEnName>alarmId</fieldEnName><fieldContent>GD_1 &amp; 2</fieldContent></fieldInfo>\
    <fieldInfo><fieldContent> 待受理 </fieldContent><fieldEnName>sheetStatus</fieldEnName></fieldInfo>\
    </recordInfo><recordInfo/></opDetail>";

fn check(operation: &str) -> Arguments {
    let tree = parse(operation).unwrap();
    let arguments = Arguments::read(tree.root()).unwrap();
    assert_eq!(arguments.records.len(), 2, "{operation}");
    assert_eq!(arguments.records[0].get("alarmId"), "GD_1 & 2");
    assert_eq!(arguments.records[0].get("sheetStatus"), "待受理");
    assert_eq!(arguments.records[0].get("sheetNo"), "");
    arguments
}

#[test]
fn the_detail_is_read_escaped_in_cdata_and_as_elements() {
    let escaped = quick_xml::escape::escape(DETAIL);
    check(&format!("<op><opPerson>张三</opPerson><opDetail>{escaped}</opDetail></op>"));
    check(&format!("<op><opDetail><![CDATA[<?xml version=\"1.0\" encoding=\"GBK\"?>{DETAIL}]]></opDetail></op>"));
    check(&format!("<op><opDetail>\n{DETAIL}</opDetail></op>"));
    check(&format!("<op>{DETAIL}</op>"));
}

#[test]
fn arguments_are_read_by_position_where_they_have_no_names() {
    let detail = format!("<![CDATA[{DETAIL}]]>");
    let header = "<in0>CNM</in0><in1>GD_EOMS</in1><in2>x</in2><in3>2026-10-01 00:00:00</in3>";
    let rest = "<in/><in>corp</in><in>depart</in><in>138</in><in>2026-10-01 00:00:01</in>";
    let plain = check(&format!("<op>{header}{rest}<in>{detail}</in></op>"));
    assert_eq!((plain.person.as_str(), plain.corp.as_str(), plain.attach_ref.as_str()), ("", "corp", ""));
    let attached = check(&format!("<op>{header}<in>ref</in>{rest}<in>{detail}</in></op>"));
    assert_eq!((attached.attach_ref.as_str(), attached.contact.as_str()), ("ref", "138"));
    assert_eq!(attached.time, "2026-10-01 00:00:01");
}

#[test]
fn a_bad_detail_is_an_error() {
    for detail in ["", "&lt;!DOCTYPE a&gt;&lt;opDetail/&gt;", "&lt;opDetail&gt;", "&lt;other/&gt;"] {
        let tree = parse(&format!("<op><opDetail>{detail}</opDetail></op>")).unwrap();
        assert!(Arguments::read(tree.root()).is_err(), "{detail}");
    }
    let tree = parse("<op><serCaller>x</serCaller></op>").unwrap();
    assert_eq!(Arguments::read(tree.root()).unwrap_err().to_string(), "opDetail is missing");
}

#[test]
fn answers_are_read_leniently_and_written_strictly() {
    let read = |text| SheetAnswer::read(text).map(|a| (a.sheet_no, a.sheet_status, a.err_list));
    let some = |no: &str, status: Option<&str>, errors: &str| {
        Some((no.to_owned(), status.map(str::to_owned), errors.to_owned()))
    };
    assert_eq!(read("sheetNo=HB-051-140528-11072;errList="), some("HB-051-140528-11072", None, ""));
    assert_eq!(read(" sheetNo= ; errList=a=1;b;"), some("", None, "a=1;b"));
    assert_eq!(read("sheetNo=JS网调【2024】;sheetStatus=T1;errList="), some("JS网调【2024】", Some("T1"), ""));
    assert_eq!(read("errList=x"), some("", None, "x"));
    assert_eq!(read("sheetNo=1"), some("1", None, ""));
    assert_eq!(read("0"), None);
    assert_eq!(read("system error"), None);
    let answer = SheetAnswer { sheet_no: "1;2".into(), sheet_status: Some("T1".into()), err_list: "x;y".into() };
    assert_eq!(answer.to_string(), "sheetNo=1,2;sheetStatus=T1;errList=x;y");
}

proptest! {
    #[test]
    fn a_detail_survives_the_wire(fields in prop::collection::vec(("[a-zA-Z]{1,8}", "[^\\p{Cc}]{0,20}"), 0..5)) {
        let mut record = Record::default();
        for (name, content) in &fields {
            record = record.with(name, content.as_str());
        }
        let arguments = Arguments { person: "李四".into(), records: vec![record], ..Arguments::default() };
        let mut w = XmlWriter::new();
        w.nest("op", |w| arguments.write(w));
        let tree = parse(&w.finish()).unwrap();
        prop_assert_eq!(Arguments::read(tree.root()).unwrap(), arguments);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = SheetAnswer::read(&text);
        let _ = read_op_detail(&text);
    }
}
