//! The torture again, judged: whatever order files come in, twice, corrected, cut, with slots becoming blocks in
//! between, the alarms that the writer was told of are those of all rows in order. On both engines.

use std::collections::BTreeMap;

use engine::episode::{Event, episodes};
use engine::threshold::Sweep;
use model::alarm::{AlarmFact, Severity};
use model::source::SourceKind;
use model::threshold::{Direction, ThresholdKey};
use model::time::{Window, Zone};
use rand::Rng;
use store::performance::crossing::{crossing_told, waiting_crossings};
use store::performance::slot::count_slots_to_judge;
use store::performance::subject::subject_of_link;
use store::testing::both;

use super::super::tests::{CIRCUITS, File, PERIOD_MS, Torture, at, pack, sent};
use super::super::told::{About, facts};
use super::*;

const PERIODS: i64 = 330;

/// Events of each alarm, as the writer would keep them.
type Told = BTreeMap<(String, String), Vec<Event<()>>>;

fn threshold(id: i64, (param, kind): (&str, &str), (set, reset): (f64, f64), (needed, of): (u32, u32)) -> Threshold {
    Threshold {
        id,
        version: id,
        key: ThresholdKey {
            service_type: kind.to_owned(),
            service_level: String::new(),
            customer_no: String::new(),
            param: param.to_owned(),
            granularity: Granularity::M15,
            direction: if set > reset { Direction::Above } else { Direction::Below },
        },
        set,
        reset,
        needed,
        of,
        severity: Severity::Minor,
        enabled: true,
        note: String::new(),
        since: at("2026-10-30T21:00:00Z"),
        changed_by: String::new(),
    }
}

/// What the daemon does with crossings that wait.
async fn tell(torture: &Torture, thresholds: &[Threshold], told: &mut Told) {
    let mut tx = torture.test.db.write().await.unwrap();
    for row in waiting_crossings(&mut tx, 100_000).await.unwrap() {
        let (subject, circuit) = subject_of_link(&mut tx, row.link).await.unwrap().unwrap();
        let threshold = thresholds.iter().find(|known| known.id == row.threshold).unwrap();
        let about = About { threshold, subject: &subject, circuit: &circuit, kind: SourceKind::Transport };
        for fact in facts(&row, Some(&about)) {
            let (id, event) = match fact {
                AlarmFact::Record(record) => {
                    assert_eq!(record.circuit_codes, std::slice::from_ref(&circuit));
                    let raise = Event::Raise { at: record.ne_time.unwrap(), ems: None, value: () };
                    (record.alarm_id.to_string(), raise)
                }
                AlarmFact::End(end) => {
                    let event = Event::End { at: end.clear_time.unwrap(), kind: end.clear_type, by: String::new() };
                    (end.alarm_id, event)
                }
                AlarmFact::Listed(_) => unreachable!(),
            };
            told.entry((format!("{circuit} {}", threshold.id), id)).or_default().push(event);
        }
        crossing_told(&mut tx, row.id).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Lives of alarms that lasted, by circuit and threshold.
fn lived(told: &Told) -> BTreeMap<String, Vec<(Time, Option<Time>)>> {
    let mut lived: BTreeMap<String, Vec<(Time, Option<Time>)>> = BTreeMap::new();
    for ((name, _), events) in told {
        for life in episodes(events).iter().filter(|life| life.cleared != Some(life.raised)) {
            lived.entry(name.clone()).or_default().push((life.raised, life.cleared));
        }
    }
    lived.values_mut().for_each(|lives| lives.sort_unstable());
    lived
}

/// The same from the ledger, by one sweep over all.
fn expected(torture: &Torture, thresholds: &[Threshold]) -> BTreeMap<String, Vec<(Time, Option<Time>)>> {
    let mut expected = BTreeMap::new();
    for circuit in 0..CIRCUITS {
        let kind = if circuit % 2 == 0 { "SDH" } else { "ATM" };
        for threshold in thresholds.iter().filter(|known| known.key.service_type == kind) {
            let mut sweep = Sweep::new(threshold, Vec::new(), (Time::from_ms(0), Time::from_ms(0)));
            let rows = torture.ledger.range((circuit, Time::from_ms(0))..(circuit + 1, Time::from_ms(0)));
            for ((_, start), row) in rows.filter(|(_, row)| row.status == IntervalStatus::Valid) {
                let value = row.values[usize::from(threshold.key.param == "TEMP")];
                value.into_iter().for_each(|value| sweep.add(*start, value));
            }
            let lives: Vec<_> = sweep.into_crossings().iter().map(|it| (it.raised_at, it.cleared_at)).collect();
            if !lives.is_empty() {
                expected.insert(format!("C-{circuit} {}", threshold.id), lives);
            }
        }
    }
    expected
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_are_those_of_all_rows_in_order() {
    let thresholds = [
        threshold(1, ("ES", "SDH"), (700.0, 300.0), (2, 3)),
        threshold(2, ("TEMP", "SDH"), (20.0, 60.0), (1, 1)),
        threshold(3, ("ES", "ATM"), (800.0, 500.0), (3, 6)),
    ];
    for test in both().await {
        let mut torture = Torture::new(test, 3).await;
        let mut told = Told::new();
        for (index, file) in sent(&mut torture, PERIODS).iter().enumerate() {
            torture.tell(file).await;
            // Now and then several files are seen before any of them is judged.
            if torture.random.random_bool(0.6) {
                torture.judge(&thresholds).await;
                tell(&torture, &thresholds, &mut told).await;
            }
            if index % 20 == 0 {
                torture.tend().await;
            }
        }
        torture.judge(&thresholds).await;
        tell(&torture, &thresholds, &mut told).await;
        let expected = expected(&torture, &thresholds);
        let crossings: usize = expected.values().map(Vec::len).sum();
        assert!(crossings > 100, "only {crossings} crossings: too few to say much");
        assert_eq!(lived(&told), expected, "{}", torture.test.engine);
        let mut tx = torture.test.db.read().await.unwrap();
        assert_eq!(count_slots_to_judge(&mut tx).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_takes_the_place_of_another_as_a_whole() {
    let thresholds = [threshold(1, ("ES", "SDH"), (5.0, 1.0), (1, 1))];
    for test in both().await {
        let (mut torture, mut told) = (Torture::new(test, 5).await, Told::new());
        let start = at("2026-10-31T02:00:00Z");
        // PORT-1 is measured for C-0; then without ES; again for C-0, and then for another circuit.
        for (circuit, column, crossed) in
            [("C-0", "ES", true), ("C-0", "SES", false), ("C-0", "ES", true), ("C-2", "ES", true)]
        {
            let local = Zone::china().write_local(start.plus_ms(PERIOD_MS));
            let text = format!(
                "circuitCode,objectId,objectType,layerRate,location,granularity,periodStart,monitoredSeconds,intervalStatus,{column}\n\
                 {circuit},PORT-1,PORT,VC4,NEAR_RX,15M,{local},900,VALID,{}\n",
                9 + told.len()
            );
            let period = Window::new(start, start.plus_ms(2 * PERIOD_MS));
            torture.tell(&File { bytes: pack(&text), rows: Vec::new(), period }).await;
            torture.judge(&thresholds).await;
            tell(&torture, &thresholds, &mut told).await;
            let lived = lived(&told);
            let expected = crossed.then(|| (format!("{circuit} 1"), vec![(start.plus_ms(2 * PERIOD_MS), None)]));
            assert_eq!(lived, expected.into_iter().collect(), "{} {circuit} {column}", torture.test.engine);
        }
    }
}
