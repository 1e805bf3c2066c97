//! Speed of the live state on a carrier of 100,000 circuits:
//! - `edges_…`: alarms a second (raises and clears alike), each on an object of about five circuits,
//!   with fault grouping, dispatch and effects in transactions of 1,000;
//! - `cut_…`: circuit edges a second of a fibre cut that takes 10,000 circuits down, without and with
//!   what the writer is told of it;
//! - `swap_…`: another inventory under 100,000 active alarms.
//!
//! `cargo bench -p linesman-engine --bench live`

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::inventory::{Builder, Inventory};
use engine::live::{Live, LiveAlarm, Settings};
use model::alarm::{AlarmRecord, ObjectType, ServiceAffecting, Specialty};
use model::resource::{Class, Row};
use model::source::SourceId;
use model::time::Time;

const CIRCUITS: usize = 100_000;
const LINKS: usize = 40_000;
/// Every tenth circuit runs over this link.
const TRUNK: &str = "TRUNK";

fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let value = |name: &str| cells.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v);
    Row { class, cells: class.columns().iter().map(|c| value(c.name).to_owned()).collect() }
}

fn port(n: usize) -> String {
    format!("NE{:05}-B{}-P{}", n % 2_000, n / 2_000 % 4, n / 8_000 % 16)
}

fn carrier() -> Arc<Inventory> {
    let mut builder = Builder::new();
    for n in 0..128_000 {
        let port = port(n);
        let (ne, board) = (&port[..7], &port[..10]);
        if n < 2_000 {
            builder.add(&row(Class::Ne, &[("neId", ne), ("emsName", "EMS1")]));
        }
        if n < 8_000 {
            builder.add(&row(Class::Board, &[("boardId", board), ("neId", ne)]));
        }
        builder.add(&row(Class::Port, &[("portId", &port), ("neId", ne), ("boardId", board)]));
    }
    for n in 0..LINKS {
        let (id, a, z) = (format!("LK{n:06}"), port(n * 3), port(n * 3 + 1));
        builder.add(&row(Class::Link, &[("linkId", &id), ("aPortId", &a), ("zPortId", &z)]));
    }
    let (a, z) = (port(3 * LINKS), port(3 * LINKS + 1));
    builder.add(&row(Class::Link, &[("linkId", TRUNK), ("aPortId", &a), ("zPortId", &z)]));
    for n in 0..CIRCUITS {
        let code = format!("C{n:06}");
        let in_service = "2025-01-01T00:00:00Z";
        builder.add(&row(Class::Circuit, &[("circuitCode", &code), ("inServiceTime", in_service)]));
        for (segment, alternative) in [(1, 1), (2, 1), (2, 2), (3, 1)] {
            for hop in 1..=2 {
                let trunk = n % 10 == 0 && (segment, hop) == (1, 1);
                let link = if trunk { TRUNK.to_owned() } else { format!("LK{:06}", (n * 7 + hop * 13) % LINKS) };
                let numbers = [segment, alternative, hop].map(|n| n.to_string());
                let cells = [("circuitCode", code.as_str()), ("segment", &numbers[0]), ("alternative", &numbers[1])];
                let hop = [("hop", numbers[2].as_str()), ("objectType", "LINK"), ("objectId", &link)];
                builder.add(&row(Class::Route, &[&cells[..], &hop[..]].concat()));
            }
        }
    }
    Arc::new(builder.finish().0)
}

fn alarm(id: i64, kind: ObjectType, object: &str, native: &str) -> LiveAlarm {
    let record = AlarmRecord {
        specialty: Some(Specialty::Transport),
        object_type: Some(kind),
        object_id: object.into(),
        native_cause: native.into(),
        service_affecting: Some(ServiceAffecting::Yes),
        ..AlarmRecord::default()
    };
    LiveAlarm {
        id,
        source: SourceId::new("GD_TNMS"),
        alarm_key: format!("A{id}").into(),
        record: Arc::new(record),
        raised: Time::from_ms(1_793_000_000_000 + id),
        cleared: None,
    }
}

fn clear(alarm: &LiveAlarm) -> LiveAlarm {
    LiveAlarm { cleared: Some(alarm.raised.plus_s(60)), ..alarm.clone() }
}

fn live(inventory: &Arc<Inventory>) -> Live {
    let mut live = Live::new(inventory.clone(), Arc::default(), Settings::default());
    live.tick(now());
    live
}

fn now() -> Time {
    Time::from_ms(1_793_000_100_000)
}

/// Puts facts in transactions of 1,000.
fn feed(live: &mut Live, facts: &[LiveAlarm]) {
    for batch in facts.chunks(1_000) {
        batch.iter().for_each(|alarm| live.put(alarm.clone(), now()));
        live.drain();
    }
}

/// Raises and clears 1,000 alarms and takes them out again, unmeasured, for the next turn.
fn edges(c: &mut Criterion) {
    let inventory = carrier();
    let mut group = c.benchmark_group("live");
    group.sample_size(10).throughput(Throughput::Elements(2_000));
    for (name, kind, native) in [
        ("port_other", ObjectType::Port, "TEMP_OVER"),
        ("port_los", ObjectType::Port, "R_LOS"),
        ("link_ais", ObjectType::Link, "MS_AIS"),
    ] {
        let object = |n: usize| if kind == ObjectType::Link { format!("LK{:06}", n * 3) } else { port(n * 3) };
        let raises: Vec<LiveAlarm> = (0..1_000).map(|n| alarm(n, kind, &object(n as usize), native)).collect();
        let clears: Vec<LiveAlarm> = raises.iter().map(clear).collect();
        let mut live = live(&inventory);
        group.bench_function(format!("edges_{name}"), |b| {
            b.iter_custom(|turns| {
                let mut spent = Duration::ZERO;
                for _ in 0..turns {
                    let start = Instant::now();
                    feed(&mut live, &raises);
                    feed(&mut live, &clears);
                    spent += start.elapsed();
                    raises.iter().for_each(|alarm| live.remove(alarm.id, now()));
                    live.drain();
                }
                spent
            });
        });
    }
    group.finish();
}

fn cut(c: &mut Criterion) {
    let inventory = carrier();
    let mut live = live(&inventory);
    let mut group = c.benchmark_group("live");
    group.sample_size(10).throughput(Throughput::Elements(10_000));
    let cut = alarm(1, ObjectType::Link, TRUNK, "R_LOS");
    for with_effects in [false, true] {
        let name = if with_effects { "cut_of_10000_circuits_with_effects" } else { "cut_of_10000_circuits" };
        group.bench_function(name, |b| {
            b.iter_custom(|turns| {
                let mut spent = Duration::ZERO;
                for _ in 0..turns {
                    let start = Instant::now();
                    live.put(cut.clone(), now());
                    if with_effects {
                        std::hint::black_box(live.drain());
                    }
                    spent += start.elapsed();
                    live.remove(cut.id, now());
                    live.drain();
                }
                spent
            });
        });
    }
    group.finish();
}

fn swap(c: &mut Criterion) {
    let inventory = carrier();
    let mut full = live(&inventory);
    (0..100_000).for_each(|n| full.put(alarm(n, ObjectType::Port, &port(n as usize), "TEMP_OVER"), now()));
    full.drain();
    let mut group = c.benchmark_group("live");
    group.sample_size(10);
    group.bench_function("swap_with_100000_alarms", |b| {
        b.iter(|| full.swap(inventory.clone(), Arc::default(), now()));
    });
    group.finish();
}

criterion_group!(benches, edges, cut, swap);
criterion_main!(benches);
