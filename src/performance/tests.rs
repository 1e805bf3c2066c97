//! The torture: files in any order, twice, under other names, cut at any byte, corrected, and with periods that are
//! not theirs, while slots become blocks in between. Whatever is asked for equals a ledger that the test keeps by
//! itself, at any time, on both engines.

use std::collections::BTreeMap;

use collectors::pm::{Manner, PmSettings};
use engine::inventory::Inventory;
use engine::performance::{Figure, Stretch, figure_name};
use figures::performance::{Resolution, of_circuit, of_port};
use flate2::Compression;
use flate2::write::GzEncoder;
use ftp::session::Unpacked;
use intake::Clock;
use model::pm::IntervalStatus;
use model::resource::{Class, Row as ResourceRow};
use model::source::{SourceId, SourceKind};
use model::threshold::Threshold;
use model::time::{Time, Window, Zone};
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::io::Write;
use store::peer::{SourceNo, register_source};
use store::performance::block::month_marks;
use store::performance::file::{PmFile, add_files, due_files};
use store::performance::slot::{slots_to_judge, waiting_days};
use store::testing::{TestDb, both};

use super::PerformanceError;
use super::compact::{roll_month, turn_day};
use super::judge::Judge;
use super::take::{Content, Taken, Taker};

mod lists;
mod old;

pub(super) const CIRCUITS: usize = 8;
const PERIODS: i64 = 1250;
pub(super) const PERIOD_MS: i64 = 900_000;
/// Two days before the month's end in the calendar's zone.
const BEGIN: &str = "2026-10-30T20:00:00Z";

/// A row as the test knows it: ES and TEMP.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) status: IntervalStatus,
    pub(super) values: [Option<f64>; 2],
}

/// What every cell must be: by circuit and begin.
pub(super) type Ledger = BTreeMap<(usize, Time), Row>;

pub(super) struct Torture {
    pub(super) test: TestDb,
    taker: Taker,
    source: SourceNo,
    pub(super) random: StdRng,
    pub(super) ledger: Ledger,
    taken: Vec<([u8; 32], Window)>,
}

/// A file before it is told: bytes, what it holds, and its period.
#[derive(Clone)]
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    pub(super) rows: Vec<(usize, Time, Row)>,
    pub(super) period: Window,
}

fn resource(class: Class, cells: &[(&str, &str)]) -> ResourceRow {
    let cell = |name| cells.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value).to_owned();
    ResourceRow { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() }
}

/// The circuits of the torture.
fn inventory() -> Inventory {
    let mut rows = vec![resource(Class::Customer, &[("customerNo", "K1"), ("name", "银行")])];
    for circuit in 0..CIRCUITS {
        let code = format!("C-{circuit}");
        rows.push(resource(
            Class::Circuit,
            &[
                ("circuitCode", code.as_str()),
                ("customerNo", "K1"),
                ("serviceType", if circuit % 2 == 0 { "SDH" } else { "ATM" }),
                ("serviceLevel", "AAA"),
                ("inServiceTime", "2020-01-01T00:00:00Z"),
            ],
        ));
    }
    Inventory::build(&rows).0
}

pub(super) fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

pub(super) fn now() -> Time {
    at("2026-11-07T00:00:00Z")
}

pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

impl Torture {
    pub(super) async fn new(test: TestDb, seed: u64) -> Self {
        let mut tx = test.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap();
        tx.commit().await.unwrap();
        let clock = Clock::starting_at(now(), 1.0);
        let taker = Taker { db: test.db.clone(), clock, known: Mutex::default() };
        let random = StdRng::seed_from_u64(seed);
        Torture { test, taker, source, random, ledger: Ledger::new(), taken: Vec::new() }
    }

    /// A file of one period; now and then with circuits missing, or gaps.
    fn file(&mut self, start: Time) -> File {
        let mut rows = Vec::new();
        for circuit in 0..CIRCUITS {
            if self.random.random_ratio(1, 10) {
                continue;
            }
            let status = match self.random.random_range(0..20) {
                0 => IntervalStatus::Incomplete,
                1 => IntervalStatus::Invalid,
                2 => IntervalStatus::Unavailable,
                _ => IntervalStatus::Valid,
            };
            let value = |random: &mut StdRng, scale: f64| {
                let value = f64::from(random.random_range(0..1000_u32)) / scale;
                (!random.random_ratio(1, 12)).then_some(value)
            };
            let values = [value(&mut self.random, 1.0), value(&mut self.random, 7.0)];
            // A period of which nothing was measured is no valid one.
            let nothing = status == IntervalStatus::Valid && values == [None, None];
            let status = if nothing { IntervalStatus::Unavailable } else { status };
            rows.push((circuit, start, Row { status, values }));
        }
        // Another order in every file.
        rows.shuffle(&mut self.random);
        let period = Window::new(start, start.plus_ms(PERIOD_MS));
        File { bytes: pack(&text(&rows)), rows, period }
    }

