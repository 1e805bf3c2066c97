use super::*;

const WANTED: [Wanted; 2] = [Wanted { name: "id", mandatory: true }, Wanted { name: "name", mandatory: false }];

fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), SlaError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("T.csv");
    std::fs::write(&path, bytes).unwrap();
    let (mut issues, mut rows) = (Issues::default(), Vec::new());
    Table::open(&path, &WANTED, &mut issues)?.read(&mut issues, |cells| {
        if cells.get(0) == "bad" {
            return Err("id is bad".to_owned());
        }
        rows.push(format!("{}={}", cells.get(0), cells.get(1)));
        Ok(())
    })?;
    Ok((rows, issues.kept().iter().map(ToString::to_string).collect()))
}

#[test]
fn good_rows_count_and_bad_rows_are_listed() {
    let text = b"name,id,more\r\n\"a \"\"b\"\", c\",1,x\nbad,bad,x\nshort,2\n\xff\xfe,3,x\n\n \xe7\x94\xb5 , 4 ,x\n";
    let (rows, issues) = read(text).unwrap();
    assert_eq!(rows, ["1=a \"b\", c", "4=电"]);
    let expected = [
        "T.csv:1: column \"more\" is not known; it is ignored",
        "T.csv:3: id is bad; the row is left out",
        "T.csv:4: has 2 cells where the header line has 3; the row is left out",
        "T.csv:5: is not UTF-8; the row is left out",
    ];
    assert_eq!(issues, expected);
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(read(b"\xef\xbb\xbfid\n7\n").unwrap().0, ["7="]);
}

#[test]
fn a_quote_that_never_closes_is_one_bad_row() {
    let text = format!("id,name\n1,\"{}", "x,y\n".repeat(100_000));
    let (rows, issues) = read(text.as_bytes()).unwrap();
    assert_eq!((rows.len(), issues.len()), (0, 1));
    assert!(issues[0].contains("longer than"), "{issues:?}");
}

#[test]
fn a_header_line_must_name_the_columns() {
    let reason = |bytes: &[u8]| match read(bytes) {
        Err(SlaError::Header { reason, .. }) => reason,
        other => panic!("expected a header error, got {other:?}"),
    };
    assert_eq!(reason(b""), "column id is missing: the first line must name the columns");
    assert_eq!(reason(b"name\n1\n"), "column id is missing: the first line must name the columns");
    assert_eq!(reason(b"id,id\n1,2\n"), "column id comes twice");
}

#[test]
fn times_are_local_dates_or_local_times() {
    let zone = Zone::parse("+08:00").unwrap();
    let read = |text| read_time(&zone, "t", text).map(|time| time.map(|time| time.to_string()));
    assert_eq!(read(""), Ok(None));
    assert_eq!(read("2026-10-01"), Ok(Some("2026-09-30T16:00:00Z".to_owned())));
    assert_eq!(read("2026-10-01 00:00:01"), Ok(Some("2026-09-30T16:00:01Z".to_owned())));
    assert_eq!(read("2026-10-01 00:00:01.5"), Ok(Some("2026-09-30T16:00:01.5Z".to_owned())));
    for text in ["2026-10-01 24:00:00", "2026-02-30", "yesterday", "2026-10-01 00:00:00+08:00", "２０２６-10-01"] {
        assert!(read(text).is_err(), "{text}");
    }
}
