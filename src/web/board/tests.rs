//! The board's lists, counts and marks.

use model::alarm::{Acknowledgement, AlarmRecord, Effect, ObjectType, Severity};
use model::resource::{Class, Row};
use model::source::SourceId;
use model::time::Time;

use super::change::Change;
use super::circuits::Budget;
use super::query::{AlarmFilter, BadCursor, CircuitFilter};
use super::ring::{Mark, Missed};
use super::sift::CircuitSift;
use super::urgent::{Urgency, UrgentCounts};
use super::*;
use model::alarm::Alarm;

pub(crate) fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let of = |name: &str| cells.iter().find(|(column, _)| *column == name).map_or("", |(_, cell)| *cell);
    Row { class, cells: class.columns().iter().map(|column| of(column.name).to_owned()).collect() }
}

fn circuit_is(circuit: engine::inventory::CircuitIx, state: engine::live::CircuitState) -> Change {
    Change::Circuits(vec![engine::live::CircuitChange { circuit, state, since: Time::from_ms(5) }])
}

/// Customers K1 (gold, child of K0), K2; circuits C1, C2 of K1 over port P1, C3 of K2 over P2.
pub(crate) fn small_rows() -> Vec<Row> {
    let start = "2026-01-01T00:00:00Z";
    let mut rows = vec![
        row(Class::Customer, &[("customerNo", "K0"), ("name", "Holding"), ("level", "BRONZE")]),
        row(Class::Customer, &[("customerNo", "K1"), ("name", "银行"), ("level", "GOLD"), ("parentCustomerNo", "K0")]),
        row(Class::Customer, &[("customerNo", "K2"), ("name", "Shop"), ("level", "SILVER")]),
        row(Class::Ne, &[("neId", "N1"), ("name", "GZ-SDH-1"), ("specialty", "TRANS"), ("emsName", "EMS1")]),
        row(Class::Port, &[("portId", "P1"), ("neId", "N1"), ("name", "1-1")]),
        row(Class::Port, &[("portId", "P2"), ("neId", "N1"), ("name", "1-2")]),
    ];
    for (code, customer, port) in [("C1", "K1", "P1"), ("C2", "K1", "P1"), ("C3", "K2", "P2")] {
        rows.push(row(
            Class::Circuit,
            &[("circuitCode", code), ("name", code), ("customerNo", customer), ("inServiceTime", start)],
        ));
        let hop = [("segment", "1"), ("alternative", "1"), ("hop", "1"), ("objectType", "PORT")];
        let cells = [&[("circuitCode", code), ("objectId", port)], hop.as_slice()].concat();
        rows.push(row(Class::Route, &cells));
    }
    rows
}

pub(crate) fn alarm(id: i64, port: &str, severity: Severity, raised_s: i64) -> Alarm {
    let record = AlarmRecord {
        alarm_id: format!("A{id}").into(),
        object_type: Some(ObjectType::Port),
        object_id: port.into(),
        ne_id: "N1".into(),
        alarm_title: "Loss of signal".into(),
        native_cause: "R_LOS".into(),
        severity,
        ..AlarmRecord::default()
    };
    Alarm {
        id,
        source: SourceId::new("GD_TNMS"),
        record: Arc::new(record),
        raised_at: Time::from_ms(1_780_000_000_000).plus_s(raised_s),
        received_at: Time::from_ms(1_780_000_000_000).plus_s(raised_s),
        cleared_at: None,
        clear_type: None,
        raises: 1,
        found_by_sync: false,
        toggling: false,
        effect: Effect::Outage,
        fault: None,
        is_cause: false,
        parent: None,
        explained_by: "".into(),
        circuits: 0,
        acknowledged: None,
    }
}

fn board() -> Board {
    let rows = small_rows();
    let (inventory, _) = Inventory::build(&rows);
    Board::new(Arc::new(inventory), Arc::new(Knowledge::build(&rows)), 10)
}

