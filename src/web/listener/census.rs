//! How many connections there are, in all and from each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::Limits;

/// Counts connections against the caps.
#[derive(Clone)]
pub(super) struct Census(Arc<Inner>);

struct Inner {
    total: usize,
    per_ip: usize,
    proxies: Vec<ipnet::IpNet>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    total: usize,
    by_ip: HashMap<IpAddr, usize>,
}

/// One connection's place; dropping it frees the place.
pub(super) struct Place {
    census: Census,
    ip: IpAddr,
}

// === impl Census ===

impl Census {
    pub(super) fn new(limits: &Limits) -> Self {
        Census(Arc::new(Inner {
            total: limits.connections,
            per_ip: limits.connections_per_ip,
            proxies: limits.trusted_proxies.clone(),
            counts: Mutex::default(),
        }))
    }

    /// A place for a connection from `ip`; `None` when a cap is reached.
    pub(super) fn enter(&self, ip: IpAddr) -> Option<Place> {
        let ip = ip.to_canonical();
        let mut counts = self.0.counts.lock();
        if counts.total >= self.0.total {
            return None;
        }
        let mine = counts.by_ip.entry(ip).or_default();
        if *mine >= self.0.per_ip && !self.0.proxies.iter().any(|net| net.contains(&ip)) {
            return None;
        }
        *mine += 1;
        counts.total += 1;
        drop(counts);
        Some(Place { census: self.clone(), ip })
    }
}

// === impl Place ===

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.census.0.counts.lock();
        counts.total = counts.total.saturating_sub(1);
        if let Some(mine) = counts.by_ip.get_mut(&self.ip) {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                counts.by_ip.remove(&self.ip);
            }
        }
    }
}
