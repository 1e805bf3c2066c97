use super::*;

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

fn one(last_heard: Option<Time>) -> (Sources, SourceId) {
    let id = SourceId::new("GD_TNMS");
    let setup = Setup { id: id.clone(), kind: SourceKind::Transport, silence_s: 300, ems_names: vec![] };
    (Sources::new([(setup, last_heard)]), id)
}

#[test]
fn a_source_waits_then_lives_then_is_stale_then_is_back() {
    let (mut sources, id) = one(None);
    assert_eq!(sources.view(&id).unwrap().state, SourceState::Waiting);
    assert_eq!(sources.heard(&id, at(0)), Heard::Steady);
    assert!(sources.newly_stale(at(300)).is_empty());
    assert_eq!(sources.newly_stale(at(301)), std::slice::from_ref(&id));
    assert!(sources.newly_stale(at(400)).is_empty(), "said once");
    assert_eq!(sources.view(&id).unwrap().state, SourceState::Stale);
    assert_eq!(sources.heard(&id, at(500)), Heard::Back(Window::new(at(0), at(500))));
    assert_eq!(sources.view(&id).unwrap().state, SourceState::Live);
}

#[test]
fn our_own_down_time_is_silence() {
    let (mut sources, id) = one(Some(at(0)));
    assert_eq!(sources.heard(&id, at(1000)), Heard::Back(Window::new(at(0), at(1000))));
}

#[test]
fn facts_are_counted_over_ten_minutes() {
    let (mut sources, id) = one(None);
    sources.count(&id, 5, Some(at(-2)), at(0));
    sources.count(&id, 7, None, at(59));
    assert_eq!(sources.view(&id).unwrap().alarms_10min, 12);
    sources.count(&id, 1, None, at(601));
    let view = sources.view(&id).unwrap();
    assert_eq!((view.alarms_10min, view.lag_ms), (1, Some(2000)));
}
