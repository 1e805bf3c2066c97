//! Finding text in what the board holds: case is ignored, nothing is indexed.

use engine::inventory::{CircuitIx, Inventory};
use model::alarm::Alarm;

/// A text to find.
pub(crate) struct Needle(String);

// === impl Needle ===

impl Needle {
    /// `None` for an empty text: that is no filter.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        (!text.is_empty()).then_some(Needle(text))
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        if text.len() < self.0.len() {
            return false;
        }
        if text.is_ascii() && self.0.is_ascii() {
            let (hay, needle) = (text.as_bytes(), self.0.as_bytes());
            return hay.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle));
        }
        text.to_lowercase().contains(&self.0)
    }

    pub(crate) fn in_alarm(&self, alarm: &Alarm) -> bool {
        let record = &alarm.record;
        let texts = [
            &record.alarm_title,
            &record.native_cause,
            &record.probable_cause,
            &record.object_id,
            &record.ne_id,
            &record.ne_name,
            &record.location,
            &record.alarm_id,
        ];
        texts.into_iter().any(|text| self.is_in(text))
    }

    pub(crate) fn in_circuit(&self, inventory: &Inventory, ix: CircuitIx) -> bool {
        let Some(circuit) = inventory.circuit(ix) else { return false };
        let customer = circuit.customer.and_then(|customer| inventory.customer(customer));
        let texts = [circuit.code, circuit.name, circuit.a_address, circuit.z_address, customer.map_or("", |c| c.name)];
        texts.into_iter().any(|text| self.is_in(text))
    }
}
