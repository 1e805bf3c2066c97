use proptest::prelude::*;

use super::*;

fn read(text: &[u8], class: Class, mode: Mode) -> Result<Vec<String>, FtpError> {
    let table = Table::open("f.csv", text, ftp::Encoding::Utf8)?;
    let aliases = BTreeMap::from([("区域编码".to_owned(), "regionId".to_owned())]);
    let dialect = Dialect { zone: Zone::china(), aliases };
    let mut file = ResourceFile::open("f.csv", table, (class, mode), &dialect)?;
    let mut items = Vec::new();
    while let Some(item) = file.next_item()? {
        items.push(match item {
            Item::Row { line, op, row, issues } => format!("{line} {op} {} {}", row.cells.join(","), issues.len()),
            Item::Refused { line, key, wrong } => format!("{line} ! {key}: {} {}", wrong.code, wrong.reason),
        });
    }
    Ok(items)
}

#[test]
fn columns_come_in_any_order_and_unknown_ones_are_left_alone() {
    let text = "name,colour,regionId\n广东,red,GD\n,blue,BJ\n上海,green,SH\n";
    let items = read(text.as_bytes(), Class::Region, Mode::Full).unwrap();
    assert_eq!(items, ["2 ADD GD,广东, 0", "3 ! BJ: 1003 name is missing", "4 ADD SH,上海, 0"]);
}

#[test]
fn columns_have_the_names_that_the_peer_gives_them() {
    let items = read("name,区域编码\n广东,GD\n".as_bytes(), Class::Region, Mode::Full).unwrap();
    assert_eq!(items, ["2 ADD GD,广东, 0"]);
    let items = read("name,区域编码,regionId\n广东,4401,GD\n".as_bytes(), Class::Region, Mode::Full).unwrap();
    assert_eq!(items, ["2 ADD GD,广东, 0"], "our own name comes before an alias");
}

#[test]
fn an_incremental_file_says_what_to_do() {
    let text = "opType,regionId,name\nADD,A,a\nmod,B,b\nDEL,C,\nCANCEL,D,d\n,E,e\n";
    let items = read(text.as_bytes(), Class::Region, Mode::Incremental).unwrap();
    assert_eq!(
        items,
        [
            "2 ADD A,a, 0",
            "3 MOD B,b, 0",
            "4 DEL C,, 0",
            "5 ! D: 1004 opType is \"CANCEL\"; it must be ADD, MOD or DEL",
            "6 ! E: 1003 opType is missing"
        ]
    );
}

#[test]
fn a_file_that_lacks_a_mandatory_column_is_refused() {
    let error = read(b"regionId\nGD\n", Class::Region, Mode::Full).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file f.csv cannot be read: its header has no column name, which a FULL file of REGION needs"
    );
    assert!(read(b"regionId,name\n", Class::Region, Mode::Incremental).unwrap_err().to_string().contains("opType"));
}

#[test]
fn a_row_of_the_wrong_length_is_refused_alone() {
    let items = read(b"regionId,name\nA,a,x\nB,b\n", Class::Region, Mode::Full).unwrap();
    assert_eq!(items, ["2 ! : 5005 it has 3 cells, the header has 2", "3 ADD B,b, 0"]);
}

proptest! {
    #[test]
    fn any_bytes_end_in_items_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut text = b"opType,circuitCode,segment,alternative,hop,objectType,objectId,validFrom\n".to_vec();
        text.extend(bytes);
        let _ = read(&text, Class::Route, Mode::Incremental);
    }
}
