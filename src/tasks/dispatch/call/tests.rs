//! What the end of a call means for its row.

use model::time::Time;

use super::*;

fn row(tries: u32) -> OutboxRow {
    OutboxRow {
        id: 1,
        kind: OutboxKind::NewAlarm,
        key: "HQ_CNM_F1-1".to_owned(),
        content: String::new(),
        state: OutboxState::Queued,
        tries,
        next_at: Time::MIN,
        first_sent_at: None,
        error: String::new(),
    }
}

fn refused(code: &str) -> ClientError {
    ClientError::Refused { code: code.to_owned(), message: "no".to_owned() }
}

#[test]
fn only_what_was_surely_not_done_is_sent_again() {
    let ended = |error| ended_badly(&row(0), error);
    assert!(matches!(ended(ClientError::NotSent("refused".into())), SendOutcome::Later { after_s: 5, .. }));
    assert!(matches!(ended(ClientError::Unknown("timeout".into())), SendOutcome::Unknown { after_s: 5, .. }));
    assert!(matches!(ended(refused("9002")), SendOutcome::Later { .. }), "busy passes");
    assert!(matches!(ended(refused("2002")), SendOutcome::Later { .. }), "a password is put right");
    assert!(matches!(ended(refused("404")), SendOutcome::Later { .. }), "a service comes up late");
    assert!(matches!(ended(refused("7001")), SendOutcome::Never { .. }));
    assert!(matches!(ended(refused("")), SendOutcome::Never { .. }), "an error text");
}

#[test]
fn pauses_grow_to_their_limit() {
    let later = |tries| match ended_badly(&row(tries), ClientError::NotSent(String::new())) {
        SendOutcome::Later { after_s, .. } => after_s,
        other => panic!("{other:?}"),
    };
    let pauses: Vec<i64> = [0, 2, 4, 6, 8, 10, 12, 40, u32::MAX].map(later).to_vec();
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
}

#[test]
fn an_unreadable_row_is_a_persons() {
    assert!(matches!(read::<NewAlarm>(&row(0)), Err(SendOutcome::Never { .. })));
}
