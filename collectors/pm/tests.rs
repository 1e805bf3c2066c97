use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A recorded file: `peer.toml`, the file, and what must become of it.
struct Case {
    folder: PathBuf,
    name: String,
    bytes: Vec<u8>,
    manner: Manner,
}

/// What was read: rows as lines, issues as lines, and why it ended early if so.
#[derive(Debug, PartialEq)]
struct Read {
    rows: Vec<String>,
    issues: Vec<String>,
    error: Option<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pm/cases");
    let mut cases: Vec<Case> = fs::read_dir(folder).unwrap().map(|entry| case(entry.unwrap().path())).collect();
    cases.sort_by(|a, b| a.folder.cmp(&b.folder));
    cases
}

fn case(folder: PathBuf) -> Case {
    let (peer, _) = crate::cases::peer(&fs::read_to_string(folder.join("peer.toml")).unwrap());
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = names.filter(|name| name != "peer.toml" && name != "expected.json").collect();
    let name = files.pop().unwrap();
    assert!(files.is_empty(), "{} holds more than one file", folder.display());
    let bytes = fs::read(folder.join(&name)).unwrap();
    let manner = peer.manner().unwrap();
    Case { folder, name, bytes, manner }
}

fn read(name: &str, bytes: &[u8], manner: &Manner) -> Read {
    let mut read = Read { rows: Vec::new(), issues: Vec::new(), error: None };
    let mut file = match PmFile::open(name, Box::new(Cursor::new(bytes.to_vec())), manner) {
        Ok(file) => file,
        Err(error) => return Read { error: Some(error.to_string()), ..read },
    };
    loop {
        match file.next_batch() {
            Ok(Some(batch)) => {
                assert!(batch.rows.len() <= 2000 && batch.values.len() == batch.rows.len() * batch.params.len());
                read.rows.extend(batch.iter().map(|(row, values)| line(&batch.params, row, values)));
            }
            Ok(None) => break,
            Err(error) => {
                read.error = Some(error.to_string());
                break;
            }
        }
    }
    read.issues = file.issues().kept().iter().map(ToString::to_string).collect();
    read
}

fn line(params: &[model::text::Text], row: &model::pm::Row, values: &[f64]) -> String {
    let mut line = format!(
        "{} {} {} {} {}s object={} type={} layer={} circuit={}",
        row.start,
        row.granularity.word(),
        row.location,
        row.status,
        row.measured_s,
        row.object_id,
        row.object_type,
        row.layer_rate,
        row.circuit_code
    );
    for (param, value) in params.iter().zip(values).filter(|(_, value)| !value.is_nan()) {
        line += &format!(" {param}={value}");
    }
    line
}

fn shown(read: &Read) -> Value {
    json!({ "rows": read.rows, "issues": read.issues, "error": read.error })
}

#[test]
fn every_case_becomes_what_it_must() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() >= 12, "a dialect has too few cases");
    for case in cases {
        let found = serde_json::to_string_pretty(&shown(&read(&case.name, &case.bytes, &case.manner))).unwrap() + "\n";
        let expected = case.folder.join("expected.json");
        if bless {
            fs::write(&expected, &found).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.folder.display()));
        }
    }
    assert!(wrong.is_empty(), "cases differ; read them, then BLESS=1 rewrites\n{}", wrong.join("\n"));
}

#[test]
fn a_file_cut_anywhere_gives_rows_of_the_whole_and_no_others() {
    let by_habit = |case: &Case| case.folder.ends_with("csv-open-end-by-habit");
    for case in cases().into_iter().filter(|case| !by_habit(case)) {
        let whole = read(&case.name, &case.bytes, &case.manner);
        for length in 0..case.bytes.len() {
            let part = read(&case.name, &case.bytes[..length], &case.manner);
            let place = case.folder.display();
            let certain = without_open_object(&case, &part.rows);
            assert!(whole.rows.starts_with(certain), "{place} cut at {length}: {:?}", certain.last());
            if case.name.ends_with("xml") && part.rows.len() < whole.rows.len() {
                assert!(part.error.is_some(), "{place} cut at {length} is taken as whole");
            }
        }
    }
}

/// Of a TMF file, whose records hold one value each, a cut leaves the last object with fewer values.
fn without_open_object<'r>(case: &Case, rows: &'r [String]) -> &'r [String] {
    let object = |row: &String| row.split("object=").nth(1).unwrap().split(" type=").next().unwrap().to_owned();
    let is_tmf = case.folder.file_name().unwrap().to_str().unwrap().starts_with("tmf-");
    let open = rows.last().filter(|_| is_tmf).map(object);
    let certain = rows.iter().take_while(|row| Some(object(row)) != open).count();
    &rows[..certain]
}

#[test]
fn many_rows_come_in_pieces_and_in_order() {
    let case = cases().into_iter().find(|case| case.folder.ends_with("csv-transport")).unwrap();
    let text = String::from_utf8(case.bytes).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    let row = rest.split_once('\n').unwrap().0;
    let many: String = (0..2_500).map(|n| row.replacen("NE-1/1/2", &format!("NE-{n}"), 1) + "\n").collect();
    let bytes = Box::new(Cursor::new(format!("{header}\n{many}").into_bytes()));
    let mut file = PmFile::open("many.csv", bytes, &case.manner).unwrap();
    let mut lengths = Vec::new();
    let mut objects = Vec::new();
    while let Some(batch) = file.next_batch().unwrap() {
        lengths.push(batch.rows.len());
        objects.extend(batch.rows.iter().map(|row| row.object_id.to_string()));
    }
    assert_eq!(lengths, [1000, 1000, 500]);
    assert_eq!(objects, (0..2_500).map(|n| format!("NE-{n}")).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_end_in_rows_or_issues(bytes in prop::collection::vec(any::<u8>(), 0..600), at in 0_usize..1000) {
        let cases = cases();
        let case = &cases[at % cases.len()];
        read(&case.name, &bytes, &case.manner);
    }

    #[test]
    fn a_damaged_file_ends_in_rows_or_issues(
        at in 0_usize..1000,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let cases = cases();
        let case = &cases[at % cases.len()];
        let mut bytes = case.bytes.clone();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read(&case.name, &bytes, &case.manner);
    }
}

#[test]
fn settings_that_cannot_be_meant_are_named() {
    let faults = |text: &str| {
        let settings: PmSettings = toml::from_str(text).unwrap();
        Manner::new(&settings, ftp::Encoding::Utf8, model::time::Zone::china()).err().unwrap_or_default().join("; ")
    };
    assert_eq!(faults("format = \"csv\""), "");
    assert!(faults("format = \"ts32435\"\nobject_id = \"{rmUID}\"").contains("no field {rmUID}"));
    assert!(faults("format = \"csv\"\nobject_id = \"{x\"").contains("closing brace"));
    assert!(faults("format = \"csv\"\ncounters = { A = { param = \"B\", scale = 0.0 } }").contains("scale"));
    assert!(faults("format = \"csv\"\ncounters = { A = \"\" }").contains("no parameter's name"));
    assert!(faults("format = \"csv\"\nonly_counters = true").contains("leaves nothing"));
    let error = toml::from_str::<PmSettings>("format = \"csv\"\ncounters = { A = 1 }").unwrap_err();
    assert!(error.to_string().contains("a parameter's name"), "{error}");
}
