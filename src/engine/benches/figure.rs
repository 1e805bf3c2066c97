//! How fast figures are: episodes from events, hits from episodes, a month for every circuit; and the
//! numbers of a carrier's month, 100,000 circuits with 1,000,000 outages and 20,000 windows.
//!
//! `cargo bench -p linesman-engine --bench figure`

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::episode::{self, Event};
use engine::figure::{self, CircuitFacts, Detail, Paperwork};
use engine::hits::{EvidencedEpisode, Hit, Impact, hits_by_circuit};
use engine::inventory::{CircuitIx, Inventory, Place};
use engine::knowledge::Knowledge;
use engine::outage::AlternativeLife;
use engine::plan::Plan;
use engine::terms::Terms;
use model::alarm::{AlarmRecord, ClearType, ObjectType, ServiceAffecting};
use model::resource::{Class, Row};
use model::time::{Time, Window};
use model::work::{Cutover, OpType};

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
    let terms = Terms::new(&plan, period, period.end);
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
                paperwork: Paperwork::default(),
                silences: &[],
            };
            figure::evaluate_circuit(&facts, black_box(&terms), Detail::Ledger).ledger.len()
        })
    };
    let hits_total: usize = hits.iter().map(Vec::len).sum();
    eprintln!("{CIRCUITS} circuits, {hits_total} hits, {} ledger intervals", all().sum::<usize>());
    group.throughput(Throughput::Elements(u64::from(CIRCUITS)));
    group.bench_function("month_of_10k_circuits", |b| b.iter(|| all().sum::<usize>()));
    group.finish();
}

/// Circuits of the carrier; each has [`OUTAGES`] outages, and a fifth of them one planned work.
const CARRIER: u32 = 100_000;
const OUTAGES: u32 = 10;
const WORKS: u32 = 20_000;

/// The route: an access link, a protected pair, an access link. Outages lie on the accesses.
const PLACES: [(u16, u16); 4] = [(1, 1), (2, 1), (2, 2), (3, 1)];

fn carrier_hits(circuit: u32) -> Vec<Hit> {
    let one = |n: u32| {
        let salt = scatter(circuit * OUTAGES + n);
        let (segment, alternative) = if n.is_multiple_of(2) { PLACES[0] } else { PLACES[3] };
        let from = start().plus_s(i64::from(salt) % (MONTH_S - 7_300));
        let window = Window::new(from, from.plus_s(60 + i64::from(salt % 7_200)));
        Hit { window, place: Place::Alternative { segment, alternative }, impact: Impact::Outage, episode: 0 }
    };
    (0..OUTAGES).map(one).collect()
}

fn work(number: u32) -> Cutover {
    let from = start().plus_s(i64::from(scatter(number)) % MONTH_S);
    Cutover {
        cutover_no: format!("W{number}"),
        title: String::new(),
        work: None,
        is_affect: true,
        affect: Some(Window::new(from, from.plus_s(4 * 3_600))),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: Vec::new(),
        op_type: OpType::Add,
        revision: 1,
        notified_at: Some(from.plus_s(-96 * 3_600)),
    }
}

fn carrier(c: &mut Criterion) {
    let hits: Vec<Vec<Hit>> = (0..CARRIER).map(carrier_hits).collect();
    let works: Vec<Cutover> = (0..WORKS).map(work).collect();
    let works: Vec<&Cutover> = works.iter().collect();
    let route =
        PLACES.map(|(segment, alternative)| AlternativeLife { segment, alternative, exists: vec![Window::ALWAYS] });
    let plan = Plan::default();
    let terms = Terms::new(&plan, Window::new(start(), start().plus_s(MONTH_S)), Time::MAX);
    let all = || {
        let mut left = works.as_slice();
        let numbers = hits.iter().zip(0..).map(|(hits, circuit): (_, u32)| {
            let mine =
                if circuit.is_multiple_of(CARRIER / WORKS) { left.split_off(..1).unwrap_or_default() } else { &[] };
            let facts = CircuitFacts {
                code: "C",
                in_service: &[Window::ALWAYS],
                route: &route,
                hits,
                episodes: &[],
                cutovers: mine,
                paperwork: Paperwork::default(),
                silences: &[],
            };
            let figure = figure::evaluate_circuit(&facts, black_box(&terms), Detail::Numbers);
            (figure.down_ms, figure.outages, figure.excluded_window_ms)
        });
        numbers.fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2))
    };
    let (down_ms, outages, excluded_ms) = all();
    eprintln!("{CARRIER} circuits, {outages} outages of {down_ms} ms, {excluded_ms} ms excluded");
    let mut group = c.benchmark_group("carrier");
    group.sample_size(10);
    group.throughput(Throughput::Elements(u64::from(CARRIER)));
    group.bench_function("numbers_of_a_month_of_1m_outages", |b| b.iter(all));
    group.finish();
}

criterion_group!(benches, month, carrier);
criterion_main!(benches);
