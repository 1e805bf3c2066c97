//! What is usual: the median of each hour of the week over some weeks, and a band around it that most values lie in.
//! Medians are not moved by the odd bad hour, so a week with a fault in it does not make the fault usual.

use model::time::{Time, Zone};

/// Hours of a week.
const HOURS: usize = 168;
/// An hour of the week that was measured less often has no baseline.
const LEAST: usize = 3;
/// The band reaches so many times the median distance from the median: three standard deviations, if the values were
/// normal ones (1.4826 of that distance are one).
const SPREAD: f64 = 3.0 * 1.4826;

/// What is usual in one hour of the week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// In the middle.
    pub median: f64,
    /// Lower edge; not below zero where no value is.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
}

/// What is usual, by hour of the week.
#[derive(Clone, Debug)]
pub struct Baseline {
    bands: Vec<Option<Band>>,
    zone: Zone,
}

// === impl Baseline ===

impl Baseline {
    /// From the values of hours, in any order; NaN was not measured.
    pub fn of(values: impl Iterator<Item = (Time, f64)>, zone: &Zone) -> Self {
        let mut hours: Vec<Vec<f64>> = vec![Vec::new(); HOURS];
        for (at, value) in values.filter(|(_, value)| !value.is_nan()) {
            if let Some(hour) = hours.get_mut(hour_of_week(at, zone)) {
                hour.push(value);
            }
        }
        Baseline { bands: hours.into_iter().map(band).collect(), zone: zone.clone() }
    }

    /// What is usual at an instant.
    pub fn at(&self, at: Time) -> Option<Band> {
        self.bands.get(hour_of_week(at, &self.zone)).copied().flatten()
    }
}

/// Monday 0 to 1 is hour 0.
fn hour_of_week(at: Time, zone: &Zone) -> usize {
    let local = zone.civil(at);
    let day = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or_default();
    day * 24 + usize::try_from(local.hour()).unwrap_or_default()
}

fn band(values: Vec<f64>) -> Option<Band> {
    if values.len() < LEAST {
        return None;
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let middle = median(values.clone())?;
    let reach = SPREAD * median(values.into_iter().map(|value| (value - middle).abs()).collect())?;
    let low = if least >= 0.0 { (middle - reach).max(0.0) } else { middle - reach };
    Some(Band { median: middle, low, high: middle + reach })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len().max(1) - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    /// Mondays 08:00 to 09:00 of Beijing from 2 November 2026 on.
    fn mondays(values: &[f64]) -> Baseline {
        let rows = (0..).zip(values).map(|(week, value)| (at("2026-11-02T00:00:00Z").plus_s(week * 604_800), *value));
        Baseline::of(rows, &Zone::china())
    }

    #[test]
    fn one_bad_week_is_not_usual() {
        let usual = mondays(&[10.0, 12.0, 11.0, 900.0, 10.0]);
        let band = usual.at(at("2026-12-28T00:45:00Z")).unwrap();
        assert_eq!(band.median, 11.0);
        assert!((band.high - 15.4478).abs() < 1e-9 && (band.low - 6.5522).abs() < 1e-9, "{band:?}");
        assert_eq!(usual.at(at("2026-12-28T01:00:00Z")), None, "another hour");
        assert_eq!(usual.at(at("2026-12-29T00:45:00Z")), None, "another day");
    }

    #[test]
    fn what_was_measured_too_seldom_has_no_baseline() {
        assert_eq!(mondays(&[1.0, f64::NAN, 2.0]).at(at("2026-11-02T00:00:00Z")), None);
        let band = mondays(&[0.0, 0.0, 4.0]).at(at("2026-11-02T00:00:00Z")).unwrap();
        assert_eq!((band.median, band.low, band.high), (0.0, 0.0, 0.0));
        assert_eq!(mondays(&[1.0, 3.0, 5.0, 7.0]).at(at("2026-11-02T00:00:00Z")).unwrap().median, 4.0);
        assert_eq!(mondays(&[1.0, 9.0, 30.0]).at(at("2026-11-02T00:00:00Z")).unwrap().low, 0.0);
        assert!(mondays(&[-40.0, -20.0, -30.0]).at(at("2026-11-02T00:00:00Z")).unwrap().low < -40.0);
    }
}
