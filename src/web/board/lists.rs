//! The part of the board that does not depend on the inventory's numbers: faults, tickets,
//! sources, loads, planned work, and alarms that ended lately. All of it is bounded.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use engine::live::Impact;
use model::alarm::Alarm;
use model::fault::{Category, Fault, FaultNo, FaultState};
use model::source::{Source, SourceId};
use model::ticket::{Ticket, TicketState};
use model::time::Time;
use model::work::Cutover;

use super::alarms::unexplained;
use super::ring::Mark;
use store::load::Load;

/// Cleared alarms kept, so that live streams can still show their end.
const CLEARED_MAX: usize = 2_000;
/// Closed faults and ended tickets kept.
const CLOSED_MAX: usize = 2_000;
/// Planned works kept.
const WORKS_MAX: usize = 5_000;
/// Resource loads kept.
const LOADS_MAX: usize = 200;
/// Minutes over which arrivals are counted.
const RATE_MINUTES: i64 = 10;

/// Faults, tickets, sources, loads, works.
#[derive(Clone, Default)]
pub(crate) struct Lists {
    pub(crate) faults: BTreeMap<FaultNo, HeldFault>,
    closed_faults: VecDeque<FaultNo>,
    pub(crate) tickets: BTreeMap<Arc<str>, Arc<Ticket>>,
    ended_tickets: VecDeque<Arc<str>>,
    ticket_of_fault: HashMap<FaultNo, Arc<str>>,
    pub(crate) sources: BTreeMap<SourceId, Source>,
    pub(crate) loads: BTreeMap<i64, Load>,
    pub(crate) works: BTreeMap<Arc<str>, Arc<Cutover>>,
    cleared: HashMap<i64, Arc<Alarm>>,
    cleared_order: VecDeque<i64>,
    /// New alarms by minute of receipt, oldest first.
    arrivals: VecDeque<(i64, Arrivals)>,
}

/// Alarms that came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrivals {
    pub(crate) all: u32,
    /// Of these, causes: explained by no other, and no mere effect.
    pub(crate) causes: u32,
}

/// A fault and whom it hits.
#[derive(Clone, Debug)]
pub(crate) struct HeldFault {
    pub(crate) fault: Arc<Fault>,
    pub(crate) impact: Arc<Impact>,
}

// === impl Lists ===

impl Lists {
    /// Circuits have other numbers from here on.
    pub(crate) fn renumber(&mut self, from: &Inventory, to: &Inventory) {
        for held in self.faults.values_mut().filter(|held| !held.impact.circuits.is_empty()) {
            held.impact = Arc::new(held.impact.renumbered(from, to));
        }
    }

    pub(crate) fn put_fault(&mut self, fault: HeldFault) -> Mark {
        let no = fault.fault.fault_no;
        if over(&fault.fault) && !self.faults.get(&no).is_some_and(|before| over(&before.fault)) {
            self.closed_faults.push_back(no);
        }
        self.faults.insert(no, fault);
        while self.closed_faults.len() > CLOSED_MAX {
            let Some(oldest) = self.closed_faults.pop_front() else { break };
            // It may have reopened meanwhile.
            if self.faults.get(&oldest).is_some_and(|held| over(&held.fault)) {
                self.faults.remove(&oldest);
            }
        }
        Mark::Fault(no)
    }

    pub(crate) fn put_ticket(&mut self, ticket: Arc<Ticket>) -> Mark {
        let key: Arc<str> = ticket.alarm_id.as_str().into();
        if ended(&ticket) && !self.tickets.get(&key).is_some_and(|before| ended(before)) {
            self.ended_tickets.push_back(Arc::clone(&key));
        }
        self.ticket_of_fault.insert(ticket.fault_no, Arc::clone(&key));
        self.tickets.insert(Arc::clone(&key), ticket);
        while self.ended_tickets.len() > CLOSED_MAX {
            let Some(oldest) = self.ended_tickets.pop_front() else { break };
            if self.tickets.get(&oldest).is_some_and(|ticket| ended(ticket))
                && let Some(gone) = self.tickets.remove(&oldest)
                && self.ticket_of_fault.get(&gone.fault_no) == Some(&oldest)
            {
                self.ticket_of_fault.remove(&gone.fault_no);
            }
        }
        Mark::Ticket(key)
    }

    /// The latest ticket of a fault.
    pub(crate) fn ticket_of(&self, fault: FaultNo) -> Option<&Arc<Ticket>> {
        self.tickets.get(self.ticket_of_fault.get(&fault)?)
    }

