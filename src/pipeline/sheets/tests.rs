use model::fault::FaultNo;

use super::*;

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

fn ticket() -> Ticket {
    Ticket {
        alarm_id: "GD_CNM_F000001-1".to_owned(),
        fault_no: FaultNo(1),
        episode: 1,
        sheet_no: String::new(),
        state: TicketState::Unknown,
        sheet_status: String::new(),
        opened_at: at(0),
        changed_at: at(0),
        deal_time_limit: None,
        restored_at: None,
        notes: Vec::new(),
    }
}

fn said(operation: &str, status: &str, told_at: Option<i64>) -> SheetEvent {
    SheetEvent {
        operation: operation.to_owned(),
        alarm_id: "GD_CNM_F000001-1".to_owned(),
        sheet_no: "S-1".to_owned(),
        sheet_status: status.to_owned(),
        by: String::new(),
        at: told_at.map(at),
        deal_time_limit: None,
        restored_at: None,
        text: String::new(),
        exclusion: String::new(),
        held: None,
    }
}

fn known(word: &str) -> Option<TicketState> {
    (word == "挂起").then_some(TicketState::Held)
}

fn states(events: &[SheetEvent]) -> Vec<TicketState> {
    let mut found = ticket();
    let mut states = Vec::new();
    for (second, event) in (100..).zip(events) {
        tell(&mut found, event, known, at(second));
        states.push(found.state);
    }
    states
}

#[test]
fn a_repetition_does_not_take_a_ticket_back() {
    let (confirmed, replied) = (said("confirmWorkSheet", "", Some(10)), said("replyWorkSheet", "", Some(20)));
    let told = states(&[confirmed.clone(), replied, confirmed]);
    assert_eq!(told, [TicketState::InProgress, TicketState::Resolved, TicketState::Resolved]);
}

#[test]
fn the_same_word_at_another_time_is_news() {
    let held = |second| said("syncSheetState", "挂起", second);
    let confirmed = said("confirmWorkSheet", "", Some(20));
    let told = states(&[held(Some(10)), confirmed.clone(), held(Some(30))]);
    assert_eq!(told, [TicketState::Held, TicketState::InProgress, TicketState::Held]);
    let told = states(&[held(None), confirmed, held(None)]);
    assert_eq!(told[2], TicketState::Held, "without a time it cannot be told from a new one");
}

#[test]
fn any_word_proves_that_they_have_it() {
    let mut found = ticket();
    tell(&mut found, &said("syncSheetState", "怪", Some(10)), known, at(11));
    assert_eq!((found.state, found.sheet_no.as_str()), (TicketState::Acknowledged, "S-1"));
    assert_eq!(found.sheet_status, "怪", "a word that nobody knows is kept");
}
