//! What was measured of a circuit as registers, for the question how it agrees with the alarms.

use engine::beside::{Beside, Reading, Register, beside};
use engine::figure::Figure;
use engine::sla::Share;
use model::pm::{Granularity, IntervalStatus};
use model::time::{Window, Zone};
use store::{StoreError, Tx};

use crate::performance::{Resolution, Series, of_circuit};

/// Unavailable seconds.
const UNAVAILABLE: &str = "UAS";

/// Everything that was measured of a circuit in a stretch of time.
pub struct Measured {
    series: Vec<Series>,
}

impl Measured {
    /// Reads what was measured up to where a figure tells of its period.
    ///
    /// # Errors
    /// What the database says.
    pub async fn read(tx: &mut Tx, figure: &Figure) -> Result<Self, StoreError> {
        let told = told(figure);
        let as_measured = (Resolution::Measured, &Zone::utc());
        Ok(Measured { series: of_circuit(tx, &figure.circuit_code, told, as_measured).await? })
    }

    /// Unavailable seconds beside the figure's down time; `None` if none were measured. Milliseconds of work: not
    /// on a runtime thread.
    pub fn beside(&self, figure: &Figure) -> Option<Beside> {
        self.compared(figure, UNAVAILABLE)
    }

    /// Share of the figure's time in service of which there are valid values of the first of these parameters that
    /// has any; `None` if none has, or no whole stretch was in service.
    pub fn completeness(&self, figure: &Figure, params: &[&str]) -> Option<Share> {
        params.iter().find_map(|param| self.compared(figure, param))?.completeness()
    }

    fn compared(&self, figure: &Figure, param: &str) -> Option<Beside> {
        let (step, registers) = self.registers(param)?;
        beside(&figure.ledger, told(figure), i64::from(step.0) * 1000, &registers)
    }

    /// A parameter's registers, of one length of stretches: quarter hours where there are any, else the shortest;
    /// `None` if it has no valid value.
    pub fn registers(&self, param: &str) -> Option<(Granularity, Vec<Register>)> {
        let mut objects: Vec<(&str, &str)> = Vec::new();
        let mut found: Vec<(Granularity, Register)> = Vec::new();
        for series in &self.series {
            let Some(column) = series.samples.params.iter().position(|name| name.as_str() == param) else { continue };
            let subject = &series.subject;
            let key = (subject.source.as_str(), subject.object_id.as_str());
            let object = objects.iter().position(|held| *held == key).unwrap_or_else(|| {
                objects.push(key);
                objects.len() - 1
            });
            let mut register = Register::new(u32::try_from(object).unwrap_or(u32::MAX), subject.location);
            let told = series.samples.iter().filter_map(|(row, values)| {
                let value = values.get(column).copied().filter(|value| !value.is_nan())?;
                Some((row, Reading { value, measured_s: row.measured_s }))
            });
            let mut is_there = false;
            for (row, reading) in told {
                // One that has only values of no worth is a register too: its gaps are gaps.
                is_there = true;
                if row.status == IntervalStatus::Valid {
                    register.values.insert(row.start, reading);
                }
            }
            found.extend(is_there.then_some((series.granularity, register)));
        }
        let steps = || found.iter().filter(|(_, register)| !register.values.is_empty()).map(|(step, _)| *step);
        let step = steps().find(|step| *step == Granularity::M15).or_else(|| steps().min())?;
        let of_step = found.into_iter().filter(|(own, _)| *own == step).map(|(_, register)| register);
        Some((step, of_step.collect()))
    }
}

/// The stretch of time that a figure's ledger tells of.
fn told(figure: &Figure) -> Window {
    Window::new(figure.period.start, figure.as_of.max(figure.period.start))
}

#[cfg(test)]
mod tests;