    pub(crate) fn put_source(&mut self, source: Source) -> Mark {
        let id = source.id.clone();
        self.sources.insert(id.clone(), source);
        Mark::Source(id)
    }

    pub(crate) fn put_load(&mut self, load: Load) -> Mark {
        let id = load.id;
        self.loads.insert(id, load);
        while self.loads.len() > LOADS_MAX {
            self.loads.pop_first();
        }
        Mark::Load(id)
    }

    pub(crate) fn put_work(&mut self, work: Arc<Cutover>) -> Mark {
        let no: Arc<str> = work.cutover_no.as_str().into();
        self.works.insert(Arc::clone(&no), work);
        if self.works.len() > WORKS_MAX {
            let end = |work: &Arc<Cutover>| work.affect.or(work.work).map_or(Time::MIN, |window| window.end);
            let oldest = self.works.iter().min_by_key(|(_, work)| end(work)).map(|(no, _)| Arc::clone(no));
            if let Some(oldest) = oldest {
                self.works.remove(&oldest);
            }
        }
        Mark::Work(no)
    }

    pub(crate) fn put_cleared(&mut self, alarm: Arc<Alarm>) {
        let id = alarm.id;
        if self.cleared.insert(id, alarm).is_none() {
            self.cleared_order.push_back(id);
        }
        while self.cleared_order.len() > CLEARED_MAX {
            if let Some(oldest) = self.cleared_order.pop_front() {
                self.cleared.remove(&oldest);
            }
        }
    }

    pub(crate) fn forget_cleared(&mut self, id: i64) {
        if self.cleared.remove(&id).is_some() {
            self.cleared_order.retain(|held| *held != id);
        }
    }

    /// An alarm that was cleared a short while ago.
    pub(crate) fn cleared(&self, id: i64) -> Option<&Arc<Alarm>> {
        self.cleared.get(&id)
    }

    /// Counts a new alarm, or one that another explains only now (or no longer).
    pub(crate) fn count_arrival(&mut self, knowledge: &Knowledge, alarm: &Alarm, before: Option<&Alarm>) {
        let (was, is) = (before.is_some_and(|before| is_cause(knowledge, before)), is_cause(knowledge, alarm));
        if before.is_some() && was == is {
            return;
        }
        let minute = alarm.received_at.ms().div_euclid(60_000);
        let at = self.arrivals.partition_point(|(held, _)| *held < minute);
        let held = self.arrivals.get(at).is_some_and(|(held, _)| *held == minute);
        if !held && before.is_some() {
            return;
        }
        if !held {
            self.arrivals.insert(at, (minute, Arrivals::default()));
        }
        if let Some((_, count)) = self.arrivals.get_mut(at) {
            count.all += u32::from(before.is_none());
            count.causes = (count.causes + u32::from(is)).saturating_sub(u32::from(was));
        }
        let newest = self.arrivals.back().map_or(minute, |(newest, _)| *newest);
        while self.arrivals.front().is_some_and(|(oldest, _)| *oldest < newest - RATE_MINUTES) {
            self.arrivals.pop_front();
        }
    }

    /// New alarms in the last ten minutes.
    pub(crate) fn arrivals(&self, now: Time) -> Arrivals {
        let oldest = now.ms().div_euclid(60_000) - RATE_MINUTES;
        let recent = self.arrivals.iter().filter(|(minute, _)| *minute > oldest).map(|(_, count)| count);
        recent.fold(Arrivals::default(), |sum, count| Arrivals {
            all: sum.all + count.all,
            causes: sum.causes + count.causes,
        })
    }
}

/// Nothing explains it, and it is of a kind that can be a cause at all: that a protection group switched, or that
/// the far end complains, is the effect of something else, also where nobody told of that.
fn is_cause(knowledge: &Knowledge, alarm: &Alarm) -> bool {
    let effect_of_something = || {
        let category = knowledge.category(&alarm.record);
        matches!(category, Category::ProtectionSwitch | Category::Rdi)
    };
    unexplained(alarm) && (alarm.is_cause || !effect_of_something())
}

fn over(fault: &Fault) -> bool {
    matches!(fault.state, FaultState::Closed | FaultState::Merged)
}

fn ended(ticket: &Ticket) -> bool {
    matches!(ticket.state, TicketState::Closed | TicketState::Cancelled)
}
