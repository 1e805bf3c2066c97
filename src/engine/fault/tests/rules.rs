//! Rules 1–4 of semantics §3, one by one, on a network one can draw: elements A and Z, a board with
//! ports P1 and P2 in each, links L1 and L2 between them, circuits C1 on L1, C2 on L2, and C3 on L1
//! protected by L2.

use std::sync::Arc;

use model::alarm::{AlarmRecord, ObjectType, ServiceAffecting, Severity, Specialty};
use model::fault::{DispatchReason, FaultNo, FaultState};
use model::resource::Class;
use model::source::SourceId;
use model::time::{Time, Window};
use model::work::{Cutover, KeyProtection, OpType, ProtectLevel};

use crate::inventory::Inventory;
use crate::live::{Action, Effects, Live, LiveAlarm, Settings};
use crate::small_net::{at, row};

mod sheets;

fn live() -> Live {
    let mut rows = vec![row(Class::Customer, &[("customerNo", "U"), ("level", "SILVER")])];
    for ne in ["A", "Z"] {
        let board = format!("{ne}-B");
        rows.push(row(Class::Ne, &[("neId", ne), ("emsName", "EMS1")]));
        rows.push(row(Class::Board, &[("boardId", &board), ("neId", ne)]));
        for port in ["P1", "P2"] {
            let id = format!("{ne}-{port}");
            rows.push(row(Class::Port, &[("portId", &id), ("neId", ne), ("boardId", &board)]));
        }
    }
    for n in ["1", "2"] {
        let (id, a, z) = (format!("L{n}"), format!("A-P{n}"), format!("Z-P{n}"));
        rows.push(row(Class::Link, &[("linkId", &id), ("aPortId", &a), ("zPortId", &z)]));
    }
    for (code, hops) in [("C1", &["L1"][..]), ("C2", &["L2"]), ("C3", &["L1", "L2"])] {
        let cells = [("circuitCode", code), ("customerNo", "U"), ("inServiceTime", "2020-01-01T00:00:00Z")];
        rows.push(row(Class::Circuit, &cells));
        for (n, link) in hops.iter().enumerate() {
            let alternative = (n + 1).to_string();
            let cells = [("circuitCode", code), ("segment", "1"), ("alternative", &alternative), ("hop", "1")];
            rows.push(row(Class::Route, &[&cells[..], &[("objectType", "LINK"), ("objectId", link)]].concat()));
        }
    }
    let mut live = Live::new(Arc::new(Inventory::build(&rows).0), Arc::default(), Settings::default());
    live.tick(at(0));
    live
}

fn alarm(id: i64, kind: ObjectType, object: &str, native: &str, raised: i64) -> LiveAlarm {
    let probable = match native {
        "NE_LOST" => "neUnreachable",
        "EMS_DOWN" => "dcnFailure",
        "BD_STATUS" => "replaceableUnitProblem",
        _ => "",
    };
    let record = AlarmRecord {
        specialty: Some(Specialty::Transport),
        object_type: Some(kind),
        object_id: object.into(),
        native_cause: native.into(),
        probable_cause: probable.into(),
        alarm_title: format!("{native} title").into(),
        severity: Severity::Major,
        service_affecting: Some(if native == "HP_RDI" { ServiceAffecting::No } else { ServiceAffecting::Yes }),
        ..AlarmRecord::default()
    };
    let (source, raised) = (SourceId::new("GD_TNMS"), at(raised));
    LiveAlarm { id, source, alarm_key: format!("A{id}").into(), record: Arc::new(record), raised, cleared: None }
}

fn cleared(alarm: &LiveAlarm, seconds: i64) -> LiveAlarm {
    LiveAlarm { cleared: Some(at(seconds)), ..alarm.clone() }
}

fn port(id: i64, object: &str, native: &str, raised: i64) -> LiveAlarm {
    alarm(id, ObjectType::Port, object, native, raised)
}

fn put(live: &mut Live, alarms: &[LiveAlarm], now: i64) -> Effects {
    for alarm in alarms {
        live.put(alarm.clone(), at(now));
    }
    live.drain()
}

fn parents(live: &Live, ids: std::ops::RangeInclusive<i64>) -> Vec<Option<i64>> {
    ids.map(|id| live.placement(id).unwrap().parent).collect()
}

fn explained(live: &Live, id: i64) -> String {
    live.placement(id).unwrap().explained_by
}

