//! Versions on both engines, of a circuit with one outage.

use engine::figure::{CircuitFacts, Detail, Paperwork, evaluate_circuit};
use engine::plan::Plan;
use engine::terms::Terms;
use model::time::Window;
use store::testing::both;
use store::version::{version_by_number, versions_of_period, versions_page};

use super::*;

const START: Time = Time::from_ms(1_793_000_000_000);

fn month() -> Window {
    Window::new(START, START.plus_s(30 * 86_400))
}

/// The figure of a month in which planned work `down` is the only thing that happened.
fn figure(corrections: &[engine::correction::Correction]) -> Figure {
    let facts = CircuitFacts {
        code: "C1",
        in_service: &[month()],
        route: &[],
        hits: &[],
        episodes: &[],
        cutovers: &[],
        paperwork: Paperwork { corrections, ..Paperwork::default() },
        silences: &[],
    };
    evaluate_circuit(&facts, &Terms::new(&Plan::default(), month(), month().end), Detail::Ledger)
}

fn down(minutes: i64) -> engine::correction::Correction {
    let window = Window::new(START.plus_s(3600), START.plus_s(3600 + minutes * 60));
    engine::correction::Correction::new("1", window, engine::correction::Change::Down)
}

fn made<'a>(figure: &'a Figure, before: Option<&'a Figure>, cause: &'a str) -> Made<'a> {
    Made { figure, plan: "default", before, cause, by: "", at: month().end.plus_s(86_400) }
}

#[tokio::test]
async fn a_version_is_made_only_by_what_changes_the_figure() {
    let (clean, ten) = (figure(&[]), figure(&[down(10)]));
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(keep(&mut tx, &made(&clean, None, "closed")).await.unwrap(), Some(1), "{}", test.engine);
        assert_eq!(keep(&mut tx, &made(&clean, None, "alarm:1")).await.unwrap(), None, "told again");
        assert_eq!(keep(&mut tx, &made(&ten, None, "alarm:2")).await.unwrap(), Some(2));
        let held = versions_of_period(&mut tx, "C1", month()).await.unwrap();
        assert_eq!(held.iter().map(|version| version.notable).collect::<Vec<_>>(), [true, false]);
        assert!(held.iter().all(is_closed));
        assert_eq!(versions_page(&mut tx, None, i64::MAX, 10).await.unwrap().len(), 1, "closing is no news");
    }
}

#[tokio::test]
async fn a_version_says_what_it_replaced_and_what_counts_otherwise() {
    let (clean, ten) = (figure(&[]), figure(&[down(10)]));
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        keep(&mut tx, &made(&clean, None, "closed")).await.unwrap();
        keep(&mut tx, &made(&ten, None, "alarm:2")).await.unwrap();
        let second = version_by_number(&mut tx, "C1", month(), 2).await.unwrap().unwrap();
        let before: serde_json::Value = serde_json::from_str(second.before.as_deref().unwrap()).unwrap();
        let after: serde_json::Value = serde_json::from_str(&second.after).unwrap();
        assert_eq!((&before["downMs"], &after["downMs"]), (&0.into(), &600_000.into()), "{}", test.engine);
        let changes: Vec<Change> = serde_json::from_str(&second.changes).unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].start, changes[0].end), (START.plus_s(3600), START.plus_s(4200)));
        let figure: serde_json::Value = serde_json::from_str(&figure_json(&second).unwrap()).unwrap();
        assert_eq!(figure, serde_json::to_value(&ten).unwrap());
    }
}

#[tokio::test]
async fn a_correction_of_a_running_period_names_the_figure_before_it() {
    let (before, after) = (figure(&[down(10)]), figure(&[down(20)]));
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        keep(&mut tx, &made(&after, Some(&before), "correction:1")).await.unwrap();
        let log = versions_page(&mut tx, Some("C1"), i64::MAX, 10).await.unwrap();
        assert_eq!(log.len(), 1, "{}", test.engine);
        assert!(log[0].before.as_deref().unwrap().contains("\"downMs\":600000"));
    }
}

#[tokio::test]
async fn kept_numbers_are_those_of_the_last_version_to_the_last_digit() {
    let (clean, ten) = (figure(&[]), figure(&[down(10)]));
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        keep(&mut tx, &made(&clean, None, "closed")).await.unwrap();
        let kept = kept_numbers(&mut tx, "C1", START).await.unwrap();
        assert_eq!(kept[0].1.availability(), Some(10_000_000), "{}", test.engine);
        keep(&mut tx, &made(&ten, None, "alarm:2")).await.unwrap();
        let kept = kept_numbers(&mut tx, "C1", START).await.unwrap();
        assert_eq!((kept.len(), kept[0].0), (1, month()));
        // (43,200 - 10) / 43,200 minutes = 99.976851… %
        assert_eq!((kept[0].1.availability(), kept[0].1.down_ms), (Some(9_997_685), 600_000));
    }
}
