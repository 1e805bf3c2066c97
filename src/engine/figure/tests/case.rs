//! Random circuits with everything that bears on a figure, at odd milliseconds around a month in
//! which a clock may change. Some windows are reversed, as careless input is.

use std::sync::Arc;

use model::time::{Time, Window};
use model::work::{Cutover, OpType};
use proptest::prelude::*;
use proptest::sample::select;

use crate::clock::TicketLife;
use crate::correction::{Change, Correction};
use crate::episode::Episode;
use crate::exclusion::Suspend;
use crate::figure::{CircuitFacts, Detail, Figure, Paperwork, evaluate_circuit};
use crate::hits::{EvidencedEpisode, Hit, Impact};
use crate::inventory::Place;
use crate::outage::AlternativeLife;
use crate::period::Period;
use crate::plan::Plan;
use crate::plan::words::ExclusionCode;
use crate::terms::Terms;

pub const DAY: i64 = 86_400_000;
pub const HOUR: i64 = 3_600_000;
/// Codes that a case may exclude by.
pub const CODES: [ExclusionCode; 3] =
    [ExclusionCode::PlannedCutover, ExclusionCode::CustomerPower, ExclusionCode::ForceMajeure];
/// Where a hit may be: the alternatives of two segments, or the whole circuit.
pub const PLACES: [Option<(u16, u16)>; 4] = [Some((1, 1)), Some((1, 2)), Some((2, 1)), None];

/// A stretch in milliseconds; the end may lie before the start.
pub type Stretch = (i64, i64);

/// How a plan accounts.
#[derive(Clone, Debug)]
pub struct Method {
    pub zone: &'static str,
    pub clock: &'static str,
    pub merge_gap_s: i64,
    pub min_outage_s: i64,
    pub denominator: &'static str,
    pub unmeasured: &'static str,
    pub notice_h: i64,
    pub exclusions: Vec<ExclusionCode>,
    /// First and last hour, and whether weekends are out.
    pub hours: Option<(i64, i64, bool)>,
    pub target: i64,
    pub restore_within_s: i64,
    pub repeat_days: i64,
    pub chronic_days: i64,
}

/// The facts of a circuit, in milliseconds since the epoch.
#[derive(Clone, Debug)]
pub struct Case {
    /// Sorted and disjoint.
    pub in_service: Vec<Stretch>,
    /// When the protection exists.
    pub protected: Stretch,
    /// Place, impact, when.
    pub hits: Vec<(usize, Impact, Stretch)>,
    /// Affect window and hours of notice.
    pub works: Vec<(Stretch, i64)>,
    pub suspends: Vec<(Stretch, ExclusionCode)>,
    pub corrections: Vec<(Stretch, Change)>,
    pub tickets: Vec<Stretch>,
    pub silences: Vec<Stretch>,
    pub period: Stretch,
    pub as_of: i64,
}

// === impl Method ===

impl Method {
    pub fn plan(&self) -> Plan {
        let hours = self.hours.map_or_else(String::new, |(from, to, weekdays)| {
            let days = if weekdays { "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]" } else { "[\"sat\", \"wed\"]" };
            format!("service_window = {{ days = {days}, from = \"{from:02}:00\", to = \"{to:02}:00\", holidays = [\"2026-10-14\"], workdays = [\"2026-10-11\"] }}")
        });
        let codes: Vec<String> = self.exclusions.iter().map(|code| format!("\"{}\"", code.word())).collect();
        let text = format!(
            "zone = \"{}\"\nclock = \"{}\"\nmerge_gap_s = {}\nmin_outage_s = {}\ndenominator = \"{}\"\nunmeasured = \"{}\"\n\
             notice_h = {}\nexclusions = [{}]\ntarget = {}\nrestore_within_s = {}\nrepeat_days = {}\nchronic_days = {}\n{hours}",
            self.zone,
            self.clock,
            self.merge_gap_s,
            self.min_outage_s,
            self.denominator,
            self.unmeasured,
            self.notice_h,
            codes.join(", "),
            self.target,
            self.restore_within_s,
            self.repeat_days,
            self.chronic_days,
        );
        toml::from_str(&text).unwrap()
    }
}

// === impl Case ===

