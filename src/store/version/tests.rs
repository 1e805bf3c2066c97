//! Versions and marks on both engines.

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn october() -> Window {
    Window::new(NOW.plus_s(-40 * 86_400), NOW.plus_s(-9 * 86_400))
}

fn version(circuit: &str, period: Window, number: i64) -> Version {
    Version {
        id: 0,
        circuit_code: circuit.to_owned(),
        period,
        version: number,
        made_at: NOW,
        made_by: String::new(),
        cause: if number == 1 { "closed" } else { "correction:7" }.to_owned(),
        plan: "gold".to_owned(),
        as_of: period.end,
        notable: number > 1,
        digest: [7; 32],
        before: (number > 1).then(|| "{}".to_owned()),
        after: format!("{{\"downMs\":{number}}}"),
        changes: "[]".to_owned(),
        figure: vec![1, 0, 2],
    }
}

#[tokio::test]
async fn versions_are_numbered_inside_a_period_and_never_replaced() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(closed_until(&mut tx).await.unwrap(), Time::from_ms(0));
        for number in 1..=3 {
            add_version(&mut tx, &version("C1", october(), number)).await.unwrap();
        }
        let held = versions_of_period(&mut tx, "C1", october()).await.unwrap();
        assert_eq!(held.iter().map(|held| held.version).collect::<Vec<_>>(), [3, 2, 1], "{}", test.engine);
        let latest = latest_version(&mut tx, "C1", october()).await.unwrap().unwrap();
        assert_eq!(latest, Version { id: 3, ..version("C1", october(), 3) });
        let first = version_by_number(&mut tx, "C1", october(), 1).await.unwrap().unwrap();
        assert_eq!(first, Version { id: 1, ..version("C1", october(), 1) });
        assert_eq!(closed_until(&mut tx).await.unwrap(), october().end);
        tx.commit().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        let twice = add_version(&mut tx, &version("C1", october(), 3)).await;
        assert!(matches!(twice, Err(StoreError::Exists(_))), "{} {twice:?}", test.engine);
    }
}

#[tokio::test]
async fn closed_periods_and_the_log_are_found() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let running = Window::new(october().end, NOW.plus_s(86_400));
        for (circuit, period, number) in [("C1", october(), 1), ("C2", october(), 1), ("C2", october(), 2)] {
            add_version(&mut tx, &version(circuit, period, number)).await.unwrap();
        }
        let open = Version { as_of: NOW, notable: true, ..version("C1", running, 1) };
        add_version(&mut tx, &open).await.unwrap();
        assert_eq!(closed_periods(&mut tx, "C1", Time::from_ms(0)).await.unwrap(), [october()], "{}", test.engine);
        assert_eq!(closed_periods(&mut tx, "C1", october().end).await.unwrap(), []);
        let second = [(october(), "{\"downMs\":2}".to_owned())];
        assert_eq!(closed_numbers(&mut tx, "C2", Time::from_ms(0)).await.unwrap(), second, "the last version's");
        assert_eq!(closed_numbers(&mut tx, "C2", october().end).await.unwrap(), []);
        assert_eq!(closed_numbers(&mut tx, "C1", Time::from_ms(0)).await.unwrap().len(), 1, "what runs is not kept");
        let log = |page: Vec<Version>| page.into_iter().map(|version| version.id).collect::<Vec<_>>();
        assert_eq!(log(versions_page(&mut tx, None, i64::MAX, 10).await.unwrap()), [4, 3]);
        assert_eq!(log(versions_page(&mut tx, None, 4, 10).await.unwrap()), [3]);
        assert_eq!(log(versions_page(&mut tx, Some("C2"), i64::MAX, 10).await.unwrap()), [3]);
    }
}

#[tokio::test]
async fn marks_wait_until_somebody_has_looked() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let mark = |circuit: &str| Mark {
            circuit_code: circuit.to_owned(),
            alarm_id: circuit.is_empty().then_some(4_194_304),
            since: NOW,
            cause: "alarm:1".to_owned(),
            revision: 7,
            ..Mark::default()
        };
        for circuit in ["C1", "", "C3"] {
            put_mark(&mut tx, &mark(circuit)).await.unwrap();
        }
        let marks = oldest_marks(&mut tx, 2).await.unwrap();
        assert_eq!(marks, [Mark { id: 1, ..mark("C1") }, Mark { id: 2, ..mark("") }], "{}", test.engine);
        assert_eq!(drop_marks(&mut tx, 2).await.unwrap(), 2);
        assert_eq!(oldest_marks(&mut tx, 9).await.unwrap(), [Mark { id: 3, ..mark("C3") }]);
        assert_eq!(begun_at(&mut tx, NOW).await.unwrap(), NOW);
        assert_eq!(begun_at(&mut tx, NOW.plus_s(9)).await.unwrap(), NOW, "once for ever");
    }
}