#[test]
fn loss_of_signal_at_both_ends_is_a_fibre_cut_with_all_that_rides_on_it() {
    let mut live = live();
    let alarms = [
        port(3, "Z-P1", "MS_AIS", 2),
        port(4, "A-P1", "MS_RDI", 3),
        alarm(5, ObjectType::Circuit, "C1", "TU_AIS", 4),
        alarm(6, ObjectType::Circuit, "C3", "HP_RDI", 4),
        port(2, "Z-P1", "R_LOS", 1),
        port(1, "A-P1", "R_LOS", 0),
    ];
    let effects = put(&mut live, &alarms, 5);
    assert_eq!(parents(&live, 1..=6), [None, Some(1), Some(2), Some(1), Some(2), Some(2)]);
    assert_eq!(explained(&live, 2), "fibre_cut: A-P1 > L1 > Z-P1");
    assert_eq!(explained(&live, 3), "same_object: R_LOS > MS_AIS");
    assert_eq!(explained(&live, 5), "shared_route: Z-P1 > C1");
    let [change] = effects.faults.as_slice() else { panic!("{:?}", effects.faults) };
    let fault = &change.fault;
    assert_eq!((fault.cause.as_str(), fault.cause_object_type), ("fibre_cut", ObjectType::Link));
    assert_eq!((fault.cause_object_id.as_str(), fault.root_alarm, fault.alarms), ("L1", 1, 6));
    let code = |ix| live.inventory().circuit_code(ix);
    let circuits: Vec<(&str, bool)> = change.impact.circuits.iter().map(|(ix, down)| (code(*ix), *down)).collect();
    assert_eq!(circuits, [("C1", true), ("C3", false)]);
    assert_eq!((fault.priority, fault.customer_level.as_str()), (2, "SILVER"));
}

#[test]
fn one_end_alone_is_a_loss_of_signal_and_sixty_seconds_apart_is_no_cut() {
    let mut live = live();
    let effects = put(&mut live, &[port(1, "A-P1", "R_LOS", 0)], 1);
    assert_eq!(
        (effects.faults[0].fault.cause.as_str(), effects.faults[0].fault.cause_object_id.as_str()),
        ("LOS", "A-P1")
    );
    let effects = put(&mut live, &[port(2, "Z-P1", "R_LOS", 61)], 62);
    assert_eq!(parents(&live, 1..=2), [None, None]);
    // The same link all the same: one fault, one ticket.
    assert_eq!(effects.faults[0].fault.alarms, 2);
}

#[test]
fn a_board_explains_its_ports_and_an_unreachable_element_its_board() {
    let mut live = live();
    let alarms = [
        alarm(1, ObjectType::Ne, "A", "NE_LOST", 0),
        alarm(2, ObjectType::Board, "A-B", "BD_STATUS", 1),
        port(3, "A-P1", "R_LOS", 2),
        port(4, "A-P2", "TEMP_OVER", 2),
        port(5, "Z-P1", "R_LOS", 200),
    ];
    put(&mut live, &alarms, 300);
    assert_eq!(parents(&live, 1..=5), [None, Some(1), Some(2), Some(2), None]);
    assert_eq!(explained(&live, 3), "board: A-B > A-P1");
    assert_eq!(explained(&live, 2), "ne_unreachable: A > A-B");
}

#[test]
fn a_manager_without_its_elements_explains_what_is_below_it_within_its_time() {
    let mut live = live();
    let ems = cleared(&alarm(1, ObjectType::Ems, "EMS1", "EMS_DOWN", 100), 200);
    let alarms = [
        ems,
        alarm(2, ObjectType::Ne, "A", "NE_LOST", 39),
        alarm(3, ObjectType::Ne, "A", "NE_LOST", 40),
        alarm(4, ObjectType::Ne, "Z", "NE_LOST", 259),
        alarm(5, ObjectType::Ne, "Z", "NE_LOST", 260),
    ];
    put(&mut live, &alarms, 300);
    assert_eq!(parents(&live, 1..=5), [None, None, Some(1), Some(1), None]);
}

#[test]
fn remote_defects_are_never_a_cause_when_another_candidate_exists() {
    let mut live = live();
    put(&mut live, &[port(1, "Z-P1", "MS_RDI", 0), port(2, "A-P1", "AU_AIS", 5)], 6);
    assert_eq!(parents(&live, 1..=2), [Some(2), None]);
    // C3 runs over both links, but the other alarm ended more than a minute before.
    put(&mut live, &[cleared(&port(2, "A-P1", "AU_AIS", 5), 300), port(3, "Z-P2", "MS_RDI", 400)], 401);
    assert_eq!(parents(&live, 3..=3), [None]);
}

#[test]
fn a_lone_alarm_on_no_circuit_opens_no_fault() {
    let mut live = live();
    let effects = put(&mut live, &[alarm(1, ObjectType::Ne, "X", "TEMP_OVER", 0)], 1);
    assert!(effects.faults.is_empty());
    let effects = put(&mut live, &[alarm(2, ObjectType::Ne, "X", "TEMP_OVER", 10)], 11);
    assert_eq!(effects.faults[0].fault.alarms, 2);
    assert_eq!(effects.faults[0].fault.dispatch, DispatchReason::NoCircuit);
}

