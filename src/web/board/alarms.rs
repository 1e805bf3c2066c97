//! The active alarms with every order they are asked for, so that a page costs its own length
//! and not the length of the list.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use engine::finder::Finder;
use engine::inventory::{CircuitIx, CustomerIx, Inventory, Subject};
use model::alarm::{Alarm, Severity};
use model::time::{Time, Window};

use super::circuits::Left;
use super::order::{AlarmPlace, LeftKey};

/// Depth to which parents of a customer are followed.
const PARENTS_MAX: usize = 16;

/// What an alarm touches: circuits, sorted, then their customers, best level first, then by number.
/// One list, because most alarms touch little and there are many alarms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    numbers: Box<[u32]>,
    circuits: u32,
}

/// An active alarm.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) alarm: Arc<Alarm>,
    pub(crate) reach: Reach,
    pub(crate) slot: u32,
    /// Of its circuits, down now.
    pub(crate) down: u32,
    /// Of its circuits, without a second way.
    pub(crate) unprotected: u32,
    /// Least SLA time left among its circuits.
    pub(crate) left: Left,
}

/// Active alarms of one customer, its children's included.
#[derive(Debug, Default)]
struct OfCustomer {
    order: BTreeSet<AlarmPlace>,
    by_rank: [u32; 5],
}

/// All active alarms.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    slots: Vec<Option<Entry>>,
    free: Vec<u32>,
    /// Slots, found by the number of the alarm.
    by_id: Finder,
    /// Those that no other alarm explains.
    causes: BTreeSet<AlarmPlace>,
    /// The others.
    explained: BTreeSet<AlarmPlace>,
    by_customer: HashMap<CustomerIx, OfCustomer>,
    /// By rank of severity, acknowledged or not, cause or not.
    counts: [[[u32; 2]; 2]; 5],
    by_source: BTreeMap<model::source::SourceId, u32>,
    toggling: u32,
}

/// Which list to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    All,
    Causes,
    Customer(CustomerIx),
}

// === impl Reach ===

impl Reach {
    /// What an alarm touches while it is active: routes that ended before its raise do not count.
    pub(crate) fn of(inventory: &Inventory, alarm: &Alarm) -> Self {
        let while_active = Window::new(alarm.raised_at, alarm.cleared_at.unwrap_or(Time::MAX));
        let circuits = inventory.circuits_touched(&Subject::of(&alarm.record), while_active);
        let mut customers = inventory.customers_of(circuits.iter().copied());
        customers
            .sort_by_cached_key(|ix| inventory.customer(*ix).map_or(u8::MAX, |customer| level_rank(customer.level)));
        let numbers = circuits.iter().map(|ix| ix.0).chain(customers.iter().map(|ix| ix.0)).collect();
        Reach { numbers, circuits: u32::try_from(circuits.len()).unwrap_or(u32::MAX) }
    }

