//! The clocks of engines that send us traps: what is older than its sender's clock allows is refused
//! (RFC 3414 §3.2, step 7b). Only proved messages come here, so strangers cannot fill the table.

use std::collections::HashMap;
use std::time::Instant;

use async_snmp::v3::{MAX_ENGINE_TIME, TIME_WINDOW};
use bytes::Bytes;

/// Engines that are remembered; beyond, the one that was silent longest is forgotten.
const ENGINES_MAX: usize = 8192;

/// What is known of the clocks of others.
#[derive(Debug, Default)]
pub struct Remotes {
    clocks: HashMap<Bytes, Clock>,
}

#[derive(Debug)]
struct Clock {
    boots: u32,
    latest: u32,
    /// When `latest` was the sender's time, by our clock.
    at: Instant,
}

// === impl Remotes ===

impl Remotes {
    /// Is a proved message of this engine, with these starts and this time, young enough? If so the clock follows.
    pub fn accepts(&mut self, engine: &Bytes, (boots, time): (u32, u32), now: Instant) -> bool {
        if boots == MAX_ENGINE_TIME {
            return false;
        }
        let Some(clock) = self.clocks.get_mut(engine) else {
            self.make_room();
            self.clocks.insert(engine.clone(), Clock { boots, latest: time, at: now });
            return true;
        };
        if boots > clock.boots || (boots == clock.boots && time > clock.latest) {
            *clock = Clock { boots, latest: time, at: now };
            return true;
        }
        boots == clock.boots && u64::from(time) + u64::from(TIME_WINDOW) >= clock.estimate(now)
    }

    fn make_room(&mut self) {
        if self.clocks.len() < ENGINES_MAX {
            return;
        }
        let oldest = self.clocks.iter().min_by_key(|(_, clock)| clock.at).map(|(engine, _)| engine.clone());
        if let Some(oldest) = oldest {
            self.clocks.remove(&oldest);
        }
    }
}

impl Clock {
    fn estimate(&self, now: Instant) -> u64 {
        u64::from(self.latest) + now.saturating_duration_since(self.at).as_secs()
    }
}

#[cfg(test)]
mod tests;
