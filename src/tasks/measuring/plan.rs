//! What is wanted of a manager, and the steps from what runs there to it. Pure.

use std::collections::BTreeSet;

use collectors::network::tasks::{RunningTask, Task};
use collectors::peer::{Measures, Peer, TaskSettings};
use engine::inventory::{Circuit, Inventory};
use model::alarm::ObjectType;
use model::pm::{TaskStatus, task_number};
use model::source::SourceId;

/// A task that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its number in the database.
    pub number: i64,
    /// What it measures.
    pub task: Task,
    /// It is kept and measures nothing.
    pub suspended: bool,
}

/// Something to be asked of the manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Create(&'a Task),
    Modify(&'a Task),
    Suspend(&'a str),
    Delete(&'a str),
}

// === impl Step ===

impl Step<'_> {
    /// The task that it is about.
    pub(super) fn task_id(&self) -> &str {
        match self {
            Step::Create(task) | Step::Modify(task) => &task.id,
            Step::Suspend(id) | Step::Delete(id) => id,
        }
    }

    /// What is asked, for a log.
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Step::Create(_) => "create",
            Step::Modify(_) => "modify",
            Step::Suspend(_) => "suspend",
            Step::Delete(_) => "delete",
        }
    }
}

/// The objects of a task; `None` while there is no inventory to find them in.
pub(super) fn objects(peer: &Peer, settings: &TaskSettings, inventory: &Inventory) -> Option<BTreeSet<String>> {
    let mut objects = settings.objects.clone();
    if settings.circuits.is_empty() {
        return Some(objects);
    }
    if inventory.circuits_total() == 0 {
        return None;
    }
    let is_wanted =
        |circuit: &Circuit<'_>| circuit.status == "ACTIVE" && settings.circuits.contains(circuit.service_type);
    for circuit in inventory.circuits().map(|(_, circuit)| circuit).filter(is_wanted) {
        match settings.measures {
            Measures::Circuits => drop(objects.insert(circuit.code.to_owned())),
            Measures::Ports => {
                let ports = [circuit.a_port, circuit.z_port].into_iter();
                objects.extend(ports.filter(|port| observes(peer, inventory, port)).map(str::to_owned));
            }
        }
    }
    Some(objects)
}

/// The manager speaks for the element of this port.
fn observes(peer: &Peer, inventory: &Inventory, port: &str) -> bool {
    let element = inventory.object(ObjectType::Port, port).map(|port| port.ne_id);
    let manager = element.and_then(|id| inventory.object(ObjectType::Ne, id)).map(|element| element.note);
    manager.is_some_and(|manager| peer.ems_names.iter().any(|name| name == manager))
}

/// The steps from what runs to what is wanted. Tasks of others, and of ours those that are `undecided`, are left alone.
pub(super) fn steps<'a>(
    own: &SourceId,
    wanted: &'a [Wanted],
    undecided: &BTreeSet<i64>,
    running: &'a [RunningTask],
) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let is_wanted = |number: i64| undecided.contains(&number) || wanted.iter().any(|wanted| wanted.number == number);
    for found in running.iter().filter(|found| found.status != TaskStatus::Deleted) {
        if task_number(own, &found.task.id).is_some_and(|number| !is_wanted(number)) {
            steps.push(Step::Delete(&found.task.id));
        }
    }
    for wanted in wanted {
        let id = &wanted.task.id;
        let Some(found) = find(wanted, running) else {
            steps.push(Step::Create(&wanted.task));
            steps.extend(wanted.suspended.then_some(Step::Suspend(id)));
            continue;
        };
        let is_stopped = !wanted.suspended && found.status != TaskStatus::Active;
        if found.task != wanted.task || is_stopped {
            steps.push(Step::Modify(&wanted.task));
            steps.extend(wanted.suspended.then_some(Step::Suspend(id)));
        } else if wanted.suspended && found.status == TaskStatus::Active {
            steps.push(Step::Suspend(id));
        }
    }
    steps
}

/// How a wanted task stands, and what its manager says of that.
pub(super) fn standing(wanted: &Wanted, running: &[RunningTask]) -> (TaskStatus, String) {
    match find(wanted, running) {
        None => (TaskStatus::Deleted, String::new()),
        Some(found) if found.task != wanted.task => {
            (found.status, "it measures something else than is wanted, after it was told".to_owned())
        }
        Some(found) => (found.status, found.reason.clone()),
    }
}

/// How a task that is not wanted stands.
pub(super) fn found(id: &str, running: &[RunningTask]) -> (TaskStatus, String) {
    let found = running.iter().find(|found| found.task.id == id);
    found.map_or((TaskStatus::Deleted, String::new()), |found| (found.status, found.reason.clone()))
}

fn find<'a>(wanted: &Wanted, running: &'a [RunningTask]) -> Option<&'a RunningTask> {
    running.iter().find(|found| found.task.id == wanted.task.id && found.status != TaskStatus::Deleted)
}

#[cfg(test)]
mod tests;
