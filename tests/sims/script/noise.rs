//! What goes on in any network at any time: small alarms that come and go and touch nobody.

use std::collections::VecDeque;
use std::sync::Arc;

use model::time::Time;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::alarm::{self, Subject};
use crate::carrier::{Carrier, OMC};
use crate::world::knowledge::NOISE;

/// Small alarms that are there when the day begins.
const AT_START: usize = 30;
/// Most of them at any time.
const ACTIVE_LIMIT: usize = 60;
/// One of so many is the OMC's to tell.
const OF_OMC: u32 = 4;

/// An active small alarm and its end.
struct Small {
    manager: &'static str,
    alarm_id: String,
    ends_at: Time,
}

/// Raises and clears small alarms for ever.
pub(super) async fn run(carrier: Arc<Carrier>, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x5eed);
    let mut active: VecDeque<Small> = VecDeque::new();
    for _ in 0..AT_START {
        active.extend(raise(&mut rng, &carrier));
    }
    loop {
        carrier.clock.sleep(rng.random_range(2_500..7_000)).await;
        active.extend(raise(&mut rng, &carrier));
        let now = carrier.clock.now();
        let full = active.len() > ACTIVE_LIMIT;
        let (over, rest): (VecDeque<Small>, VecDeque<Small>) =
            active.into_iter().partition(|small| small.ends_at <= now);
        over.iter().for_each(|small| clear(&carrier, small));
        active = rest;
        if full && let Some(oldest) = active.pop_front() {
            clear(&carrier, &oldest);
        }
    }
}

fn raise(rng: &mut StdRng, carrier: &Carrier) -> Option<Small> {
    let kind = NOISE.choose(rng)?;
    let circuit = carrier.world.circuits.choose(rng)?;
    let subject = Subject::Board(Arc::clone(&circuit.a_port.board));
    let now = carrier.clock.now();
    let record = alarm::raised(kind, &subject, now);
    let (manager, alarm_id) = match &carrier.omc {
        Some(omc) if rng.random_ratio(1, OF_OMC) => (OMC, omc.raise(record)),
        _ => (subject.manager(), carrier.manager(subject.manager())?.raise(record)),
    };
    Some(Small { manager, alarm_id, ends_at: now.plus_ms(rng.random_range(20_000..240_000)) })
}

fn clear(carrier: &Carrier, small: &Small) {
    if let Some(manager) = carrier.manager(small.manager) {
        manager.clear(&small.alarm_id);
    }
    if let Some(omc) = carrier.omc.as_ref().filter(|_| small.manager == OMC) {
        omc.clear(&small.alarm_id);
    }
}
