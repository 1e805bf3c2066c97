use std::collections::BTreeMap;

use super::*;

fn place(state: CircuitState, left_s: i64, circuit: u32) -> CircuitPlace {
    CircuitPlace::new(state, LeftKey::of((left_s >= 0).then_some(left_s * 1000)), circuit)
}

/// Steps that look random and are always the same.
fn steps(n: u32) -> impl Iterator<Item = u32> {
    let mut seed = 12345u32;
    (0..n).map(move |_| {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        seed >> 8
    })
}

#[test]
fn lists_that_are_settled_now_and_then_are_what_sorting_gives() {
    let start = |circuit| place(CircuitState::Up, -1, circuit);
    let mut held: BTreeMap<u32, CircuitPlace> = (0..50).map(|circuit| (circuit, start(circuit))).collect();
    let mut ranks = Ranks::of(held.values().copied());
    for (n, step) in steps(3_000).enumerate() {
        let (circuit, state) = (step % 50, CircuitState::ALL[(step / 50 % 4) as usize]);
        let to = place(state, i64::from(step / 200 % 4) - 1, circuit);
        let from = held.insert(circuit, to).unwrap();
        if from != to {
            ranks.moved(from, to);
        }
        if n % 7 != 0 {
            continue;
        }
        ranks.settle();
        let is_up = |ix: u32| held[&ix].state() == Some(CircuitState::Up);
        let mut sorted: Vec<CircuitPlace> = held.values().copied().collect();
        sorted.sort();
        assert_eq!(ranks.after(None, None, is_up).collect::<Vec<_>>(), sorted);
        for state in CircuitState::ALL {
            let of_state: Vec<_> = sorted.iter().copied().filter(|place| place.state() == Some(state)).collect();
            assert_eq!(ranks.total(state), of_state.len());
            assert_eq!(ranks.after(None, Some(state), is_up).collect::<Vec<_>>(), of_state);
            let after = sorted[(step % 50) as usize];
            let rest: Vec<_> = of_state.into_iter().filter(|place| *place > after).collect();
            assert_eq!(ranks.after(Some(after), Some(state), is_up).collect::<Vec<_>>(), rest);
        }
    }
}

#[test]
fn a_place_behind_all_states_has_nothing_after_it() {
    let ranks = Ranks::of((0..3).map(|circuit| place(CircuitState::Up, -1, circuit)));
    let behind = CircuitPlace::read("400000000.0").unwrap();
    assert_eq!(ranks.after(Some(behind), None, |_| true).count(), 0);
}
