//! Outages of a report: neighbouring stretches of a ledger in which the circuit was down, each explained.

use engine::explain;
use engine::figure::Figure;
use engine::ledger::{Class, Interval};
use figures::Dossier;
use figures::places::Places;
use model::time::Zone;
use report::input::{Counted, Entry, Outage};

use super::words::Said;

/// Outages of a figure, oldest first, not before its period; they have no numbers yet.
pub(super) fn outages(dossier: &Dossier, (figure, places): (&Figure, &Places), said: Said) -> Vec<Outage> {
    let groups = figure.ledger.chunk_by(|a, b| a.is_down() && b.is_down() && a.end == b.start);
    let running = figure.as_of < figure.period.end;
    let outage = |group: &[Interval]| {
        let (first, last) = (group.first()?, group.last()?);
        Some(Outage {
            number: String::new(),
            circuit: figure.circuit_code.clone(),
            start: first.start,
            end: Some(last.end).filter(|end| !running || *end < figure.as_of),
            cause: cause(dossier, group, said),
            place: places.of(dossier, group).map_or(String::new(), |place| said.of(place.for_customer)),
            rfo: None,
            ticket: String::new(),
            ledger: group.iter().map(|interval| entry(dossier, interval, said)).collect(),
        })
    };
    groups.filter(|group| group.first().is_some_and(Interval::is_down)).filter_map(outage).collect()
}

/// Puts outages of all circuits in the order of time and numbers them: `O-20261107-03`.
pub(super) fn number(outages: &mut [Outage], zone: &Zone) {
    outages.sort_by(|a, b| (a.start, &a.circuit).cmp(&(b.start, &b.circuit)));
    let (mut day, mut nth) = (String::new(), 0_u32);
    for outage in outages {
        let of = zone.civil(outage.start).strftime("%Y%m%d").to_string();
        nth = if of == day { nth + 1 } else { 1 };
        outage.number = format!("O-{of}-{nth:02}");
        day = of;
    }
}

/// What a citation is called in a report: numbers that our people can look up and that say nothing of
/// our equipment.
pub(super) fn reference(dossier: &Dossier, evidence: &str) -> Option<String> {
    let (kind, rest) = evidence.split_once(':')?;
    match kind {
        "alarm" => dossier.cited(evidence).alarm.map(|alarm| format!("A-{alarm}")),
        "cutover" => Some(rest.rsplit_once('#').map_or(rest, |(number, _)| number).to_owned()),
        "correction" => Some(format!("C-{rest}")),
        _ => Some(rest.to_owned()),
    }
}

fn entry(dossier: &Dossier, interval: &Interval, said: Said) -> Entry {
    let cited = interval.evidence.iter().filter_map(|evidence| reference(dossier, evidence));
    Entry {
        window: interval.window(),
        counted: counted(interval.class),
        why: said.of(explain::why(interval.class, interval.code, interval.degraded == Some(true))),
        evidence: cited.collect(),
    }
}

const fn counted(class: Class) -> Counted {
    match class {
        Class::NotInService => Counted::NotInService,
        Class::OutsideWindow => Counted::OutsideWindow,
        Class::Excluded => Counted::Excluded,
        Class::Down => Counted::Counted,
        Class::Unmeasured => Counted::Unmeasured,
        Class::Up => Counted::Up,
    }
}

/// The kind of cause by the alarm that began first.
fn cause(dossier: &Dossier, group: &[Interval], said: Said) -> String {
    let first = dossier.first_alarm(group);
    let record = first.and_then(|life| life.episode.values.first()).map(|(_, record)| record);
    match record {
        Some(record) => said.of(explain::cause(dossier.network.knowledge.category(record), record).1),
        None => said.say("网络故障", "a network fault"),
    }
}
