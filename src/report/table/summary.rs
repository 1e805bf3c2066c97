//! Tables of two columns: what the report is, the figures of service, the method.

use super::{Cell, Table};
use crate::digest::digest;
use crate::format::Format;
use crate::input::{Language, Ratio, Report};
use crate::words::{self, Text};

/// What the report is, and what came of it.
pub(super) fn summary(report: &Report) -> Table {
    let language = report.language;
    let circuits = report.circuits.len();
    let count = |met: Option<bool>| report.circuits.iter().filter(|circuit| circuit.met == met).count();
    let worst = report.circuits.iter().filter_map(|circuit| circuit.availability).min();
    let title = report.template.title.as_deref().unwrap_or(words::TITLE.say(language));
    let pairs = [
        (words::CARRIER, "", Cell::text(&report.template.carrier)),
        (words::CUSTOMER, "", Cell::text(&report.customer.name)),
        (words::CUSTOMER_NUMBER, "", Cell::text(&report.customer.number)),
        (words::TIER, "", Cell::text(&report.customer.tier)),
        (words::ACCOUNT_MANAGER, "", Cell::text(&report.customer.account_manager)),
        (words::CONTACT, "", Cell::text(&report.template.contact)),
        (words::PERIOD_START, "", Cell::Time(report.period.start)),
        (words::PERIOD_END, "", Cell::Time(report.period.end)),
        (words::TIME_ZONE, "", Cell::text(&Format::of(report).zone())),
        (words::GENERATED, "", Cell::Time(report.generated_at)),
        (words::REVISION, "", Cell::count(report.revision)),
        (words::REVISION_NOTE, "", Cell::text(report.revision_note.as_deref().unwrap_or_default())),
        (words::DIGEST, "", Cell::text(&digest(report))),
        (words::CONTRACT_CIRCUITS, "", size(circuits)),
        (words::MET_TARGET, "", size(count(Some(true)))),
        (words::MISSED_TARGET, "", size(count(Some(false)))),
        (words::NOT_APPLICABLE, "", size(count(None))),
        (words::WORST, "%", Cell::maybe(worst, Cell::share)),
        (words::COMPLETE, "%", Cell::maybe(report.completeness.measured, Cell::share)),
    ];
    let mut rows = vec![vec![Cell::text(words::HEADLINE.say(language)), Cell::text(title)]];
    rows.extend(pairs.map(|(name, unit, value)| vec![Cell::text(&named(name, unit, language)), value]));
    for credit in &report.credits {
        rows.push(vec![
            Cell::text(&format!("{} {}", words::CREDIT_PERCENT.say(language), credit.circuit)),
            Cell::percent(credit.percent),
        ]);
    }
    Table::new(language, words::SUMMARY, &[words::FIGURE, words::VALUE], rows)
}

/// The figures of service, in seconds where they are lengths.
pub(super) fn service(report: &Report) -> Table {
    let language = report.language;
    let service = &report.service;
    let [restored, answered] = [service.restored_in_time, service.answered_in_time];
    let [part, whole] = [|ratio: Ratio| Cell::count(ratio.part), |ratio: Ratio| Cell::count(ratio.whole)];
    let pairs: [(Text, &str, Cell); 14] = [
        (words::OUTAGES_ENDED, "", Cell::count(service.outages)),
        (words::MEAN_DOWN, "s", Cell::maybe(service.mean_down_ms, Cell::seconds)),
        (words::FAULTS_PER_CIRCUIT, "", Cell::maybe(service.faults_per_circuit, Cell::thousandths)),
        (words::WITHOUT_DOWN, "%", Cell::maybe(service.without_down, Cell::share)),
        (words::P95_DOWN, "s", Cell::maybe(service.p95_down_ms, Cell::seconds)),
        (words::MTTR, "s", Cell::maybe(service.mttr_ms, Cell::seconds)),
        (words::MTBF, "s", Cell::maybe(service.mtbf_ms, Cell::seconds)),
        (words::REPEATS_30, "", Cell::count(service.repeats)),
        (words::REPEAT_RATE, "%", Cell::maybe(service.repeat_rate, Cell::share)),
        (words::IN_TIME, "", Cell::maybe(restored, part)),
        (words::LIMITED, "", Cell::maybe(restored, whole)),
        (words::ANSWERED_IN_TIME, "", Cell::maybe(answered, part)),
        (words::ANSWERED_WITH_LIMIT, "", Cell::maybe(answered, whole)),
        (words::CHRONIC_LIST, "", Cell::list(&service.chronic)),
    ];
    let rows = pairs.map(|(name, unit, value)| vec![Cell::text(&named(name, unit, language)), value]);
    Table::new(language, words::SERVICE_FIGURES, &[words::FIGURE, words::VALUE], rows.to_vec())
}

/// Sentences and formulas by plan, then the glossary.
pub(super) fn method(report: &Report) -> Table {
    let language = report.language;
    let mut rows = Vec::new();
    for method in &report.methods {
        for line in method.sentences.iter().chain(&method.formulas) {
            rows.push(vec![Cell::text(&words::METHOD_OF.with(language, &[&method.plan])), Cell::text(line)]);
        }
    }
    let term = |(term, meaning): (Text, Text)| vec![Cell::text(term.say(language)), Cell::text(meaning.say(language))];
    rows.extend(words::GLOSSARY_TERMS.map(term));
    Table::new(language, words::METHOD, &[words::TERM, words::MEANING], rows)
}

/// A figure's name with its unit.
fn named(name: Text, unit: &str, language: Language) -> String {
    let name = name.say(language);
    match (unit, language) {
        ("", _) => name.to_owned(),
        ("s", Language::Zh) => format!("{name}(秒)"),
        (unit, Language::Zh) => format!("{name}({unit})"),
        (unit, Language::En) => format!("{name} ({unit})"),
    }
}

fn size(count: usize) -> Cell {
    Cell::count(u64::try_from(count).unwrap_or(u64::MAX))
}