    /// Tells a file and takes it. What is expected goes into the ledger.
    pub(super) async fn tell(&mut self, file: &File) {
        let sha256: [u8; 32] = Sha256::digest(&file.bytes).into();
        let manner = Manner::new(&PmSettings::native(), ftp::Encoding::Utf8, Zone::china()).unwrap();
        let unpacked = flate2::read::MultiGzDecoder::new(std::io::Cursor::new(file.bytes.clone()));
        match self.take(file.period, sha256, (Box::new(unpacked), manner)).await {
            Ok(Some(_)) => {
                self.taken.push((sha256, file.period));
                let good = file.rows.iter().filter(|(_, start, _)| file.period.holds(*start));
                self.ledger.extend(good.map(|(circuit, start, row)| ((*circuit, *start), *row)));
            }
            Ok(None) => assert!(self.taken.contains(&(sha256, file.period)), "a new file was taken for an old one"),
            Err(PerformanceError::File(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }

    /// Announces a file and takes it.
    async fn take(
        &self,
        period: Window,
        sha256: [u8; 32],
        (bytes, manner): (Unpacked, Manner),
    ) -> Result<Option<Taken>, PerformanceError> {
        let mut tx = self.test.db.write().await.unwrap();
        let row = PmFile {
            id: 0,
            source: self.source,
            // What comes again comes under another name.
            path: format!("/GD_TNMS/PM/20261030/PM-{}.csv.gz", self.taken.len()),
            task_id: "P".to_owned(),
            period,
            announced_at: now(),
            expires_at: None,
            tries: 0,
        };
        add_files(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        let due = due_files(&mut self.test.db.read().await.unwrap(), self.source, Time::MAX, 1000).await.unwrap();
        let file = due.into_iter().max_by_key(|row| row.id).unwrap();
        self.taker.take(Content { file, name: "PM-1.csv.gz".to_owned(), bytes, manner, sha256 }).await
    }

    /// Judges what came since by these thresholds, as if each circuit were an AAA one of customer K1.
    pub(super) async fn judge(&self, thresholds: &[Threshold]) {
        let inventory = inventory();
        let judge = Judge { db: &self.test.db, thresholds, inventory: &inventory, now: now() };
        for slot in slots_to_judge(&mut self.test.db.read().await.unwrap(), 1000).await.unwrap() {
            judge.slot(slot).await.unwrap();
        }
    }

    /// Slots become blocks, months are rolled up.
    pub(super) async fn tend(&mut self) {
        let days = waiting_days(&mut self.test.db.read().await.unwrap()).await.unwrap();
        for day in days {
            if self.random.random_bool(0.7) {
                turn_day(&self.test.db, day, &Zone::china(), || false).await.unwrap();
            }
        }
        let marks = month_marks(&mut self.test.db.read().await.unwrap(), Time::MAX, 100).await.unwrap();
        for mark in marks {
            if self.random.random_bool(0.7) {
                roll_month(&self.test.db, mark, &Zone::china()).await.unwrap();
            }
        }
    }

    /// Every cell of every circuit, at every resolution.
    async fn check(&self) {
        let window = Window::new(at("2026-09-30T16:00:00Z"), at("2026-12-01T00:00:00Z"));
        let zone = Zone::china();
        let mut tx = self.test.db.read().await.unwrap();
        for circuit in 0..CIRCUITS {
            let code = format!("C-{circuit}");
            let found = of_circuit(&mut tx, &code, window, (Resolution::Measured, &zone)).await.unwrap();
            let rows: Vec<(Time, Row)> = found
                .iter()
                .flat_map(|series| {
                    series.samples.iter().map(|(row, values)| {
                        let place = |name: &str| series.samples.params.iter().position(|known| known == name).unwrap();
                        let value = |name| Some(values[place(name)]).filter(|value| !value.is_nan());
                        (row.start, Row { status: row.status, values: [value("ES"), value("TEMP")] })
                    })
                })
                .collect();
            let expected: Vec<(Time, Row)> = self
                .ledger
                .range((circuit, Time::from_ms(0))..(circuit + 1, Time::from_ms(0)))
                .map(|((_, at), row)| (*at, *row))
                .collect();
            assert_eq!(rows, expected, "{} {code}", self.test.engine);
            for stretch in [Stretch::Hour, Stretch::Day, Stretch::Month] {
                let found = of_circuit(&mut tx, &code, window, (Resolution::Rolled(stretch), &zone)).await.unwrap();
                let rolled: Vec<[f64; 7]> = found
                    .iter()
                    .flat_map(|series| {
                        series.samples.iter().map(|(row, values)| {
                            let cell = |name: &str, figure| {
                                let name = figure_name(name, figure);
                                let place = series.samples.params.iter().position(|known| *known == name).unwrap();
                                if values[place].is_nan() { -1.0 } else { values[place] }
                            };
                            let (es, temp) = (|figure| cell("ES", figure), |figure| cell("TEMP", figure));
                            [
                                row.start.ms() as f64,
                                row.measured_s.into(),
                                es(Figure::Sum),
                                es(Figure::Count),
                                temp(Figure::Min),
                                temp(Figure::Max),
                                temp(Figure::P95),
                            ]
                        })
                    })
                    .collect();
                assert_eq!(rolled, reference(&expected, stretch), "{} {code} {stretch:?}", self.test.engine);
            }
        }
    }
}

/// Roll-ups by the slow way: begin, seconds, sum and count of ES, least, greatest and 95th percentile of TEMP.
fn reference(rows: &[(Time, Row)], stretch: Stretch) -> Vec<[f64; 7]> {
    let offset = if stretch == Stretch::Hour { 0 } else { 8 * 3_600_000 };
    let key = |at: Time| match stretch {
        Stretch::Hour => at.ms() / 3_600_000,
        Stretch::Day => (at.ms() + offset) / 86_400_000,
        // The test's rows lie in October and November.
        Stretch::Month => i64::from(at >= self::at("2026-10-31T16:00:00Z")),
    };
    let begin = |key: i64| match stretch {
        Stretch::Hour => key * 3_600_000,
        Stretch::Day => key * 86_400_000 - offset,
        Stretch::Month => self::at(if key == 0 { "2026-09-30T16:00:00Z" } else { "2026-10-31T16:00:00Z" }).ms(),
    };
    let mut stretches: BTreeMap<i64, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|(at, row)| stretches.entry(key(*at)).or_default().push(row));
    let figures = |(key, rows): (i64, Vec<&Row>)| {
        let valid: Vec<&&Row> = rows.iter().filter(|row| row.status == IntervalStatus::Valid).collect();
        let es: Vec<f64> = valid.iter().filter_map(|row| row.values[0]).collect();
        let mut temp: Vec<f64> = valid.iter().filter_map(|row| row.values[1]).collect();
        temp.sort_by(f64::total_cmp);
        let rank = (0.95 * temp.len() as f64).ceil() as usize;
        let sum = if es.is_empty() { -1.0 } else { es.iter().sum() };
        let edge = |value: Option<&f64>| value.copied().unwrap_or(-1.0);
        [
            begin(key) as f64,
            valid.len() as f64 * 900.0,
            sum,
            es.len() as f64,
            edge(temp.first()),
            edge(temp.last()),
            edge(temp.get(rank.saturating_sub(1))),
        ]
    };
    stretches.into_iter().map(figures).collect()
}

fn text(rows: &[(usize, Time, Row)]) -> String {
    let mut text =
        "circuitCode,objectId,objectType,layerRate,location,granularity,periodStart,monitoredSeconds,intervalStatus,ES,TEMP\n"
            .to_owned();
    for (circuit, start, row) in rows {
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let [es, temp] = row.values.map(cell);
        let (start, status) = (Zone::china().write_local(*start), row.status);
        text += &format!("C-{circuit},PORT-{circuit},PORT,VC4,NEAR_RX,15M,{start},900,{status},{es},{temp}\n");
    }
    text
}

/// What a bad carrier sends of so many periods: in no order, some of it twice, cut, corrected, or under a wrong period.
pub(super) fn sent(torture: &mut Torture, periods: i64) -> Vec<File> {
    let begin = at(BEGIN);
    let mut files = Vec::new();
    for period in 0..periods {
        if period % 17 == 3 {
            continue;
        }
        let file = torture.file(begin.plus_ms(period * PERIOD_MS));
        if period % 5 == 0 {
            files.push(file.clone());
        }
        if period % 7 == 0 {
            let end = torture.random.random_range(1..file.bytes.len());
            files.push(File { bytes: file.bytes[..end].to_vec(), ..file.clone() });
        }
        if period % 9 == 0 {
            files.push(torture.file(begin.plus_ms(period * PERIOD_MS)));
        }
        if period % 11 == 0 {
            let wrong = Window::new(file.period.end, file.period.end.plus_ms(PERIOD_MS));
            let other = torture.file(file.period.start);
            files.push(File { period: wrong, ..other.clone() });
            files.push(other);
        }
        files.push(file);
    }
    files.shuffle(&mut torture.random);
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_counts_once_whatever_comes() {
    every_value_counts_once(store::testing::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_counts_once_whatever_comes_on_postgres() {
    every_value_counts_once(store::testing::postgres().await).await;
}

async fn every_value_counts_once(test: TestDb) {
    let mut torture = Torture::new(test, 1).await;
    let files = sent(&mut torture, PERIODS);
    assert!(files.len() > 1900);
    for (index, file) in files.iter().enumerate() {
        torture.tell(file).await;
        if index % 40 == 0 {
            torture.judge(&[]).await;
            torture.tend().await;
        }
        if index % 250 == 0 {
            torture.check().await;
        }
    }
    torture.check().await;
    for _ in 0..4 {
        torture.judge(&[]).await;
        torture.tend().await;
    }
    torture.check().await;
    assert!(torture.ledger.len() > 8000);
}
