//! An independent, slow figure with all of a plan: time is cut at every boundary of every fact and at
//! every hour, and each piece is looked at on its own, straight from the text of the specification.
//! It shares no code with the engine. `PROPTEST_CASES=10000` runs it longer.

use proptest::prelude::*;

use super::case::{Case, DAY, HOUR, Method, PLACES, Stretch, any_case, any_method};
use super::*;
use crate::correction::Change;
use crate::hits::Impact;
use crate::ledger::Class;
use crate::plan::words::ExclusionCode;

/// What the reference finds of a piece of time.
type Piece = (i64, i64, Class, Option<ExclusionCode>, bool);

/// Everything at hand.
struct Slow<'a> {
    case: &'a Case,
    method: &'a Method,
    pieces: Vec<Stretch>,
    outages: Vec<Stretch>,
}

fn holds((start, end): Stretch, at: i64) -> bool {
    start <= at && at < end
}

fn any_holds(stretches: &[Stretch], at: i64) -> bool {
    stretches.iter().any(|stretch| holds(*stretch, at))
}

/// Every instant at which anything may change, and the pieces between.
fn pieces(case: &Case) -> Vec<Stretch> {
    let (from, to) = (case.period.0 - 80 * DAY, case.period.1 + 70 * DAY);
    let stretches = case.hits.iter().map(|hit| hit.2).chain(case.works.iter().map(|work| work.0));
    let stretches = stretches.chain(case.suspends.iter().map(|s| s.0)).chain(case.corrections.iter().map(|c| c.0));
    let stretches = stretches.chain(case.in_service.iter().copied()).chain(case.tickets.iter().copied());
    let stretches = stretches.chain(case.silences.iter().copied()).chain([case.protected, case.period]);
    let mut cuts: Vec<i64> = stretches.flat_map(|(start, end)| [start, end]).collect();
    cuts.extend((from / HOUR..=to / HOUR).map(|hour| hour * HOUR));
    cuts.push(case.as_of);
    cuts.retain(|cut| (from..=to).contains(cut));
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Neighbouring pieces that `is` holds for, joined.
fn runs(pieces: &[Stretch], is: impl Fn(i64) -> bool) -> Vec<Stretch> {
    let mut runs: Vec<Stretch> = Vec::new();
    for (start, end) in pieces.iter().filter(|piece| is(piece.0)) {
        match runs.last_mut() {
            Some(last) if last.1 == *start => last.1 = *end,
            _ => runs.push((*start, *end)),
        }
    }
    runs
}

fn alarm_down(case: &Case, at: i64) -> bool {
    let hit = |place: Option<(u16, u16)>| {
        case.hits.iter().any(|hit| PLACES[hit.0] == place && hit.1 == Impact::Outage && holds(hit.2, at))
    };
    let first = hit(Some((1, 1))) && (!holds(case.protected, at) || hit(Some((1, 2))));
    hit(None) || first || hit(Some((2, 1)))
}

/// Down stretches by the plan's clock.
fn clocked(case: &Case, method: &Method, alarms: &[Stretch]) -> Vec<Stretch> {
    let mut starts: Vec<Vec<i64>> = vec![Vec::new(); alarms.len()];
    let mut alone = Vec::new();
    for ticket in case.tickets.iter().filter(|ticket| ticket.0 < ticket.1) {
        match alarms.iter().position(|outage| outage.0 < ticket.1 && ticket.0 < outage.1) {
            Some(first) => starts[first].push(ticket.0),
            None => alone.push(*ticket),
        }
    }
    let moved = |choose: fn(i64, i64) -> i64| {
        let pairs = alarms.iter().zip(&starts);
        let own =
            pairs.map(|((start, end), opened)| (opened.iter().min().map_or(*start, |o| choose(*start, *o)), *end));
        own.chain(alone.iter().copied()).collect()
    };
    match method.clock {
        "alarm" => alarms.to_vec(),
        "ticket" => case.tickets.clone(),
        "earliest" => moved(i64::min),
        _ => moved(i64::max),
    }
}

fn outages(case: &Case, method: &Method, pieces: &[Stretch]) -> Vec<Stretch> {
    let down = clocked(case, method, &runs(pieces, |at| alarm_down(case, at)));
    let says = |change: Change, at: i64| case.corrections.iter().any(|c| c.1 == change && holds(c.0, at));
    let mut found = runs(pieces, |at| {
        let corrected = (any_holds(&down, at) && !says(Change::Up, at)) || says(Change::Down, at);
        corrected && any_holds(&case.in_service, at)
    });
    while let Some(at) = found.windows(2).position(|pair| pair[1].0 - pair[0].1 < method.merge_gap_s * 1000) {
        let next = found.remove(at + 1);
        found[at].1 = next.1;
    }
    found.retain(|(start, end)| end - start >= method.min_outage_s * 1000);
    found
}

impl<'a> Slow<'a> {
    fn new(case: &'a Case, method: &'a Method) -> Self {
        let pieces = pieces(case);
        let outages = outages(case, method, &pieces);
        Slow { case, method, pieces, outages }
    }

    /// By the wall clock of the zone, the other way round than the engine goes.
    fn is_open(&self, at: i64) -> bool {
        let Some((from, to, weekdays)) = self.method.hours else { return true };
        let local = jiff::Timestamp::from_millisecond(at).unwrap().in_tz(self.method.zone).unwrap();
        let date = local.date().to_string();
        let day = local.weekday().to_monday_zero_offset();
        let is_day = if weekdays { day < 5 } else { day == 5 || day == 2 };
        let is_day = (is_day || date == "2026-10-11") && date != "2026-10-14";
        is_day && (from..to).contains(&i64::from(local.hour()))
    }

    fn code(&self, at: i64) -> Option<ExclusionCode> {
        let Case { works, suspends, corrections, .. } = self.case;
        let planned = works.iter().filter(|work| work.1 >= self.method.notice_h && holds(work.0, at));
        let planned = planned.map(|_| ExclusionCode::PlannedCutover);
        let held = suspends.iter().filter(|suspend| holds(suspend.0, at)).map(|suspend| suspend.1);
        let agreed = corrections.iter().filter(|c| holds(c.0, at)).filter_map(|c| match c.1 {
            Change::Exclude(code) => Some(code),
            _ => None,
        });
        planned.chain(held).chain(agreed).filter(|code| self.method.exclusions.contains(code)).min()
    }

    fn class(&self, at: i64, down: bool) -> (Class, Option<ExclusionCode>, bool) {
        let doubts = self.case.hits.iter().any(|hit| hit.1 == Impact::Unmeasured && holds(hit.2, at));
        if !any_holds(&self.case.in_service, at) {
            (Class::NotInService, None, false)
        } else if !self.is_open(at) {
            (Class::OutsideWindow, None, false)
        } else if let Some(code) = self.code(at) {
            (Class::Excluded, Some(code), down)
        } else if down {
            (Class::Down, None, false)
        } else if doubts || any_holds(&self.case.silences, at) {
            (Class::Unmeasured, None, false)
        } else {
            (Class::Up, None, false)
        }
    }

    fn ledger(&self, within: Stretch) -> Vec<Piece> {
        let inside = self.pieces.iter().filter(|piece| within.0 <= piece.0 && piece.1 <= within.1);
        inside
            .map(|(start, end)| {
                let (class, code, down) = self.class(*start, any_holds(&self.outages, *start));
                (*start, *end, class, code, down)
            })
            .collect()
    }

    /// Counted time of an outage, wherever it lies.
    fn counted(&self, outage: Stretch) -> i64 {
        let pieces = self.ledger(outage);
        pieces.iter().filter(|piece| piece.2 == Class::Down).map(|piece| piece.1 - piece.0).sum()
    }

    /// Ended and counted outages: (stretch, counted time), oldest first.
    fn ended(&self) -> Vec<(Stretch, i64)> {
        let ended = self.outages.iter().filter(|outage| outage.1 <= self.case.as_of);
        ended.map(|outage| (*outage, self.counted(*outage))).filter(|(_, ms)| *ms > 0).collect()
    }

    /// When the open outage uses up what is left.
    fn breach(&self, left: i64) -> Option<i64> {
        let (as_of, end) = (self.case.as_of, self.case.period.1);
        if left < 0 || !any_holds(&self.outages, as_of) {
            return None;
        }
        let mut left = left;
        for (start, end) in self.pieces.iter().filter(|piece| as_of <= piece.0 && piece.1 <= end) {
            if self.class(*start, true).0 != Class::Down {
                continue;
            }
            if left < end - start {
                return Some(start + left);
            }
            left -= end - start;
        }
        None
    }
}

fn length(ledger: &[Piece], is: impl Fn(&Piece) -> bool) -> i64 {
    ledger.iter().filter(|piece| is(piece)).map(|piece| piece.1 - piece.0).sum()
}

/// Percent with five decimals, half-even, by long division.
fn percent(up: i64, whole: i64) -> Option<String> {
    let scaled = i128::from(up) * 10_000_000;
    (whole > 0).then(|| {
        let whole = i128::from(whole);
        let (mut q, twice) = (scaled / whole, scaled % whole * 2);
        if twice > whole || (twice == whole && q % 2 == 1) {
            q += 1;
        }
        format!("{}.{:05}", q / 100_000, q % 100_000)
    })
}

fn check(case: &Case, method: &Method) -> Result<(), TestCaseError> {
    let (figure, slow) = (case.evaluate(&method.plan()), Slow::new(case, method));
    let ledger = slow.ledger((case.period.0, case.as_of));
    let (unmeasured, excluded) =
        (length(&ledger, |p| p.2 == Class::Unmeasured), length(&ledger, |p| p.2 == Class::Excluded));
    let (in_service, in_down) = match method.unmeasured {
        "leave_base" => (0, 0),
        "up" => (unmeasured, 0),
        _ => (unmeasured, unmeasured),
    };
    let service = length(&ledger, |p| matches!(p.2, Class::Up | Class::Down | Class::Excluded)) + in_service;
    let down = length(&ledger, |p| p.2 == Class::Down) + in_down;
    let hidden = length(&ledger, |p| p.4);
    prop_assert_eq!((figure.service_ms, figure.down_ms, figure.excluded_outage_ms), (service, down, hidden));
    prop_assert_eq!((figure.excluded_window_ms, figure.unmeasured_ms), (excluded, unmeasured));
    prop_assert_eq!(figure.not_in_service_ms, length(&ledger, |p| p.2 == Class::NotInService));
    prop_assert_eq!(figure.outside_window_ms, length(&ledger, |p| p.2 == Class::OutsideWindow));
    let whole = match method.denominator {
        "net_of_excluded_outage" => service - hidden,
        "net_of_windows" => service - excluded,
        _ => service,
    };
    prop_assert_eq!(figure.availability.map(Share::to_decimal), percent(whole - down, whole));
    prop_assert_eq!(figure.gross_availability.map(Share::to_decimal), percent(service - down - hidden, service));
    check_ledger(&figure, &ledger)?;
    check_counts(&figure, &slow, service - hidden - down)?;
    let rest = slow.ledger((case.as_of, case.period.1));
    let all = service + length(&rest, |p| !matches!(p.2, Class::NotInService | Class::OutsideWindow));
    let allowed = i64::try_from(i128::from(all) * i128::from(100 - method.target) / 100).unwrap();
    prop_assert_eq!((figure.budget.allowed_ms, figure.budget.left_ms), (allowed, allowed - down));
    prop_assert_eq!(figure.budget.breach_at.map(Time::ms), slow.breach(allowed - down));
    Ok(())
}

/// Interval by interval: the reference's pieces lie inside the engine's, which are maximal.
fn check_ledger(figure: &Figure, ledger: &[Piece]) -> Result<(), TestCaseError> {
    for (start, end, class, code, down) in ledger {
        let holding = figure.ledger.iter().find(|interval| interval.window().holds(Time::from_ms(*start)));
        let interval = holding.expect("every instant has an interval");
        prop_assert!(interval.end.ms() >= *end, "{} to {}", start, end);
        prop_assert_eq!(
            (interval.class, interval.code, interval.down == Some(true)),
            (*class, *code, *down),
            "{}",
            start
        );
    }
    let key = |i: &Interval| (i.class, i.code, i.down, i.degraded);
    let maximal = figure.ledger.windows(2).all(|pair| pair[0].end == pair[1].start && key(&pair[0]) != key(&pair[1]));
    prop_assert!(maximal);
    let reasoned = |i: &Interval| !matches!(i.class, Class::Down | Class::Excluded) || !i.evidence.is_empty();
    prop_assert!(figure.ledger.iter().all(reasoned), "down and excluded time has evidence");
    Ok(())
}

fn check_counts(figure: &Figure, slow: &Slow<'_>, up: i64) -> Result<(), TestCaseError> {
    let (case, method, ended) = (slow.case, slow.method, slow.ended());
    let inside: Vec<usize> = (0..ended.len()).filter(|i| ended[*i].0.1 > case.period.0).collect();
    let lengths: Vec<i64> = inside.iter().map(|i| ended[*i].1).collect();
    prop_assert_eq!(i64::from(figure.outages), lengths.len() as i64);
    prop_assert_eq!(figure.longest_ms, lengths.iter().max().copied());
    let mean = |total: i64| (total as f64) / (lengths.len() as f64);
    let near = |got: Option<i64>, total: i64| got.is_none_or(|got| (got as f64 - mean(total)).abs() <= 0.51);
    prop_assert_eq!(figure.mttr_ms.is_some(), !lengths.is_empty());
    prop_assert!(near(figure.mttr_ms, lengths.iter().sum()) && near(figure.mtbf_ms, up));
    let in_time = lengths.iter().filter(|ms| **ms <= method.restore_within_s * 1000).count();
    prop_assert_eq!(figure.quality.restored_in_time, Some(in_time as u32));
    let repeats = inside.iter().filter(|i| **i > 0 && ended[**i].0.0 - ended[**i - 1].0.1 <= method.repeat_days * DAY);
    prop_assert_eq!(figure.quality.repeats as usize, repeats.count());
    let recent = ended.iter().filter(|(outage, _)| outage.1 > case.as_of - method.chronic_days * DAY).count();
    prop_assert_eq!((figure.quality.recent as usize, figure.quality.chronic), (recent, recent >= 3));
    Ok(())
}

proptest! {
    #[test]
    fn agrees_with_a_look_at_every_piece((method, case) in any_method().prop_flat_map(any_case)) {
        check(&case, &method)?;
    }
}
