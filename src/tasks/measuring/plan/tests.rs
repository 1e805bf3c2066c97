use model::pm::Granularity;

use super::*;

fn task(number: i64, objects: &[&str]) -> Task {
    Task {
        id: model::pm::task_id(&own(), number),
        objects: objects.iter().map(|object| (*object).to_owned()).collect(),
        params: ["ES".to_owned()].into(),
        granularity: Granularity::M15,
    }
}

fn own() -> SourceId {
    SourceId::new("GD_CNM")
}

fn wanted(number: i64, objects: &[&str], suspended: bool) -> Wanted {
    Wanted { number, task: task(number, objects), suspended }
}

fn running(number: i64, objects: &[&str], status: TaskStatus) -> RunningTask {
    RunningTask { task: task(number, objects), status, reason: String::new() }
}

/// The steps as words.
fn words(wanted: &[Wanted], undecided: &[i64], running: &[RunningTask]) -> String {
    let undecided = undecided.iter().copied().collect();
    let word = |step: &Step<'_>| {
        let number = step.task_id().trim_start_matches("GD_CNM-P-0000000");
        format!("{} {number}", step.verb())
    };
    steps(&own(), wanted, &undecided, running).iter().map(word).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_runs_becomes_what_is_wanted() {
    use TaskStatus::{Active, Deleted, Failed, Suspended};
    let one = [wanted(1, &["P1", "P2"], false)];
    let kept = [wanted(1, &["P1", "P2"], true)];
    for (wanted, running, steps) in [
        (&one, vec![], "create 1"),
        (&one, vec![running(1, &["P2", "P1"], Active)], ""),
        (&one, vec![running(1, &["P1"], Active)], "modify 1"),
        (&one, vec![running(1, &["P1", "P2"], Suspended)], "modify 1"),
        (&one, vec![running(1, &["P1", "P2"], Failed)], "modify 1"),
        (&one, vec![running(1, &["P1", "P2"], Deleted)], "create 1"),
        (&one, vec![running(1, &["P1", "P2"], Active), running(2, &["P1"], Failed)], "delete 2"),
        (&kept, vec![], "create 1, suspend 1"),
        (&kept, vec![running(1, &["P1", "P2"], Active)], "suspend 1"),
        (&kept, vec![running(1, &["P1", "P2"], Suspended)], ""),
        (&kept, vec![running(1, &["P1", "P2"], Failed)], ""),
        (&kept, vec![running(1, &["P9"], Active)], "modify 1, suspend 1"),
    ] {
        assert_eq!(words(wanted, &[], &running), steps, "{wanted:?} {running:?}");
    }
}

#[test]
fn what_is_not_ours_or_not_decided_is_left_alone() {
    let foreign = RunningTask {
        task: Task { id: "XX_NMS-P-00000004".to_owned(), ..task(4, &["P1"]) },
        status: TaskStatus::Active,
        reason: String::new(),
    };
    let odd = RunningTask { task: Task { id: "GD_CNM-P-5".to_owned(), ..task(5, &["P1"]) }, ..foreign.clone() };
    assert_eq!(words(&[], &[], &[foreign, odd]), "");
    let held = [running(3, &["P1"], TaskStatus::Active)];
    assert_eq!(words(&[], &[3], &held), "", "the inventory is not there yet");
    assert_eq!(words(&[], &[], &held), "delete 3");
    assert!(standing(&wanted(3, &["P1", "P2"], false), &held).1.contains("something else"));
    assert_eq!(standing(&wanted(2, &["P1"], false), &held), (TaskStatus::Deleted, String::new()));
}
