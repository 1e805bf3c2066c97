//! The indicator file for headquarters: one row a circuit, as `reportSlaResult(period, rows[])` names them
//! (interfaces §4.6), with its control file (§1, Files).

use engine::completeness::Completeness;
use engine::figure::Figure;
use engine::inventory::Circuit;
use engine::sla::Share;
use model::time::Zone;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A circuit's result. Times are local in UTC+8, lengths milliseconds, percentages have five decimals; an empty
/// cell is "not applicable", never 0.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    circuit_code: &'a str,
    customer_no: &'a str,
    service_level: &'a str,
    sla_plan: &'a str,
    period_start: String,
    period_end: String,
    as_of: String,
    version: Option<i64>,
    target: String,
    availability: Option<String>,
    gross_availability: Option<String>,
    met: Option<&'static str>,
    completeness: Option<String>,
    service_ms: i64,
    down_ms: i64,
    excluded_outage_ms: i64,
    excluded_window_ms: i64,
    unmeasured_ms: i64,
    not_in_service_ms: i64,
    outside_window_ms: i64,
    allowed_ms: i64,
    left_ms: i64,
    outages: u32,
    mttr_ms: Option<i64>,
    mtbf_ms: Option<i64>,
    longest_ms: Option<i64>,
    restored_in_time: Option<u32>,
    repeat_outages: u32,
    chronic: &'static str,
}

/// A file that grows row by row.
pub(super) struct Indicators {
    zone: Zone,
    records: u64,
    writer: csv::Writer<Vec<u8>>,
}

// === impl Indicators ===

impl Indicators {
    pub(super) fn new() -> Self {
        Indicators { zone: Zone::china(), records: 0, writer: csv::Writer::from_writer(Vec::new()) }
    }

    /// Adds a circuit; `version` is that of the kept figure, if the period is over.
    pub(super) fn add(
        &mut self,
        (circuit, customer_no): (&Circuit<'_>, &str),
        plan: &str,
        figure: &Figure,
        version: Option<i64>,
    ) -> Result<(), csv::Error> {
        let local = |at| self.zone.write_local(at);
        let percent = |share: Option<Share>| share.map(Share::to_decimal);
        let yes = |yes: bool| if yes { "Y" } else { "N" };
        let row = Row {
            circuit_code: circuit.code,
            customer_no,
            service_level: circuit.service_level,
            sla_plan: plan,
            period_start: local(figure.period.start),
            period_end: local(figure.period.end),
            as_of: local(figure.as_of),
            version,
            target: figure.budget.target.to_string(),
            availability: percent(figure.availability),
            gross_availability: percent(figure.gross_availability),
            met: figure.budget.met.map(yes),
            completeness: percent(Completeness::of(figure).share()),
            service_ms: figure.service_ms,
            down_ms: figure.down_ms,
            excluded_outage_ms: figure.excluded_outage_ms,
            excluded_window_ms: figure.excluded_window_ms,
            unmeasured_ms: figure.unmeasured_ms,
            not_in_service_ms: figure.not_in_service_ms,
            outside_window_ms: figure.outside_window_ms,
            allowed_ms: figure.budget.allowed_ms,
            left_ms: figure.budget.left_ms,
            outages: figure.outages,
            mttr_ms: figure.mttr_ms,
            mtbf_ms: figure.mtbf_ms,
            longest_ms: figure.longest_ms,
            restored_in_time: figure.quality.restored_in_time,
            repeat_outages: figure.quality.repeats,
            chronic: yes(figure.quality.chronic),
        };
        self.records += 1;
        self.writer.serialize(row)
    }

    /// The data file and its control file.
    pub(super) fn finish(self, name: &str) -> Result<(Vec<u8>, Vec<u8>), csv::Error> {
        let records = self.records;
        let data = self.writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        let (bytes, sha256) = (data.len(), hex::encode(Sha256::digest(&data)));
        let control = format!("name={name}\nbytes={bytes}\nrecords={records}\nsha256={sha256}\n");
        Ok((data, control.into_bytes()))
    }
}