impl Case {
    pub fn evaluate(&self, plan: &Plan) -> Figure {
        let episodes: Vec<EvidencedEpisode> = (0..self.hits.len().max(1)).map(episode).collect();
        let hits: Vec<Hit> = self.hits.iter().map(|(place, impact, when)| hit(*place, *impact, *when)).collect();
        let works: Vec<Cutover> = self.works.iter().enumerate().map(|(no, work)| cutover(no, *work)).collect();
        let suspends: Vec<Suspend> = self.suspends.iter().map(|(when, code)| suspend(*when, *code)).collect();
        let corrected = self.corrections.iter();
        let corrections: Vec<Correction> =
            corrected.map(|(when, change)| Correction::new("1", window(*when), *change)).collect();
        let tickets: Vec<TicketLife> = self.tickets.iter().map(|when| ticket(*when)).collect();
        let windows = |list: &[Stretch]| list.iter().map(|when| window(*when)).collect::<Vec<_>>();
        let (in_service, silences) = (windows(&self.in_service), windows(&self.silences));
        let facts = CircuitFacts {
            code: "C1",
            in_service: &in_service,
            route: &self.route(),
            hits: &hits,
            episodes: &episodes,
            cutovers: &works.iter().collect::<Vec<_>>(),
            paperwork: Paperwork { tickets: &tickets, suspends: &suspends, corrections: &corrections },
            silences: &silences,
        };
        let terms = Terms::new(plan, window(self.period), Time::from_ms(self.as_of));
        let figure = evaluate_circuit(&facts, &terms, Detail::Ledger);
        let numbers = evaluate_circuit(&facts, &terms, Detail::Numbers);
        assert_eq!(numbers, Figure { ledger: Vec::new(), ..figure.clone() }, "the numbers need no ledger");
        figure
    }

    fn route(&self) -> Vec<AlternativeLife> {
        let life =
            |segment, alternative, exists: Window| AlternativeLife { segment, alternative, exists: vec![exists] };
        vec![life(1, 1, Window::ALWAYS), life(1, 2, window(self.protected)), life(2, 1, Window::ALWAYS)]
    }

    /// Every fact moved by so many milliseconds.
    pub fn moved(&self, ms: i64) -> Case {
        let go = |(start, end): Stretch| (start + ms, end + ms);
        Case {
            in_service: self.in_service.iter().map(|when| go(*when)).collect(),
            protected: go(self.protected),
            hits: self.hits.iter().map(|(place, impact, when)| (*place, *impact, go(*when))).collect(),
            works: self.works.iter().map(|(when, notice)| (go(*when), *notice)).collect(),
            suspends: self.suspends.iter().map(|(when, code)| (go(*when), *code)).collect(),
            corrections: self.corrections.iter().map(|(when, change)| (go(*when), *change)).collect(),
            tickets: self.tickets.iter().map(|when| go(*when)).collect(),
            silences: self.silences.iter().map(|when| go(*when)).collect(),
            period: go(self.period),
            as_of: self.as_of + ms,
        }
    }
}

pub fn window((start, end): Stretch) -> Window {
    Window { start: Time::from_ms(start), end: Time::from_ms(end) }
}

/// One name for all hits, so that splitting and permuting them changes no evidence.
fn episode(_: usize) -> EvidencedEpisode {
    let episode = Episode {
        raised: Time::MIN,
        cleared: None,
        clear_kind: None,
        clear_by: String::new(),
        values: vec![(Time::MIN, Arc::default())],
        raises: 1,
        negative_clear: false,
    };
    EvidencedEpisode { evidence: "alarm:A".into(), episode, sync_after_silence: None }
}

fn hit(place: usize, impact: Impact, when: Stretch) -> Hit {
    let place = match PLACES[place] {
        Some((segment, alternative)) => Place::Alternative { segment, alternative },
        None => Place::Whole,
    };
    Hit { window: window(when), place, impact, episode: 0 }
}

fn cutover(no: usize, (affect, notice_h): (Stretch, i64)) -> Cutover {
    Cutover {
        cutover_no: format!("W{no}"),
        title: String::new(),
        work: None,
        is_affect: true,
        affect: Some(window(affect)),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: vec!["C1".to_owned()],
        op_type: OpType::Add,
        revision: 1,
        notified_at: Some(Time::from_ms(affect.0 - notice_h * HOUR)),
    }
}

fn suspend(when: Stretch, code: ExclusionCode) -> Suspend {
    Suspend { id: "1".to_owned(), window: window(when), code }
}

