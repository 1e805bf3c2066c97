use proptest::prelude::*;

use super::*;

/// After 1 … `last`, each with its own number for a digest.
fn up_to(last: u32) -> Sequence {
    let mut sequence = Sequence::default();
    let first = last.saturating_sub(19).max(1);
    for seq in first..=last {
        let step = sequence.note(seq, u64::from(seq)).unwrap().1;
        assert_eq!(step, if seq == first { Step::Anew } else { Step::New });
    }
    sequence
}

fn step(last: u32, seq: u32) -> Step {
    up_to(last).note(seq, u64::from(seq)).unwrap().1
}

#[test]
fn gaps_are_what_the_contract_says() {
    let after = |gap: i64| step(5000, u32::try_from(5000 + gap).unwrap());
    assert_eq!([-1, 0].map(after), [Step::Repeat; 2]);
    assert_eq!(after(1), Step::New);
    assert_eq!([2, 999].map(after), [Step::Gap; 2]);
    assert_eq!([1000, 1001, -1000, -4999].map(after), [Step::Anew; 4]);
}

#[test]
fn it_wraps_to_one_and_gaps_go_over_the_wrap() {
    assert_eq!(step(SEQ_MAX, 1), Step::New);
    assert_eq!(step(SEQ_MAX, 2), Step::Gap);
    assert_eq!(step(SEQ_MAX - 500, 498), Step::Gap);
    assert_eq!(step(SEQ_MAX - 500, 500), Step::Anew);
    let mut sequence = up_to(SEQ_MAX);
    assert_eq!(sequence.ask_from(), Some(1));
    let (place, _) = sequence.note(1, 9).unwrap();
    assert_eq!((place.seq(), place.0), (1, TURN));
    assert_eq!(sequence.note(SEQ_MAX, u64::from(SEQ_MAX)).unwrap().1, Step::Repeat);
}

#[test]
fn a_restart_to_one_is_told_from_a_repetition_by_what_it_says() {
    let mut sequence = up_to(5);
    assert_eq!(sequence.note(1, 1).unwrap().1, Step::Repeat);
    let (place, step) = sequence.note(1, 77).unwrap();
    assert_eq!((place, step), (Place(TURN), Step::Anew));
    assert_eq!(sequence.note(2, 78).unwrap(), (Place(TURN + 1), Step::New));
    assert_eq!(up_to(SEQ_MAX / 2 + 7).note(1, 1).unwrap().1, Step::Anew);
    // After a new start of ours nobody knows what was said before.
    assert_eq!(Sequence::after(Place(4)).note(5, 5).unwrap().1, Step::Anew);
}

#[test]
fn missing_ones_are_asked_for_from_the_first() {
    let mut sequence = up_to(10);
    assert_eq!(sequence.note(13, 13).unwrap().1, Step::Gap);
    assert_eq!(sequence.note(14, 14).unwrap().1, Step::New);
    assert_eq!((sequence.ask_from(), sequence.is_missing()), (Some(11), true));
    for seq in [11, 12, 13, 14] {
        let step = sequence.note(seq, u64::from(seq)).unwrap().1;
        assert_eq!(step, if seq < 13 { Step::New } else { Step::Repeat });
    }
    assert_eq!((sequence.ask_from(), sequence.is_missing()), (Some(15), false));
    sequence.note(20, 20).unwrap();
    sequence.give_up();
    assert_eq!((sequence.ask_from(), sequence.is_missing()), (Some(21), false));
}

#[test]
fn no_number_is_no_number() {
    let mut sequence = Sequence::default();
    assert_eq!((sequence.note(0, 1), sequence.note(SEQ_MAX + 1, 1)), (None, None));
    assert_eq!((sequence.ask_from(), sequence.note(7, 1)), (None, Some((Place(6), Step::Anew))));
}

/// The rule once more, walked number by number and never forgetting.
#[derive(Default)]
struct Slow {
    /// Of this turn of ours: what came, by how many steps after the start; `None` came never.
    came: Vec<Option<u64>>,
    start: u32,
    begun: bool,
}

fn next(seq: u32) -> u32 {
    if seq == SEQ_MAX { 1 } else { seq + 1 }
}

impl Slow {
    fn seq_at(&self, at: usize) -> u32 {
        (0..at).fold(self.start, |seq, _| next(seq))
    }

    fn begin(&mut self, seq: u32, digest: u64) -> Step {
        *self = Slow { came: vec![Some(digest)], start: seq, begun: true };
        Step::Anew
    }

    fn note(&mut self, seq: u32, digest: u64) -> Step {
        if !self.begun {
            return self.begin(seq, digest);
        }
        if let Some(at) = (0..self.came.len()).find(|at| self.seq_at(*at) == seq) {
            return match self.came[at] {
                Some(known) if known == digest => Step::Repeat,
                Some(_) => self.begin(seq, digest),
                None => {
                    self.came[at] = Some(digest);
                    Step::New
                }
            };
        }
        let mut walked = self.seq_at(self.came.len() - 1);
        for gap in 1..1000 {
            walked = next(walked);
            if walked == seq {
                self.came.extend(std::iter::repeat_n(None, gap - 1));
                self.came.push(Some(digest));
                return if gap == 1 { Step::New } else { Step::Gap };
            }
        }
        self.begin(seq, digest)
    }

    fn first_missing(&self) -> u32 {
        let at = self.came.iter().position(Option::is_none).unwrap_or(self.came.len());
        self.seq_at(at)
    }
}

fn moves() -> impl Strategy<Value = Vec<(i64, bool)>> {
    let gap = prop_oneof![
        6 => Just(1i64),
        4 => -12i64..12,
        1 => prop::sample::select(vec![999, 1000, 1001, -999, -1000, -1001, 300, 1_000_000, -1_000_000]),
    ];
    prop::collection::vec((gap, prop::bool::weighted(0.1)), 1..40)
}

proptest! {
    #[test]
    fn it_says_what_the_slow_rule_says(start in prop_oneof![Just(1u32), Just(SEQ_MAX - 20), 1..=SEQ_MAX], moves in moves()) {
        let (mut fast, mut slow) = (Sequence::default(), Slow::default());
        let (mut seq, mut before) = (start, None);
        for (gap, other) in moves {
            let digest = u64::from(seq) * 2 + u64::from(other);
            let (place, step) = fast.note(seq, digest).unwrap();
            prop_assert_eq!(step, slow.note(seq, digest), "{} after {:?}", seq, before);
            prop_assert_eq!(place.seq(), seq);
            prop_assert_eq!(fast.ask_from(), Some(slow.first_missing()));
            prop_assert!(step != Step::Anew || before.is_none_or(|before| place > before));
            before = before.max(Some(place));
            seq = u32::try_from((i64::from(seq) - 1 + gap).rem_euclid(i64::from(SEQ_MAX)) + 1).unwrap();
        }
    }
}
