//! The scripted day: what happens to the carrier while somebody watches. Times are relative to the
//! start and in the clock's time; each round tells the same story in another place, until the end.

use std::sync::Arc;

use model::time::Time;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::carrier::Carrier;

mod acts;
mod day;
mod noise;

/// Something happened, in words.
pub type Narrator = Arc<dyn Fn(&Scene) + Send + Sync>;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Scene {
    /// When.
    pub at: Time,
    /// What, for the person who watches.
    pub text: String,
}

/// How the day goes.
#[derive(Clone)]
pub struct ScriptSettings {
    /// Seed of the choices.
    pub seed: u64,
    /// How long the silent manager is silent, in milliseconds of the clock. Longer than the daemon's
    /// `silence_s`, or nobody notices.
    pub silence_ms: i64,
    /// How long EOMS holds back its answer to the ticket of the cut, in real time. Longer than the
    /// daemon's timeout, or nobody notices.
    pub eoms_timeout: std::time::Duration,
    /// Told of each scene.
    pub narrator: Narrator,
}

/// The day of a carrier.
pub struct Script {
    carrier: Arc<Carrier>,
    settings: ScriptSettings,
}

// === impl ScriptSettings ===

impl ScriptSettings {
    /// The demonstration's day.
    pub fn demo(seed: u64, narrator: Narrator) -> Self {
        ScriptSettings { seed, silence_ms: 330_000, eoms_timeout: std::time::Duration::from_secs(45), narrator }
    }
}

// === impl Script ===

impl Script {
    /// A day for `carrier`.
    pub fn new(carrier: Arc<Carrier>, settings: ScriptSettings) -> Self {
        Script { carrier, settings }
    }

    /// Plays round after round until the carrier is stopped.
    pub fn start(self) {
        let tasks = self.carrier.tasks.clone();
        let noise = noise::run(Arc::clone(&self.carrier), self.settings.seed);
        tasks.spawn(noise);
        tasks.spawn(async move {
            let mut rng = StdRng::seed_from_u64(self.settings.seed);
            self.open(&mut rng);
            for round in 0u32.. {
                self.round(&mut rng, round).await;
            }
        });
    }

    fn tell(&self, text: String) {
        let scene = Scene { at: self.carrier.clock.now(), text };
        tracing::info!(at = %scene.at, "demo: {}", scene.text);
        (self.settings.narrator)(&scene);
    }
}

#[cfg(test)]
mod tests;
