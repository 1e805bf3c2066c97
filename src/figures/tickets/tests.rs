use model::time::{Time, Window};

use super::*;

fn ticket(state: TicketState, restored_at: Option<i64>) -> Ticket {
    Ticket {
        alarm_id: "CNM_F000001-1".to_owned(),
        fault_no: FaultNo(1),
        episode: 1,
        sheet_no: String::new(),
        state,
        sheet_status: String::new(),
        opened_at: Time::from_ms(100),
        changed_at: Time::from_ms(900),
        deal_time_limit: None,
        restored_at: restored_at.map(Time::from_ms),
        repair: None,
        notes: Vec::new(),
        clock: Vec::new(),
        said: Default::default(),
    }
}

#[test]
fn a_ticket_ends_with_its_repair() {
    let ended = |state, restored| life(&ticket(state, restored)).map(|life| life.window);
    let until = |end| Some(Window { start: Time::from_ms(100), end });
    assert_eq!(ended(TicketState::InProgress, None), until(Time::MAX));
    assert_eq!(ended(TicketState::Resolved, Some(500)), until(Time::from_ms(500)));
    assert_eq!(ended(TicketState::Closed, Some(500)), until(Time::from_ms(500)));
    assert_eq!(ended(TicketState::Closed, None), until(Time::from_ms(900)), "archived");
    assert_eq!(ended(TicketState::Cancelled, None), None, "it was none");
    assert_eq!(&*life(&ticket(TicketState::Sending, None)).unwrap().evidence, "ticket:CNM_F000001-1");
}