fn ids(board: &Board, filter: &AlarmFilter) -> Vec<i64> {
    board.alarms(filter, None, 100).unwrap().items.iter().map(|alarm| alarm.id).collect()
}

fn put(board: &Board, seq: u64, alarms: impl IntoIterator<Item = Alarm>) {
    board.publish(seq, alarms.into_iter().map(|alarm| Change::Alarm(Arc::new(alarm))).collect());
}

#[test]
fn order_is_severity_then_unacknowledged_then_budget_then_newest() {
    let board = board();
    let seen = Acknowledgement { by: "li".into(), at: Time::from_ms(0), note: String::new() };
    let acknowledged = Alarm { acknowledged: Some(Arc::new(seen)), ..alarm(3, "P2", Severity::Critical, 90) };
    put(
        &board,
        11,
        [
            alarm(1, "P1", Severity::Major, 50),
            alarm(2, "P2", Severity::Critical, 10),
            acknowledged,
            alarm(4, "P2", Severity::Critical, 20),
            alarm(5, "P1", Severity::Critical, 0),
        ],
    );
    assert_eq!(ids(&board, &AlarmFilter::default()), [4, 2, 5, 3, 1]);
    let budget = Budget { left_ms: 60_000, ..Budget::default() };
    board.put_budgets(&[("C2".to_owned(), Some(budget))]);
    assert_eq!(ids(&board, &AlarmFilter::default()), [5, 4, 2, 3, 1], "a known budget comes before unknown ones");
    assert_eq!(board.alarm(5).unwrap().sla_left_ms, Some(60_000));
}

#[test]
fn filters_and_totals() {
    let board = board();
    let told = Alarm { fault: Some(model::fault::FaultNo(1)), ..alarm(3, "P2", Severity::Major, 3) };
    put(&board, 11, [alarm(1, "P1", Severity::Major, 1), alarm(2, "P2", Severity::Major, 2), told]);
    let of = |customer: &str| AlarmFilter { customer: Some(customer.into()), ..AlarmFilter::default() };
    assert_eq!(ids(&board, &of("K1")), [1]);
    assert_eq!(ids(&board, &of("K0")), [1], "children count");
    assert_eq!(ids(&board, &of("K2")), [3, 2]);
    assert_eq!(ids(&board, &of("nobody")), [0; 0]);
    let causes = AlarmFilter { causes: true, ..AlarmFilter::default() };
    assert_eq!(ids(&board, &causes), [2, 1], "an explained alarm is folded away");
    let page = board.alarms(&causes, None, 1).unwrap();
    assert_eq!(page.total, Some(2));
    let rest = board.alarms(&causes, page.next.as_deref(), 5).unwrap();
    assert_eq!(rest.items.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [1]);
    assert_eq!(rest.next, None);
    let by_circuit = AlarmFilter { circuit: Some("C3".into()), q: Some("LOSS".into()), ..AlarmFilter::default() };
    assert_eq!(ids(&board, &by_circuit), [3, 2]);
    assert_eq!(ids(&board, &AlarmFilter { customer: Some("K1".into()), ..by_circuit }), [0; 0]);
    assert_eq!(board.alarms(&AlarmFilter::default(), Some("nonsense"), 5).unwrap_err(), super::query::BadCursor);
    assert_eq!(board.summary(Time::from_ms(0)).total, 3);
}

#[test]
fn a_row_says_when_the_first_of_its_circuits_will_be_breached() {
    let board = board();
    put(&board, 11, [alarm(1, "P1", Severity::Critical, 1)]);
    let budget = |left_ms, breach_s: Option<i64>| {
        Some(Budget { left_ms, breach_at: breach_s.map(|s| Time::from_ms(0).plus_s(s)), ..Budget::default() })
    };
    let of = |board: &Board| board.alarm(1).map(|view| (view.sla_left_ms, view.breach_at)).unwrap();
    board.put_budgets(&[("C1".to_owned(), budget(9_000, Some(90))), ("C2".to_owned(), budget(5_000, None))]);
    assert_eq!(of(&board), (Some(5_000), Some(Time::from_ms(90_000))));
    board.put_budgets(&[("C2".to_owned(), budget(5_000, Some(80)))]);
    assert_eq!(of(&board), (Some(5_000), Some(Time::from_ms(80_000))), "the same time left, an earlier end");
}

