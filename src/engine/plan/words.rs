//! The small words of a plan: percentages as integers, hours of the day, weekdays, exclusion codes.

use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// A percentage in millionths of a percent: 99.95 % is 99,950,000. Never a float, so that "met" or
/// "missed" is decided exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(i64);

/// A minute of the day, 0 (`00:00`) to 1440 (`24:00`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(i16);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Why time is excluded from an SLA. The order decides which code is named where two hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExclusionCode {
    /// Planned work, notified in time.
    PlannedCutover,
    /// The customer's equipment.
    CustomerEquipment,
    /// The customer's power.
    CustomerPower,
    /// The customer did not let us in.
    CustomerAccessDenied,
    /// The customer asked for it.
    CustomerRequest,
    /// The customer's wiring.
    CustomerWiring,
    /// Observed after repair.
    Observation,
    /// Somebody else's facility.
    ThirdPartyFacility,
    /// Force majeure.
    ForceMajeure,
    /// The customer did not answer.
    CustomerNoResponse,
}

// === impl Percent ===

impl Percent {
    /// 0 %.
    pub const ZERO: Percent = Percent(0);
    /// 100 %.
    pub const ONE_HUNDRED: Percent = Percent(100_000_000);

    /// From millionths of a percent.
    pub const fn from_millionths(millionths: i64) -> Self {
        Percent(millionths)
    }

    /// Millionths of a percent.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// From 0 % to 100 %.
    pub fn is_share(self) -> bool {
        (Self::ZERO..=Self::ONE_HUNDRED).contains(&self)
    }

    /// Reads a plain decimal such as `99.95`.
    fn read(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_plain = whole.len() <= 3 && decimals.len() <= 6 && !whole.is_empty();
        if !is_plain || !whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{decimals:0<6}");
        digits.parse().ok().map(Percent)
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl<'de> Deserialize<'de> for Percent {
    /// The shortest text of a float is the decimal that was written, so nothing is lost on the way.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Percent::read(&number.to_string())
            .ok_or_else(|| D::Error::custom("a percentage is 0 to 100 with at most 6 decimals, such as 99.95"))
    }
}

// === impl Minute ===

impl Minute {
    /// Hour and minute; hour 24 is the end of the day.
    pub const fn hour_minute(self) -> (i8, i8) {
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "0 to 24 and 0 to 59")]
        ((self.0 / 60) as i8, (self.0 % 60) as i8)
    }

    fn read(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let is_pair = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !is_pair(hour) || !is_pair(minute) {
            return None;
        }
        let (hour, minute): (i16, i16) = (hour.parse().ok()?, minute.parse().ok()?);
        let total = hour * 60 + minute;
        (minute < 60 && total <= 1440).then_some(Minute(total))
    }
}

impl std::fmt::Display for Minute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Minute::read(&text).ok_or_else(|| D::Error::custom("an hour is written 00:00 to 24:00"))
    }
}

// === impl Weekday ===

impl Weekday {
    /// All seven.
    pub fn all() -> Vec<Weekday> {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun]
    }

    /// Its short name in Chinese (after 周) and English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Weekday::Mon => ("一", "Mon"),
            Weekday::Tue => ("二", "Tue"),
            Weekday::Wed => ("三", "Wed"),
            Weekday::Thu => ("四", "Thu"),
            Weekday::Fri => ("五", "Fri"),
            Weekday::Sat => ("六", "Sat"),
            Weekday::Sun => ("日", "Sun"),
        }
    }

    /// The same day in the words of `jiff`.
    pub const fn to_jiff(self) -> jiff::civil::Weekday {
        match self {
            Weekday::Mon => jiff::civil::Weekday::Monday,
            Weekday::Tue => jiff::civil::Weekday::Tuesday,
            Weekday::Wed => jiff::civil::Weekday::Wednesday,
            Weekday::Thu => jiff::civil::Weekday::Thursday,
            Weekday::Fri => jiff::civil::Weekday::Friday,
            Weekday::Sat => jiff::civil::Weekday::Saturday,
            Weekday::Sun => jiff::civil::Weekday::Sunday,
        }
    }
}

// === impl ExclusionCode ===

impl ExclusionCode {
    /// Every code: the default of a plan.
    pub const ALL: [ExclusionCode; 10] = [
        ExclusionCode::PlannedCutover,
        ExclusionCode::CustomerEquipment,
        ExclusionCode::CustomerPower,
        ExclusionCode::CustomerAccessDenied,
        ExclusionCode::CustomerRequest,
        ExclusionCode::CustomerWiring,
        ExclusionCode::Observation,
        ExclusionCode::ThirdPartyFacility,
        ExclusionCode::ForceMajeure,
        ExclusionCode::CustomerNoResponse,
    ];

    /// The code of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.word() == word)
    }

    /// The code's word in files and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            ExclusionCode::PlannedCutover => "PLANNED_CUTOVER",
            ExclusionCode::CustomerEquipment => "CUSTOMER_EQUIPMENT",
            ExclusionCode::CustomerPower => "CUSTOMER_POWER",
            ExclusionCode::CustomerAccessDenied => "CUSTOMER_ACCESS_DENIED",
            ExclusionCode::CustomerRequest => "CUSTOMER_REQUEST",
            ExclusionCode::CustomerWiring => "CUSTOMER_WIRING",
            ExclusionCode::Observation => "OBSERVATION",
            ExclusionCode::ThirdPartyFacility => "THIRD_PARTY_FACILITY",
            ExclusionCode::ForceMajeure => "FORCE_MAJEURE",
            ExclusionCode::CustomerNoResponse => "CUSTOMER_NO_RESPONSE",
        }
    }
}
