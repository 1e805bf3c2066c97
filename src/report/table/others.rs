//! Tables of what happened: outages, their ledger, tickets, planned work, excluded and unmeasured time.

use model::time::Window;

use super::{Cell, Table};
use crate::input::{Circuit, Counted, Entry, Exclusion, Language, Month, Outage, Protection, Report, Work};
use crate::words;

/// One row an outage.
pub(super) fn outages(report: &Report) -> Table {
    let headings = [
        words::NUMBER,
        words::CIRCUIT_CODE,
        words::START,
        words::END,
        words::DURATION_S,
        words::COUNTED_S,
        words::EXCLUDED_S,
        words::UNMEASURED_S,
        words::CAUSE,
        words::PLACE,
        words::TICKET,
        words::RFO,
        words::RFO_CAUSE,
        words::RFO_PARTY,
        words::RFO_ACTION,
    ];
    let rows = report.outages.iter().map(|outage| {
        let rfo = outage.rfo.clone().unwrap_or_default();
        vec![
            Cell::text(&outage.number),
            Cell::text(&outage.circuit),
            Cell::Time(outage.start),
            Cell::maybe(outage.end, Cell::Time),
            Cell::seconds(outage.total_ms()),
            Cell::seconds(outage.length_ms(Counted::Counted)),
            Cell::seconds(outage.length_ms(Counted::Excluded)),
            Cell::seconds(outage.length_ms(Counted::Unmeasured)),
            Cell::text(&outage.cause),
            Cell::text(&outage.place),
            Cell::text(&outage.ticket),
            Cell::text(&rfo.reference),
            Cell::text(&rfo.cause),
            Cell::text(&rfo.party),
            Cell::text(&rfo.action),
        ]
    });
    Table::new(report.language, words::OUTAGES, &headings, rows.collect())
}

/// One row an interval of an outage.
pub(super) fn ledger(report: &Report) -> Table {
    let headings = [
        words::OUTAGE,
        words::CIRCUIT_CODE,
        words::FROM,
        words::TO,
        words::DURATION_S,
        words::SLA,
        words::WHY,
        words::EVIDENCE,
    ];
    let row = |outage: &Outage, entry: &Entry| {
        let mut cells = vec![Cell::text(&outage.number), Cell::text(&outage.circuit)];
        cells.extend(from_to(entry.window));
        cells.push(Cell::text(words::counted(entry.counted).say(report.language)));
        cells.extend([Cell::text(&entry.why), Cell::list(&entry.evidence)]);
        cells
    };
    let rows = report.outages.iter().flat_map(|outage| outage.ledger.iter().map(move |entry| row(outage, entry)));
    Table::new(report.language, words::LEDGER, &headings, rows.collect())
}

/// One row a ticket.
pub(super) fn tickets(report: &Report) -> Table {
    let headings = [
        words::NUMBER,
        words::CIRCUIT,
        words::OPENED,
        words::ANSWERED,
        words::RESTORED,
        words::ANSWER_IN_TIME,
        words::RESTORE_IN_TIME,
        words::SUBJECT,
    ];
    let yes = |yes: bool| Cell::yes(yes, report.language);
    let rows = report.tickets.iter().map(|ticket| {
        vec![
            Cell::text(&ticket.number),
            Cell::list(&ticket.circuits),
            Cell::Time(ticket.opened_at),
            Cell::maybe(ticket.answered_at, Cell::Time),
            Cell::maybe(ticket.restored_at, Cell::Time),
            Cell::maybe(ticket.answered_in_time, yes),
            Cell::maybe(ticket.restored_in_time, yes),
            Cell::text(&ticket.summary),
        ]
    });
    Table::new(report.language, words::TICKETS, &headings, rows.collect())
}

/// One row a planned work.
pub(super) fn works(works: &[Work], language: Language) -> Table {
    let headings = [
        words::NUMBER,
        words::CIRCUIT,
        words::FROM,
        words::TO,
        words::DURATION_S,
        words::NOTIFIED,
        words::EXCLUDED,
        words::OVERRUN_S,
        words::STATE,
        words::SUBJECT,
    ];
    let rows = works.iter().map(|work| {
        let mut cells = vec![Cell::text(&work.number), Cell::list(&work.circuits)];
        cells.extend(from_to(work.affect));
        cells.extend([
            Cell::maybe(work.notified_at, Cell::Time),
            Cell::yes(work.excluded, language),
            Cell::seconds(work.overrun_ms),
            Cell::text(&work.state),
            Cell::text(&work.summary),
        ]);
        cells
    });
    Table::new(language, words::WORKS, &headings, rows.collect())
}

/// One row a time of special protection.
pub(super) fn protections(tasks: &[Protection], language: Language) -> Table {
    let headings = [words::NUMBER, words::PROTECT_LEVEL, words::FROM, words::TO, words::DURATION_S, words::CIRCUIT];
    let rows = tasks.iter().map(|task| {
        let mut cells = vec![Cell::text(&task.number), Cell::text(&task.level)];
        cells.extend(from_to(task.window));
        cells.push(Cell::list(&task.circuits));
        cells
    });
    Table::new(language, words::PROTECTIONS, &headings, rows.collect())
}

/// One row a circuit and month.
pub(super) fn history(report: &Report) -> Table {
    let headings = [
        words::CIRCUIT_CODE,
        words::MONTH,
        words::AVAILABILITY_PERCENT,
        words::COUNTED_S,
        words::ALLOWED_S,
        words::RESULT,
    ];
    let row = |circuit: &Circuit, month: &Month| {
        vec![
            Cell::text(&circuit.code),
            Cell::text(&month.label),
            Cell::maybe(month.availability, Cell::exact_percent),
            Cell::seconds(month.down_ms),
            Cell::seconds(month.allowed_ms),
            Cell::result(month.met, report.language),
        ]
    };
    let rows = report.circuits.iter().flat_map(|circuit| circuit.months.iter().map(move |month| row(circuit, month)));
    Table::new(report.language, words::HISTORY, &headings, rows.collect())
}

/// One row an excluded interval.
pub(super) fn exclusions(exclusions: &[Exclusion], language: Language) -> Table {
    let headings = [
        words::CIRCUIT_CODE,
        words::FROM,
        words::TO,
        words::DURATION_S,
        words::DOWN,
        words::SUSPENDED,
        words::WHY,
        words::EVIDENCE,
        words::APPROVER,
    ];
    let rows = exclusions.iter().map(|exclusion| {
        let mut cells = vec![Cell::text(&exclusion.circuit)];
        cells.extend(from_to(exclusion.window));
        cells.extend([
            Cell::yes(exclusion.down, language),
            Cell::yes(exclusion.suspended, language),
            Cell::text(&exclusion.reason),
            Cell::text(&exclusion.evidence),
            Cell::text(&exclusion.approver),
        ]);
        cells
    });
    Table::new(language, words::SIGNED_OFF, &headings, rows.collect())
}

/// One row a time without measurement.
pub(super) fn gaps(report: &Report) -> Table {
    let headings = [words::CIRCUIT_CODE, words::FROM, words::TO, words::DURATION_S, words::WHY];
    let rows = report.completeness.gaps.iter().map(|gap| {
        let mut cells = vec![Cell::text(&gap.circuit)];
        cells.extend(from_to(gap.window));
        cells.push(Cell::text(&gap.reason));
        cells
    });
    Table::new(report.language, words::GAPS, &headings, rows.collect())
}

fn from_to(window: Window) -> [Cell; 3] {
    [Cell::Time(window.start), Cell::Time(window.end), Cell::seconds(window.length_ms())]
}
