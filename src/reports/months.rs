//! A circuit's last twelve months: kept figures where there are, else computed from the facts.

use engine::figure::Figure;
use figures::Dossier;
use figures::versions::KeptNumbers;
use jiff::ToSpan;
use jiff::civil::Date;
use model::time::{Time, Window};
use report::input::{Month, Share};

use super::circuit::share;

/// Months, the report's own included.
const MONTHS: i32 = 12;

/// What is known of the months before the report's.
pub(super) struct Past {
    /// Kept figures by period.
    pub(super) kept: Vec<(Window, KeptNumbers)>,
    /// When the database was first used: of what was over before, nobody knows anything.
    pub(super) begun_at: Time,
}

/// The months up to the one of the figure, whose label is given, oldest first.
pub(super) fn months(dossier: &mut Dossier, figure: &Figure, label: &str, past: &Past) -> Vec<Month> {
    let Ok(own) = format!("{label}-01").parse::<Date>() else { return Vec::new() };
    let before = (1..MONTHS).rev().filter_map(|back| own.checked_sub(back.months()).ok());
    let mut months: Vec<Month> = before.map(|first| earlier(dossier, first, past)).collect();
    months.push(of_figure(figure, label.to_owned()));
    months
}

/// A month that is over.
fn earlier(dossier: &mut Dossier, first: Date, past: &Past) -> Month {
    let label = first.strftime("%Y-%m").to_string();
    let nothing = Month { label: label.clone(), availability: None, down_ms: 0, allowed_ms: 0, met: None };
    // A plan that has no such month, like one of thirty days from a day that nobody knows, says nothing.
    let Ok(period) = dossier.enter(Some(&label), Time::MAX) else { return nothing };
    let kept = past.kept.iter().find(|(held, _)| *held == period).map(|(_, kept)| kept);
    match kept {
        Some(kept) => Month {
            label,
            availability: kept.availability(),
            down_ms: kept.down_ms,
            allowed_ms: kept.allowed_ms,
            met: kept.met,
        },
        None if period.end <= past.begun_at => nothing,
        None => of_figure(&dossier.evaluate(period, period.end), label),
    }
}

fn of_figure(figure: &Figure, label: String) -> Month {
    Month {
        label,
        availability: share(figure.availability).map(Share::exact),
        down_ms: figure.down_ms,
        allowed_ms: figure.budget.allowed_ms,
        met: figure.budget.met,
    }
}