#[test]
fn a_small_allowance_is_no_risk_by_itself() {
    let board = board();
    let budget = |left_s: i64, allowed_s: i64| {
        Some(Budget { left_ms: left_s * 1000, allowed_ms: allowed_s * 1000, ..Budget::default() })
    };
    board.put_budgets(&[
        ("C1".to_owned(), budget(258, 259)),
        ("C2".to_owned(), budget(70, 259)),
        ("C3".to_owned(), budget(599, 2_592)),
    ]);
    let at_risk = CircuitFilter {
        sift: CircuitSift { at_risk: Some(true), ..CircuitSift::default() },
        ..CircuitFilter::default()
    };
    let codes: Vec<String> = board.circuits(&at_risk, None, 9).unwrap().items.into_iter().map(|c| c.code).collect();
    assert_eq!(codes, ["C2", "C3"]);
}

#[test]
fn what_came_in_ten_minutes_is_counted_with_its_causes() {
    let board = board();
    let of = |id, cause: bool| Alarm {
        fault: Some(model::fault::FaultNo(1)),
        is_cause: cause,
        ..alarm(id, "P1", Severity::Major, id)
    };
    let rate = |board: &Board| {
        let summary = board.summary(alarm(9, "P1", Severity::Major, 60).received_at);
        (summary.per_ten_minutes, summary.causes_per_ten_minutes)
    };
    put(&board, 11, [of(1, true), of(2, true), of(3, false)]);
    assert_eq!(rate(&board), (3, 2));
    put(&board, 12, [of(2, false)]);
    assert_eq!(rate(&board), (3, 1), "found to be a symptom");
    put(&board, 13, [of(2, false), Alarm { cleared_at: Some(Time::from_ms(9)), ..of(1, true) }]);
    assert_eq!(rate(&board), (3, 1), "an alarm that ended has come all the same");
    assert_eq!(board.summary(Time::MAX).per_ten_minutes, 0);
}

#[test]
fn an_effect_without_a_known_cause_is_no_cause() {
    let board = board();
    let of = |id, native: &str, probable: &str| {
        let alarm = alarm(id, "P1", Severity::Major, id);
        let record =
            AlarmRecord { native_cause: native.into(), probable_cause: probable.into(), ..(*alarm.record).clone() };
        Alarm { record: Arc::new(record), ..alarm }
    };
    put(&board, 11, [of(1, "R_LOS", ""), of(2, "APS_SWITCHED", "protectionSwitch"), of(3, "MS_RDI", "")]);
    let summary = board.summary(alarm(9, "P1", Severity::Major, 60).received_at);
    assert_eq!((summary.per_ten_minutes, summary.causes_per_ten_minutes), (3, 1));
    assert_eq!(summary.causes, 3, "all are listed: nobody has explained them");
    // A cause after all: it is the root of a fault.
    put(
        &board,
        12,
        [Alarm { fault: Some(model::fault::FaultNo(1)), is_cause: true, ..of(2, "APS_SWITCHED", "protectionSwitch") }],
    );
    assert_eq!(board.summary(Time::from_ms(1_780_000_060_000)).causes_per_ten_minutes, 2);
}

