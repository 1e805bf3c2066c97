//! The answer by customer: each with the circuits of those below it, as a customer sees them.

use std::collections::HashMap;
use std::io::{self, Write};

use engine::completeness::Completeness;
use engine::customer::{Brief, Summary};
use engine::figure::Detail;
use engine::inventory::CircuitIx;
use engine::sla::Share;
use serde::Serialize;

use super::output::or_empty;
use super::text::{duration, write_table};
use super::{Answer, Format};

const HEADINGS: [&str; 11] = [
    "customer",
    "name",
    "circuits",
    "met",
    "chronic",
    "outages",
    "mean down",
    "faults each",
    "no down %",
    "p95 down",
    "data complete %",
];

/// One customer. JSON: as the CSV columns, by customer number.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    customer_no: &'a str,
    name: &'a str,
    circuits: u32,
    met: u32,
    chronic: u32,
    outages: u32,
    down_ms: i64,
    mean_down_ms: Option<i64>,
    /// Three decimals.
    faults_per_circuit: Option<String>,
    /// Percent, five decimals.
    without_down: Option<String>,
    p95_down_ms: Option<i64>,
    /// Percent, five decimals.
    completeness: Option<String>,
}

/// Writes every customer that has a circuit with a figure.
pub fn write(answer: &Answer, format: Format, out: &mut impl Write) -> io::Result<()> {
    let rows = answer.rows(Detail::Numbers);
    let briefs: HashMap<CircuitIx, (Brief, Completeness)> =
        rows.map(|row| (row.circuit, (Brief::of(&row.figure), Completeness::of(&row.figure)))).collect();
    let inventory = &answer.inventory;
    let mut lines = inventory.customers().filter_map(|(ix, customer)| {
        let family = inventory.family_of_customer(ix);
        let circuits = family.iter().flat_map(|member| inventory.circuits_of_customer(*member));
        let mut measured = Completeness::default();
        let of_circuit = |circuit: &CircuitIx| {
            let (brief, completeness) = briefs.get(circuit)?;
            measured += *completeness;
            Some(*brief)
        };
        let summary = Summary::of(circuits.filter_map(of_circuit));
        (summary.circuits > 0).then(|| Line::new((customer.no, customer.name), &summary, measured))
    });
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &lines.collect::<Vec<_>>())?;
            writeln!(out)
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            lines.try_for_each(|line| writer.serialize(line))?;
            writer.flush()
        }
        Format::Table => write_table(HEADINGS, 2, lines.map(Line::cells), out),
    }
}

// === impl Line ===

impl<'a> Line<'a> {
    fn new((customer_no, name): (&'a str, &'a str), summary: &Summary, measured: Completeness) -> Self {
        Line {
            customer_no,
            name,
            circuits: summary.circuits,
            met: summary.met,
            chronic: summary.chronic,
            outages: summary.outages,
            down_ms: summary.down_ms,
            mean_down_ms: summary.mean_down_ms,
            faults_per_circuit: summary.faults_per_circuit.map(|n| format!("{}.{:03}", n / 1000, n % 1000)),
            without_down: summary.without_down.map(Share::to_decimal),
            p95_down_ms: summary.p95_down_ms,
            completeness: measured.share().map(Share::to_decimal),
        }
    }

    fn cells(self) -> [String; 11] {
        let time = |ms: Option<i64>| or_empty(ms.map(duration));
        [
            self.customer_no.to_owned(),
            self.name.to_owned(),
            self.circuits.to_string(),
            self.met.to_string(),
            self.chronic.to_string(),
            self.outages.to_string(),
            time(self.mean_down_ms),
            or_empty(self.faults_per_circuit),
            or_empty(self.without_down),
            time(self.p95_down_ms),
            or_empty(self.completeness),
        ]
    }
}
