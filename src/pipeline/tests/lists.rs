//! What lists of active alarms do: one that lacks an alarm clears it, a later one that names it again
//! refutes that, and after every list we hold active what the manager holds active.

use intake::submission::Notification;
use model::alarm::{AlarmEnd, AlarmStatus, ClearType, ObjectType, Severity};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::testing::both;

use super::*;

/// Ids that the manager uses, again and again.
const IDS: usize = 25;
const STEPS: u32 = 400;

fn raised(alarm_id: &str, at: Time) -> AlarmRecord {
    AlarmRecord {
        alarm_id: alarm_id.into(),
        object_type: Some(ObjectType::Port),
        object_id: format!("PORT-{alarm_id}").into(),
        severity: Severity::Minor,
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(at),
        ems_time: Some(at),
        ..AlarmRecord::default()
    }
}

fn record(record: &AlarmRecord) -> AlarmFact {
    AlarmFact::Record(Arc::new(record.clone()))
}

fn cleared(record: &AlarmRecord, at: Time) -> AlarmFact {
    let (alarm_status, clear_time) = (Some(AlarmStatus::Cleared), Some(at));
    AlarmFact::Record(Arc::new(AlarmRecord { alarm_status, clear_time, ems_time: Some(at), ..record.clone() }))
}

fn ended(record: &AlarmRecord, at: Time) -> AlarmFact {
    let (alarm_id, clear_user) = (record.alarm_id.to_string(), String::new());
    AlarmFact::End(AlarmEnd { alarm_id, clear_time: Some(at), clear_type: ClearType::Ems, clear_user })
}

