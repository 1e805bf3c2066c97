use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8], encoding: Encoding, columns: &[&str]) -> Result<Vec<String>, FtpError> {
    let mut table = Table::open("t.csv", bytes, encoding)?;
    let at: Vec<_> = columns.iter().map(|name| table.position(name)).collect();
    let mut out = Vec::new();
    while let Some(line) = table.next_line()? {
        out.push(match line {
            Line::Row(row) => {
                let cells: Vec<&str> = at.iter().map(|at| row.cell(*at)).collect();
                format!("{}: {}", row.line, cells.join("|"))
            }
            Line::Bad(bad) => format!("{}! {}", bad.line, bad.reason),
        });
    }
    Ok(out)
}

#[test]
fn columns_are_found_by_name() {
    let rows = read(b"b,a\n2,1\n", Encoding::Utf8, &["a", "b", "absent"]).unwrap();
    assert_eq!(rows, ["2: 1|2|"]);
    assert_eq!(read("\u{feff}a\r\n1\r\n".as_bytes(), Encoding::Utf8, &["a"]).unwrap(), ["2: 1"]);
}

#[test]
fn quotes_follow_rfc_4180() {
    let rows = read(b"a,b\n\"x,\"\"y\"\"\nz\",2\n3,4\n", Encoding::Utf8, &["a", "b"]).unwrap();
    assert_eq!(rows, ["2: x,\"y\"\nz|2", "4: 3|4"]);
}

#[test]
fn a_bad_row_does_not_touch_its_neighbours() {
    let rows = read(b"a,b\n1,2\n3\n\xff,5\n6,7\n", Encoding::Utf8, &["a", "b"]).unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!((rows[0].as_str(), rows[3].as_str()), ("2: 1|2", "5: 6|7"));
    assert_eq!(rows[1], "3! it has 1 cells, the header has 2");
    assert!(rows[2].starts_with("4! a: it is not UTF-8"), "{}", rows[2]);
}

#[test]
fn gb18030_is_read_by_setting_and_strictly() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("名称,code\n北京天津,A\n𠀀,B\n");
    let rows = read(&bytes, Encoding::Gb18030, &["名称", "code"]).unwrap();
    assert_eq!(rows, ["2: 北京天津|A", "3: 𠀀|B"]);
    assert!(read(&bytes, Encoding::Utf8, &["code"]).unwrap_err().to_string().contains("gb18030"));
    let rows = read(b"a\n\xff\xff\n", Encoding::Gb18030, &["a"]).unwrap();
    assert!(rows[0].contains("not GB18030"));
}

#[test]
fn headers_that_mislead_are_refused() {
    assert!(read(b"", Encoding::Utf8, &[]).unwrap_err().to_string().contains("empty"));
    assert!(read(b"a,a\n", Encoding::Utf8, &[]).unwrap_err().to_string().contains("twice"));
}

#[test]
fn an_open_quote_stops_instead_of_swallowing_the_file() {
    let mut text = b"a,b\n1,\"2\n".to_vec();
    text.extend(std::iter::repeat_n(b"3,4\n".as_slice(), 600_000).flatten());
    let error = read(&text, Encoding::Utf8, &["a"]).unwrap_err();
    assert!(error.to_string().contains("1 MiB"), "{error}");
    assert_eq!(error.code().number(), 5005);
}

#[test]
fn counting_needs_no_decoding() {
    let rows_of = |bytes: &[u8]| count("t.csv", bytes).unwrap();
    assert_eq!(rows_of(b"a\n1\n\n\"x\ny\"\n\xff\n"), 3);
    assert_eq!(rows_of(b"a\n"), 0);
}

proptest! {
    #[test]
    fn any_bytes_end_in_rows_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400), gb in any::<bool>()) {
        let encoding = if gb { Encoding::Gb18030 } else { Encoding::Utf8 };
        let _ = read(&bytes, encoding, &["a"]);
    }
}

#[test]
fn a_file_may_have_another_separator_and_lines_before_the_header() {
    let layout = Layout { encoding: Encoding::Utf8, separator: b'|', lines_before: 1, short_rows: false };
    let mut table = Table::open_as("t.txt", b"a|b\n1|\"2|3\"\n4|5".as_slice(), layout).unwrap();
    let mut found = Vec::new();
    while let Some(Line::Row(row)) = table.next_line().unwrap() {
        found.push((row.line, row.cell(Some(1)).to_owned(), row.open_end));
    }
    assert_eq!(found, [(3, "2|3".to_owned(), false), (4, "5".to_owned(), true)]);
}

#[test]
fn a_header_of_very_many_columns_is_refused_at_once() {
    let header: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
    let error = Table::open("t.csv", header.join(",").as_bytes(), Encoding::Utf8).err().unwrap();
    assert!(error.to_string().contains("100000 columns"), "{error}");
}