    /// Circuits, by code.
    pub(crate) fn circuits(&self) -> impl ExactSizeIterator<Item = CircuitIx> + '_ {
        self.numbers.iter().take(self.circuits as usize).map(|ix| CircuitIx(*ix))
    }

    /// Customers, best level first.
    pub(crate) fn customers(&self) -> impl ExactSizeIterator<Item = CustomerIx> + '_ {
        self.numbers.iter().skip(self.circuits as usize).map(|ix| CustomerIx(*ix))
    }

    /// Its customers and their parents: everybody in whose list the alarm belongs.
    fn listed_at(&self, inventory: &Inventory) -> Vec<CustomerIx> {
        let mut all: Vec<CustomerIx> = self.customers().collect();
        for customer in self.customers() {
            let mut up = customer;
            for _ in 0..PARENTS_MAX {
                let Some(parent) = inventory.parent_of(up) else { break };
                all.push(parent);
                up = parent;
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

// === impl Entry ===

impl Entry {
    pub(crate) fn unexplained(&self) -> bool {
        unexplained(&self.alarm)
    }

    /// Its place in the lists.
    pub(crate) fn place(&self) -> AlarmPlace {
        let alarm = &self.alarm;
        let acknowledged = alarm.acknowledged.is_some();
        AlarmPlace::new(alarm.record.severity, acknowledged, self.left.ms, alarm.raised_at, self.slot)
    }
}

// === impl Alarms ===

impl Alarms {
    pub(crate) fn get(&self, slot: u32) -> Option<&Entry> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&Entry> {
        self.get(self.slot_of(id)?)
    }

    fn slot_of(&self, id: i64) -> Option<u32> {
        self.by_id.find(&id, |slot| self.get(slot).is_some_and(|entry| entry.alarm.id == id))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.slots.iter().flatten()
    }

    /// Takes an alarm out, if it is there.
    pub(crate) fn remove(&mut self, inventory: &Inventory, id: i64) -> Option<Entry> {
        let slot = self.slot_of(id)?;
        self.by_id.remove(&id, slot);
        let entry = self.slots.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        self.unlist(inventory, &entry);
        Some(entry)
    }

    /// An alarm that is here has other values; what it touches is as it was.
    pub(crate) fn replace(&mut self, inventory: &Inventory, alarm: Arc<Alarm>) {
        let Some(slot) = self.slot_of(alarm.id) else { return };
        let Some(mut entry) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        self.unlist(inventory, &entry);
        entry.alarm = alarm;
        self.list(inventory, &entry);
        self.put_back(entry);
    }

    /// A slot for a new alarm.
    pub(crate) fn reserve(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Puts an alarm into its slot, which must be free.
    pub(crate) fn insert(&mut self, inventory: &Inventory, entry: Entry) {
        let (slot, id) = (entry.slot, entry.alarm.id);
        self.list(inventory, &entry);
        self.put_back(entry);
        let slots = &self.slots;
        self.by_id.add(&id, slot, |slot| slots.get(slot as usize)?.as_ref().map(|entry| entry.alarm.id));
    }

    /// A circuit of this alarm went down or came back.
    pub(crate) fn count_down(&mut self, slot: u32, went_down: bool) {
        if let Some(Some(entry)) = self.slots.get_mut(slot as usize) {
            entry.down = if went_down { entry.down + 1 } else { entry.down.saturating_sub(1) };
        }
    }

    /// The least SLA time left among its circuits is now this: the alarm may move in the lists.
    pub(crate) fn set_left(&mut self, inventory: &Inventory, slot: u32, left: Left) {
        let Some(mut entry) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        let stays = LeftKey::of(entry.left.ms) == LeftKey::of(left.ms);
        if !stays {
            self.unlist(inventory, &entry);
        }
        entry.left = left;
        if !stays {
            self.list(inventory, &entry);
        }
        self.put_back(entry);
    }

    fn put_back(&mut self, entry: Entry) {
        if let Some(place) = self.slots.get_mut(entry.slot as usize) {
            *place = Some(entry);
        }
    }

    fn list(&mut self, inventory: &Inventory, entry: &Entry) {
        let place = entry.place();
        self.set_of(entry).insert(place);
        for customer in entry.reach.listed_at(inventory) {
            let of = self.by_customer.entry(customer).or_default();
            of.order.insert(place);
            bump(of.by_rank.get_mut(rank(&entry.alarm)), true);
        }
        self.count(&entry.alarm, true);
    }

    fn unlist(&mut self, inventory: &Inventory, entry: &Entry) {
        let place = entry.place();
        self.set_of(entry).remove(&place);
        for customer in entry.reach.listed_at(inventory) {
            let Some(of) = self.by_customer.get_mut(&customer) else { continue };
            of.order.remove(&place);
            bump(of.by_rank.get_mut(rank(&entry.alarm)), false);
            if of.order.is_empty() {
                self.by_customer.remove(&customer);
            }
        }
        self.count(&entry.alarm, false);
    }

    fn set_of(&mut self, entry: &Entry) -> &mut BTreeSet<AlarmPlace> {
        if entry.unexplained() { &mut self.causes } else { &mut self.explained }
    }

    fn count(&mut self, alarm: &Alarm, more: bool) {
        let acknowledged = usize::from(alarm.acknowledged.is_some());
        let cause = usize::from(unexplained(alarm));
        let cell = self.counts.get_mut(rank(alarm)).and_then(|by| by.get_mut(acknowledged)?.get_mut(cause));
        bump(cell, more);
        bump(Some(self.by_source.entry(alarm.source.clone()).or_default()), more);
        if alarm.toggling {
            bump(Some(&mut self.toggling), more);
        }
    }

    /// Places after `after` in a list, of the given severities, in order.
    pub(crate) fn walk<'a>(
        &'a self,
        list: List,
        severities: &'a [Severity],
        after: Option<AlarmPlace>,
    ) -> impl Iterator<Item = AlarmPlace> + 'a {
        let (set, other) = match list {
            List::All => (Some(&self.causes), Some(&self.explained)),
            List::Causes => (Some(&self.causes), None),
            List::Customer(customer) => (self.by_customer.get(&customer).map(|of| &of.order), None),
        };
        severities.iter().flat_map(move |severity| {
            let part = move |set| part(set, *severity, after);
            merged(set.into_iter().flat_map(part), other.into_iter().flat_map(part))
        })
    }

    /// How many active alarms there are of these severities; `None` = either way.
    pub(crate) fn total(&self, severities: &[Severity], acknowledged: Option<bool>, causes: Option<bool>) -> u32 {
        let fits = |wanted: Option<bool>, index: usize| wanted.is_none_or(|wanted| usize::from(wanted) == index);
        let mut total = 0;
        for by_ack in severities.iter().filter_map(|severity| self.counts.get(usize::from(severity.rank()))) {
            for (_, by_cause) in by_ack.iter().enumerate().filter(|(index, _)| fits(acknowledged, *index)) {
                total += by_cause.iter().enumerate().filter(|(i, _)| fits(causes, *i)).map(|(_, n)| n).sum::<u32>();
            }
        }
        total
    }

    /// How many active alarms of these severities a customer has.
    pub(crate) fn total_of_customer(&self, customer: CustomerIx, severities: &[Severity]) -> u32 {
        let Some(of) = self.by_customer.get(&customer) else { return 0 };
        severities.iter().filter_map(|severity| of.by_rank.get(usize::from(severity.rank()))).sum()
    }

    pub(crate) fn total_of_source(&self, source: &model::source::SourceId) -> u32 {
        self.by_source.get(source).copied().unwrap_or(0)
    }

    pub(crate) fn toggling(&self) -> u32 {
        self.toggling
    }

    /// Bytes held beside the alarms themselves.
    pub(crate) fn bytes(&self) -> usize {
        let reach = |entry: &Entry| entry.reach.numbers.len() * 4;
        let customers: usize = self.by_customer.values().map(|of| of.order.len()).sum();
        self.slots.capacity() * size_of::<Option<Entry>>()
            + self.iter().map(reach).sum::<usize>()
            + self.by_id.bytes()
            + (self.causes.len() + self.explained.len() + customers) * size_of::<AlarmPlace>() * 3 / 2
            + self.by_customer.capacity() * (size_of::<OfCustomer>() + 8)
    }
}

/// No other alarm explains it: it is a cause, or belongs to no fault at all.
pub(crate) fn unexplained(alarm: &Alarm) -> bool {
    alarm.is_cause || alarm.fault.is_none()
}

fn rank(alarm: &Alarm) -> usize {
    usize::from(alarm.record.severity.rank())
}

fn bump(count: Option<&mut u32>, more: bool) {
    if let Some(count) = count {
        *count = if more { *count + 1 } else { count.saturating_sub(1) };
    }
}

/// Two sorted lists as one.
fn merged(
    one: impl Iterator<Item = AlarmPlace>,
    other: impl Iterator<Item = AlarmPlace>,
) -> impl Iterator<Item = AlarmPlace> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// The part of a list with one severity, after a place.
fn part(
    set: &BTreeSet<AlarmPlace>,
    severity: Severity,
    after: Option<AlarmPlace>,
) -> impl Iterator<Item = AlarmPlace> + '_ {
    use std::ops::Bound::{Excluded, Included};
    let (low, high) = AlarmPlace::bounds(severity);
    let from = match after {
        Some(after) if after >= low => Excluded(after),
        _ => Included(low),
    };
    let empty = after.is_some_and(|after| after >= high);
    (!empty).then(|| set.range((from, Excluded(high)))).into_iter().flatten().copied()
}

/// Order of customer levels: 0 is best.
pub(crate) fn level_rank(level: &str) -> u8 {
    match level {
        "GOLD" => 0,
        "SILVER" => 1,
        "BRONZE" => 2,
        "STANDARD" => 3,
        _ => 4,
    }
}
