use super::*;

const GOOD: &str =
    "name=a.csv\nbytes=12\nrecords=3\nsha256=E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\n";

fn path() -> RemotePath {
    RemotePath::parse("/d/a.csv").unwrap()
}

#[test]
fn a_control_file_is_read_and_written() {
    let control = Control::parse(&path(), GOOD.as_bytes()).unwrap();
    assert_eq!((control.bytes, control.records), (12, 3));
    assert_eq!(
        control.write(),
        GOOD.replace("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", &control.sha256)
    );
    let odd = format!("producer=GD_TNMS\r\n{}", GOOD.replace('\n', "\r\n").replace('=', " = "));
    assert_eq!(Control::parse(&path(), odd.as_bytes()).unwrap(), control);
}

#[test]
fn a_wrong_control_file_says_where() {
    for (from, to, says) in [
        ("name=a.csv\n", "", "name= is missing"),
        ("name=a.csv", "name=b.csv", "another file"),
        ("bytes=12\n", "bytes=12\nbytes=13\n", "twice"),
        ("records=3", "records=-3", "whole number"),
        ("sha256=E3", "sha256=", "64"),
        ("sha256=E3", "sha256=ZZ", "64"),
    ] {
        let error = Control::parse(&path(), GOOD.replace(from, to).as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.code().number(), 5005);
    }
    assert!(Control::parse(&path(), b"\xff\xfe").is_err());
    assert!(Control::parse(&path(), b"").is_err());
}

#[test]
fn wrong_rows_are_a_count_mismatch() {
    let control = Control::parse(&path(), GOOD.as_bytes()).unwrap();
    assert!(control.verify_records(&path(), 3).is_ok());
    assert_eq!(control.verify_records(&path(), 2).unwrap_err().code().number(), 5004);
}