#[test]
fn the_same_trouble_within_the_reopen_window_is_the_same_fault_and_sheet() {
    let mut live = live();
    let first = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, std::slice::from_ref(&first), 1);
    live.tick(at(121));
    assert_eq!(live.drain().dispatch[0].what, Action::NewTicket);
    let effects = put(&mut live, &[cleared(&first, 200)], 201);
    assert_eq!(effects.dispatch[0].what, Action::SyncCleared(at(200)));
    assert_eq!(effects.faults[0].fault.state, FaultState::Cleared);
    // 15 minutes after the end, less a millisecond.
    let mut second = port(2, "A-P1", "R_LOS", 1100);
    second.raised = second.raised.plus_ms(-1);
    let effects = put(&mut live, &[second.clone()], 1100);
    assert_eq!((effects.faults[0].fault.fault_no, effects.faults[0].fault.episode), (FaultNo(1), 1));
    assert_eq!(
        (effects.dispatch[0].what, effects.faults[0].fault.state),
        (Action::Reopened(at(200)), FaultState::Open)
    );
    put(&mut live, &[cleared(&second, 1200)], 1200);
    live.tick(at(2100));
    assert_eq!(live.drain().faults[0].fault.state, FaultState::Closed);
    let effects = put(&mut live, &[port(3, "A-P1", "R_LOS", 2100)], 2101);
    assert_eq!(effects.faults[0].fault.fault_no, FaultNo(2));
}

#[test]
fn two_faults_that_are_one_merge_without_a_ticket_and_are_linked_with_one() {
    let board = |id, raised| alarm(id, ObjectType::Board, "A-B", "BD_STATUS", raised);
    let mut early = live();
    put(&mut early, &[port(1, "A-P1", "R_LOS", 10), port(2, "A-P2", "R_LOS", 11)], 12);
    let effects = put(&mut early, &[board(3, 9)], 13);
    let of = |effects: &Effects, no: i64| {
        let fault = effects.faults.iter().find(|change| change.fault.fault_no == FaultNo(no)).unwrap();
        (fault.fault.state, fault.fault.merged_into, fault.fault.dispatch)
    };
    assert_eq!(of(&effects, 1).0, FaultState::Open);
    assert_eq!(of(&effects, 2), (FaultState::Merged, Some(FaultNo(1)), DispatchReason::Linked));

    let mut late = live();
    let alarms = [port(1, "A-P1", "R_LOS", 10), port(2, "A-P2", "R_LOS", 11)];
    put(&mut late, &alarms, 12);
    late.tick(at(200));
    assert_eq!(late.drain().dispatch.len(), 2);
    let effects = put(&mut late, &[board(3, 9)], 201);
    assert_eq!(of(&effects, 2), (FaultState::Merged, Some(FaultNo(1)), DispatchReason::Persisted));
    assert!(effects.dispatch.iter().all(|decision| decision.what == Action::Join));
    // When all is over, both sheets are told.
    let over = [cleared(&alarms[0], 300), cleared(&alarms[1], 300), cleared(&board(3, 9), 301)];
    let told: Vec<_> = put(&mut late, &over, 302).dispatch.iter().map(|d| (d.fault_no.0, d.what)).collect();
    assert_eq!(told, [(2, Action::SyncCleared(at(301))), (1, Action::SyncCleared(at(301)))]);
    // And when it was not.
    let told: Vec<_> = put(&mut late, &alarms[..1], 303).dispatch.iter().map(|d| (d.fault_no.0, d.what)).collect();
    assert_eq!(told, [(2, Action::Reopened(at(301))), (1, Action::Reopened(at(301)))]);
}

#[test]
fn dispatch_waits_for_persistence_in_receive_time() {
    let mut live = live();
    // Raised long ago at its element, received now.
    let effects = put(&mut live, &[port(1, "A-P1", "R_LOS", -3000)], 10);
    assert_eq!(effects.faults[0].fault.due_at, Some(at(130)));
    assert_eq!(effects.faults[0].fault.dispatch, DispatchReason::Persisting);
    live.tick(at(130).plus_ms(-1));
    assert!(live.drain().dispatch.is_empty());
    live.tick(at(130));
    let decision = live.drain().dispatch.remove(0);
    assert_eq!((decision.reason, decision.what), (DispatchReason::Persisted, Action::NewTicket));
    live.tick(at(131));
    assert!(live.drain().dispatch.is_empty(), "one fault episode never gets two sheets");
}

#[test]
fn over_before_its_time_is_not_sent() {
    let mut live = live();
    let alarm = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, std::slice::from_ref(&alarm), 0);
    let effects = put(&mut live, &[cleared(&alarm, 100)], 100);
    assert_eq!(effects.faults[0].fault.dispatch, DispatchReason::ClearedFirst);
    live.tick(at(2000));
    assert!(live.drain().dispatch.is_empty());
}

