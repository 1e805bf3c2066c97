//! What is older than it is kept goes, and what was rolled up of it stays.

use super::super::compact::{Kept, drop_old};
use super::*;

const KEPT: Kept = Kept { measured_days: 62, hour_days: 400, day_days: None };

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_goes_and_its_figures_stay() {
    for test in both().await {
        let mut torture = Torture::new(test, 7).await;
        for period in 0..8 {
            let file = torture.file(at(BEGIN).plus_ms(period * PERIOD_MS));
            torture.tell(&file).await;
        }
        let all = Window::new(at("2026-09-30T16:00:00Z"), at("2026-12-01T00:00:00Z"));
        let zone = Zone::china();
        for _ in 0..6 {
            torture.judge(&[]).await;
            torture.tend().await;
        }
        let months = async |torture: &Torture| {
            let mut tx = torture.test.db.read().await.unwrap();
            let asked = (Resolution::Rolled(Stretch::Month), &zone);
            of_circuit(&mut tx, "C-1", all, asked).await.unwrap().remove(0).samples
        };
        let before = months(&torture).await;
        while drop_old(&torture.test.db, KEPT, now().plus_s(100 * 86_400)).await.unwrap() {}
        let mut tx = torture.test.db.read().await.unwrap();
        assert!(of_circuit(&mut tx, "C-1", all, (Resolution::Measured, &zone)).await.unwrap().is_empty());
        drop(tx);
        assert_eq!(format!("{:?}", months(&torture).await), format!("{before:?}"));
        // One late row of a month that is no longer there as it was measured does not replace the month.
        let late = torture.file(at(BEGIN).plus_ms(9 * PERIOD_MS));
        torture.tell(&late).await;
        assert_eq!(format!("{:?}", months(&torture).await.values), format!("{:?}", before.values));
        for _ in 0..6 {
            torture.judge(&[]).await;
            torture.tend().await;
        }
        assert_eq!(format!("{:?}", months(&torture).await.values), format!("{:?}", before.values));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_when_it_is_old_is_rolled_up_before_it_goes() {
    for test in both().await {
        let mut torture = Torture::new(test, 8).await;
        let file = torture.file(at(BEGIN));
        torture.tell(&file).await;
        torture.judge(&[]).await;
        let day = waiting_days(&mut torture.test.db.read().await.unwrap()).await.unwrap()[0];
        turn_day(&torture.test.db, day, &Zone::china(), || false).await.unwrap();
        let later = now().plus_s(100 * 86_400);
        // As the task does it: the months of what goes come first.
        let until = KEPT.measured_until(later);
        let marks = month_marks(&mut torture.test.db.read().await.unwrap(), until, 100).await.unwrap();
        assert_eq!(marks.len(), 1);
        for mark in marks {
            roll_month(&torture.test.db, mark, &Zone::china()).await.unwrap();
        }
        while drop_old(&torture.test.db, KEPT, later).await.unwrap() {}
        let mut tx = torture.test.db.read().await.unwrap();
        let all = Window::new(at("2026-09-30T16:00:00Z"), at("2026-12-01T00:00:00Z"));
        let (circuit, ..) = *file.rows.iter().find(|(_, _, row)| row.values[0].is_some()).unwrap();
        let asked = (Resolution::Rolled(Stretch::Month), &Zone::china());
        let months = of_circuit(&mut tx, &format!("C-{circuit}"), all, asked).await.unwrap();
        assert_eq!(months[0].samples.rows.len(), 1, "{}", torture.test.engine);
    }
}
