//! The table that a run prints: what is due, what is the goal, what was measured.

use crate::cli::say;

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Good {
    /// At least.
    High,
    /// At most.
    Low,
}

/// A requirement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demand {
    pub what: &'static str,
    pub unit: &'static str,
    pub good: Good,
    pub due: f64,
    pub goal: f64,
}

/// Rows so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<String>,
}

// === impl Demand ===

impl Demand {
    /// At least `due`, better `goal`.
    pub(super) const fn high(what: &'static str, unit: &'static str, due: f64, goal: f64) -> Self {
        Demand { what, unit, good: Good::High, due, goal }
    }

    /// At most `due`, better `goal`.
    pub(super) const fn low(what: &'static str, unit: &'static str, due: f64, goal: f64) -> Self {
        Demand { what, unit, good: Good::Low, due, goal }
    }

    /// How many times better than due; below 1 it is short.
    fn ratio(&self, measured: f64) -> f64 {
        match self.good {
            Good::High => measured / self.due,
            Good::Low => self.due / measured.max(1e-9),
        }
    }
}

// === impl Table ===

impl Table {
    /// Adds and prints a row.
    pub(super) fn add(&mut self, demand: Demand, measured: f64, note: &str) {
        let Demand { what, unit, due, goal, .. } = demand;
        let ratio = demand.ratio(measured);
        let verdict = if ratio >= 1.0 { "" } else { "SHORT " };
        self.put(format!("{what:<44} {due:>9} {goal:>9} {measured:>11.2} {unit:<7} {ratio:>6.2}  {verdict}{note}"));
    }

    /// Adds and prints something that is not demanded.
    pub(super) fn tell(&mut self, what: &str, measured: f64, unit: &str) {
        self.put(format!("{what:<44} {:>9} {:>9} {measured:>11.2} {unit:<7}", "-", "-"));
    }

    fn put(&mut self, row: String) {
        say(&row);
        self.rows.push(row);
    }

    /// Prints everything.
    pub(super) fn print(&self) -> anyhow::Result<()> {
        say("");
        say(format_args!("{:<44} {:>9} {:>9} {:>11} {:<7} {:>6}", "what", "due", "goal", "measured", "unit", "ratio"));
        self.rows.iter().for_each(say);
        Ok(())
    }
}

/// The value below which this share of a hundred lies; `values` are sorted here.
pub(super) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get(last * percent.min(100) / 100).copied().unwrap_or(f64::NAN)
}