fn cutover(codes: &[&str], notified_at: Option<Time>) -> Cutover {
    Cutover {
        cutover_no: "CUT1".into(),
        title: String::new(),
        work: None,
        is_affect: true,
        affect: Some(Window::new(at(0), at(1000))),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        op_type: OpType::Add,
        revision: 1,
        notified_at,
    }
}

#[test]
fn planned_work_withholds_until_its_window_is_over() {
    let mut live = live();
    live.put_cutover(cutover(&["C1", "C3"], Some(at(-100))), at(0));
    let effects = put(&mut live, &[port(1, "A-P1", "R_LOS", 10)], 10);
    assert_eq!(effects.faults[0].fault.dispatch, DispatchReason::PlannedWork);
    live.tick(at(999));
    assert!(live.drain().dispatch.is_empty());
    live.tick(at(1000));
    assert_eq!(live.drain().faults[0].fault.due_at, Some(at(1120)));
    live.tick(at(1120));
    assert_eq!(live.drain().dispatch[0].reason, DispatchReason::Persisted);
}

#[test]
fn work_that_was_not_notified_or_leaves_a_circuit_out_withholds_nothing() {
    for work in [cutover(&["C1", "C3"], None), cutover(&["C1"], Some(at(-100)))] {
        let mut live = live();
        live.put_cutover(work, at(0));
        let effects = put(&mut live, &[port(1, "A-P1", "R_LOS", 10)], 10);
        assert_eq!(effects.faults[0].fault.dispatch, DispatchReason::Persisting);
    }
}

#[test]
fn key_protected_circuits_go_at_once() {
    let mut live = live();
    let task = KeyProtection {
        task_no: "T".into(),
        level: Some(ProtectLevel::A),
        window: Some(Window::new(at(50), at(1000))),
        circuit_codes: vec!["C3".into()],
        op_type: OpType::Add,
        told_at: Some(at(0)),
    };
    live.put_key_protect(task, at(0));
    put(&mut live, &[port(1, "A-P1", "R_LOS", 10)], 10);
    live.tick(at(50));
    let effects = live.drain();
    assert_eq!(effects.dispatch[0].reason, DispatchReason::KeyProtected);
    assert_eq!((effects.faults[0].fault.priority, effects.faults[0].fault.key_protected), (1, true));
}

#[test]
fn often_raised_is_toggling_until_it_is_quiet() {
    let mut live = live();
    for n in 0..5 {
        let episode = LiveAlarm { alarm_key: "same".into(), ..port(n, "A-P1", "R_LOS", n * 100) };
        put(&mut live, &[cleared(&episode, n * 100 + 20)], n * 100 + 20);
    }
    assert!(live.placement(4).unwrap().toggling && !live.placement(3).unwrap().toggling);
    live.tick(at(2200));
    let effects = live.drain();
    assert!(effects.alarms.iter().any(|alarm| alarm.id == 4 && !alarm.toggling));
}

#[test]
fn a_fault_that_is_over_still_says_how_many_it_hit() {
    let mut live = live();
    let (cut, other) = (port(1, "A-P1", "R_LOS", 0), port(2, "A-P2", "R_LOS", 1));
    let of = |effects: &Effects| {
        let hit = &effects.faults[0].fault;
        (hit.circuits, hit.circuits_peak, hit.customers_peak)
    };
    assert_eq!(of(&put(&mut live, std::slice::from_ref(&cut), 2)), (2, 2, 1), "C1 is down, C3 has a second way");
    assert_eq!(of(&put(&mut live, &[cleared(&cut, 100)], 100)), (0, 2, 1));
    assert_eq!(of(&put(&mut live, std::slice::from_ref(&other), 101)), (2, 2, 1), "another fault counts its own");
}

#[test]
fn a_person_dispatches_once() {
    let mut live = live();
    put(&mut live, &[port(1, "A-P1", "R_LOS", 0)], 0);
    assert!(live.dispatch(FaultNo(1), at(1)));
    assert!(!live.dispatch(FaultNo(1), at(1)) && !live.dispatch(FaultNo(9), at(1)));
    let effects = live.drain();
    assert_eq!((effects.dispatch.len(), effects.dispatch[0].reason), (1, DispatchReason::Manual));
    live.tick(at(500));
    assert!(live.drain().dispatch.is_empty());
}

#[test]
fn what_is_older_than_the_horizon_is_forgotten() {
    let mut live = live();
    let alarm = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, &[cleared(&alarm, 10)], 20);
    live.tick(at(86_400 + 9));
    assert!(live.placement(1).is_some());
    live.tick(at(86_400 + 12));
    assert!(live.placement(1).is_none());
    live.tick(at(86_400 + 12 + 60));
    assert!(live.faults().is_empty());
}
