use super::*;

fn window(start: i64, end: i64) -> Window {
    Window { start: Time::from_ms(start), end: Time::from_ms(end) }
}

fn ticket(opened: i64, restored: Option<i64>) -> TicketLife {
    TicketLife::new("T", Time::from_ms(opened), restored.map(Time::from_ms))
}

fn down(clock: OutageClock, alarms: &[(i64, i64)], tickets: &[TicketLife]) -> Vec<(i64, i64)> {
    let alarms: Vec<Window> = alarms.iter().map(|(start, end)| window(*start, *end)).collect();
    let forwards = down_by(clock, &alarms, tickets).into_owned();
    let turned: Vec<TicketLife> = tickets.iter().chain(tickets).rev().cloned().collect();
    assert_eq!(down_by(clock, &alarms, &turned).into_owned(), forwards, "order and repetition do not matter");
    forwards.iter().map(|w| (w.start.ms(), w.end.ms())).collect()
}

#[test]
fn each_clock_takes_its_own_start() {
    use OutageClock::{Alarm, Earliest, Latest, Ticket};
    let late = [ticket(120, Some(250))];
    let cases = [(Alarm, (100, 200)), (Ticket, (120, 250)), (Earliest, (100, 200)), (Latest, (120, 200))];
    for (clock, expected) in cases {
        assert_eq!(down(clock, &[(100, 200)], &late), [expected], "{clock:?}");
    }
    let early = [ticket(80, Some(190))];
    let cases = [(Alarm, (100, 200)), (Ticket, (80, 190)), (Earliest, (80, 200)), (Latest, (100, 200))];
    for (clock, expected) in cases {
        assert_eq!(down(clock, &[(100, 200)], &early), [expected], "{clock:?}");
    }
}

#[test]
fn a_ticket_moves_the_first_outage_that_it_overlaps() {
    let tickets = [ticket(105, Some(500))];
    assert_eq!(down(OutageClock::Latest, &[(100, 120), (300, 310)], &tickets), [(105, 120), (300, 310)]);
    let tickets = [ticket(90, None), ticket(95, Some(101))];
    assert_eq!(down(OutageClock::Earliest, &[(100, 120), (300, 310)], &tickets), [(90, 120), (300, 310)]);
    assert_eq!(
        down(OutageClock::Latest, &[(100, 120)], &[ticket(110, Some(130)), ticket(105, Some(106))]),
        [(105, 120)]
    );
}

#[test]
fn where_there_is_one_start_it_is_both() {
    for clock in [OutageClock::Earliest, OutageClock::Latest] {
        assert_eq!(down(clock, &[(100, 200)], &[]), [(100, 200)], "{clock:?}");
        assert_eq!(down(clock, &[(100, 200)], &[ticket(200, Some(220))]), [(100, 220)], "it only touches: {clock:?}");
        assert_eq!(down(clock, &[], &[ticket(300, Some(320))]), [(300, 320)], "{clock:?}");
    }
    assert_eq!(down(OutageClock::Ticket, &[(100, 200)], &[]), []);
    assert_eq!(down(OutageClock::Ticket, &[], &[ticket(300, Some(200))]), [], "repaired before it was opened");
}
