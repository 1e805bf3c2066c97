//! The simulators' time, handed in: a demonstration runs them on the daemon's own clock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::time::Time;

/// A clock that may run faster than the machine's.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Time + Send + Sync>,
    speed: f64,
}

// === impl Clock ===

impl Clock {
    /// A clock that reads `now` and runs `speed` times as fast as the machine's.
    pub fn new(now: impl Fn() -> Time + Send + Sync + 'static, speed: f64) -> Self {
        Clock { now: Arc::new(now), speed: speed.max(0.001) }
    }

    /// A clock that starts at `start`.
    pub fn starting_at(start: Time, speed: f64) -> Self {
        let began = Instant::now();
        Self::new(move || start.plus_ms(scaled_ms(began.elapsed(), speed)), speed)
    }

    /// The present.
    pub fn now(&self) -> Time {
        (self.now)()
    }

    /// Waits until this clock has moved on by `ms` milliseconds.
    pub async fn sleep(&self, ms: i64) {
        let ms = u32::try_from(ms.max(0)).unwrap_or(u32::MAX);
        tokio::time::sleep(Duration::from_secs_f64(f64::from(ms) / self.speed / 1000.0)).await;
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).field("speed", &self.speed).finish()
    }
}

fn scaled_ms(elapsed: Duration, speed: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a process does not run for 290 million years")]
    let ms = (elapsed.as_secs_f64() * speed.max(0.001) * 1000.0) as i64;
    ms
}
