use model::fault::FaultNo;
use model::ticket::{Repair, Said};

use super::*;
use intake::submission::ClockWord;

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
        repair: None,
        notes: Vec::new(),
        clock: Vec::new(),
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
        repair: None,
        exclusion: String::new(),
        clock: None,
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
    let reason = |s: i64| Repair { cause: format!("cause {s}"), ..Repair::default() };
    let replied = |s, restored| SheetEvent {
        restored_at: Some(at(restored)),
        repair: Some(reason(s)),
        ..said("replyWorkSheet", "", Some(s))
    };
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
        assert_eq!(found.repair, Some(reason(40)), "{order:?}");
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

/// What becomes of a ticket that is told these words of its clock, each at its time, in this order.
fn clock(state: TicketState, words: &[(i64, Option<&str>)]) -> Ticket {
    let mut found = Ticket { state, ..ticket() };
    for (s, reason) in words {
        let (operation, word) = match reason {
            Some(reason) => ("suspendWorkSheet", ClockWord::Stops((*reason).to_owned())),
            None => ("resumeWorkSheet", ClockWord::Runs),
        };
        tell(&mut found, &said(operation, "", Some(*s)), |_| None, at(99));
        holds::tell(&mut found, &word, "li", at(*s)).unwrap();
    }
    found
}

#[test]
fn a_ticket_is_held_while_its_clock_stands() {
    let (stop, run) = ((10, Some("CUSTOMER_POWER")), (20, None));
    let state = |from, words: &[(i64, Option<&str>)]| clock(from, words).state;
    assert_eq!(state(TicketState::InProgress, &[stop]), TicketState::Held);
    assert_eq!(state(TicketState::Sending, &[stop]), TicketState::Held, "EOMS has it");
    assert_eq!(state(TicketState::InProgress, &[stop, run]), TicketState::InProgress);
    assert_eq!(state(TicketState::InProgress, &[run, stop]), TicketState::InProgress, "the end came first");
    assert_eq!(state(TicketState::InProgress, &[stop, run, stop]), TicketState::InProgress, "told again late");
    assert_eq!(state(TicketState::InProgress, &[stop, run, (30, stop.1)]), TicketState::Held);
    assert_eq!(state(TicketState::Acknowledged, &[run]), TicketState::Acknowledged, "nothing stood");
    assert_eq!(state(TicketState::Closed, &[stop]), TicketState::Closed, "its time is excluded all the same");
    assert_eq!(clock(TicketState::Closed, &[stop, run, stop, run]).clock.len(), 2, "each word once");
}

#[test]
fn a_reason_that_is_no_code_and_a_clock_without_end_are_refused() {
    let mut found = ticket();
    let refused = holds::tell(&mut found, &ClockWord::Stops("LUNCH".to_owned()), "li", at(1)).unwrap_err();
    assert!(matches!(&refused, Refusal::BadValue(text) if text.contains("CUSTOMER_POWER")), "{refused}");
    assert_eq!(found, ticket());
    let mut told = |s| holds::tell(&mut found, &ClockWord::Runs, "li", at(s));
    (0..400).for_each(|s| told(s).unwrap());
    assert!(told(7).is_ok(), "what is known has room");
    assert!(matches!(told(400), Err(Refusal::StateForbids(_))));
}

#[test]
fn a_clock_that_stands_holds_against_words_and_one_that_runs_does_not() {
    let told = |words: &[(SheetEvent, Option<ClockWord>)]| {
        let mut found = ticket();
        for (event, word) in words {
            tell(&mut found, event, known, at(99));
            if let Some(word) = word {
                holds::tell(&mut found, word, "li", event.at.unwrap()).unwrap();
            }
            holds::apply(&mut found);
        }
        found.state
    };
    let stop = (said("suspendWorkSheet", "", Some(20)), Some(ClockWord::Stops("CUSTOMER_POWER".to_owned())));
    let run = (said("resumeWorkSheet", "", Some(30)), Some(ClockWord::Runs));
    let word = |second| (said("confirmWorkSheet", "", Some(second)), None);
    let held = |second| (said("syncSheetState", "挂起", Some(second)), None);
    assert_eq!(told(&[stop.clone(), word(10)]), TicketState::Held, "the order of delivery does not matter");
    assert_eq!(told(&[word(10), stop.clone()]), TicketState::Held);
    assert_eq!(told(&[stop.clone(), held(20), run.clone()]), TicketState::InProgress);
    assert_eq!(told(&[run.clone(), held(20), stop.clone()]), TicketState::InProgress);
    assert_eq!(told(&[stop, run, held(40)]), TicketState::Held, "by its word alone");
}
