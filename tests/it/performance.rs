//! `linesman pm read`: an operator looks at a manager's performance file before the daemon does.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::daemon::program;

fn read(arguments: &[&str], folder: &Path) -> Output {
    Command::new(program()).args(["pm", "read"]).args(arguments).current_dir(folder).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn case(name: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("collectors/pm/cases").join(name).join(file)
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const NATIVE: (&str, &str) = ("csv-transport", "PM-GD_CNM-P-00000001-15M-202611071015-001.csv");

#[test]
fn a_native_file_of_several_members_is_printed_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read(case(NATIVE.0, NATIVE.1)).unwrap();
    let (head, tail) = text.split_at(300);
    fs::write(folder.path().join("pm.csv.gz"), [pack(head), pack(b""), pack(tail)].concat()).unwrap();
    let read_once = read(&["pm.csv.gz", "--format", "csv"], folder.path());
    assert_eq!((said(&read_once), read_once.status.code()), (String::new(), Some(0)));
    // What is printed is a native file again.
    fs::write(folder.path().join("again.csv"), out(&read_once)).unwrap();
    let read_twice = read(&["again.csv", "--format", "csv"], folder.path());
    assert_eq!(out(&read_twice), out(&read_once));
    assert_eq!(out(&read_once).lines().count(), 7);
    assert!(out(&read_once).contains("FAR_RX,15M,2026-11-07 10:15:00,900,VALID,3,,,0,\n"), "{}", out(&read_once));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let bad = case("csv-bad-rows", "bad.csv");
    let answer = read(&[bad.to_str().unwrap(), "--format", "csv", "--out", "json"], folder.path());
    assert_eq!(answer.status.code(), Some(1));
    assert!(said(&answer).contains("line 4, periodStart: \"07.11.2026 10:15\" is no time"), "{}", said(&answer));
    assert!(said(&answer).contains("12 part(s) of"), "{}", said(&answer));
    let rows: Vec<serde_json::Value> = out(&answer).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3]["objectId"], "good");
    assert_eq!(rows[3]["values"], serde_json::json!({ "ES": 5.0, "SES": 6.0 }));
}

#[test]
fn of_a_file_that_is_cut_nothing_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let packed = pack(&fs::read(case(NATIVE.0, NATIVE.1)).unwrap());
    fs::write(folder.path().join("cut.csv.gz"), &packed[..packed.len() - 4]).unwrap();
    let answer = read(&["cut.csv.gz", "--format", "csv"], folder.path());
    assert_eq!((out(&answer), answer.status.code()), (String::new(), Some(1)));
    assert!(said(&answer).contains("cannot be read"), "{}", said(&answer));
}

#[test]
fn a_map_or_a_peer_says_how_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("map.toml"), "object_id = \"{managedElement}/{measObjLdn}\"\ncounters = { pmES = \"ES\" }\n")
        .unwrap();
    let file = case("ts32435-numbered", "A20261107.1015-1030.xml");
    let file = file.to_str().unwrap();
    let answer = read(&[file, "--format", "ts32435", "--map", "map.toml"], here);
    assert_eq!((said(&answer), answer.status.code()), (String::new(), Some(0)));
    let header = "monitoredSeconds,intervalStatus,ES,pmSES,pmESFe\n";
    assert!(out(&answer).contains(header), "{}", out(&answer));
    assert!(
        out(&answer).contains(",\"ManagedElement=NE7/Port=1\",")
            || out(&answer).contains(",ManagedElement=NE7/Port=1,"),
        "{}",
        out(&answer)
    );

    fs::write(here.join("map.toml"), "object_id = \"{nothing}\"\n").unwrap();
    let refused = read(&[file, "--format", "ts32435", "--map", "map.toml"], here);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("there is no field {nothing}; there are dnPrefix"), "{}", said(&refused));

    let made = Command::new(program()).args(["init", "."]).current_dir(here).output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    for name in [
        "gd_tnms",
        "gd_tnms_ftp",
        "gd_ipnms",
        "gd_ipnms_ftp",
        "gd_atmnms",
        "gd_atmnms_ftp",
        "gd_rms",
        "gd_rms_ftp",
        "gd_eoms",
        "gd_omc",
        "gd_omc_ftp",
    ] {
        fs::write(here.join("secrets").join(name), "geheim").unwrap();
    }
    let config = fs::read_to_string(here.join("linesman.toml")).unwrap();
    let with_pm = config.replacen("# pm = {", "pm = {", 1);
    assert_ne!(with_pm, config, "the example shows pm");
    fs::write(here.join("linesman.toml"), with_pm).unwrap();
    let native = case(NATIVE.0, NATIVE.1);
    let answer = read(&[native.to_str().unwrap(), "--peer", "GD_TNMS"], here);
    assert_eq!((said(&answer), answer.status.code()), (String::new(), Some(0)));
    let unknown = read(&[native.to_str().unwrap(), "--peer", "GD_NOBODY"], here);
    assert!(said(&unknown).contains("there is no peer \"GD_NOBODY\""), "{}", said(&unknown));
}
