//! What people did about a circuit, as a report shows it: excluded time, tickets, planned work, credits,
//! how its figure is made. Nothing that was done after the figure's `asOf` shows, so that the report of a
//! month that is over says the same whenever it is made.

use std::collections::{BTreeMap, BTreeSet};

use engine::explain;
use engine::figure::Figure;
use engine::ledger::{Class, Interval};
use figures::Dossier;
use model::fault::FaultNo;
use model::ticket::{Repair, Ticket};
use model::time::{Time, Window};
use model::work::{Cutover, KeyProtection, OpType};
use report::input::{self, Credit, Exclusion, Gap, Method, Percent, Rfo};
use store::work::key_protections_page;
use store::{StoreError, Tx};

use super::outage::reference;
use super::words::Said;

/// Planned work so long after the period is told of.
const AHEAD_S: i64 = 31 * 86_400;
/// Tasks of one page.
const PAGE: u32 = 1000;
/// The operation by which the e-ops system accepts a ticket.
const ACCEPTED: &str = "confirmWorkSheet";

/// Excluded time with what it rests on and who approved it.
pub(super) fn exclusions(dossier: &Dossier, figure: &Figure, said: Said) -> Vec<Exclusion> {
    let excluded = figure.ledger.iter().filter(|interval| interval.class == Class::Excluded);
    let exclusion = |interval: &Interval| {
        let cited: Vec<String> = interval.evidence.iter().filter_map(|one| reference(dossier, one)).collect();
        let corrected = interval.evidence.iter().find_map(|one| dossier.correction(one));
        let held_by = || interval.evidence.iter().find_map(|one| dossier.held_by(one)).map(str::to_owned);
        let decided_by = corrected.map(|correction| correction.decided_by.clone()).or_else(held_by);
        Exclusion {
            circuit: figure.circuit_code.clone(),
            window: interval.window(),
            down: interval.down == Some(true),
            suspended: interval.evidence.iter().any(|one| one.starts_with("suspend:")),
            reason: said.of(explain::why(interval.class, interval.code, false)),
            evidence: cited.join(" "),
            approver: decided_by.unwrap_or_default(),
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
    let down = figure.ledger.iter().filter(|interval| interval.is_down());
    down.flat_map(|interval| &interval.evidence).filter_map(|evidence| dossier.cited(evidence).fault).collect()
}

/// The reason for an outage that the e-ops system gave with its reply, whenever that came: a month's report
/// explains its outages, and what comes after it was issued makes a revision.
pub(super) fn rfo(ticket: &Ticket) -> Option<Rfo> {
    let Repair { cause, party, action } = ticket.repair.clone()?;
    Some(Rfo { reference: ticket.sheet_no.clone(), cause, party, action })
}

/// By what a report looks at tickets.
#[derive(Clone, Copy, Debug)]
pub(super) struct TicketTerms {
    /// What was done later does not show.
    pub(super) as_of: Time,
    /// The first answer is due within this.
    pub(super) answer_within_ms: Option<i64>,
    /// The report's language.
    pub(super) said: Said,
}

/// A ticket as a customer may see it; `None` if the e-ops system does not have it by then.
pub(super) fn ticket(ticket: &Ticket, circuits: Vec<String>, terms: TicketTerms) -> Option<input::Ticket> {
    let TicketTerms { as_of, answer_within_ms, said } = terms;
    if ticket.sheet_no.is_empty() {
        return None;
    }
    let known = |at: &Time| *at <= as_of;
    let accepted = ticket.notes.iter().filter(|note| note.operation == ACCEPTED).map(|note| note.at).min();
    let answered_at = accepted.filter(known);
    let answer_ms = answered_at.map(|at| at.since(ticket.opened_at));
    let restored_at = ticket.restored_at.filter(known);
    Some(input::Ticket {
        number: ticket.sheet_no.clone(),
        circuits,
        opened_at: ticket.opened_at,
        answered_at,
        restored_at,
        answered_in_time: answer_ms.zip(answer_within_ms).map(|(took, limit)| took <= limit),
        restored_in_time: restored_at.zip(ticket.deal_time_limit).map(|(at, limit)| at <= limit),
        summary: said.say("业务中断抢修", "restoring an interrupted service"),
    })
}

/// Planned work of a circuit in the period, and what was announced by its end for the weeks after it.
pub(super) fn works(dossier: &Dossier, figure: &Figure, said: Said) -> Vec<input::Work> {
    let ahead = Window::new(figure.period.end, figure.period.end.plus_s(AHEAD_S));
    let announced = |work: &Cutover| work.notified_at.is_some_and(|at| at <= figure.as_of);
    let comes =
        |work: &Cutover, affect: Window| ahead.holds(affect.start) && announced(work) && work.op_type != OpType::Cancel;
    let touches =
        |work: &&Cutover| work.affect.is_some_and(|affect| affect.cut(figure.period).is_some() || comes(work, affect));
    let known = |work: &&Cutover| work.is_affect && work.op_type != OpType::Del;
    dossier.cutovers.iter().filter(known).filter(touches).filter_map(|work| one_work(work, figure, said)).collect()
}

/// The tasks that protect circuits at some time of a period, as far as they were told by then.
pub(super) async fn protections(tx: &mut Tx, period: Window, as_of: Time) -> Result<Vec<KeyProtection>, StoreError> {
    let mut held = Vec::new();
    let mut after = String::new();
    loop {
        let page = key_protections_page(tx, period.start, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(held) };
        after.clone_from(&last.task_no);
        held.extend(page.into_iter().filter(|task| protects(task, period, as_of)));
    }
}

fn protects(task: &KeyProtection, period: Window, as_of: Time) -> bool {
    let told = task.told_at.is_none_or(|at| at <= as_of);
    told && task.op_type != OpType::Cancel && task.window.is_some_and(|window| window.cut(period).is_some())
}

/// Of these tasks those that protected circuits of a report.
pub(super) fn protections_of(tasks: &[KeyProtection], circuits: &[input::Circuit]) -> Vec<input::Protection> {
    let own: BTreeSet<&str> = circuits.iter().map(|circuit| circuit.code.as_str()).collect();
    let named = |task: &KeyProtection| {
        task.circuit_codes.iter().filter(|code| own.contains(code.as_str())).cloned().collect::<Vec<String>>()
    };
    tasks.iter().filter_map(|task| protection(task, named(task))).collect()
}

/// A task with those of its circuits that are meant; `None` if there are none.
pub(super) fn protection(task: &KeyProtection, circuits: Vec<String>) -> Option<input::Protection> {
    let window = task.window.filter(|_| !circuits.is_empty())?;
    let level = task.level.map_or(String::new(), |level| level.word().to_owned());
    Some(input::Protection { number: task.task_no.clone(), level, window, circuits })
}

/// Adds works, each once with all of its circuits.
pub(super) fn merge(held: &mut BTreeMap<String, input::Work>, works: Vec<input::Work>) {
    for work in works {
        match held.get_mut(&work.number) {
            Some(held) => {
                held.circuits.extend(work.circuits);
                held.excluded |= work.excluded;
                held.overrun_ms = held.overrun_ms.max(work.overrun_ms);
            }
            None => drop(held.insert(work.number.clone(), work)),
        }
    }
}

fn one_work(work: &Cutover, figure: &Figure, said: Said) -> Option<input::Work> {
    let affect = work.affect?;
    let cited = format!("cutover:{}#", work.cutover_no);
    let cites = |interval: &Interval| interval.evidence.iter().any(|evidence| evidence.starts_with(&cited));
    let excluded = figure.ledger.iter().any(|interval| interval.class == Class::Excluded && cites(interval));
    // What is down where the window ends ran over.
    let after = figure.ledger.iter().find(|interval| interval.window().holds(affect.end) && interval.is_down());
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
