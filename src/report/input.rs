//! What a report is made of. Whoever fills it has computed every figure; the rooms that render it
//! only write it down. Lengths are integer milliseconds, percentages integers of a stated unit,
//! free texts are in the report's language already.

mod circuit;
mod outage;
mod performance;

use model::time::{Time, Window, Zone};
use serde::{Deserialize, Serialize, Serializer};

pub use circuit::{Circuit, Day, Month, Percent, Share};
pub use outage::{Counted, Entry, Outage, Rfo};
pub use performance::{Beside, Chart, Level, Performance, Reading};

/// The language of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// A customer's report of one period.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How it looks for this customer.
    pub template: Template,
    /// Language of everything that is not a name.
    pub language: Language,
    /// Whom it is for.
    pub customer: Customer,
    /// The period reported.
    pub period: Window,
    /// Zone of every time and date (the contract's).
    #[serde(serialize_with = "zone")]
    pub zone: Zone,
    /// 1 = the first issue; higher = issued again.
    pub revision: u32,
    /// What changed since the revision before.
    pub revision_note: Option<String>,
    /// When it was made. Nothing else of a rendering depends on the clock.
    pub generated_at: Time,
    /// Circuits in the contract.
    pub circuits: Vec<Circuit>,
    /// Outages that touch the period.
    pub outages: Vec<Outage>,
    /// What was measured, of circuits that were.
    pub performance: Vec<Performance>,
    /// Tickets of the period.
    pub tickets: Vec<Ticket>,
    /// Planned work done in the period or coming.
    pub works: Vec<Work>,
    /// Times in which circuits were specially protected (重保).
    pub protections: Vec<Protection>,
    /// Figures over the customer's circuits (ITU-T M.1016) and of service.
    pub service: Service,
    /// How much of the period was measured, and what was not.
    pub completeness: Completeness,
    /// How figures are made, by plan.
    pub methods: Vec<Method>,
    /// Excluded and suspended time, signed off.
    pub exclusions: Vec<Exclusion>,
    /// Credits that the plans advise: for approval, never billing.
    pub credits: Vec<Credit>,
}

/// The look of a customer's reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Title; `None` = "Monthly service report" in the report's language.
    pub title: Option<String>,
    /// The carrier's name, at the head of the first page.
    pub carrier: String,
    /// At the head of the first page, below the carrier's name: an address, a hotline.
    pub header: String,
    /// At the foot of every page, before the digest: a confidentiality note, for example.
    pub footer: String,
    /// Whom the customer may ask, below the customer's own lines and above the signatures.
    pub contact: String,
    /// Sections of the PDF; XLSX and CSV are always whole.
    pub sections: Vec<Section>,
    /// Who signs, one line each.
    pub sign_off: Vec<String>,
}

/// A section of the PDF, in the order in which they are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Day ribbons and the calculation on the summary page.
    Ribbons,
    /// The table of every circuit's other figures.
    Circuits,
    /// Outages, each with its ledger.
    Outages,
    /// What was measured, beside what alarms say.
    Performance,
    /// Tickets, planned work, the figures of M.1016, chronic circuits.
    Service,
    /// Excluded time with its approval, and time without measurement.
    Exclusions,
    /// Method, formulas, glossary.
    Method,
    /// Lines for signatures.
    SignOff,
}

/// Whom a report is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// Name.
    pub name: String,
    /// Customer number.
    pub number: String,
    /// Tier in the report's language; empty if there is none.
    pub tier: String,
    /// Account manager; empty if there is none.
    pub account_manager: String,
}

/// A fault ticket.
#[derive(Clone, Debug, Serialize)]
pub struct Ticket {
    /// Its number.
    pub number: String,
    /// Circuit codes.
    pub circuits: Vec<String>,
    /// When it was opened.
    pub opened_at: Time,
    /// When it was first answered.
    pub answered_at: Option<Time>,
    /// When service was back.
    pub restored_at: Option<Time>,
    /// The first answer was in time; `None` = no limit or no answer yet.
    pub answered_in_time: Option<bool>,
    /// Service was back in time; `None` = no limit or not back yet.
    pub restored_in_time: Option<bool>,
    /// What it was about.
    pub summary: String,
}

