use std::collections::BTreeMap;
use std::sync::Arc;

use model::alarm::{AlarmRecord, Effect};
use model::time::Time;
use proptest::prelude::*;

use super::{CircuitState, Live, LiveAlarm, Settings};
use crate::inventory::Inventory;
use crate::knowledge::Knowledge;
use crate::small_net::{alarm, at, network, slow_state};

#[derive(Clone, Debug)]
enum Op {
    Raise { place: u64, what: u64, late: i64 },
    Clear { which: usize },
    Reopen { which: usize },
    Change { which: usize, what: u64 },
    Remove { which: usize },
    Swap { seed: u64 },
    Tick { seconds: i64 },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (0..128u64, 0..360u64, 0..100i64).prop_map(|(place, what, late)| Op::Raise { place, what, late }),
        4 => any::<usize>().prop_map(|which| Op::Clear { which }),
        1 => any::<usize>().prop_map(|which| Op::Reopen { which }),
        2 => (any::<usize>(), 0..360u64).prop_map(|(which, what)| Op::Change { which, what }),
        1 => any::<usize>().prop_map(|which| Op::Remove { which }),
        1 => (0..3u64).prop_map(|seed| Op::Swap { seed }),
        3 => (1..400i64).prop_map(|seconds| Op::Tick { seconds }),
    ]
}

/// A live state beside what it should be.
struct Bench {
    live: Live,
    rows: Vec<model::resource::Row>,
    alarms: BTreeMap<i64, (LiveAlarm, u64)>,
    shown: BTreeMap<String, CircuitState>,
    now: Time,
    next: i64,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let rows = network(seed);
        let mut live = Live::new(Arc::new(Inventory::build(&rows).0), Arc::default(), Settings::default());
        live.tick(at(0));
        live.drain();
        let read =
            |(ix, circuit): (_, crate::inventory::Circuit<'_>)| (circuit.code.to_owned(), live.circuit_state(ix).0);
        let shown = live.inventory().circuits().map(read).collect();
        Bench { live, rows, alarms: BTreeMap::new(), shown, now: at(0), next: 1 }
    }

    fn apply(&mut self, op: &Op) {
        let pick = |alarms: &BTreeMap<i64, (LiveAlarm, u64)>, which: usize| {
            let ids: Vec<i64> = alarms.keys().copied().collect();
            (!ids.is_empty()).then(|| ids[which % ids.len()])
        };
        match op {
            Op::Raise { place, what, late } => {
                let raised = alarm(self.next, *place, *what, self.now.plus_s(-late), None);
                self.alarms.insert(self.next, (raised.clone(), *place));
                self.live.put(raised, self.now);
                self.next += 1;
            }
            Op::Clear { which } | Op::Reopen { which } | Op::Change { which, .. } => {
                let Some(id) = pick(&self.alarms, *which) else { return };
                let (held, place) = self.alarms.get_mut(&id).unwrap();
                match op {
                    Op::Clear { .. } => held.cleared = Some(held.cleared.unwrap_or(self.now)),
                    Op::Change { what, .. } => *held = alarm(id, *place, *what, held.raised, held.cleared),
                    _ => held.cleared = None,
                }
                self.live.put(held.clone(), self.now);
            }
            Op::Remove { which } => {
                let Some(id) = pick(&self.alarms, *which) else { return };
                self.alarms.remove(&id);
                self.live.remove(id, self.now);
            }
            Op::Swap { seed } => {
                self.rows = network(*seed);
                self.live.swap(Arc::new(Inventory::build(&self.rows).0), Arc::default(), self.now);
            }
            Op::Tick { seconds } => {
                self.now = self.now.plus_s(*seconds);
                self.live.tick(self.now);
            }
        }
        for change in self.live.drain().circuits {
            let code = self.live.inventory().circuit_code(change.circuit).to_owned();
            self.shown.insert(code, change.state);
        }
    }

    fn active(&self) -> Vec<(&AlarmRecord, Effect)> {
        let knowledge = Knowledge::default();
        let active = self.alarms.values().filter(|(alarm, _)| alarm.cleared.is_none());
        active.map(|(alarm, _)| (alarm.record.as_ref(), knowledge.effect(&alarm.record))).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn counted_states_equal_a_slow_evaluation(seed in 0..3u64, ops in prop::collection::vec(op(), 1..60)) {
        let mut bench = Bench::new(seed);
        for op in &ops {
            bench.apply(op);
            let active = bench.active();
            let mut not_up = 0;
            for (ix, circuit) in bench.live.inventory().circuits() {
                let expected = slow_state(&bench.rows, circuit.code, &active, bench.now);
                prop_assert_eq!(bench.live.circuit_state(ix).0, expected, "{} after {:?}", circuit.code, op);
                prop_assert_eq!(bench.shown[circuit.code], expected, "{} as told after {:?}", circuit.code, op);
                not_up += usize::from(expected != CircuitState::Up);
            }
            prop_assert_eq!(bench.live.not_up().len(), not_up, "what a start tells, after {:?}", op);
        }
    }
}

#[test]
fn what_is_so_at_a_start_was_so_before() {
    let rows = network(0);
    let mut live = Live::new(Arc::new(Inventory::build(&rows).0), Arc::default(), Settings::default());
    live.restore(Vec::new(), [], at(0));
    let told = live.not_up();
    assert!(told.iter().any(|change| change.state == CircuitState::NotInService), "the network has such circuits");
    assert!(told.iter().all(|change| change.since == Time::MIN), "nobody saw them change: {told:?}");
}
