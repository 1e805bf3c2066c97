//! The cutover file of `linesman sla`: every notice of planned work, in any order.

use std::path::Path;

use model::time::{Window, Zone};
use model::work::{Cutover, OpType};

use super::alarms::codes;
use super::error::SlaError;
use super::issues::Issues;
use super::table::{Cells, Table, Wanted, read_time};

/// The columns, in the order in which [`cutover`] reads them.
const COLUMNS: [Wanted; 14] = [
    must("cutoverNo"),
    may("title"),
    may("cutStartTime"),
    may("cutEndTime"),
    must("isAffect"),
    must("affectStartTime"),
    must("affectEndTime"),
    may("affectInfo"),
    may("manager"),
    may("phone"),
    must("circuitCodes"),
    must("opType"),
    must("revision"),
    may("notifiedTime"),
];

const fn must(name: &'static str) -> Wanted {
    Wanted { name, mandatory: true }
}

const fn may(name: &'static str) -> Wanted {
    Wanted { name, mandatory: false }
}

/// Reads every notice.
///
/// # Errors
/// [`SlaError`] if the file cannot be used at all.
pub fn read(path: &Path, zone: &Zone, issues: &mut Issues) -> Result<Vec<Cutover>, SlaError> {
    let mut cutovers = Vec::new();
    Table::open(path, &COLUMNS, issues)?.read(issues, |cells| {
        cutovers.push(cutover(cells, zone)?);
        Ok(())
    })?;
    Ok(cutovers)
}

fn cutover(cells: &Cells<'_>, zone: &Zone) -> Result<Cutover, String> {
    let time = |column: usize| read_time(zone, COLUMNS.get(column).map_or("", |column| column.name), cells.get(column));
    let window = |start: usize, end: usize| match (time(start)?, time(end)?) {
        (Some(start), Some(end)) if end < start => Err("a window ends before it starts".to_owned()),
        (Some(start), Some(end)) => Ok(Some(Window { start, end })),
        _ => Ok(None),
    };
    let cutover_no = cells.get(0).to_owned();
    if cutover_no.is_empty() {
        return Err("cutoverNo is empty".to_owned());
    }
    let is_affect = match cells.get(4) {
        "1" => true,
        "0" => false,
        other => return Err(format!("isAffect {other:?} is neither 1 nor 0")),
    };
    let op_type = match cells.get(11) {
        "ADD" => OpType::Add,
        "MOD" => OpType::Mod,
        "CANCEL" => OpType::Cancel,
        other => return Err(format!("opType {other:?} is none of ADD, MOD, CANCEL")),
    };
    let revision = cells.get(12);
    Ok(Cutover {
        cutover_no,
        title: cells.get(1).to_owned(),
        work: window(2, 3)?,
        is_affect,
        affect: window(5, 6)?,
        affect_info: cells.get(7).to_owned(),
        manager: cells.get(8).to_owned(),
        phone: cells.get(9).to_owned(),
        circuit_codes: codes(cells.get(10)),
        op_type,
        revision: revision.parse().map_err(|_| format!("revision {revision:?} is not a whole number"))?,
        notified_at: time(13)?,
    })
}