/// Planned work.
#[derive(Clone, Debug, Serialize)]
pub struct Work {
    /// Its number.
    pub number: String,
    /// Circuit codes.
    pub circuits: Vec<String>,
    /// When circuits may be touched.
    pub affect: Window,
    /// When it was notified.
    pub notified_at: Option<Time>,
    /// It was notified in time, so its window is excluded.
    pub excluded: bool,
    /// How long it ran past its window, ms.
    pub overrun_ms: i64,
    /// Done, coming, cancelled: in the report's language.
    pub state: String,
    /// What is done.
    pub summary: String,
}

/// A time in which circuits were specially protected.
#[derive(Clone, Debug, Serialize)]
pub struct Protection {
    /// Number of the task.
    pub number: String,
    /// A, B or C; empty if it was not said.
    pub level: String,
    /// When.
    pub window: Window,
    /// Circuit codes.
    pub circuits: Vec<String>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ratio {
    /// So many.
    pub part: u32,
    /// Of so many.
    pub whole: u32,
}

/// Figures over the customer's circuits.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Service {
    /// Mean down time of a circuit, ms.
    pub mean_down_ms: Option<i64>,
    /// Outages of a circuit, thousandths.
    pub faults_per_circuit: Option<i64>,
    /// Share of circuits without down time.
    pub without_down: Option<Share>,
    /// 95 of 100 circuits were down no longer, ms.
    pub p95_down_ms: Option<i64>,
    /// Mean time to restore, ms.
    pub mttr_ms: Option<i64>,
    /// Mean time between outages, ms.
    pub mtbf_ms: Option<i64>,
    /// Outages that ended in the period.
    pub outages: u32,
    /// Of them, those that began within 30 days of the one before on the same circuit.
    pub repeats: u32,
    /// The same as a share of the outages; `None` = there was none.
    pub repeat_rate: Option<Share>,
    /// Of the outages with a limit, those restored within it; `None` = no plan has one.
    pub restored_in_time: Option<Ratio>,
    /// Of the tickets that had their first answer, those that had it in time; `None` = there is no limit.
    pub answered_in_time: Option<Ratio>,
    /// Circuits that are chronic.
    pub chronic: Vec<String>,
}

/// How much was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Completeness {
    /// Share of in-service time in which the sources were heard.
    pub measured: Option<Share>,
    /// Where they were not.
    pub gaps: Vec<Gap>,
}

/// Time in which nobody knows.
#[derive(Clone, Debug, Serialize)]
pub struct Gap {
    /// Circuit code.
    pub circuit: String,
    /// When.
    pub window: Window,
    /// Why, in words for a customer.
    pub reason: String,
}

/// How the figures of a plan are made.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    /// The plan.
    pub plan: String,
    /// Its accounting method, a sentence each.
    pub sentences: Vec<String>,
    /// Formulas with numbers: `(43,200 − 47.0 − 25.4) ÷ (43,200 − 47.0) = 99.941 %`.
    pub formulas: Vec<String>,
}

/// Time that does not count, and who approved that.
#[derive(Clone, Debug, Serialize)]
pub struct Exclusion {
    /// Circuit code.
    pub circuit: String,
    /// When.
    pub window: Window,
    /// The circuit was down in it.
    pub down: bool,
    /// A ticket's clock was held (otherwise planned work or a correction).
    pub suspended: bool,
    /// Why, with the contract's clause.
    pub reason: String,
    /// What it rests on.
    pub evidence: String,
    /// Who approved it; empty = it needed nobody.
    pub approver: String,
}

/// Advice of a credit.
#[derive(Clone, Debug, Serialize)]
pub struct Credit {
    /// Circuit code.
    pub circuit: String,
    /// Of the monthly charge.
    pub percent: Percent,
    /// Why, with the contract's clause.
    pub reason: String,
}

// === impl Template ===

impl Template {
    /// The look of a customer without wishes of their own.
    pub fn standard(language: Language, carrier: impl Into<String>) -> Self {
        let signs: [&str; 2] = match language {
            Language::Zh => ["客户", "客户经理"],
            Language::En => ["Customer", "Account manager"],
        };
        Template {
            title: None,
            carrier: carrier.into(),
            header: String::new(),
            footer: String::new(),
            contact: String::new(),
            sections: Section::ALL.to_vec(),
            sign_off: signs.map(str::to_owned).to_vec(),
        }
    }
}

// === impl Section ===

impl Section {
    /// All of them.
    pub const ALL: [Section; 8] = [
        Section::Ribbons,
        Section::Circuits,
        Section::Outages,
        Section::Performance,
        Section::Service,
        Section::Exclusions,
        Section::Method,
        Section::SignOff,
    ];
}

fn zone<S: Serializer>(zone: &Zone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(zone)
}