#[test]
fn circuits_are_counted_where_no_row_has_to_be_asked() {
    let board = board();
    let total = |filter: &CircuitFilter| board.circuits(filter, None, 1).unwrap().total;
    let of = |state| CircuitFilter { state: Some(state), ..CircuitFilter::default() };
    let circuit = board.inventory().circuit_ix("C1").unwrap();
    board.publish(11, vec![circuit_is(circuit, engine::live::CircuitState::Down)]);
    assert_eq!(total(&CircuitFilter::default()), Some(3));
    assert_eq!(CircuitState::ALL.map(|state| total(&of(state))), [Some(1), Some(0), Some(2), Some(0)]);
    assert_eq!(total(&CircuitFilter { customer: Some("K0".into()), ..of(CircuitState::Up) }), Some(1));
    assert_eq!(total(&CircuitFilter { q: Some("C".into()), ..CircuitFilter::default() }), None);
}

#[test]
fn a_circuit_out_of_service_is_no_circuit_that_is_up() {
    let board = board();
    let circuit = |code: &str| board.inventory().circuit_ix(code).unwrap();
    let codes = |state: Option<CircuitState>| {
        let filter = CircuitFilter { state, ..CircuitFilter::default() };
        let items = board.circuits(&filter, None, 9).unwrap().items;
        items.into_iter().map(|circuit| (circuit.code, circuit.since)).collect::<Vec<_>>()
    };
    let out = engine::live::CircuitChange {
        circuit: circuit("C1"),
        state: engine::live::CircuitState::NotInService,
        since: Time::MIN,
    };
    board.publish(11, vec![Change::Circuits(vec![out]), circuit_is(circuit("C3"), engine::live::CircuitState::Down)]);
    let (down, out) = (("C3".to_owned(), Some(Time::from_ms(5))), ("C1".to_owned(), None));
    assert_eq!(codes(None), [down, ("C2".to_owned(), None), out.clone()]);
    assert_eq!(codes(Some(CircuitState::NotInService)), [out]);
    assert_eq!(codes(Some(CircuitState::Up)), [("C2".to_owned(), None)]);
    // In service again.
    board.publish(12, vec![circuit_is(circuit("C1"), engine::live::CircuitState::Up)]);
    assert_eq!(codes(Some(CircuitState::NotInService)), []);
    assert_eq!(codes(Some(CircuitState::Up)).len(), 2);
}

#[test]
fn a_circuit_that_goes_down_counts_at_its_alarms() {
    let board = board();
    put(&board, 11, [alarm(1, "P1", Severity::Critical, 1)]);
    let circuit = board.inventory().circuit_ix("C1").unwrap();
    board.publish(12, vec![circuit_is(circuit, engine::live::CircuitState::Down)]);
    let view = board.alarm(1).unwrap();
    assert_eq!((view.circuits, view.circuits_down, view.circuits_unprotected), (2, 1, 2));
    assert_eq!(view.customers[0].name, "银行");
    board.publish(13, vec![circuit_is(circuit, engine::live::CircuitState::Up)]);
    assert_eq!(board.alarm(1).unwrap().circuits_down, 0);
}

#[test]
fn a_cleared_alarm_leaves_the_list_but_can_still_be_shown() {
    let board = board();
    put(&board, 11, [alarm(1, "P1", Severity::Critical, 1)]);
    put(&board, 12, [Alarm { cleared_at: Some(Time::from_ms(9)), ..alarm(1, "P1", Severity::Critical, 1) }]);
    assert_eq!(ids(&board, &AlarmFilter::default()), [0; 0]);
    assert_eq!(board.alarm(1).unwrap().cleared_at, Some(Time::from_ms(9)));
    board.publish(13, vec![Change::AlarmGone(1)]);
    assert!(board.alarm(1).is_none());
    assert_eq!(board.summary(Time::from_ms(0)).total, 0);
}

