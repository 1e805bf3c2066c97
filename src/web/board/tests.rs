//! The board's lists, counts and marks.

use model::alarm::{Acknowledgement, AlarmRecord, Effect, ObjectType, Severity};
use model::resource::{Class, Row};
use model::source::SourceId;
use model::time::Time;

use super::change::Change;
use super::circuits::Budget;
use super::query::AlarmFilter;
use super::ring::{Mark, Missed};
use super::*;
use model::alarm::Alarm;

pub(crate) fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let of = |name: &str| cells.iter().find(|(column, _)| *column == name).map_or("", |(_, cell)| *cell);
    Row { class, cells: class.columns().iter().map(|column| of(column.name).to_owned()).collect() }
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
fn a_circuit_that_goes_down_counts_at_its_alarms() {
    let board = board();
    put(&board, 11, [alarm(1, "P1", Severity::Critical, 1)]);
    let circuit = board.inventory().circuit_ix("C1").unwrap();
    let change = |state| Change::Circuit { circuit, state, since: Time::from_ms(5) };
    board.publish(12, vec![change(CircuitState::Down)]);
    let view = board.alarm(1).unwrap();
    assert_eq!((view.circuits, view.circuits_down, view.circuits_unprotected), (2, 1, 2));
    assert_eq!(view.customers[0].name, "银行");
    board.publish(13, vec![change(CircuitState::Up)]);
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
