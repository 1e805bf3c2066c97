//! What waits, bounded in bytes and fair between senders: they take turns, and when too much waits the
//! oldest of whoever has most is dropped. So one device in a storm costs no other its messages.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use model::time::Time;

/// What one datagram costs beside its bytes.
const OVERHEAD: usize = 160;

/// A datagram as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Its sender.
    pub from: SocketAddr,
    /// When it was read from the socket.
    pub at: Time,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What waits.
#[derive(Debug)]
pub struct Fair {
    limit: usize,
    bytes: usize,
    waiting: HashMap<IpAddr, VecDeque<Datagram>>,
    /// How much of each sender waits, so that whoever has most is found at once.
    lengths: BTreeSet<(usize, IpAddr)>,
    /// Whose turn it is. Everybody of whom something waits is in it once.
    turns: VecDeque<IpAddr>,
}

// === impl Fair ===

impl Fair {
    /// At most so many bytes wait.
    pub fn new(limit: usize) -> Self {
        Fair { limit, bytes: 0, waiting: HashMap::new(), lengths: BTreeSet::new(), turns: VecDeque::new() }
    }

    /// Takes a datagram; what had to go for it comes back.
    pub fn push(&mut self, datagram: Datagram) -> Vec<Datagram> {
        let from = datagram.from.ip();
        self.bytes += cost(&datagram);
        let own = self.waiting.entry(from).or_default();
        if own.is_empty() {
            self.turns.push_back(from);
        }
        self.lengths.remove(&(own.len(), from));
        own.push_back(datagram);
        self.lengths.insert((own.len(), from));
        let mut gone = Vec::new();
        while self.bytes > self.limit {
            let Some((_, most)) = self.lengths.last().copied() else { break };
            gone.extend(self.take(most));
            if !self.waiting.contains_key(&most) {
                self.turns.retain(|turn| *turn != most);
            }
        }
        gone
    }

    /// Takes the next of whose turn it is.
    pub fn pop(&mut self) -> Option<Datagram> {
        while let Some(from) = self.turns.pop_front() {
            let Some(datagram) = self.take(from) else { continue };
            if self.waiting.contains_key(&from) {
                self.turns.push_back(from);
            }
            return Some(datagram);
        }
        None
    }

    /// Does nothing wait?
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    fn take(&mut self, from: IpAddr) -> Option<Datagram> {
        let own = self.waiting.get_mut(&from)?;
        self.lengths.remove(&(own.len(), from));
        let datagram = own.pop_front();
        if own.is_empty() {
            self.waiting.remove(&from);
        } else {
            self.lengths.insert((own.len(), from));
        }
        self.bytes -= datagram.as_ref().map_or(0, cost);
        datagram
    }
}

fn cost(datagram: &Datagram) -> usize {
    datagram.bytes.len() + OVERHEAD
}

#[cfg(test)]
mod tests;
