//! How fast performance files become rows: 10,000 objects with 8 values each, in every dialect.
//!
//! `cargo bench -p linesman-collectors --bench pm` prints values a second.

use std::fmt::Write;
use std::io::Cursor;

use collectors::pm::{Manner, PmFile, PmSettings};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use model::time::Zone;

const OBJECTS: usize = 10_000;
const PARAMS: [&str; 8] =
    ["IN_OCTETS", "OUT_OCTETS", "IN_UTIL", "OUT_UTIL", "DELAY_AVG", "DELAY_MAX", "JITTER_AVG", "LOSS_PCT"];

/// Values of an object: counters, shares, milliseconds.
fn values(object: usize) -> [String; 8] {
    let n = object as u64;
    [
        (n * 7_919 % 90_000_000_000).to_string(),
        (n * 104_729 % 90_000_000_000).to_string(),
        format!("{}.{:02}", n % 100, n % 97),
        format!("{}.{:02}", n % 89, n % 83),
        format!("{}.{:03}", n % 40, n % 997),
        format!("{}.{:03}", n % 90, n % 991),
        format!("0.{:03}", n % 983),
        "0".to_owned(),
    ]
}

fn csv() -> String {
    let mut text = format!(
        "circuitCode,objectId,objectType,layerRate,location,granularity,periodStart,monitoredSeconds,intervalStatus,{}\n",
        PARAMS.join(",")
    );
    for object in 0..OBJECTS {
        let values = values(object).join(",");
        let _ = writeln!(
            text,
            "GD-IP-{object:06},R{}/ge-0/0/{},PORT,LR_GE,BIDIR,15M,2026-11-07 10:15:00,900,VALID,{values}",
            object / 48,
            object % 48
        );
    }
    text
}

fn omc_text() -> String {
    let mut text =
        format!("TimeZone=UTC+8|Period=15|ObjectType=Port\nrmUID|Dn|UserLabel|startTime|{}\n", PARAMS.join("|"));
    for object in 0..OBJECTS {
        let _ = writeln!(text, "P{object:06}|NE=1,P={object}|label|2026-11-07 10:15:00|{}", values(object).join("|"));
    }
    text
}

fn omc_xml() -> String {
    let mut text = "<PmFile><FileHeader><TimeZone>UTC+8</TimeZone><Period>15</Period>\
        <StartTime>2026-11-07 10:15:00</StartTime></FileHeader><Measurements><ObjectType>Port</ObjectType><PmName>"
        .to_owned();
    for (at, param) in PARAMS.iter().enumerate() {
        let _ = write!(text, "<N i=\"{at}\">{param}</N>");
    }
    text += "</PmName><PmData>";
    for object in 0..OBJECTS {
        let _ = write!(text, "<Object rmUID=\"P{object:06}\" Dn=\"NE=1,P={object}\" UserLabel=\"label\">");
        for (at, value) in values(object).iter().enumerate() {
            let _ = write!(text, "<V i=\"{at}\">{value}</V>");
        }
        text += "</Object>\n";
    }
    text + "</PmData></Measurements></PmFile>"
}

fn ts32435() -> String {
    let mut text = format!(
        "<measCollecFile><measData><measInfo><granPeriod duration=\"PT900S\" endTime=\"2026-11-07T10:30:00+08:00\"/>\
         <measTypes>{}</measTypes>",
        PARAMS.join(" ")
    );
    for object in 0..OBJECTS {
        let values = values(object).join(" ");
        let _ =
            writeln!(text, "<measValue measObjLdn=\"Port={object}\"><measResults>{values}</measResults></measValue>");
    }
    text + "</measInfo></measData></measCollecFile>"
}

/// Reads a whole file; how many values were measured.
fn read(bytes: Vec<u8>, manner: &Manner) -> usize {
    let mut measured = 0;
    let Ok(mut file) = PmFile::open("bench", Box::new(Cursor::new(bytes)), manner) else { return 0 };
    while let Ok(Some(batch)) = file.next_batch() {
        measured += batch.values.iter().filter(|value| !value.is_nan()).count();
    }
    measured
}

fn pm(c: &mut Criterion) {
    let mut group = c.benchmark_group("pm");
    group.throughput(Throughput::Elements((OBJECTS * PARAMS.len()) as u64));
    for (format, text) in [("csv", csv()), ("omc_text", omc_text()), ("omc_xml", omc_xml()), ("ts32435", ts32435())] {
        let settings: Result<PmSettings, _> = toml::from_str(&format!("format = \"{format}\""));
        let Some(manner) = settings.ok().and_then(|s| Manner::new(&s, ftp::Encoding::Utf8, Zone::china()).ok()) else {
            continue;
        };
        assert_eq!(read(text.clone().into_bytes(), &manner), OBJECTS * PARAMS.len(), "{format}");
        group.bench_function(format, |b| {
            b.iter_batched(|| text.clone().into_bytes(), |bytes| read(bytes, &manner), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, pm);
criterion_main!(benches);
