//! Making an incident happen at the managers, and ending it.

use model::time::Time;

use super::Script;
use crate::alarm;
use crate::incident::Symptom;
use crate::manager::ManagerSim;

/// Alarms arrive in steps of this length.
const STEP_MS: i64 = 100;

/// What an incident left active: managers and alarm ids.
#[derive(Default)]
pub(super) struct Active {
    alarms: Vec<(ManagerSim, String)>,
}

// === impl Active ===

impl Active {
    /// How many alarms.
    pub(super) fn len(&self) -> usize {
        self.alarms.len()
    }
}

// === impl Script ===

impl Script {
    /// Raises the symptoms, each at its time after now.
    pub(super) async fn happen(&self, mut symptoms: Vec<Symptom>) -> Active {
        symptoms.sort_by_key(|symptom| symptom.after_ms);
        let start = self.carrier.clock.now();
        let mut active = Active::default();
        let mut passed_ms = 0;
        for symptom in &symptoms {
            if symptom.after_ms >= passed_ms + STEP_MS {
                self.carrier.clock.sleep(symptom.after_ms - passed_ms).await;
                passed_ms = symptom.after_ms;
            }
            self.raise(symptom, start.plus_ms(symptom.after_ms), &mut active);
        }
        active
    }

    /// Raises the symptoms at once.
    pub(super) fn happen_now(&self, symptoms: &[Symptom]) -> Active {
        let start = self.carrier.clock.now();
        let mut active = Active::default();
        symptoms.iter().for_each(|symptom| self.raise(symptom, start, &mut active));
        active
    }

    /// It is over: the causes clear first, then what followed from them.
    pub(super) async fn end(&self, active: Active) {
        let step = (active.alarms.len() / 15).max(1);
        for (number, (manager, alarm_id)) in active.alarms.iter().enumerate() {
            if number % step == 0 {
                self.carrier.clock.sleep(STEP_MS).await;
            }
            manager.clear(alarm_id);
        }
    }

    fn raise(&self, symptom: &Symptom, at: Time, active: &mut Active) {
        let Some(manager) = self.carrier.manager(symptom.subject.manager()) else { return };
        let alarm_id = manager.raise(alarm::raised(symptom.kind, &symptom.subject, at));
        active.alarms.push((manager.clone(), alarm_id));
    }
}
