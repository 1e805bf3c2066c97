//! How fast figures are: episodes from events, hits from episodes, a month for every circuit.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::episode::{self, Event};
use engine::figure::{self, CircuitFacts};
use engine::hits::{EvidencedEpisode, hits_by_circuit};
use engine::inventory::{CircuitIx, Inventory};
use engine::knowledge::Knowledge;
use engine::plan::Plan;
use model::alarm::{AlarmRecord, ClearType, ObjectType, ServiceAffecting};
use model::resource::{Class, Row};
use model::time::{Time, Window};

const CIRCUITS: u32 = 10_000;
const LINKS: u32 = 4_000;
const IDENTITIES: u32 = 20_000;
/// Raises of each identity in the month.
const LIVES: u32 = 5;
const MONTH_S: i64 = 31 * 86_400;

/// A number that looks random and is the same in every run.
fn scatter(seed: u32) -> u32 {
    let mixed = seed.wrapping_mul(0x9E37_79B9) ^ (seed >> 15);
    mixed.wrapping_mul(0x85EB_CA6B) ^ (mixed >> 13)
}

fn start() -> Time {
    Time::from_ms(1_790_784_000_000) // 2026-09-30T16:00:00Z
}

fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let cell = |name: &str| cells.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value).to_owned();
    Row { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() }
}

/// Circuits of three segments: an access link, a protected pair of links, an access link.
fn inventory() -> Inventory {
    let mut rows = vec![row(Class::Ne, &[("neId", "N0"), ("name", "N0"), ("specialty", "TRANS")])];
    for link in 0..LINKS {
        let (id, a, z) = (format!("L{link}"), format!("P{link}A"), format!("P{link}Z"));
        rows.push(row(Class::Port, &[("portId", &a), ("neId", "N0")]));
        rows.push(row(Class::Port, &[("portId", &z), ("neId", "N0")]));
        rows.push(row(Class::Link, &[("linkId", &id), ("aPortId", &a), ("zPortId", &z)]));
    }
    for circuit in 0..CIRCUITS {
        let code = format!("C{circuit:06}");
        let times = ("inServiceTime", "2025-01-01T00:00:00Z");
        rows.push(row(Class::Circuit, &[("circuitCode", &code), ("customerNo", "K"), times]));
        for (segment, alternative, salt) in [("1", "1", 1), ("2", "1", 2), ("2", "2", 3), ("3", "1", 4)] {
            let link = format!("L{}", scatter(circuit * 7 + salt) % LINKS);
            let cells = [
                ("circuitCode", code.as_str()),
                ("segment", segment),
                ("alternative", alternative),
                ("hop", "1"),
                ("objectType", "LINK"),
                ("objectId", link.as_str()),
            ];
            rows.push(row(Class::Route, &cells));
        }
    }
    Inventory::build(&rows).0
}

/// The events of one identity, newest first, so that sorting has something to do.
fn events(identity: u32) -> Vec<Event<Arc<AlarmRecord>>> {
    let record = Arc::new(AlarmRecord {
        object_type: Some(ObjectType::Link),
        object_id: format!("L{}", scatter(identity) % LINKS).into(),
        service_affecting: Some(ServiceAffecting::Yes),
        ..AlarmRecord::default()
    });
    let life = |life: u32| {
        let spread = i64::from(scatter(identity * LIVES + life)) % (MONTH_S / i64::from(LIVES));
        let at = start().plus_s(i64::from(life) * MONTH_S / i64::from(LIVES) + spread);
        let end = at.plus_s(60 + i64::from(scatter(life ^ identity) % 3_600));
        let clear = Event::Clear {
            at: end,
            proves: Some((at, Some(at), record.clone())),
            kind: ClearType::Ems,
            by: String::new(),
        };
        [clear, Event::Raise { at, ems: Some(at), value: record.clone() }]
    };
    (0..LIVES).rev().flat_map(life).collect()
}

fn evidenced(lives: &[Vec<Event<Arc<AlarmRecord>>>]) -> Vec<EvidencedEpisode> {
    let numbered = lives.iter().enumerate();
    let episodes = numbered.flat_map(|(identity, events)| {
        let found = episode::episodes(events).into_iter();
        found.map(move |episode| EvidencedEpisode::new(&format!("A{identity}"), episode))
    });
    episodes.collect()
}

fn month(c: &mut Criterion) {
    let (inventory, knowledge, plan) = (inventory(), Knowledge::default(), Plan::default());
    let lives: Vec<_> = (0..IDENTITIES).map(events).collect();
    let edges = u64::from(IDENTITIES * LIVES * 2);
    let mut group = c.benchmark_group("figure");
    group.sample_size(10);

    group.throughput(Throughput::Elements(edges));
    group.bench_function("episodes_from_200k_events", |b| {
        b.iter(|| lives.iter().map(|events| episode::episodes(black_box(events)).len()).sum::<usize>());
    });

    let episodes = evidenced(&lives);
    group.throughput(Throughput::Elements(u64::from(IDENTITIES * LIVES)));
    group.bench_function("hits_of_100k_episodes", |b| {
        b.iter(|| hits_by_circuit(&inventory, &knowledge, black_box(&episodes)).len());
    });

    let hits = hits_by_circuit(&inventory, &knowledge, &episodes);
    let routes: Vec<_> = (0..CIRCUITS).map(|ix| figure::route_of(&inventory, CircuitIx(ix))).collect();
    let period = Window::new(start(), start().plus_s(MONTH_S));
    let all = || {
        let circuits = hits.iter().zip(&routes);
        circuits.map(|(hits, route)| {
            let facts = CircuitFacts {
                code: "C",
                in_service: &[Window::ALWAYS],
                route,
                hits,
                episodes: &episodes,
                cutovers: &[],
                suspends: &[],
                silences: &[],
            };
            figure::evaluate_circuit(&facts, black_box(&plan), period, period.end).ledger.len()
        })
    };
    let hits_total: usize = hits.iter().map(Vec::len).sum();
    eprintln!("{CIRCUITS} circuits, {hits_total} hits, {} ledger intervals", all().sum::<usize>());
    group.throughput(Throughput::Elements(u64::from(CIRCUITS)));
    group.bench_function("month_of_10k_circuits", |b| b.iter(|| all().sum::<usize>()));
    group.finish();
}

criterion_group!(benches, month);
criterion_main!(benches);
