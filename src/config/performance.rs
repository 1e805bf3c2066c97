//! The section of performance data.

use model::time::Zone;
use serde::Deserialize;

use super::Faults;
use crate::performance::compact::Kept;

/// Performance data: how long it is kept, and where its days begin.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Performance {
    /// Zone of the days and months that data is rolled up into. Default `+08:00`.
    pub zone: Zone,
    /// Days that values are kept as they were measured. Default 400.
    pub measured_days: i64,
    /// Days that their hours are kept. Default 1,827: five years.
    pub hour_days: i64,
    /// Days that their days and months are kept. Default: for ever.
    pub day_days: Option<i64>,
    /// Measured unavailable seconds and the down time by alarms of a circuit's period may be so many seconds apart
    /// before that is reported. Default 60.
    pub apart_max_s: i64,
}

impl Default for Performance {
    fn default() -> Self {
        Performance { zone: Zone::china(), measured_days: 400, hour_days: 1827, day_days: None, apart_max_s: 60 }
    }
}

impl Performance {
    /// How long data is kept.
    pub fn kept(&self) -> Kept {
        Kept { measured_days: self.measured_days, hour_days: self.hour_days, day_days: self.day_days }
    }

    pub(super) fn validate(&self, faults: &mut Faults) {
        // A month is rolled up from what was measured, so that must be there when the month is over.
        faults.expect((62..=36_500).contains(&self.measured_days), || {
            format!("performance.measured_days {} must be 62 to 36500", self.measured_days)
        });
        faults.expect((0..=86_400).contains(&self.apart_max_s), || {
            format!("performance.apart_max_s {} must be 0 to 86400", self.apart_max_s)
        });
        let rolled = [("hour_days", Some(self.hour_days)), ("day_days", self.day_days)];
        for (name, days) in rolled.into_iter().filter_map(|(name, days)| Some((name, days?))) {
            faults.expect((self.measured_days..=36_500).contains(&days), || {
                format!("performance.{name} {days} must be measured_days ({}) to 36500", self.measured_days)
            });
        }
    }
}
