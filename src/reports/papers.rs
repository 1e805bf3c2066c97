//! What people did about a circuit, as a report shows it: excluded time, tickets, planned work, credits,
//! how its figure is made. Nothing that was done after the figure's `asOf` shows, so that the report of a
//! month that is over says the same whenever it is made.

use std::collections::BTreeSet;

use engine::explain;
use engine::figure::Figure;
use engine::ledger::{Class, Interval};
use figures::Dossier;
use model::fault::FaultNo;
use model::ticket::Ticket;
use model::time::{Time, Window};
use model::work::{Cutover, OpType};
use report::input::{self, Credit, Exclusion, Gap, Method, Percent};

use super::outage::{is_down, reference};
use super::words::Said;

/// The operation by which the e-ops system accepts a ticket.
const ACCEPTED: &str = "confirmWorkSheet";

/// Excluded time with what it rests on and who approved it.
pub(super) fn exclusions(dossier: &Dossier, figure: &Figure, said: Said) -> Vec<Exclusion> {
    let excluded = figure.ledger.iter().filter(|interval| interval.class == Class::Excluded);
    let exclusion = |interval: &Interval| {
        let cited: Vec<String> = interval.evidence.iter().filter_map(|one| reference(dossier, one)).collect();
        let approver = interval.evidence.iter().find_map(|one| dossier.correction(one));
        Exclusion {
            circuit: figure.circuit_code.clone(),
            window: interval.window(),
            down: interval.down == Some(true),
            suspended: interval.evidence.iter().any(|one| one.starts_with("suspend:")),
            reason: said.of(explain::why(interval.class, interval.code, false)),
            evidence: cited.join(" "),
            approver: approver.map_or(String::new(), |correction| correction.decided_by.clone()),
        }
    };
    excluded.map(exclusion).collect()
}

/// Time in which nobody knows.
pub(super) fn gaps(figure: &Figure, said: Said) -> Vec<Gap> {
    let unmeasured = figure.ledger.iter().filter(|interval| interval.class == Class::Unmeasured);
    let gap = |interval: &Interval| Gap {
        circuit: figure.circuit_code.clone(),
        window: interval.window(),
        reason: said.of(explain::why(interval.class, None, false)),
    };
    unmeasured.map(gap).collect()
}

/// The credit that the plan's bands advise.
pub(super) fn credit(dossier: &Dossier, figure: &Figure, said: Said) -> Option<Credit> {
    let percent = figure.quality.credit.millionths();
    let plan = &dossier.plan_name;
    (percent > 0).then(|| Credit {
        circuit: figure.circuit_code.clone(),
        percent: Percent(percent),
        reason: said.say(&format!("SLA 方案 {plan} 的赔付档"), &format!("credit bands of SLA plan {plan}")),
    })
}

/// How the figures of a plan are made, without a formula yet.
pub(super) fn method(dossier: &Dossier, said: Said) -> Method {
    Method {
        plan: dossier.plan_name.clone(),
        sentences: vec![said.of(explain::method(&dossier.plan))],
        formulas: Vec::new(),
    }
}

/// A circuit's two formulas with numbers.
pub(super) fn formulas(dossier: &Dossier, figure: &Figure) -> Vec<String> {
    let code = &figure.circuit_code;
    explain::formula(figure, &dossier.plan).map(|formula| format!("{code}: {formula}")).into()
}

/// Faults whose alarms had the circuit down.
pub(super) fn faults(dossier: &Dossier, figure: &Figure) -> BTreeSet<FaultNo> {
    let down = figure.ledger.iter().filter(|interval| is_down(interval));
    down.flat_map(|interval| &interval.evidence).filter_map(|evidence| dossier.cited(evidence).fault).collect()
}

/// A ticket as a customer may see it; `None` if the e-ops system does not have it by then.
pub(super) fn ticket(ticket: &Ticket, circuits: Vec<String>, as_of: Time, said: Said) -> Option<input::Ticket> {
    if ticket.sheet_no.is_empty() {
        return None;
    }
    let known = |at: &Time| *at <= as_of;
    let accepted = ticket.notes.iter().find(|note| note.operation == ACCEPTED).map(|note| note.at);
    let restored_at = ticket.restored_at.filter(known);
    Some(input::Ticket {
        number: ticket.sheet_no.clone(),
        circuits,
        opened_at: ticket.opened_at,
        answered_at: accepted.filter(known),
        restored_at,
        answered_in_time: None,
        restored_in_time: restored_at.zip(ticket.deal_time_limit).map(|(at, limit)| at <= limit),
        summary: said.say("业务中断抢修", "restoring an interrupted service"),
    })
}

/// Planned work of a circuit that touches a window.
pub(super) fn works(dossier: &Dossier, figure: &Figure, said: Said) -> Vec<input::Work> {
    let touches = |work: &&Cutover| work.affect.is_some_and(|affect| affect.cut(figure.period).is_some());
    let known = |work: &&Cutover| work.is_affect && work.op_type != OpType::Del;
    dossier.cutovers.iter().filter(known).filter(touches).filter_map(|work| one_work(work, figure, said)).collect()
}

fn one_work(work: &Cutover, figure: &Figure, said: Said) -> Option<input::Work> {
    let affect = work.affect?;
    let cited = format!("cutover:{}#", work.cutover_no);
    let cites = |interval: &Interval| interval.evidence.iter().any(|evidence| evidence.starts_with(&cited));
    let excluded = figure.ledger.iter().any(|interval| interval.class == Class::Excluded && cites(interval));
    // What is down where the window ends ran over.
    let after = figure.ledger.iter().find(|interval| interval.window().holds(affect.end) && is_down(interval));
    let overrun = after.filter(|interval| interval.start <= affect.end);
    let state = match work.op_type {
        OpType::Cancel => said.say("已取消", "cancelled"),
        _ if affect.end <= figure.as_of => said.say("已完成", "done"),
        _ => said.say("待实施", "coming"),
    };
    Some(input::Work {
        number: work.cutover_no.clone(),
        circuits: vec![figure.circuit_code.clone()],
        affect,
        notified_at: work.notified_at,
        excluded,
        overrun_ms: overrun.map_or(0, |interval| Window::new(affect.end, interval.end).length_ms()),
        state,
        summary: said.say("网络割接", "planned work on the network"),
    })
}
