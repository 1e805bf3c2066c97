//! Standing reports on both engines.

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn standing(label: &str, scheduled: bool) -> Standing {
    Standing {
        id: 0,
        label: label.to_owned(),
        period: Window::new(NOW.plus_s(-30 * 86_400), NOW),
        state: StandingState::Queued,
        error: String::new(),
        scheduled,
        requested_by: if scheduled { "" } else { "wang" }.to_owned(),
        requested_at: NOW,
        circuits: 0,
        done: 0,
        ended_at: None,
    }
}

#[tokio::test]
async fn one_after_the_other_is_made_and_its_files_are_kept() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(next_standing(&mut tx).await.unwrap(), None, "{}", test.engine);
        for (label, scheduled) in [("2026-09", true), ("2026-10", false)] {
            add_standing(&mut tx, &standing(label, scheduled)).await.unwrap();
        }
        assert!(is_standing_scheduled(&mut tx, "2026-09").await.unwrap());
        assert!(!is_standing_scheduled(&mut tx, "2026-10").await.unwrap(), "a person asked for that");
        assert!(advance_standing(&mut tx, 1, (5, 9)).await.unwrap());
        let running = next_standing(&mut tx).await.unwrap().unwrap();
        assert_eq!((running.id, running.state, running.done, running.circuits), (1, StandingState::Running, 5, 9));
        let file = |name: &str| StandingFile {
            name: name.to_owned(),
            path: format!("2026-09/{name}"),
            bytes: 7,
            sha256: "ab".to_owned(),
        };
        for name in ["b.csv", "a.csv"] {
            add_standing_file(&mut tx, 1, &file(name)).await.unwrap();
        }
        assert!(end_standing(&mut tx, 1, Ok(()), NOW).await.unwrap());
        assert!(!cancel_standing(&mut tx, 1, NOW).await.unwrap(), "it is over");
        assert_eq!(files_of_standing(&mut tx, 1).await.unwrap(), [file("a.csv"), file("b.csv")]);
        assert_eq!(next_standing(&mut tx).await.unwrap().unwrap().id, 2);
    }
}

#[tokio::test]
async fn a_stopped_one_goes_no_further_and_a_failed_one_says_why() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        for label in ["2026-09", "2026-10"] {
            add_standing(&mut tx, &standing(label, false)).await.unwrap();
        }
        assert!(cancel_standing(&mut tx, 1, NOW).await.unwrap(), "{}", test.engine);
        assert!(!advance_standing(&mut tx, 1, (1, 2)).await.unwrap());
        assert!(end_standing(&mut tx, 2, Err("no room"), NOW).await.unwrap());
        let all = standings_page(&mut tx, i64::MAX, 10).await.unwrap();
        let seen: Vec<_> = all.iter().map(|one| (one.id, one.state, one.error.as_str(), one.ended_at)).collect();
        assert_eq!(
            seen,
            [(2, StandingState::Failed, "no room", Some(NOW)), (1, StandingState::Cancelled, "", Some(NOW))]
        );
        assert_eq!(standing_by_id(&mut tx, 1).await.unwrap().unwrap().state, StandingState::Cancelled);
        assert_eq!(standing_by_id(&mut tx, 3).await.unwrap(), None);
    }
}
