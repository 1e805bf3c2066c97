//! What the tasks that send reports have in common: what the other side's answer makes of a delivery.
//! What it cannot take now is tried again with growing pauses; what it refuses for good is given up.

use model::report::DeliveryState;
use model::time::Time;
use store::report::delivery::Delivery;

/// Pause after the first failure; each next is twice as long, up to the longest.
const PAUSE_MS: i64 = 5_000;
const PAUSE_MAX_MS: i64 = 3_600_000;
/// Tries; together they last about a day.
const TRIES_MAX: u32 = 30;
/// Characters of an answer that are kept.
const RECEIPT_MAX: usize = 500;

/// What the other side said.
pub(super) enum Answer {
    /// It has it.
    Taken(String),
    /// Not now.
    NotNow(String),
    /// It will never take it.
    Never(String),
}

/// What a delivery is after an answer from a place.
pub(super) fn after(delivery: &Delivery, answer: &Answer, place: &str, now: Time) -> Delivery {
    let tries = delivery.tries + 1;
    let (state, at, receipt) = match answer {
        Answer::Taken(said) => (DeliveryState::Delivered, now, said),
        Answer::Never(said) => (DeliveryState::Failed, now, said),
        Answer::NotNow(said) if tries >= TRIES_MAX => (DeliveryState::Failed, now, said),
        Answer::NotNow(said) => (DeliveryState::Waiting, now.plus_ms(pause_ms(tries)), said),
    };
    let receipt = receipt.chars().take(RECEIPT_MAX).collect();
    Delivery { state, at, tries, receipt, place: place.to_owned(), ..delivery.clone() }
}

/// The pause after so many tries.
fn pause_ms(tries: u32) -> i64 {
    let doublings = tries.saturating_sub(1).min(20);
    (PAUSE_MS << doublings).min(PAUSE_MAX_MS)
}

#[cfg(test)]
mod tests;
