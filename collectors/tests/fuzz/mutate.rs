//! Damage: recorded inputs with bits flipped, pieces cut, moved, repeated and mixed, and words in them that are
//! known to hurt parsers.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Bytes of an input, and of the few large ones.
const USUAL_MAX: usize = 64 << 10;
const LARGE_MAX: usize = 256 << 10;

const WORDS: [&[u8]; 40] = [
    b"\"",
    b"\"\"",
    b",",
    b"|",
    b";",
    b"=",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x98",
    b"<",
    b">",
    b"/>",
    b"</a>",
    b"<a>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE a [",
    b"<?a?>",
    b"&#0;",
    b"&#x110000;",
    b"&amp;",
    b"&a;",
    b" xmlns:a=\"b\"",
    b" a=\"1\"",
    b"9999999999999999999999",
    b"-1",
    b"1e999",
    b"NaN",
    b"P9999999Y",
    b"PT9999999999999S",
    b"0000-00-00 00:00:00",
    b"9999-12-31 23:59:59",
    b"+99:99",
    b"..",
];

/// Makes inputs out of recorded ones.
pub struct Mutator<'c> {
    random: StdRng,
    corpus: &'c [Vec<u8>],
    input: Vec<u8>,
}

impl<'c> Mutator<'c> {
    pub fn new(seed: u64, corpus: &'c [Vec<u8>]) -> Self {
        Mutator { random: StdRng::seed_from_u64(seed), corpus, input: Vec::new() }
    }

    /// The next input: a recorded one or the last one, damaged some more.
    pub fn next(&mut self) -> &[u8] {
        let worn = self.input.is_empty() || self.input.len() > USUAL_MAX || self.random.random_ratio(1, 3);
        if worn {
            self.input = self.recorded().to_vec();
        }
        for _ in 0..self.random.random_range(1..6) {
            self.damage();
        }
        if self.random.random_ratio(1, 500) {
            self.blow_up(LARGE_MAX);
        }
        &self.input
    }

    fn recorded(&mut self) -> &'c [u8] {
        let at = self.random.random_range(0..self.corpus.len().max(1));
        self.corpus.get(at).map_or(&[], Vec::as_slice)
    }

    fn damage(&mut self) {
        let (from, to) = self.range();
        match self.random.random_range(0..9) {
            0 => {
                let bit = 1 << self.random.random_range(0..8);
                self.input.iter_mut().skip(from).take(1).for_each(|byte| *byte ^= bit);
            }
            1 => {
                let byte = self.random.random();
                self.input.iter_mut().skip(from).take(1).for_each(|old| *old = byte);
            }
            2 | 3 => {
                let at = self.random.random_range(0..WORDS.len());
                self.input.splice(from..from, WORDS.get(at).copied().unwrap_or_default().iter().copied());
            }
            4 => drop(self.input.drain(from..to)),
            5 => self.input.truncate(from),
            6 => {
                let piece = self.piece(from, to);
                let at = self.random.random_range(0..=self.input.len());
                self.input.splice(at..at, piece);
            }
            7 => {
                let other = self.recorded();
                let at = self.random.random_range(0..=other.len());
                let piece = other.iter().skip(at).take(to - from).copied();
                self.input.splice(from..from, piece);
            }
            _ => self.blow_up(USUAL_MAX),
        }
        self.input.truncate(LARGE_MAX);
    }

    /// Repeats a piece up to `most` bytes.
    fn blow_up(&mut self, most: usize) {
        let (from, to) = self.range();
        let piece = self.piece(from, to);
        let room = most.saturating_sub(self.input.len()) / piece.len().max(1);
        let times = self.random.random_range(0..=room.min(if most == LARGE_MAX { room } else { 64 }));
        self.input.splice(from..from, piece.repeat(times));
    }

    fn piece(&self, from: usize, to: usize) -> Vec<u8> {
        self.input.get(from..to).unwrap_or_default().to_vec()
    }

    /// A range of the input, most of them short.
    fn range(&mut self) -> (usize, usize) {
        let from = self.random.random_range(0..=self.input.len());
        let longest = if self.random.random_ratio(1, 4) { self.input.len() } else { 32 };
        let to = from + self.random.random_range(0..=longest.max(1));
        (from, to.min(self.input.len()))
    }
}