fn counts(run: &SyncRun) -> (u32, u32) {
    (run.raised, run.cleared)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_that_a_later_list_names_again_was_active_throughout() {
    for test in both().await {
        let mut desk = Desk::start(test);
        let (a, b) = (raised("A", desk.now().await), raised("B", desk.now().await));
        let at = desk.now().await;
        assert_eq!(counts(&desk.list(&[a.clone(), b.clone()], at, 1).await), (2, 0));
        let number = desk.active().await["B"].id;
        let without = desk.now().await;
        assert_eq!(counts(&desk.list(std::slice::from_ref(&a), without, 1).await), (0, 1));
        let gone = desk.alarms().await;
        assert_eq!((gone[1].cleared_at, gone[1].clear_type), (Some(without), Some(ClearType::Sync)));
        desk.restart().await;
        let at = desk.now().await;
        assert_eq!(counts(&desk.list(&[a.clone(), b.clone()], at, 1).await), (1, 0));
        for _ in 0..2 {
            let held = desk.alarms().await;
            assert_eq!(held.len(), 2);
            assert_eq!((held[1].id, held[1].raised_at, held[1].raises), (number, b.ne_time.unwrap(), 1));
            assert_eq!((held[1].cleared_at, held[1].clear_type), (None, None));
            // Told again, and read again, it is no news.
            assert_eq!(counts(&desk.list(&[a.clone(), b.clone()], at, 1).await), (0, 0));
            desk.restart().await;
        }
        // What its manager says of the end stands, though it ended before the list that names it.
        desk.tell(cleared(&b, without.plus_ms(1))).await;
        assert_eq!(desk.alarms().await[1].cleared_at, Some(without.plus_ms(1)));
        let at = desk.now().await;
        assert_eq!(counts(&desk.list(&[a.clone(), b], at, 2).await), (0, 0));
        assert_eq!(desk.active().await.into_keys().collect::<Vec<_>>(), ["A"]);
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_omc_tells_while_its_list_is_made_stays_however_wrong_the_clock_of_the_element() {
    for (kind, cleared) in [(SourceKind::Omc, 0), (SourceKind::Transport, 1)] {
        for test in both().await {
            let mut desk = Desk::of(test, kind);
            let old = raised("A", desk.now().await);
            desk.tell(record(&old)).await;
            let asked = desk.now().await;
            let element = AlarmRecord { ne_time: Some(asked.plus_s(-600)), ems_time: None, ..raised("B", asked) };
            desk.tell(record(&element)).await;
            assert_eq!(counts(&desk.list(&[old], asked, 1).await), (0, cleared), "{kind:?}");
            desk.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_alarm_under_a_number_that_came_is_kept() {
    for test in both().await {
        let mut desk = Desk::of(test, SourceKind::Omc);
        for (id, digest) in [("A", 1), ("A", 1), ("B", 2)] {
            let at = desk.now().await;
            let number = Notification { interface: "OMC", id: 11, acts_once: false, anew: false, digest };
            let told = Submission {
                source: manager(),
                received_at: at,
                message: None,
                notification: Some(number),
                raw: Vec::new(),
                content: Content::Alarms(vec![record(&raised(id, START))]),
                refused: Vec::new(),
            };
            desk.intake.submit(told).await.unwrap();
        }
        assert_eq!(desk.active().await.into_keys().collect::<Vec<_>>(), ["A", "B"]);
        desk.stop().await;
    }
}

/// A manager as it is, and how it tells of itself: some reports are lost and some are late.
struct Truth {
    desk: Desk,
    dice: StdRng,
    active: BTreeMap<String, AlarmRecord>,
    late: Vec<AlarmFact>,
    /// What happened, to be read when the test fails.
    seen: [u32; 3],
}

impl Truth {
    async fn step(&mut self) {
        let at = self.desk.now().await;
        let id = format!("A{}", self.dice.random_range(0..IDS));
        match (self.dice.random_range(0..100), self.active.get(&id).cloned()) {
            (0..50, None) => {
                let new = raised(&id, at);
                self.active.insert(id, new.clone());
                self.report(record(&new)).await;
            }
            (0..15, Some(old)) => {
                let severity = Severity::ALL[self.dice.random_range(0..Severity::ALL.len())];
                let new = AlarmRecord { severity, ems_time: Some(at), ..old };
                self.active.insert(id, new.clone());
                self.report(record(&new)).await;
            }
            (15..50, Some(old)) => {
                self.active.remove(&id);
                let fact = if self.dice.random() { cleared(&old, at) } else { ended(&old, at) };
                self.report(fact).await;
            }
            (50..65, _) => self.tell_late().await,
            (65..75, _) => self.careless_list(at).await,
            (75..97, _) => self.honest_list(at).await,
            _ => self.desk.restart().await,
        }
    }

    /// Tells something at once, later, twice or never.
    async fn report(&mut self, fact: AlarmFact) {
        match self.dice.random_range(0..10) {
            0..3 => {}
            3..5 => self.late.push(fact),
            5 => {
                self.desk.tell(fact.clone()).await;
                self.desk.tell(fact).await;
            }
            _ => self.desk.tell(fact).await,
        }
    }

    async fn tell_late(&mut self) {
        if !self.late.is_empty() {
            let place = self.dice.random_range(0..self.late.len());
            let fact = self.late.swap_remove(place);
            self.desk.tell(fact).await;
        }
    }

    /// A list that says that it is whole and is not.
    async fn careless_list(&mut self, at: Time) {
        let listed: Vec<AlarmRecord> = self.active.values().filter(|_| self.dice.random_ratio(3, 4)).cloned().collect();
        self.list(&listed, at).await;
        self.seen[0] += 1;
    }

    /// After it we hold what the manager holds; what would clear too much needs a second list.
    async fn honest_list(&mut self, at: Time) {
        let listed: Vec<AlarmRecord> = self.active.values().cloned().collect();
        // What is late may overtake the list.
        if self.dice.random() {
            self.tell_late().await;
        }
        if self.list(&listed, at).await == RunState::Waiting {
            let at = self.desk.now().await;
            assert_eq!(self.list(&listed, at).await, RunState::Done);
        }
        let held = self.desk.active().await;
        let held: Vec<_> = held.iter().map(|(id, alarm)| (id.as_str(), alarm.record.severity)).collect();
        let wanted: Vec<_> = self.active.iter().map(|(id, record)| (id.as_str(), record.severity)).collect();
        assert_eq!(held, wanted);
        self.seen[1] += 1;
    }

    /// Hands a list over; it must count exactly what it moves.
    async fn list(&mut self, listed: &[AlarmRecord], at: Time) -> RunState {
        let before = self.desk.active().await;
        let part = self.dice.random_range(1..=IDS);
        let run = self.desk.list(listed, at, part).await;
        let after = self.desk.active().await;
        let new = after.keys().filter(|id| !before.contains_key(*id)).count();
        let gone = before.keys().filter(|id| !after.contains_key(*id)).count();
        assert_eq!((run.raised as usize, run.cleared as usize), (new, gone));
        let older = |id: &String| self.active.get(id).is_some_and(|record| record.ne_time.is_some_and(|r| r < at));
        self.seen[2] += u32::from(after.keys().any(|id| !before.contains_key(id) && older(id)));
        run.state
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_list_we_hold_active_what_the_manager_holds_active() {
    for seed in 1..=3 {
        for test in both().await {
            let desk = Desk::start(test);
            let dice = StdRng::seed_from_u64(seed);
            let mut truth = Truth { desk, dice, active: BTreeMap::new(), late: Vec::new(), seen: [0; 3] };
            for _ in 0..STEPS {
                truth.step().await;
            }
            assert!(truth.seen.iter().all(|seen| *seen > 10), "{:?}", truth.seen);
            truth.desk.stop().await;
        }
    }
}
