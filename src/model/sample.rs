//! Performance data as it is kept: what it is about is a number, and rows lie side by side.

use crate::pm::IntervalStatus;
use crate::text::Text;
use crate::time::Time;

/// One measured period of one subject, without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Number of (source, object, location).
    pub subject: i64,
    /// Number of the subject together with the circuit that it was told for.
    pub link: i64,
    /// Begin of the period.
    pub start: Time,
    /// Rises with what was announced later: of two rows with the same subject and begin the higher holds.
    pub revision: i64,
    /// Seconds that were measured.
    pub measured_s: u32,
    /// What the values are worth.
    pub status: IntervalStatus,
}

/// Rows of one granularity with the same parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// Names of the parameters.
    pub params: Vec<Text>,
    /// The rows.
    pub rows: Vec<Sample>,
    /// Row by row, a value a parameter; NaN is "not measured".
    pub values: Vec<f64>,
}

// === impl Samples ===

impl Samples {
    /// No rows yet, of these parameters.
    pub fn of(params: &[Text]) -> Self {
        Samples { params: params.to_vec(), ..Samples::default() }
    }

    /// Adds a row. Values that are missing are "not measured"; those beyond the parameters are left out.
    pub fn push(&mut self, row: Sample, values: &[f64]) {
        let width = self.params.len();
        self.rows.push(row);
        self.values.extend(values.iter().copied().chain(std::iter::repeat(f64::NAN)).take(width));
    }

    /// The values of a row.
    pub fn values_of(&self, row: usize) -> &[f64] {
        let width = self.params.len();
        self.values.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// Each row with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&Sample, &[f64])> {
        self.rows.iter().enumerate().map(|(index, row)| (row, self.values_of(index)))
    }

    /// Puts several together: sorted by subject and begin, each of them once, with all parameters. Of rows with the
    /// same subject and begin the one with the highest revision holds, as a whole; so the order of the parts
    /// does not matter.
    pub fn merged(parts: Vec<Samples>) -> Samples {
        let mut params: Vec<Text> = Vec::new();
        for name in parts.iter().flat_map(|part| &part.params) {
            if !params.contains(name) {
                params.push(name.clone());
            }
        }
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            order.extend((0..part.rows.len()).map(|row| (at, row)));
        }
        let row_at = |place: &(usize, usize)| parts.get(place.0).and_then(|part| part.rows.get(place.1));
        let key = |place: &(usize, usize)| row_at(place).map(|row| (row.subject, row.start, -row.revision));
        order.sort_by_cached_key(key);
        order.dedup_by_key(|place| row_at(place).map(|row| (row.subject, row.start)));
        // Where each parameter of a part goes.
        let places: Vec<Vec<usize>> = parts
            .iter()
            .map(|part| part.params.iter().filter_map(|name| params.iter().position(|known| known == name)).collect())
            .collect();
        let mut merged = Samples::of(&params);
        let mut line = vec![f64::NAN; params.len()];
        for (at, row) in order {
            let (Some(part), Some(places)) = (parts.get(at), places.get(at)) else { continue };
            let Some(sample) = part.rows.get(row) else { continue };
            line.fill(f64::NAN);
            for (value, place) in part.values_of(row).iter().zip(places) {
                if let Some(cell) = line.get_mut(*place) {
                    *cell = *value;
                }
            }
            merged.push(*sample, &line);
        }
        merged
    }
}

#[cfg(test)]
mod tests;
