//! The only source of "now". Tests and demos start it at a chosen time and may run it faster.

use std::time::{Duration, Instant};

use model::time::Time;

/// A clock: system time, or a chosen start that runs on at a chosen speed.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Option<Time>,
    began: Instant,
    speed: f64,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Clock { start: None, began: Instant::now(), speed: 1.0 }
    }

    /// Starts at `start` and runs `speed` times as fast as the machine's.
    pub fn starting_at(start: Time, speed: f64) -> Self {
        Clock { start: Some(start), began: Instant::now(), speed: speed.max(0.001) }
    }

    /// The present instant.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> Time {
        match self.start {
            Some(start) => {
                let elapsed = self.began.elapsed().as_secs_f64() * self.speed * 1000.0;
                #[expect(clippy::cast_possible_truncation, reason = "a process does not run for 290 million years")]
                start.plus_ms(elapsed as i64)
            }
            None => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Time::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
        }
    }

    /// Real time that passes while this clock advances by `ms` milliseconds (at least one).
    pub fn real(&self, ms: i64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "waits are far below 2^52 ms")]
        let real_ms = (ms.max(0) as f64 / self.speed).max(1.0);
        Duration::from_secs_f64(real_ms / 1000.0)
    }

    /// Waits until this clock has advanced by `ms` milliseconds.
    pub async fn sleep(&self, ms: i64) {
        tokio::time::sleep(self.real(ms)).await;
    }

    /// How many times faster than real time it runs.
    pub fn speed(&self) -> f64 {
        self.speed
    }
}