fn ticket((opened, restored): Stretch) -> TicketLife {
    TicketLife::new("1", Time::from_ms(opened), Some(Time::from_ms(restored)))
}

/// October 2026 in a plan's calendar; in Berlin it has an hour more.
pub fn october(plan: &Plan) -> Stretch {
    let period = Period::parse("2026-10").unwrap().window(plan, None).unwrap();
    (period.start.ms(), period.end.ms())
}

/// The first of October 2026 in UTC.
const FIRST: i64 = 1_790_812_800_000;

/// A stretch from 20 days before to the end of the month, mostly of minutes and hours.
fn any_stretch() -> impl Strategy<Value = Stretch> {
    let length = prop_oneof![
        6 => 1..4 * HOUR,
        2 => HOUR..40 * HOUR,
        1 => 60 * DAY..61 * DAY,
        1 => Just(0i64),
        1 => -DAY..0i64,
    ];
    (FIRST - 20 * DAY..FIRST + 32 * DAY, length).prop_map(|(start, length)| (start, start + length))
}

fn some<T: std::fmt::Debug + Clone + 'static>(
    element: impl Strategy<Value = T> + 'static,
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(element, 0..=most)
}

pub fn any_method() -> impl Strategy<Value = Method> {
    let names = (
        select(vec!["UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York"]),
        select(vec!["alarm", "alarm", "ticket", "earliest", "latest"]),
        select(vec!["net_of_excluded_outage", "net_of_windows", "gross"]),
        select(vec!["leave_base", "up", "down"]),
    );
    let numbers = (
        prop_oneof![2 => Just(0i64), 1 => 1..20_000i64],
        prop_oneof![2 => Just(0i64), 1 => 1..20_000i64],
        select(vec![0i64, 24, 72]),
        select(vec![50i64, 99, 100]),
        1..20_000i64,
        1..40i64,
        1..60i64,
    );
    let hours = proptest::option::of((select(vec![0i64, 4, 8]), select(vec![12i64, 18, 24]), any::<bool>()));
    (names, numbers, proptest::sample::subsequence(CODES.to_vec(), 0..=3), hours).prop_map(
        |((zone, clock, denominator, unmeasured), numbers, exclusions, hours)| {
            let (merge_gap_s, min_outage_s, notice_h, target, restore_within_s, repeat_days, chronic_days) = numbers;
            Method {
                zone,
                clock,
                merge_gap_s,
                min_outage_s,
                denominator,
                unmeasured,
                notice_h,
                exclusions,
                hours,
                target,
                restore_within_s,
                repeat_days,
                chronic_days,
            }
        },
    )
}

/// A case of the month of `method`.
pub fn any_case(method: Method) -> impl Strategy<Value = (Method, Case)> {
    let period = october(&method.plan());
    let impact = select(vec![Impact::Outage, Impact::Outage, Impact::Outage, Impact::Degraded, Impact::Unmeasured]);
    let change = prop_oneof![select(CODES.to_vec()).prop_map(Change::Exclude), Just(Change::Up), Just(Change::Down),];
    let lives = prop_oneof![
        3 => Just(vec![(FIRST - 400 * DAY, FIRST + 400 * DAY)]),
        1 => (FIRST - 10 * DAY..FIRST + 10 * DAY, FIRST + 11 * DAY..FIRST + 40 * DAY).prop_map(|life| vec![life]),
        1 => (FIRST..FIRST + 9 * DAY, 1..3 * DAY).prop_map(|(at, gap)| {
            vec![(FIRST - 50 * DAY, at), (at + gap, FIRST + 90 * DAY)]
        }),
    ];
    let as_of = prop_oneof![2 => Just(period.1), 1 => period.0..period.1];
    let facts = (
        some((0..PLACES.len(), impact, any_stretch()), 10),
        some((any_stretch(), select(vec![10i64, 24, 72, 100])), 3),
        some((any_stretch(), select(CODES.to_vec())), 2),
        some((any_stretch(), change), 3),
        some(any_stretch(), 4),
        some(any_stretch(), 2),
    );
    (Just(method), lives, any_stretch(), facts, as_of).prop_map(
        move |(method, in_service, protected, (hits, works, suspends, corrections, tickets, silences), as_of)| {
            let case =
                Case { in_service, protected, hits, works, suspends, corrections, tickets, silences, period, as_of };
            (method, case)
        },
    )
}
