//! When something happened. A notification has no date, only its device's time since its start. From the
//! first one we learn when that start was by our clock, and place the others by it: so what overtook
//! another on its way, or came twice, still stands where it belongs.

use std::collections::HashMap;
use std::net::IpAddr;

use model::time::Time;

/// How much later than its place one may come and still be believed: a way over some hops.
const LATE_MS: i64 = 2000;
/// How much earlier; then the device has started anew, or its clock runs away.
const EARLY_MS: i64 = 200;
/// A device whose time stands still for so long has no clock.
const STILL_MS: i64 = 1000;
/// A hundredth of a second.
const TICK_MS: i64 = 10;

/// The starts of devices. It holds as many as are configured.
#[derive(Debug, Default)]
pub struct Uptimes {
    starts: HashMap<IpAddr, Start>,
}

#[derive(Clone, Copy, Debug)]
struct Start {
    at: Time,
    ticks: u32,
    /// When this time of its own was first received.
    since: Time,
    placed: Time,
}

// === impl Uptimes ===

impl Uptimes {
    /// When something happened on a device that it told with this uptime.
    pub fn place(&mut self, device: IpAddr, ticks: u32, received: Time) -> Time {
        let told = received.plus_ms(-i64::from(ticks) * TICK_MS);
        let fresh = Start { at: told, ticks, since: received, placed: received };
        let Some(before) = self.starts.get(&device).copied() else {
            self.starts.insert(device, fresh);
            return received;
        };
        let placed = before.place(ticks, received, told);
        let is_known = told.since(before.at) <= LATE_MS && told.since(before.at) >= -EARLY_MS;
        let at = if is_known { before.at } else { told };
        let since = if ticks == before.ticks { before.since } else { received };
        self.starts.insert(device, Start { at, ticks, since, placed });
        placed
    }
}

impl Start {
    fn place(&self, ticks: u32, received: Time, told: Time) -> Time {
        let off = told.since(self.at);
        if ticks == self.ticks {
            // Two things within one tick, in the order in which they came. A clock that stands still is none.
            let still = received.since(self.since) > STILL_MS;
            return if still { received.max(self.placed.plus_ms(1)) } else { self.placed.plus_ms(1) };
        }
        if (-EARLY_MS..=LATE_MS).contains(&off) { self.at.plus_ms(i64::from(ticks) * TICK_MS) } else { received }
    }
}

#[cfg(test)]
mod tests;
