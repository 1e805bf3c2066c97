//! What is fuzzed, and the recorded inputs that it is fuzzed from.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use collectors::network::snapshot::Listed;
use collectors::pm::{Manner, PmFile};
use collectors::{Habits, Peer};
use ftp::gz::Unpack;
use ftp::{Control, Encoding, RemotePath, Table};
use model::time::Zone;

/// Every target.
pub const NAMES: [&str; 10] =
    ["pm-csv", "pm-omc-text", "pm-omc-xml", "pm-ts32435", "pm-tmf", "alarm-csv", "soap", "op-detail", "control", "gz"];

const CONTROL: &str = "/GD_TNMS/PM/20261107/PM-1-15M-202611071015-001.csv.gz";

/// Reads an input.
type Run = Box<dyn Fn(&[u8])>;

/// Something that reads bytes.
pub struct Target {
    pub corpus: Vec<Vec<u8>>,
    pub run: Run,
}

impl Target {
    /// # Errors
    /// If a recorded case cannot be read.
    pub fn of(name: &str) -> Result<Self, Box<dyn Error>> {
        let (corpus, run): (_, Run) = match name {
            "pm-csv" => return pm("csv-"),
            "pm-omc-text" => return pm("omc-text-"),
            "pm-omc-xml" => return pm("omc-xml-"),
            "pm-ts32435" => return pm("ts32435-"),
            "pm-tmf" => return pm("tmf-"),
            "alarm-csv" => (vec![alarm_csv()], Box::new(read_alarms)),
            "soap" => (requests()?, Box::new(read_envelope)),
            "op-detail" => (details()?, Box::new(read_detail)),
            "control" => (vec![control()], Box::new(read_control)),
            _ => (packed()?, Box::new(unpack)),
        };
        Ok(Target { corpus, run })
    }
}

/// Performance files of a dialect; the length of an input says whose settings read it.
fn pm(dialect: &str) -> Result<Target, Box<dyn Error>> {
    let (mut corpus, mut manners) = (Vec::new(), Vec::new());
    for folder in folders("pm/cases")? {
        if !folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(dialect)) {
            continue;
        }
        let peer: Peer = toml::from_str(&fs::read_to_string(folder.join("peer.toml"))?)?;
        manners.push(peer.manner().map_err(|faults| faults.join(", "))?);
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if !path.ends_with("peer.toml") && !path.ends_with("expected.json") {
                corpus.push(fs::read(path)?);
            }
        }
    }
    let run = move |bytes: &[u8]| {
        if let Some(manner) = manners.get(bytes.len() % manners.len().max(1)) {
            read_pm(bytes, manner);
        }
    };
    Ok(Target { corpus, run: Box::new(run) })
}

fn read_pm(bytes: &[u8], manner: &Manner) {
    let name = "A20261107.1015+0800-1030+0800_NE1.xml";
    let Ok(mut file) = PmFile::open(name, Box::new(Cursor::new(bytes.to_vec())), manner) else { return };
    while let Ok(Some(batch)) = file.next_batch() {
        assert_eq!(batch.values.len(), batch.rows.len() * batch.params.len(), "a value for each parameter of a row");
        assert!(!batch.rows.is_empty() && !batch.params.is_empty(), "nothing is no batch");
        for (row, values) in batch.iter() {
            assert!(!row.object_id.is_empty() && row.granularity.0 > 0 && row.measured_s <= row.granularity.0);
            assert!(values.iter().all(|value| value.is_nan() || value.is_finite()), "a value is a number");
        }
    }
}

fn alarm_csv() -> Vec<u8> {
    let mut text = model::alarm::ALARM_COLUMNS.join(",") + "\n";
    for n in 0..3 {
        let cell = |column: &&str| match *column {
            "alarmId" => format!("A{n}"),
            "severity" => "1".to_owned(),
            "alarmStatus" => "ACTIVE".to_owned(),
            "neTime" | "emsTime" => "2026-11-07 10:15:00".to_owned(),
            "objectType" => "PORT".to_owned(),
            "serviceAffecting" => "Y".to_owned(),
            _ => format!("\"京, {n}\""),
        };
        text += &(model::alarm::ALARM_COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",") + "\n");
    }
    text.into_bytes()
}

fn read_alarms(bytes: &[u8]) {
    let encoding = if bytes.len().is_multiple_of(2) { Encoding::Utf8 } else { Encoding::Gb18030 };
    let habits = Habits::of_files(Zone::china(), encoding);
    if let Ok(mut table) = Table::open("f.csv", bytes, encoding) {
        let _ = Listed::default().read("f.csv", &mut table, &habits);
    }
}

fn requests() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut requests = Vec::new();
    for kind in ["network", "resource", "eoms"] {
        for folder in folders(&format!("{kind}/cases"))? {
            requests.push(fs::read(folder.join("request.xml"))?);
        }
    }
    Ok(requests)
}

fn read_envelope(bytes: &[u8]) {
    if let Ok(envelope) = soap::Envelope::read(bytes, Some("text/xml")) {
        let _ = envelope.content().children().map(|child| child.text().len()).sum::<usize>();
        let _ = soap::eoms::Arguments::read(envelope.content());
    }
}

/// What stands inside the recorded requests of e-ops systems.
fn details() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut details = Vec::new();
    for folder in folders("eoms/cases")? {
        let envelope = soap::Envelope::read(&fs::read(folder.join("request.xml"))?, None)?;
        details.extend(envelope.content().child("opDetail").map(|detail| detail.text().as_bytes().to_vec()));
    }
    Ok(details)
}

fn read_detail(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = soap::eoms::read_op_detail(&text);
    let _ = soap::eoms::SheetAnswer::read(&text);
}

fn control() -> Vec<u8> {
    format!("name=PM-1-15M-202611071015-001.csv.gz\nbytes=120\nrecords=3\nsha256={}\n", "a0".repeat(32)).into_bytes()
}

fn read_control(bytes: &[u8]) {
    if let Ok(path) = RemotePath::parse(CONTROL) {
        let _ = Control::parse(&path, bytes);
    }
    let _ = RemotePath::parse(&String::from_utf8_lossy(bytes));
}

/// Recorded files, packed with one member and with several.
fn packed() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut packed = Vec::new();
    for request in requests()?.into_iter().take(8) {
        let (head, tail) = request.split_at(request.len() / 2);
        packed.push(pack(&request)?);
        packed.push([pack(head)?, pack(tail)?].concat());
    }
    Ok(packed)
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unpack(bytes: &[u8]) {
    let mut reader = Unpack::new(bytes, bytes.len() as u64);
    let mut piece = [0; 8192];
    while reader.read(&mut piece).is_ok_and(|count| count > 0) {}
}

fn folders(below: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(below))?;
    let mut folders = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    folders.sort();
    Ok(folders)
}
