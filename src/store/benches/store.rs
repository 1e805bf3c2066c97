//! How many alarm events the store keeps a second, each batch of 1,000 durable, and what an event
//! costs on disk with its indexes and its episode. `cargo bench -p linesman-store` prints both.

#![expect(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use model::alarm::{
    Alarm, AlarmFact, AlarmRecord, AlarmStatus, ClearType, Effect, ObjectType, ServiceAffecting, Severity, Specialty,
};
use model::resource::{Class, Row};
use model::source::{SourceId, SourceKind};
use model::time::Time;
use store::alarm::{AlarmRow, IdentityNo, NewEvent, add_identities, identities_by_keys, put_alarms, put_events};
use store::peer::{SourceNo, register_source};
use store::staging::{Slice, Staged, apply_slice, stage_slice};
use store::{Db, Settings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BATCH: i64 = 1000;
const START: Time = Time::from_ms(1_793_000_000_000);

struct Bench {
    db: Db,
    source: SourceNo,
    next: i64,
    batches: Vec<Vec<(String, AlarmFact)>>,
    active: Vec<AlarmRow>,
}

/// Alarms on 4,000 ports with 5 causes each; every alarm is raised and then cleared.
fn fact(n: i64) -> (String, AlarmFact) {
    let (alarm, clear) = ((n / (2 * BATCH)) * BATCH + n % BATCH, (n / BATCH) % 2 == 1);
    let port = alarm % 4000;
    let raised = START.plus_ms(alarm * 37);
    let record = AlarmRecord {
        alarm_id: format!("TNMS-{alarm:010}").into(),
        specialty: Some(Specialty::Transport),
        ems_name: "EMS-OTN-1".into(),
        ne_id: format!("NE-{:05}", port / 16).into(),
        ne_name: format!("广州天河{:05}", port / 16).into(),
        ne_type: "OptiX OSN 9800".into(),
        vendor: "HUAWEI".into(),
        object_id: format!("NE-{:05}/1-3-{}", port / 16, port % 16).into(),
        object_type: Some(ObjectType::Port),
        layer_rate: "OTU4".into(),
        location: format!("广州天河{:05}-机框1-槽位3-端口{}", port / 16, port % 16).into(),
        alarm_title: "光口接收信号丢失".into(),
        native_cause: format!("R_LOS_{}", alarm % 5).into(),
        probable_cause: "lossOfSignal".into(),
        event_type: "communicationsAlarm".into(),
        severity: Severity::Critical,
        service_affecting: Some(ServiceAffecting::Yes),
        alarm_status: Some(if clear { AlarmStatus::Cleared } else { AlarmStatus::Active }),
        ne_time: Some(raised),
        ems_time: Some(raised.plus_ms(1200)),
        clear_time: clear.then(|| raised.plus_s(300)),
        clear_type: clear.then_some(ClearType::Ems),
        ..AlarmRecord::default()
    };
    (record.alarm_id.to_string(), AlarmFact::Record(Arc::new(record)))
}

/// What the writer does with a group: look up the identities that it does not hold in memory (it
/// holds the active ones), keep the facts, keep the episodes.
async fn keep(bench: &mut Bench, facts: &[(String, AlarmFact)]) {
    let mut tx = bench.db.write().await.unwrap();
    let keys: Vec<(SourceNo, &str)> = facts.iter().map(|(key, _)| (bench.source, key.as_str())).collect();
    let raises = bench.active.is_empty();
    let numbers: Vec<IdentityNo> = if raises {
        assert!(identities_by_keys(&mut tx, &keys).await.unwrap().iter().all(Option::is_none));
        add_identities(&mut tx, &keys).await.unwrap()
    } else {
        bench.active.iter().map(|row| IdentityNo::of(row.alarm.id)).collect()
    };
    let at = START.plus_ms(bench.next * 37);
    let new: Vec<NewEvent<'_>> = facts
        .iter()
        .zip(&numbers)
        .map(|((key, fact), no)| NewEvent {
            id: no.event_id(usize::from(!raises)).unwrap(),
            alarm_key: key,
            fact,
            received_at: at,
            history: false,
            by_sync: false,
            raw: None,
        })
        .collect();
    put_events(&mut tx, &new).await.unwrap();
    if raises {
        let alarm =
            |((key, fact), event): (&(String, AlarmFact), &NewEvent<'_>)| raised(bench.source, key, fact, event.id);
        bench.active = facts.iter().zip(&new).map(alarm).collect();
        put_alarms(&mut tx, &bench.active).await.unwrap();
    } else {
        let rows: Vec<AlarmRow> = bench.active.drain(..).map(|row| cleared(row, at)).collect();
        put_alarms(&mut tx, &rows).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn raised(source: SourceNo, key: &str, fact: &AlarmFact, event_id: i64) -> AlarmRow {
    let AlarmFact::Record(record) = fact else { unreachable!() };
    let alarm = Alarm {
        id: event_id,
        source: SourceId::new("GD_TNMS"),
        record: Arc::clone(record),
        raised_at: record.ne_time.unwrap(),
        received_at: record.ne_time.unwrap(),
        cleared_at: None,
        clear_type: None,
        raises: 1,
        found_by_sync: false,
        toggling: false,
        effect: Effect::Outage,
        fault: None,
        is_cause: false,
        parent: None,
        explained_by: "".into(),
        circuits: 3,
        acknowledged: None,
    };
    AlarmRow { alarm: Arc::new(alarm), source, alarm_key: key.into(), event_id }
}

fn cleared(mut row: AlarmRow, at: Time) -> AlarmRow {
    let alarm = Arc::make_mut(&mut row.alarm);
    alarm.cleared_at = Some(at);
    alarm.clear_type = Some(ClearType::Ems);
    row
}

/// The next batch, made before the clock starts.
fn prepare(bench: &mut Bench, batches: u64) {
    bench.batches.clear();
    for _ in 0..batches {
        bench.batches.push((bench.next..bench.next + BATCH).map(fact).collect());
        bench.next += BATCH;
    }
    bench.batches.reverse();
}

async fn timed(bench: &mut Bench, batches: u64) -> Duration {
    prepare(bench, batches);
    let start = Instant::now();
    while let Some(facts) = bench.batches.pop() {
        keep(bench, &facts).await;
    }
    start.elapsed()
}

/// Processor time of this process in hundredths of a second (0 where there is no /proc).
fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// A load of route hops: staged in slices of 512, then applied slice by slice; rows a second.
async fn load(db: &Db, rows: usize) -> f64 {
    let hop = |n: usize| {
        let circuit = format!("广州深圳ANE{:06}NP", n / 6);
        let hop = (n % 6).to_string();
        let object = format!("NE-{:05}/1-3-{}", n % 5000, n % 16);
        let cells = [&circuit, "1", "1", &hop, "PORT", &object, "", "", ""];
        Staged::Put(Row { class: Class::Route, cells: cells.map(str::to_owned).to_vec() })
    };
    let changes: Vec<Staged> = (0..rows).map(hop).collect();
    let start = Instant::now();
    for slice in changes.chunks(512) {
        let mut tx = db.write().await.unwrap();
        stage_slice(&mut tx, 1, slice).await.unwrap();
        tx.commit().await.unwrap();
    }
    loop {
        let mut tx = db.write().await.unwrap();
        let slice = Slice { load: 1, class: Class::Route, asked_at: START, at: START, kept_until: Time::MIN };
        let applied = apply_slice(&mut tx, slice).await.unwrap();
        tx.commit().await.unwrap();
        if applied.is_none() {
            return rows as f64 / start.elapsed().as_secs_f64();
        }
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut bench = runtime.block_on(async {
        let db = Db::open(&Settings::sqlite(folder.path())).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap();
        tx.commit().await.unwrap();
        Bench { db, source, next: 0, batches: Vec::new(), active: Vec::new() }
    });
    runtime.block_on(timed(&mut bench, 40));
    let cpu = cpu_ticks();
    let took = runtime.block_on(timed(&mut bench, 200));
    let cpu = cpu_ticks() - cpu;
    eprintln!(
        "sqlite: {:.0} alarm events/s kept with their episodes, durable in batches of 1,000; {:.1} µs of CPU an event",
        200_000.0 / took.as_secs_f64(),
        cpu as f64 * 10_000.0 / 200_000.0,
    );

    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("store/sqlite");
    group.throughput(Throughput::Elements(BATCH.unsigned_abs()));
    group.bench_function("keep 1,000 alarm events", |b| {
        b.iter_custom(|batches| runtime.block_on(timed(&mut bench, batches)));
    });
    group.finish();

    let folder_of_load = tempfile::tempdir().unwrap();
    let rate = runtime.block_on(async {
        let db = Db::open(&Settings::sqlite(folder_of_load.path())).await.unwrap();
        load(&db, 200_000).await
    });
    eprintln!("sqlite: {rate:.0} resource rows/s staged and applied, durable in slices of 512");

    runtime.block_on(bench.db.close()).unwrap();
    let size = std::fs::metadata(folder.path().join("linesman.db")).unwrap().len();
    eprintln!(
        "sqlite: {:.0} bytes on disk an alarm event, with indexes, subjects and episodes ({} events)",
        size as f64 / bench.next as f64,
        bench.next
    );
}
