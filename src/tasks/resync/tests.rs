use super::*;

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

/// A request of second 0 with half an hour for its list.
fn source(call: Call, again_s: Option<i64>, ended: u32) -> Source {
    let run = SyncRun {
        sync_req_id: "R".to_owned(),
        reason: "start".to_owned(),
        state: RunState::Requested,
        requested_at: at(0),
        ended_at: None,
        raised: 0,
        cleared: 0,
        error: String::new(),
        confirms: false,
    };
    let again = again_s.map(|s| ("silence", at(s)));
    Source { running: Some(Running { run, deadline: at(1800), call }), again, failed: 0, ended }
}

#[test]
fn an_unanswered_request_makes_no_newer_reason_wait() {
    let over = |call, again, ended, s| source(call, again, ended).is_over(at(s));
    assert_eq!(over(Call::Unanswered, Some(20), 0, 19), None, "not due yet");
    assert_eq!(over(Call::Unanswered, Some(20), 0, 20), Some(Over::Newer));
    assert_eq!(over(Call::Open, Some(20), 0, 100), None, "its end is near");
    assert_eq!(over(Call::Taken, Some(20), 0, 59), None, "the list may be on its way");
    assert_eq!(over(Call::Taken, Some(20), 0, 60), Some(Over::Newer));
    assert_eq!(over(Call::Taken, Some(20), 2, 239), None, "a slow list must come through once");
    assert_eq!(over(Call::Taken, Some(20), 2, 240), Some(Over::Newer));
    assert_eq!(over(Call::Unanswered, None, 0, 1799), None, "without a newer reason it has its time");
    assert_eq!(over(Call::Unanswered, None, 0, 1800), Some(Over::Late));
}

#[test]
fn a_list_that_is_read_is_not_ended() {
    let mut source = source(Call::Taken, Some(20), 0);
    source.running.as_mut().unwrap().run.state = RunState::Loading;
    assert_eq!(source.is_over(at(9999)), None);
}
