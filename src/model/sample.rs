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

    /// Only these of the rows.
    pub fn only(self, wanted: impl Fn(&Sample) -> bool) -> Samples {
        if self.rows.iter().all(&wanted) {
            return self;
        }
        let mut kept = Samples::of(&self.params);
        self.iter().filter(|(row, _)| wanted(row)).for_each(|(row, values)| kept.push(*row, values));
        kept
    }

    /// Puts several together: sorted by subject and begin, each of them once, with all parameters. Of rows with the
    /// same subject and begin the one with the highest revision holds, so the order of the parts does not matter.
    /// Rows of one revision are of one file, which may tell an object's counters in several lists: they are one row.
    pub fn merged(parts: Vec<Samples>) -> Samples {
        let aligned = Aligned::new(parts);
        let order = aligned.order(|row| (row.subject, row.start, -row.revision));
        let mut merged = Samples::of(&aligned.params);
        let mut line = Vec::new();
        for rows in order.chunk_by(|left, right| aligned.key(*left) == aligned.key(*right)) {
            let mut rows = rows.iter().filter_map(|place| aligned.row(*place).zip(Some(*place)));
            let Some((head, first)) = rows.next() else { continue };
            let mut held = *head;
            aligned.read(first, &mut line);
            for (row, place) in rows.take_while(|(row, _)| (row.revision, row.link) == (head.revision, head.link)) {
                unite((&mut held, &mut line), row, aligned.values(place));
            }
            merged.push(held, &line);
        }
        merged
    }

    /// Puts rolled rows of several parts together: sorted by subject, begin and link, with all parameters. None
    /// supersedes another, since a stretch may have a row for each circuit.
    pub fn beside(parts: Vec<Samples>) -> Samples {
        let aligned = Aligned::new(parts);
        let mut all = Samples::of(&aligned.params);
        let mut line = Vec::new();
        for place in aligned.order(|row| (row.subject, row.start, row.link)) {
            aligned.read(place, &mut line);
            aligned.row(place).into_iter().for_each(|row| all.push(*row, &line));
        }
        all
    }
}

/// Parts whose parameters are one list.
struct Aligned {
    parts: Vec<Samples>,
    params: Vec<Text>,
    /// Where each parameter of a part goes.
    places: Vec<Vec<usize>>,
}

/// Number of a part, and of a row in it.
type Place = (usize, usize);

// === impl Aligned ===

impl Aligned {
    fn new(parts: Vec<Samples>) -> Self {
        let mut params: Vec<Text> = Vec::new();
        for name in parts.iter().flat_map(|part| &part.params) {
            if !params.contains(name) {
                params.push(name.clone());
            }
        }
        let place = |name: &Text| params.iter().position(|known| known == name);
        let places = parts.iter().map(|part| part.params.iter().filter_map(place).collect()).collect();
        Aligned { parts, params, places }
    }

    fn order<K: Ord>(&self, key: impl Fn(&Sample) -> K) -> Vec<Place> {
        let rows = |(at, part): (usize, &Samples)| (0..part.rows.len()).map(move |row| (at, row));
        let mut order: Vec<Place> = self.parts.iter().enumerate().flat_map(rows).collect();
        order.sort_by_cached_key(|place| self.row(*place).map(&key));
        order
    }

    fn row(&self, (part, row): Place) -> Option<&Sample> {
        self.parts.get(part)?.rows.get(row)
    }

    fn key(&self, place: Place) -> Option<(i64, Time)> {
        self.row(place).map(|row| (row.subject, row.start))
    }

    /// The values of a row, each with its place among all parameters.
    fn values(&self, (part, row): Place) -> impl Iterator<Item = (usize, f64)> {
        let values = self.parts.get(part).map(|part| part.values_of(row)).unwrap_or_default();
        self.places.get(part).into_iter().flatten().copied().zip(values.iter().copied())
    }

    /// The values of a row as a line of all parameters.
    fn read(&self, place: Place, line: &mut Vec<f64>) {
        line.clear();
        line.resize(self.params.len(), f64::NAN);
        for (at, value) in self.values(place) {
            line.get_mut(at).into_iter().for_each(|cell| *cell = value);
        }
    }
}

/// Adds what the same file says of the same period in another row. One valid row makes the period valid, and what
/// is not valid in it a gap; of two values of one parameter the first holds.
fn unite((held, line): (&mut Sample, &mut [f64]), row: &Sample, values: impl Iterator<Item = (usize, f64)>) {
    match (held.status == IntervalStatus::Valid, row.status == IntervalStatus::Valid) {
        (true, true) => held.measured_s = held.measured_s.min(row.measured_s),
        (true, false) => return,
        (false, true) => {
            line.fill(f64::NAN);
            *held = *row;
        }
        (false, false) => held.status = held.status.max(row.status),
    }
    for (at, value) in values {
        line.get_mut(at).filter(|cell| cell.is_nan()).into_iter().for_each(|cell| *cell = value);
    }
}

#[cfg(test)]
mod tests;