#[test]
fn a_new_inventory_counts_everything_anew() {
    let board = board();
    put(&board, 11, [alarm(1, "P1", Severity::Critical, 1)]);
    board.put_budgets(&[("C1".to_owned(), Some(Budget { left_ms: 5000, ..Budget::default() }))]);
    let mut rows = small_rows();
    rows.retain(|row| row.get("circuitCode") != "C2");
    rows.insert(
        0,
        row(Class::Circuit, &[("circuitCode", "B9"), ("customerNo", "K2"), ("inServiceTime", "2026-01-01T00:00:00Z")]),
    );
    let (inventory, _) = Inventory::build(&rows);
    board.publish(12, vec![Change::Inventory(Arc::new(inventory), Arc::new(Knowledge::build(&rows)))]);
    let view = board.alarm(1).unwrap();
    assert_eq!((view.circuits, view.sla_left_ms), (1, Some(5000)));
    assert_eq!(board.since(11), Missed::Reload(12));
}

#[test]
fn marks_name_each_thing_once_and_old_readers_reload() {
    let board = board();
    put(&board, 11, [alarm(1, "P1", Severity::Critical, 1)]);
    put(&board, 12, [alarm(1, "P1", Severity::Major, 1), alarm(2, "P1", Severity::Major, 1)]);
    assert_eq!(board.since(10), Missed::Marks(vec![Mark::Alarm(1), Mark::Alarm(2)], 12));
    assert_eq!(board.since(12), Missed::Marks(vec![], 12));
    assert_eq!(board.since(9), Missed::Reload(12), "before our history");
    assert_eq!(board.since(99), Missed::Reload(12), "another history");
}

#[test]
fn what_is_prepared_is_shown_when_it_is_complete() {
    let board = board();
    let over = (board.inventory(), board.knowledge());
    let first = vec![Change::Alarm(Arc::new(alarm(1, "P1", Severity::Critical, 1)))];
    let prepared = board.prepare(11, over, first);
    assert!(board.alarm(1).is_none() && board.latest() != 11, "nobody sees it yet");
    board.publish_prepared(11, prepared, vec![Change::Alarm(Arc::new(alarm(2, "P2", Severity::Major, 2)))]);
    let mut seen = ids(&board, &AlarmFilter::default());
    seen.sort_unstable();
    assert_eq!((seen, board.latest()), (vec![1, 2], 11));
    assert_eq!(board.since(10), Missed::Reload(11));
}

#[test]
fn the_urgent_list_is_the_same_whatever_the_order_of_figures() {
    let budget = |left_s: i64| Some(Budget { left_ms: left_s * 1000, allowed_ms: 2_592_000, ..Budget::default() });
    let figures =
        [("C1", budget(2_000)), ("C2", budget(-3)), ("C3", budget(50)), ("C1", budget(40)), ("C2", budget(-3))];
    let list = |board: &Board| {
        let (page, counts) = board.urgent(Urgency::All, None, None, 9).unwrap();
        let codes: Vec<String> = page.items.into_iter().map(|circuit| circuit.code).collect();
        (codes, counts)
    };
    let wanted = (vec!["C2".to_owned(), "C1".to_owned(), "C3".to_owned()], UrgentCounts { breached: 1, at_risk: 2 });
    for turn in 0..figures.len() {
        let board = board();
        // Twice, and from another one on; the last word on C1 is the same.
        for (code, budget) in figures.iter().cycle().skip(turn).take(figures.len() * 2).chain([&figures[3]]) {
            board.put_budgets(&[((*code).to_owned(), *budget)]);
        }
        assert_eq!(list(&board), wanted, "from figure {turn}");
        // A new inventory keeps what is known.
        let (inventory, _) = Inventory::build(&small_rows());
        let knowledge = board.knowledge();
        board.publish(99, vec![Change::Inventory(Arc::new(inventory), knowledge)]);
        assert_eq!(list(&board), wanted);
    }
    let board = board();
    assert_eq!(board.urgent(Urgency::All, None, Some("x"), 9).unwrap_err(), BadCursor);
    let page = board.urgent(Urgency::AtRisk, None, Some("-3000.1"), 9).unwrap().0;
    assert_eq!(page.items.len(), 0, "a cursor of the other list is no error");
}
