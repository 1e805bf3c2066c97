//! Recorded alarms of OMCs: each folder `cases/<name>` holds the peer's settings, alarms as they came, one a line,
//! and what must become of each. `BLESS=1` rewrites the expectations.

use std::fs;
use std::path::Path;

use model::alarm::AlarmFact;
use serde_json::{Value, json};

use super::alarms::{Told, read};
use crate::Habits;

fn shown(told: Told) -> Value {
    let fact = match told.fact {
        Ok(AlarmFact::Record(record)) => {
            let mut value = serde_json::to_value(record).unwrap();
            let fields = value.as_object_mut().unwrap();
            fields.retain(|_, field| !field.is_null() && *field != json!("") && *field != json!([]));
            value
        }
        Ok(other) => panic!("an OMC tells records only: {other:?}"),
        Err(wrong) => json!(format!("{} {}", wrong.code, wrong.reason)),
    };
    json!({ "seq": told.seq, "fact": fact })
}

#[test]
fn every_case_becomes_what_it_must() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("omc/cases");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 3, "too few cases");
    for case in cases {
        let (peer, _) = crate::cases::peer(&fs::read_to_string(case.join("peer.toml")).unwrap());
        let habits = Habits::new(&peer, None);
        let alarms = fs::read(case.join("alarms.txt")).unwrap();
        let lines = alarms.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let found: Vec<Value> = lines.map(|line| shown(read(line, &habits))).collect();
        let found = serde_json::to_string_pretty(&found).unwrap() + "\n";
        let expected = case.join("expected.json");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), found, "{}", case.display());
    }
}
