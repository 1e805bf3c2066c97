use model::fault::FaultNo;
use model::ticket::Said;

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
        said: Said::default(),
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

/// Every order of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let into = |order: Vec<usize>| (0..n).map(move |at| [&order[..at], &[n - 1], &order[at..]].concat());
    orders(n - 1).into_iter().flat_map(into).collect()
}

#[test]
fn what_stands_was_said_last_in_whatever_order_it_is_delivered() {
    let replied = |s, restored| SheetEvent { restored_at: Some(at(restored)), ..said("replyWorkSheet", "", Some(s)) };
    let words = [
        said("confirmWorkSheet", "T1", Some(10)),
        said("syncSheetState", "挂起", Some(20)),
        replied(30, 29),
        replied(40, 39),
        SheetEvent { deal_time_limit: Some(at(99)), ..said("notify", "怪", Some(40)) },
    ];
    for order in orders(words.len()) {
        let mut found = ticket();
        for (second, word) in (100..).zip(order.iter().chain(order.iter().rev())) {
            tell(&mut found, &words[*word], known, at(second));
        }
        let stands = (found.state, found.sheet_status.as_str(), found.restored_at, found.deal_time_limit);
        assert_eq!(stands, (TicketState::Resolved, "怪", Some(at(39)), Some(at(99))), "{order:?}");
        assert_eq!(found.notes.len(), words.len());
    }
}

#[test]
fn of_one_second_the_word_that_is_further_on_stands() {
    let words = [said("confirmWorkSheet", "", Some(10)), said("replyWorkSheet", "", Some(10))];
    let back = [words[1].clone(), words[0].clone()];
    assert_eq!(states(&words)[1], TicketState::Resolved);
    assert_eq!(states(&back)[1], TicketState::Resolved);
}

#[test]
fn a_time_that_cannot_be_counts_at_its_receipt() {
    let told = states(&[said("replyWorkSheet", "", Some(1_000_000)), said("confirmWorkSheet", "", Some(101))]);
    assert_eq!(told[1], TicketState::InProgress);
}

#[test]
fn an_answer_that_it_is_over_outranks_older_words_and_one_that_it_waits_does_not() {
    let told_after = |answer, word: SheetEvent| {
        let mut found = ticket();
        answered(&mut found, answer, "", at(50));
        tell(&mut found, &word, known, at(60));
        found.state
    };
    assert_eq!(told_after(TicketState::Closed, said("confirmWorkSheet", "", Some(40))), TicketState::Closed);
    assert_eq!(told_after(TicketState::Acknowledged, said("confirmWorkSheet", "", Some(40))), TicketState::InProgress);
}
