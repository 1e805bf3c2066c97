//! Which alarm explains which (semantics §3, rules 1–4): a forest over the episodes in memory, a
//! pure function of their set. The parent of an episode is the best of its candidates, whoever came
//! first; a change re-evaluates only those whose candidates it touches.

use std::collections::BTreeSet;

use model::alarm::ObjectType;
use model::fault::Category;
use model::time::Time;

use super::index::{Index, ends, joined, kind};
use crate::finder::Finder;
use crate::inventory::{CircuitIx, Inventory, Subject};
use crate::live::episode::{Episode, Parent, Rule, Signature, Slot};

/// The episodes in memory and how they hang together.
pub(crate) struct Forest {
    episodes: Vec<Option<Episode>>,
    free: Vec<Slot>,
    pub(crate) index: Index,
    /// Found by the number of the alarm.
    by_id: Finder,
    /// Episodes without a parent, found by their signature: several may have one.
    roots: Finder,
    /// Signatures whose trees changed since they were last settled.
    pub(crate) dirty: BTreeSet<Signature>,
    /// Episodes that hang elsewhere since they were last reported.
    pub(crate) moved: Vec<Slot>,
    window_ms: i64,
}

// === impl Forest ===

impl Forest {
    pub(crate) fn new(window_ms: i64) -> Self {
        Forest {
            episodes: Vec::new(),
            free: Vec::new(),
            index: Index::new(),
            by_id: Finder::default(),
            roots: Finder::default(),
            dirty: BTreeSet::new(),
            moved: Vec::new(),
            window_ms,
        }
    }

    pub(crate) fn get(&self, slot: Slot) -> Option<&Episode> {
        at(&self.episodes, slot)
    }

    pub(crate) fn get_mut(&mut self, slot: Slot) -> Option<&mut Episode> {
        self.episodes.get_mut(slot as usize)?.as_mut()
    }

    /// The episodes alone, to be inserted elsewhere.
    pub(crate) fn into_episodes(self) -> Vec<Episode> {
        self.episodes.into_iter().flatten().collect()
    }

    /// Where the episode of an alarm is, if it is in memory.
    pub(crate) fn slot_of(&self, id: i64) -> Option<Slot> {
        self.by_id.find(&id, |slot| self.get(slot).is_some_and(|episode| episode.alarm.id == id))
    }

    /// Roots with a signature, in no order.
    pub(crate) fn roots(&self, signature: Signature) -> impl Iterator<Item = Slot> {
        let same = move |slot: &Slot| self.get(*slot).is_some_and(|episode| episode.signature == signature);
        self.roots.candidates(&signature).filter(same)
    }

    /// The root of an episode's tree.
    pub(crate) fn root(&self, slot: Slot) -> Slot {
        let mut slot = slot;
        while let Some(parent) = self.get(slot).and_then(|episode| episode.parent) {
            slot = parent.slot;
        }
        slot
    }

    /// An episode and all below it.
    pub(crate) fn tree(&self, root: Slot, out: &mut Vec<Slot>) {
        let start = out.len();
        out.push(root);
        let mut next = start;
        while let Some(slot) = out.get(next).copied() {
            out.extend(self.get(slot).into_iter().flat_map(|episode| &episode.children));
            next += 1;
        }
    }

