//! Tables of a standing report.

use super::{Cell, Table, others};
use crate::format::Format;
use crate::input::Ratio;
use crate::standing::{Line, Standing};
use crate::words::{self, Text};

const HEADINGS: [Text; 23] = [
    words::CUSTOMER_NUMBER,
    words::CUSTOMER_NAME,
    words::CIRCUITS_SERVED,
    words::CIRCUITS_RATED,
    words::MET_TARGET,
    words::AVAILABILITY_PERCENT,
    words::MEASURED_PERCENT,
    words::OUTAGE_COUNT,
    words::FAULTS_PER_CIRCUIT,
    words::MEAN_DOWN_S,
    words::P95_DOWN_S,
    words::WITHOUT_DOWN_PERCENT,
    words::MTTR_S,
    words::MTBF_S,
    words::REPEATS,
    words::REPEAT_RATE_PERCENT,
    words::IN_TIME,
    words::LIMITED,
    words::CHRONIC_COUNT,
    words::WORK_COUNT,
    words::PROTECTION_COUNT,
    words::EXCLUDED_S,
    words::CHRONIC_LIST,
];

/// Every table of a standing report, in the order of the sheets.
pub(crate) fn standing(standing: &Standing) -> Vec<Table> {
    let language = standing.language;
    vec![
        summary(standing),
        customers(standing),
        others::works(&standing.works, language),
        others::protections(&standing.protections, language),
        others::exclusions(&standing.exclusions, language),
    ]
}

/// All customers together, then one row a customer.
pub(crate) fn customers(standing: &Standing) -> Table {
    let language = standing.language;
    let all = Line { name: words::ALL_CUSTOMERS.say(language).to_owned(), ..standing.total.clone() };
    let rows = std::iter::once(&all).chain(&standing.customers).map(line);
    Table::new(language, words::CUSTOMERS, &HEADINGS, rows.collect())
}

/// What the report is.
fn summary(standing: &Standing) -> Table {
    let language = standing.language;
    let pairs = [
        (words::HEADLINE, Cell::text(words::STANDING.say(language))),
        (words::CARRIER, Cell::text(&standing.carrier)),
        (words::PERIOD_START, Cell::Time(standing.period.start)),
        (words::PERIOD_END, Cell::Time(standing.period.end)),
        (words::TIME_ZONE, Cell::text(&Format::new(language, &standing.zone).zone())),
        (words::AS_OF, Cell::Time(standing.as_of)),
        (words::GENERATED, Cell::Time(standing.generated_at)),
    ];
    let rows = pairs.map(|(name, value)| vec![Cell::text(name.say(language)), value]);
    Table::new(language, words::SUMMARY, &[words::FIGURE, words::VALUE], rows.to_vec())
}

fn line(line: &Line) -> Vec<Cell> {
    let service = &line.service;
    let restored = service.restored_in_time;
    vec![
        Cell::text(&line.number),
        Cell::text(&line.name),
        Cell::count(line.circuits),
        Cell::count(line.rated),
        Cell::count(line.met),
        Cell::maybe(line.availability, Cell::share),
        Cell::maybe(line.measured, Cell::share),
        Cell::count(service.outages),
        Cell::maybe(service.faults_per_circuit, Cell::thousandths),
        Cell::maybe(service.mean_down_ms, Cell::seconds),
        Cell::maybe(service.p95_down_ms, Cell::seconds),
        Cell::maybe(service.without_down, Cell::share),
        Cell::maybe(service.mttr_ms, Cell::seconds),
        Cell::maybe(service.mtbf_ms, Cell::seconds),
        Cell::count(service.repeats),
        Cell::maybe(service.repeat_rate, Cell::share),
        Cell::maybe(restored, |ratio: Ratio| Cell::count(ratio.part)),
        Cell::maybe(restored, |ratio: Ratio| Cell::count(ratio.whole)),
        Cell::count(u32::try_from(service.chronic.len()).unwrap_or(u32::MAX)),
        Cell::count(line.works),
        Cell::count(line.protections),
        Cell::seconds(line.excluded_ms),
        Cell::list(&service.chronic),
    ]
}
