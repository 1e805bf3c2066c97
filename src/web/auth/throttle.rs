//! Guessing passwords is made slow, per account and per address: after a few failures each next
//! try must wait longer, up to a minute. Nobody is locked out for good.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Failures of an account that cost nothing yet.
const FREE_OF_ACCOUNT: u32 = 4;
/// Failures from an address that cost nothing yet: many people may share one.
const FREE_OF_ADDRESS: u32 = 20;
/// Longest wait.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Failures are forgotten after this.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Accounts and addresses remembered.
const ENTRIES_MAX: usize = 20_000;

/// Remembers failed logins.
#[derive(Clone, Default)]
pub struct Throttle(Arc<Mutex<HashMap<Key, Failures>>>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

// === impl Throttle ===

impl Throttle {
    /// How long this login must wait; `None` = it may try now. It does not matter whether the
    /// account exists.
    pub fn wait(&self, login: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let entries = self.0.lock();
        let waits = keys(login, address).into_iter().filter_map(|(key, free)| {
            let failures = entries.get(&key)?;
            let until = failures.last + delay(failures.count, free);
            until.checked_duration_since(now).filter(|wait| !wait.is_zero())
        });
        waits.max()
    }

    /// A try failed.
    pub fn failed(&self, login: &str, address: IpAddr, now: Instant) {
        let mut entries = self.0.lock();
        if entries.len() + 2 > ENTRIES_MAX {
            entries.retain(|_, failures| now.duration_since(failures.last) < MEMORY);
        }
        let keys = keys(login, address);
        // A flood of made-up logins must not cost memory; what it evicts is the oldest.
        while entries.len() + keys.len() > ENTRIES_MAX {
            let oldest = entries.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
            oldest.map(|key| entries.remove(&key));
        }
        for (key, _) in keys {
            let failures = entries.entry(key).or_insert(Failures { count: 0, last: now });
            let forgotten = now.duration_since(failures.last) >= MEMORY;
            *failures = Failures { count: if forgotten { 1 } else { failures.count.saturating_add(1) }, last: now };
        }
    }

    /// A login succeeded: the account starts afresh. The address does not, or one good account
    /// would wash a guesser clean.
    pub fn succeeded(&self, login: &str) {
        self.0.lock().remove(&Key::Account(login.to_lowercase()));
    }
}

fn keys(login: &str, address: IpAddr) -> [(Key, u32); 2] {
    let account: String = login.to_lowercase().chars().take(64).collect();
    [(Key::Account(account), FREE_OF_ACCOUNT), (Key::Address(address.to_canonical()), FREE_OF_ADDRESS)]
}

/// 0, then 1, 2, 4 … 60 s.
fn delay(count: u32, free: u32) -> Duration {
    match count.checked_sub(free) {
        None | Some(0) => Duration::ZERO,
        Some(over) => Duration::from_secs(1 << (over - 1).min(6)).min(WAIT_MAX),
    }
}

#[cfg(test)]
mod tests;