    /// Takes a new episode: finds its parent and offers it to those it may explain. `circuits` are
    /// those it touches at any time.
    pub(crate) fn insert(&mut self, inventory: &Inventory, episode: Episode, circuits: &[CircuitIx]) -> Slot {
        let (signature, id) = (episode.signature, episode.alarm.id);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.episodes.push(None);
            Slot::try_from(self.episodes.len() - 1).unwrap_or(Slot::MAX)
        });
        self.index.insert(inventory, slot, &episode, circuits);
        if let Some(place) = self.episodes.get_mut(slot as usize) {
            *place = Some(episode);
        }
        let episodes = &self.episodes;
        self.by_id.add(&id, slot, |slot| at(episodes, slot).map(|episode| episode.alarm.id));
        self.add_root(slot, signature);
        self.dirty.insert(signature);
        self.choose_parent(inventory, slot, circuits);
        self.offer(inventory, slot, circuits);
        self.judge_other_end(inventory, signature);
        slot
    }

    /// Takes an episode out; what hung below it looks for another parent.
    pub(crate) fn remove(&mut self, inventory: &Inventory, slot: Slot) -> Option<Episode> {
        self.set_parent(slot, None);
        let episode = self.episodes.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        self.index.remove(inventory, slot, &episode, &circuits_ever(inventory, &episode));
        self.by_id.remove(&episode.alarm.id, slot);
        self.roots.remove(&episode.signature, slot);
        self.dirty.insert(episode.signature);
        for child in &episode.children {
            if let Some(orphan) = self.get_mut(*child) {
                orphan.parent = None;
                orphan.unreported = true;
                let signature = orphan.signature;
                self.add_root(*child, signature);
                self.dirty.insert(signature);
                self.moved.push(*child);
            }
        }
        for child in &episode.children {
            self.choose_again(inventory, *child);
        }
        self.judge_other_end(inventory, episode.signature);
        Some(episode)
    }

    /// The episode's end changed: what it explains is judged again.
    pub(crate) fn retime(&mut self, inventory: &Inventory, slot: Slot, cleared: Option<Time>) {
        let Some(episode) = self.get_mut(slot) else { return };
        let before = std::mem::replace(&mut episode.alarm.cleared, cleared);
        let grew = before.is_some_and(|before| cleared.is_none_or(|after| after > before));
        let children: Vec<Slot> = episode.children.iter().copied().collect();
        self.touch(slot);
        for child in children {
            if !self.in_time(slot, child) {
                self.choose_again(inventory, child);
            }
        }
        if grew {
            let circuits = self.get(slot).map(|episode| circuits_ever(inventory, episode)).unwrap_or_default();
            self.offer(inventory, slot, &circuits);
        }
    }

    /// Something of the episode changed that its fault shows.
    pub(crate) fn touch(&mut self, slot: Slot) {
        if let Some(root) = self.get(self.root(slot)) {
            let signature = root.signature;
            self.dirty.insert(signature);
        }
    }

    fn choose_again(&mut self, inventory: &Inventory, slot: Slot) {
        let circuits = match self.get(slot) {
            Some(episode) if episode.is_signal_below() => circuits_ever(inventory, episode),
            _ => Vec::new(),
        };
        self.choose_parent(inventory, slot, &circuits);
    }

    /// A loss of signal came or went: the other end of the link may hang elsewhere now, because it
    /// does not hang below its element while both ends tell of the cut.
    fn judge_other_end(&mut self, inventory: &Inventory, signature: Signature) {
        if signature.category != Category::Los {
            return;
        }
        for port in ends(inventory, signature.object) {
            for slot in self.index.on_object(port).collect::<Vec<Slot>>() {
                if self.get(slot).is_some_and(|episode| episode.category == Category::Los) {
                    self.choose_parent(inventory, slot, &[]);
                }
            }
        }
    }

    /// Looks at every candidate and takes the best.
    fn choose_parent(&mut self, inventory: &Inventory, slot: Slot, circuits: &[CircuitIx]) {
        let Some(child) = self.get(slot) else { return };
        let mut best: Option<Parent> = None;
        for candidate in self.index.above(inventory, child) {
            if let Some(rule) = self.rule(inventory, candidate, slot) {
                best = self.better(slot, best, Parent { slot: candidate, rule, via: None });
            }
        }
        if child.is_signal_below() {
            for circuit in circuits {
                for candidate in self.index.on_circuit(*circuit) {
                    if self.shares(candidate, slot) {
                        let parent = Parent { slot: candidate, rule: Rule::SharedRoute, via: Some(*circuit) };
                        best = self.better(slot, best, parent);
                    }
                }
            }
        }
        self.set_parent(slot, best);
    }

    /// Offers an episode as parent to all it may explain.
    fn offer(&mut self, inventory: &Inventory, slot: Slot, circuits: &[CircuitIx]) {
        let Some(parent) = self.get(slot) else { return };
        let mut offers: Vec<(Slot, Parent)> = Vec::new();
        for child in self.below(inventory, parent) {
            if let Some(rule) = self.rule(inventory, slot, child) {
                offers.push((child, Parent { slot, rule, via: None }));
            }
        }
        if matches!(parent.category, Category::Los | Category::Lof | Category::Ais) {
            for circuit in circuits {
                for child in self.index.signals_on_circuit(*circuit) {
                    if self.shares(slot, child) {
                        offers.push((child, Parent { slot, rule: Rule::SharedRoute, via: Some(*circuit) }));
                    }
                }
            }
        }
        for (child, offered) in offers {
            let current = self.get(child).and_then(|episode| episode.parent);
            let best = self.better(child, current, offered);
            if best != current {
                self.set_parent(child, best);
            }
        }
    }

    /// Episodes that one may explain from where they are. A manager lost its elements: that may be any.
    fn below(&self, inventory: &Inventory, parent: &Episode) -> Vec<Slot> {
        if parent.category != Category::EmsLink {
            return self.index.below(inventory, parent, self.window_ms);
        }
        let slots = (0..).zip(&self.episodes).filter(|(_, episode)| episode.is_some());
        slots.map(|(slot, _)| slot).collect()
    }

    /// The rule by which `parent` explains `child` from where they are, if any.
    fn rule(&self, inventory: &Inventory, parent: Slot, child: Slot) -> Option<Rule> {
        if parent == child || !self.in_time(parent, child) {
            return None;
        }
        let (up, down) = (self.get(parent)?, self.get(child)?);
        match up.category {
            Category::EmsLink => self.index.is_managed_by(inventory, down, up.object).then_some(Rule::Manager),
            Category::NeUnreachable => {
                let below = down.category != Category::EmsLink && self.index.is_below(inventory, down, up.object);
                (below && !self.is_cut_end(inventory, child)).then_some(Rule::Element)
            }
            Category::Board => {
                let higher = matches!(down.category, Category::EmsLink | Category::NeUnreachable | Category::Board);
                (!higher && self.index.is_below(inventory, down, up.object)).then_some(Rule::Board)
            }
            Category::Rdi => None,
            _ => self.signal_rule(inventory, up, down),
        }
    }

    /// Rules among signals: LOS over the SDH order, link over its ports, one end over the other.
    fn signal_rule(&self, inventory: &Inventory, up: &Episode, down: &Episode) -> Option<Rule> {
        if up.category == Category::Los && down.category == Category::Los {
            return self.los_rule(inventory, up, down);
        }
        let (above, below) = (up.order?, down.order?);
        if above >= below {
            return None;
        }
        if up.object == down.object {
            return Some(Rule::SameObject);
        }
        let signal = matches!(down.category, Category::Lof | Category::Ais | Category::Rdi);
        let rides = up.category == Category::Los && signal && joined(inventory, up.object, down.object);
        rides.then_some(Rule::Rides)
    }

    fn los_rule(&self, inventory: &Inventory, up: &Episode, down: &Episode) -> Option<Rule> {
        if joined(inventory, up.object, down.object) {
            let from_link = kind(inventory, up.object) == Some(ObjectType::Link);
            return from_link.then_some(Rule::Rides);
        }
        let first = up.alarm.identity() < down.alarm.identity();
        (first && self.is_cut(inventory, up, down)).then_some(Rule::FibreCut)
    }

    /// Both ends of one link lost the signal within the window.
    fn is_cut(&self, inventory: &Inventory, one: &Episode, other: &Episode) -> bool {
        let apart = one.alarm.raised.since(other.alarm.raised).abs();
        let on_link = |episode: &Episode| joined(inventory, episode.signature.object, episode.object);
        let one_link = one.signature.object == other.signature.object && one.object != other.object;
        apart <= self.window_ms && one_link && on_link(one) && on_link(other)
    }

    /// A loss of signal whose other end lost it too: its element was there to tell of it.
    pub(crate) fn is_cut_end(&self, inventory: &Inventory, slot: Slot) -> bool {
        let Some(episode) = self.get(slot).filter(|episode| episode.category == Category::Los) else { return false };
        ends(inventory, episode.signature.object).into_iter().any(|port| {
            let others = self.index.on_object(port).filter_map(|other| self.get(other));
            let mut others = others.filter(|other| other.category == Category::Los);
            others.any(|other| self.is_cut(inventory, episode, other))
        })
    }

    /// `parent` explains `child` because a circuit that both touch runs over what lost its signal.
    fn shares(&self, parent: Slot, child: Slot) -> bool {
        let (Some(up), Some(down)) = (self.get(parent), self.get(child)) else { return false };
        let fits = match down.category {
            Category::Ais => up.category == Category::Los,
            Category::Rdi => matches!(up.category, Category::Los | Category::Lof | Category::Ais),
            _ => false,
        };
        fits && parent != child && self.in_time(parent, child)
    }

    /// `child` was raised while `parent` stood, or at most one window before or after.
    fn in_time(&self, parent: Slot, child: Slot) -> bool {
        let (Some(up), Some(down)) = (self.get(parent), self.get(child)) else { return false };
        let end = up.alarm.cleared.map_or(Time::MAX, |cleared| cleared.plus_ms(self.window_ms));
        up.alarm.raised.plus_ms(-self.window_ms) <= down.alarm.raised && down.alarm.raised < end
    }

    /// The better of two parents: by rule, highest layer, nearest in time, then by identity.
    fn better(&self, child: Slot, one: Option<Parent>, other: Parent) -> Option<Parent> {
        let Some(one) = one else { return Some(other) };
        let Some(raised) = self.get(child).map(|episode| episode.alarm.raised) else { return Some(one) };
        let rank = |parent: &Parent| {
            let up = self.get(parent.slot)?;
            Some((parent.rule, up.order, up.alarm.raised.since(raised).abs(), up.alarm.identity(), parent.via))
        };
        Some(if rank(&other) < rank(&one) { other } else { one })
    }

    fn set_parent(&mut self, slot: Slot, parent: Option<Parent>) {
        let Some(episode) = self.get(slot) else { return };
        let (before, signature) = (episode.parent, episode.signature);
        if before == parent {
            return;
        }
        self.touch(slot);
        match before {
            Some(old) => {
                if let Some(old) = self.get_mut(old.slot) {
                    old.children.remove(&slot);
                }
            }
            None => self.roots.remove(&signature, slot),
        }
        if let Some(episode) = self.get_mut(slot) {
            episode.parent = parent;
            episode.unreported = true;
            self.moved.push(slot);
        }
        match parent {
            Some(new) => {
                if let Some(new) = self.get_mut(new.slot) {
                    new.children.insert(slot);
                }
            }
            None => self.add_root(slot, signature),
        }
        self.touch(slot);
    }

    fn add_root(&mut self, slot: Slot, signature: Signature) {
        if !self.roots.holds(&signature, slot) {
            let episodes = &self.episodes;
            self.roots.add(&signature, slot, |slot| at(episodes, slot).map(|episode| episode.signature));
        }
    }
}

fn at(episodes: &[Option<Episode>], slot: Slot) -> Option<&Episode> {
    episodes.get(slot as usize)?.as_ref()
}

/// Circuits that the episode touches at any time.
pub(crate) fn circuits_ever(inventory: &Inventory, episode: &Episode) -> Vec<CircuitIx> {
    inventory.reach(&Subject::of(&episode.alarm.record)).circuits_ever(inventory)
}
