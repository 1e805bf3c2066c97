//! What the archive of a sheet means for its fault, and which sheet a returning alarm gets.

use super::*;

#[test]
fn an_archived_sheet_gives_the_next_episode_and_a_live_alarm_sends_it_back() {
    let mut live = live();
    let first = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, std::slice::from_ref(&first), 0);
    live.tick(at(120));
    live.drain();
    live.sheet_closed(FaultNo(1), 1, at(130));
    let effects = live.drain();
    assert_eq!(effects.dispatch[0].what, Action::SendBack);
    assert_eq!(effects.faults[0].fault.state, FaultState::ClosedStillDown);
    live.sheet_reopened(FaultNo(1), 1, at(140));
    put(&mut live, &[cleared(&first, 200)], 200);
    live.sheet_closed(FaultNo(1), 1, at(210));
    assert_eq!(live.drain().faults[0].fault.state, FaultState::Closed);
    let effects = put(&mut live, &[port(2, "A-P1", "R_LOS", 300)], 301);
    let fault = &effects.faults[0].fault;
    assert_eq!((fault.fault_no, fault.episode, fault.dispatch), (FaultNo(1), 2, DispatchReason::Persisting));
    live.tick(at(421));
    let decisions = live.drain().dispatch;
    assert_eq!((decisions[0].episode, decisions[0].what), (2, Action::NewTicket));
}

#[test]
fn a_sheet_archived_under_a_live_alarm_and_never_taken_up_again_is_not_reused() {
    let mut live = live();
    let first = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, std::slice::from_ref(&first), 0);
    live.tick(at(120));
    live.drain();
    live.sheet_closed(FaultNo(1), 1, at(130));
    live.drain();
    let effects = put(&mut live, &[cleared(&first, 200)], 200);
    assert_eq!(
        effects.dispatch[0].what,
        Action::SyncCleared(at(200)),
        "it was sent back: whoever has it hears the end"
    );
    assert_eq!(effects.faults[0].fault.state, FaultState::Closed);
    let effects = put(&mut live, &[port(2, "A-P1", "R_LOS", 300)], 301);
    let fault = &effects.faults[0].fault;
    assert_eq!((fault.fault_no, fault.episode, fault.dispatch), (FaultNo(1), 2, DispatchReason::Persisting));
    // What is said of the old sheet moves nothing any more.
    live.sheet_reopened(FaultNo(1), 1, at(310));
    live.sheet_closed(FaultNo(1), 1, at(311));
    let effects = live.drain();
    assert!(effects.dispatch.is_empty(), "{effects:?}");
    live.tick(at(421));
    let effects = live.drain();
    assert_eq!((effects.dispatch[0].episode, effects.dispatch[0].what), (2, Action::NewTicket));
    assert_eq!(effects.faults[0].fault.state, FaultState::Open);
}

#[test]
fn a_sheet_taken_up_again_before_the_end_is_the_same_sheet() {
    let mut live = live();
    let first = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, std::slice::from_ref(&first), 0);
    live.tick(at(120));
    live.sheet_closed(FaultNo(1), 1, at(130));
    live.sheet_reopened(FaultNo(1), 1, at(140));
    put(&mut live, &[cleared(&first, 200)], 200);
    let effects = put(&mut live, &[port(2, "A-P1", "R_LOS", 300)], 301);
    assert_eq!((effects.faults[0].fault.episode, effects.dispatch[0].what), (1, Action::Reopened(at(200))));
}

#[test]
fn an_end_that_is_refuted_is_the_same_alarm_on_the_same_sheet() {
    let mut live = live();
    let alarm = port(1, "A-P1", "R_LOS", 0);
    put(&mut live, std::slice::from_ref(&alarm), 0);
    live.tick(at(120));
    live.drain();
    put(&mut live, &[cleared(&alarm, 200)], 200);
    // Long after the reopen window: it never ended.
    live.tick(at(2000));
    assert_eq!(live.drain().faults[0].fault.state, FaultState::Closed);
    let effects = put(&mut live, std::slice::from_ref(&alarm), 2001);
    let fault = &effects.faults[0].fault;
    assert_eq!((fault.fault_no, fault.episode, fault.alarms_active), (FaultNo(1), 1, 1));
    assert_eq!((fault.state, fault.cleared_at), (FaultState::Open, None));
    let told: Vec<Action> = effects.dispatch.iter().map(|decision| decision.what).collect();
    assert_eq!(told, [Action::Reopened(at(200))]);
    assert!(!effects.circuits.is_empty(), "its circuit is down again");
    assert!(put(&mut live, &[alarm], 2002).faults.is_empty(), "told again it changes nothing");
}
