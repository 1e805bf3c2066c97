//! What is shown of a load.

use model::resource::Class;
use model::source::{RunState, SourceId};
use model::time::Time;
use store::load::LoadProgress;

use super::*;

fn load(rows_read: u64, rows_total: u64) -> Load {
    Load {
        id: 7,
        source: SourceId::new("HQ_RMS"),
        sync_req_id: "R".to_owned(),
        class: Class::Route,
        full: true,
        state: RunState::Loading,
        started_at: Time::MIN,
        ended_at: None,
        progress: LoadProgress { rows_read, rows_total, ..LoadProgress::default() },
    }
}

#[test]
fn the_remaining_time_follows_the_rows() {
    assert_eq!(eta_s(&load(0, 100), Duration::from_secs(5)), None, "nothing to go by");
    assert_eq!(eta_s(&load(25, 100), Duration::from_secs(5)), Some(15));
    assert_eq!(eta_s(&load(10, 0), Duration::from_secs(5)), None, "no control file");
}

#[test]
fn the_reason_comes_first() {
    let mut load = load(1, 1);
    load.progress.error = "it would delete much".to_owned();
    let view = view(&load, None);
    assert_eq!((view.mode.as_str(), view.class.as_str(), view.rows_total), ("FULL", "ROUTE", Some(1)));
    assert_eq!(view.issues[0].reason, "it would delete much");
}
