//! What performance data costs on disk and to compress: 1,600 circuits with 8 values each, 30 days of quarter hours.
//! `cargo bench -p linesman-store --bench performance` prints both.

#![expect(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::time::Instant;

use model::pm::{Granularity, IntervalStatus};
use model::sample::{Sample, Samples};
use model::text::Text;
use model::time::Time;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::performance::block::{Level, pack_blocks, put_blocks};
use store::performance::slot::pack_slot;
use store::performance::{DAY_MS, bundles_of};
use store::{Db, Settings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CIRCUITS: i64 = 1_600;
const DAYS: i64 = 30;
const QUARTERS: i64 = 96;
const QUARTER_MS: i64 = 900_000;
const BEGIN: i64 = 20_700 * DAY_MS;
const PARAMS: [&str; 8] =
    ["IN_OCTETS", "OUT_OCTETS", "IN_UTIL", "OUT_UTIL", "DELAY_MIN", "DELAY_AVG", "DELAY_MAX", "LOSS_PCT"];

/// Values as circuits have them: a level of each circuit, a wave of the day, noise.
fn add(samples: &mut Samples, (subject, quarter): (i64, i64), random: &mut StdRng) {
    let wave = 1.0 + 0.6 * (quarter as f64 / QUARTERS as f64 * std::f64::consts::TAU).sin();
    let octets = 10_f64.powf(5.0 + (subject % 400) as f64 / 100.0) * wave * random.random_range(0.95..1.05);
    let delay = 5.0 + (subject % 70) as f64 / 10.0;
    let cents = |value: f64| (value * 100.0).round() / 100.0;
    let loss = if random.random_ratio(1, 200) { random.random_range(0.01..0.5) } else { 0.0 };
    let values = [
        octets.round(),
        (octets * 0.8).round(),
        cents(octets / 2e7),
        cents(octets / 2.5e7),
        cents(delay + random.random_range(0.0..0.05)),
        cents(delay + random.random_range(0.2..0.4)),
        cents(delay + random.random_range(1.0..1.8)),
        cents(loss),
    ];
    let start = Time::from_ms(BEGIN + quarter * QUARTER_MS);
    let status = IntervalStatus::Valid;
    samples.push(Sample { subject, link: subject, start, revision: quarter + 1, measured_s: 900, status }, &values);
}

fn slots(names: &[Text]) {
    let mut random = StdRng::seed_from_u64(1);
    let mut samples = Samples::of(names);
    (1..=100_000).for_each(|subject| add(&mut samples, (subject, 40), &mut random));
    let values = samples.values.len();
    let began = Instant::now();
    let slot = pack_slot(Granularity::M15, BEGIN / DAY_MS, samples).unwrap();
    let nanos = began.elapsed().as_secs_f64() * 1e9 / values as f64;
    eprintln!("a slot of 100,000 circuits: {nanos:.1} ns a value to compress, {} pages", slot.pages());
}

#[tokio::main]
async fn main() {
    let names = PARAMS.map(Text::from);
    slots(&names);
    let folder = tempfile::tempdir().unwrap();
    let place = Settings::sqlite(folder.path());
    let db = Db::open(&place).await.unwrap();
    db.close().await.unwrap();
    let size = || std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum::<u64>();
    let empty = size();
    let db = Db::open(&place).await.unwrap();
    let mut random = StdRng::seed_from_u64(2);
    let mut seconds = 0.0;
    for day in 0..DAYS {
        for first in bundles_of(0).start..CIRCUITS / 16 {
            let mut samples = Samples::of(&names);
            for subject in first * 16..(first + 1) * 16 {
                (0..QUARTERS).for_each(|quarter| add(&mut samples, (subject, day * QUARTERS + quarter), &mut random));
            }
            let span = Time::from_ms(BEGIN + day * DAY_MS);
            let began = Instant::now();
            let blocks = pack_blocks(Level::Measured, Granularity::M15, span, &samples).unwrap();
            seconds += began.elapsed().as_secs_f64();
            let mut tx = db.write().await.unwrap();
            put_blocks(&mut tx, &blocks).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
    db.close().await.unwrap();
    let values = (CIRCUITS * DAYS * QUARTERS * PARAMS.len() as i64) as f64;
    let bytes = (size() - empty) as f64 / values;
    eprintln!(
        "{DAYS} days of {CIRCUITS} circuits: {bytes:.2} B a value on disk, {:.1} ns a value to compress",
        seconds * 1e9 / values
    );
}
