//! `linesman sla` against two months whose figures independent references agree on: every field and
//! every ledger interval, from the log as it was, shuffled, and with every line told twice.

use std::fs;
use std::path::{Path, PathBuf};

use linesman::sla::{self, Files, Format};
use serde_json::Value;

/// Fields of an expected circuit that are compared as they are.
const LEDGER: &str = "ledger";

/// Folder of a scenario.
pub fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenarios").join(name)
}

fn files(folder: &Path, alarms: PathBuf, cutovers: PathBuf) -> Files {
    Files {
        inventory: folder.to_owned(),
        alarms,
        cutovers: Some(cutovers),
        tickets: None,
        corrections: None,
        plans: folder.join("plans.toml"),
        period: "2026-10".to_owned(),
        zone: "Asia/Shanghai".to_owned(),
        as_of: None,
    }
}

fn answer(files: &Files) -> Vec<Value> {
    let mut out = Vec::new();
    sla::run(files, None).unwrap().write(Format::Json, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// Ledger intervals as (start, end, class, down) with equal neighbours joined.
fn joined(ledger: &Value) -> Vec<(String, String, Value, Value)> {
    let mut joined: Vec<(String, String, Value, Value)> = Vec::new();
    for interval in ledger.as_array().unwrap() {
        let text = |key: &str| interval[key].as_str().unwrap().to_owned();
        let (start, end) = (text("start"), text("end"));
        let (class, down) = (interval["class"].clone(), interval["down"].clone());
        match joined.last_mut() {
            Some(last) if (&last.1, &last.2, &last.3) == (&start, &class, &down) => last.1 = end,
            _ => joined.push((start, end, class, down)),
        }
    }
    joined
}

/// Everything in which an answer differs from what is expected.
pub fn differences(expected: &[Value], answer: &[Value]) -> Vec<String> {
    let codes = |list: &[Value]| list.iter().map(|c| c["circuitCode"].to_string()).collect::<Vec<_>>();
    let mut differences = Vec::new();
    if codes(expected) != codes(answer) {
        differences.push(format!("circuits: expected {:?}, got {:?}", codes(expected), codes(answer)));
    }
    for (expected, answer) in expected.iter().zip(answer) {
        let code = &expected["circuitCode"];
        for (field, value) in expected.as_object().unwrap() {
            if field == LEDGER {
                let (wanted, got) = (joined(value), joined(&answer[LEDGER]));
                let missing = wanted.iter().filter(|interval| !got.contains(interval)).map(|i| ("missing", i));
                let extra = got.iter().filter(|interval| !wanted.contains(interval)).map(|i| ("extra", i));
                differences.extend(missing.chain(extra).map(|(what, i)| format!("{code} ledger {what} {i:?}")));
            } else if !same(value, &answer[field]) {
                differences.push(format!("{code} {field}: expected {value}, got {}", answer[field]));
            }
        }
    }
    differences
}

/// Equal, where `100` and `100.0` are one number.
fn same(expected: &Value, got: &Value) -> bool {
    match (expected.as_f64(), got.as_f64()) {
        (Some(expected), Some(got)) => expected == got,
        _ => expected == got,
    }
}

fn reproduces(name: &str, alarms: PathBuf, cutovers: PathBuf) {
    let folder = scenario(name);
    let expected = fs::read_to_string(folder.join("expected-2026-10.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&expected).unwrap();
    let answer = answer(&files(&folder, alarms, cutovers));
    let differences = differences(&expected, &answer);
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// The file with every line told twice: all of them once, then all again.
fn told_twice(path: &Path, into: &Path) -> PathBuf {
    let text = fs::read_to_string(path).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let twice = into.join(path.file_name().unwrap());
    fs::write(&twice, format!("{header}\n{rows}{rows}")).unwrap();
    twice
}

fn reproduces_in_every_telling(name: &str) {
    let folder = scenario(name);
    let (alarms, cutovers) = (folder.join("ALARMS.csv"), folder.join("CUTOVERS.csv"));
    let shuffled = folder.join("ALARMS-SHUFFLED.csv");
    let temporary = tempfile::tempdir().unwrap();
    reproduces(name, alarms.clone(), cutovers.clone());
    reproduces(name, shuffled.clone(), cutovers.clone());
    let cutovers = told_twice(&cutovers, temporary.path());
    reproduces(name, told_twice(&alarms, temporary.path()), cutovers.clone());
    reproduces(name, told_twice(&shuffled, temporary.path()), cutovers);
}

#[test]
fn plain_month() {
    reproduces_in_every_telling("plain");
}

#[test]
fn five_plans() {
    reproduces_in_every_telling("plans");
}
