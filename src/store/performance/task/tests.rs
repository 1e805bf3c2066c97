//! Tasks and questions for the past on both engines.

use model::source::{SourceId, SourceKind};

use super::*;
use crate::peer::register_source;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn task(name: &str) -> PmTask {
    PmTask {
        id: 0,
        name: name.to_owned(),
        params: vec!["ES".into(), "SES".into()],
        granularity: Granularity::M15,
        objects: 3,
        status: None,
        reason: String::new(),
        told_at: None,
        checked_at: None,
        pulled_until: NOW,
    }
}

#[tokio::test]
async fn a_task_keeps_its_number_and_what_its_manager_says_is_newer() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_ATMNMS"), SourceKind::Atm).await.unwrap();
        let other = register_source(&mut tx, &SourceId::new("GD_IPNMS"), SourceKind::Ip).await.unwrap();
        let id = add_task(&mut tx, source, &task("ports")).await.unwrap();
        assert!(add_task(&mut tx, other, &task("ports")).await.unwrap() != id, "{}", test.engine);
        want_task(&mut tx, &PmTask { id, params: vec!["CLR0".into()], objects: 9, ..task("") }).await.unwrap();
        task_checked(&mut tx, id, (TaskStatus::Active, ""), NOW).await.unwrap();
        assert!(!task_told(&mut tx, (other, id), (TaskStatus::Failed, "x"), NOW).await.unwrap(), "another's task");
        assert!(task_told(&mut tx, (source, id), (TaskStatus::Failed, "no disk"), NOW.plus_s(5)).await.unwrap());
        // Looked at before it was told: what was told stands.
        task_checked(&mut tx, id, (TaskStatus::Active, ""), NOW.plus_s(4)).await.unwrap();
        task_pulled(&mut tx, id, NOW.plus_s(900)).await.unwrap();
        task_pulled(&mut tx, id, NOW.plus_s(300)).await.unwrap();
        let kept = tasks_of_source(&mut tx, source).await.unwrap();
        let expected = PmTask {
            id,
            params: vec!["CLR0".into()],
            objects: 9,
            status: Some(TaskStatus::Failed),
            reason: "no disk".to_owned(),
            told_at: Some(NOW.plus_s(5)),
            checked_at: Some(NOW),
            pulled_until: NOW.plus_s(900),
            ..task("ports")
        };
        assert_eq!(kept, [expected], "{}", test.engine);
        forget_task(&mut tx, id).await.unwrap();
        assert_eq!(tasks_of_source(&mut tx, source).await.unwrap(), []);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_asked_again_waits_until_it_is_asked() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_IPNMS"), SourceKind::Ip).await.unwrap();
        let window = Window::new(NOW.plus_s(-3600), NOW);
        ask_history(&mut tx, (source, 7), window, ("noc", NOW)).await.unwrap();
        assert_eq!(due_history(&mut tx, source, NOW.plus_s(-1)).await.unwrap(), None);
        let mut due = due_history(&mut tx, source, NOW).await.unwrap().unwrap();
        assert_eq!((due.task_id, due.window, due.state), (7, window, HistoryState::Waiting));
        due.tries = 1;
        put_history(&mut tx, &due, NOW.plus_s(60)).await.unwrap();
        assert_eq!(due_history(&mut tx, source, NOW.plus_s(59)).await.unwrap(), None);
        due.state = HistoryState::Asked;
        put_history(&mut tx, &due, NOW).await.unwrap();
        assert_eq!(due_history(&mut tx, source, NOW.plus_s(99)).await.unwrap(), None, "{}", test.engine);
        assert_eq!(newest_history(&mut tx, source, 5).await.unwrap(), [due]);
        drop_history(&mut tx, source, NOW.plus_s(1)).await.unwrap();
        assert_eq!(newest_history(&mut tx, source, 5).await.unwrap(), []);
        tx.commit().await.unwrap();
    }
}
