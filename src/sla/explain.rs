//! `linesman explain circuit`: why a figure is what it is. The accounting method with the plan's
//! numbers, the formula with the figure's, and every interval with what it rests on.

use std::io::{self, Write};

use engine::completeness::Completeness;
use engine::explain;
use engine::ledger::Interval;
use engine::plan::Plan;
use model::time::{Time, Window};

use super::error::SlaError;
use super::output::or_empty;
use super::text::duration;
use super::{Answer, Row};

/// Writes one circuit.
pub fn write(answer: &Answer, row: &Row<'_>, at: Option<Time>, out: &mut impl Write) -> Result<(), SlaError> {
    let figure = &row.figure;
    let evaluated = Window::new(figure.period.start, figure.as_of);
    let intervals: Vec<&Interval> = match at {
        None => figure.ledger.iter().collect(),
        Some(at) => figure.ledger.iter().filter(|interval| interval.window().holds(at)).collect(),
    };
    if let Some(at) = at.filter(|_| intervals.is_empty()) {
        return Err(SlaError::At { at, evaluated });
    }
    let part = if at.is_some() { "at" } else { "ledger" };
    let head = write_head(answer, row, out).and_then(|()| write_numbers(row, out));
    let listed = head.and_then(|()| {
        writeln!(out, "{part}")?;
        intervals.iter().try_for_each(|interval| write_interval(interval, row.plan, out))
    });
    listed.map_err(SlaError::Write)
}

/// Whose figure it is, by which method, and the formula.
fn write_head(answer: &Answer, row: &Row<'_>, out: &mut impl Write) -> io::Result<()> {
    let (figure, zone) = (&row.figure, &row.plan.zone);
    let name = answer.inventory.circuit(row.circuit).map_or("", |circuit| circuit.name);
    writeln!(out, "{}", format!("circuit    {} {name}", figure.circuit_code).trim_end())?;
    let [start, end, as_of] = [figure.period.start, figure.period.end, figure.as_of].map(|at| zone.write_local(at));
    writeln!(out, "period     {start} to {end}, evaluated up to {as_of} ({zone})")?;
    let method = explain::method(row.plan);
    writeln!(out, "plan       {}\n方法       {}\nmethod     {}", row.plan_name, method.zh, method.en)?;
    let [own, gross] = explain::formula(figure, row.plan);
    writeln!(out, "available  {own}\ngross      {gross}")
}

/// Where the numbers of the formula come from, and what follows from it.
fn write_numbers(row: &Row<'_>, out: &mut impl Write) -> io::Result<()> {
    let (figure, plan) = (&row.figure, row.plan);
    let (budget, quality, burn) = (&figure.budget, &figure.quality, &figure.quality.burn);
    let time = |ms: Option<i64>| ms.map_or_else(|| "none".to_owned(), duration);
    let [s, d] = [duration(figure.service_ms), duration(figure.down_ms)];
    let [x, w] = [duration(figure.excluded_outage_ms), duration(figure.excluded_window_ms)];
    writeln!(out, "time       S service {s}, D down {d}, X excluded outage {x}, W excluded {w}")?;
    let [unmeasured, before] = [duration(figure.unmeasured_ms), duration(figure.not_in_service_ms)];
    let outside = duration(figure.outside_window_ms);
    writeln!(out, "           unmeasured {unmeasured}, not in service {before}, outside hours {outside}")?;
    let complete = Completeness::of(figure).share().map_or_else(|| "n/a".to_owned(), |share| share.to_decimal() + " %");
    writeln!(out, "           data complete {complete}")?;
    let (mttr, mtbf) = (time(figure.mttr_ms), time(figure.mtbf_ms));
    let longest = time(figure.longest_ms);
    writeln!(out, "outages    N {}, MTTR {mttr}, MTBF {mtbf}, longest {longest}", figure.outages)?;
    let in_time = quality.restored_in_time.map_or_else(|| "no limit".to_owned(), |n| n.to_string());
    let (days, limit) = (plan.chronic_days, plan.chronic_outages);
    let chronic = if quality.chronic { "chronic" } else { "not chronic" };
    writeln!(
        out,
        "           restored in time {in_time}, repeats within {} days {}, {} in {days} days: {chronic} (from {limit})",
        plan.repeat_days, quality.repeats, quality.recent
    )?;
    let (allowed, left) = (duration(budget.allowed_ms), duration(budget.left_ms));
    let breach = budget.breach_at.map_or_else(String::new, |at| format!(", used up at {}", plan.zone.write_local(at)));
    writeln!(out, "budget     allowed {allowed}, left {left}{breach}")?;
    let rates = [("1 h", burn.hour), ("6 h", burn.six_hours), ("3 d", burn.three_days)];
    let rates: Vec<String> = rates.iter().map(|(over, rate)| format!("{over} {}", or_none(*rate))).collect();
    writeln!(out, "burn       {} times an even pace", rates.join(", "))?;
    writeln!(out, "credit     {} % of the monthly charge, as advice", quality.credit)
}

fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn write_interval(interval: &Interval, plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let local = |at: Time| plan.zone.write_local(at);
    let (start, end) = (local(interval.start), local(interval.end));
    let degraded = interval.degraded == Some(true);
    let why = explain::why(interval.class, interval.code, degraded);
    let class = interval.class.word();
    let code = or_empty(interval.code.map(|code| format!(" {}", code.word())));
    let down = if interval.down == Some(true) { " down" } else { "" };
    writeln!(
        out,
        "  {start} to {end}  {}  {class}{code}{down}: {} / {}",
        duration(interval.length_ms()),
        why.zh,
        why.en
    )?;
    interval.evidence.iter().try_for_each(|evidence| writeln!(out, "      {evidence}"))
}
