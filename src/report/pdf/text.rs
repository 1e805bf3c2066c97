//! Text set in lines: which face each character comes from, where a line may break.
//!
//! No shaping: our scripts (Latin, Chinese, Greek, Cyrillic) read well with one glyph a character, and
//! a character that needs more is in no font of ours, so it is an error that names it.

use std::collections::BTreeSet;
use std::ops::Range;

use krilla::text::{GlyphId, KrillaGlyph};

use super::fonts::{Fonts, Found, Weight};
use super::page::Ink;
use crate::plain::plain;

/// Room between Chinese and Latin, in em; under what readers of PDF take for a space.
const AUTO_SPACE: f32 = 0.09;
/// May not begin a line.
const NOT_FIRST: &str = "，。、；：？！）】》”’…—·％%!),.:;?]}°";
/// May not end a line.
const NOT_LAST: &str = "（【《“‘([{";
/// Drawn wide in Chinese, narrow in Latin.
const EITHER: &str = "“”‘’…—·";
/// A line may break after these between letters.
const BREAKS: &str = "-/_–";

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// Size in points.
    pub(super) size: f32,
    /// From line to line in points.
    pub(super) leading: f32,
    pub(super) ink: Ink,
}

/// A line ready to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    /// Width in points.
    pub(super) width: f32,
}

/// A part of a line from one face.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// From the line's start, in points.
    pub(super) x: f32,
    pub(super) face: usize,
    pub(super) thick: bool,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
}

/// Sets text and remembers what it could not set.
pub(super) struct Typesetter<'a> {
    fonts: &'a Fonts,
    /// Characters that no font has.
    pub(super) missing: BTreeSet<char>,
}

/// A character with its place in the fonts.
#[derive(Clone, Copy)]
struct Letter {
    character: char,
    found: Found,
    /// Width in em with what follows it.
    advance: f32,
    /// A line may end after it.
    breaks: bool,
}

// === impl Style ===

impl Style {
    pub(super) const BODY: Style = Style::new(Weight::Regular, 9.5, 14.0);
    pub(super) const CAPTION: Style = Style { ink: Ink::Soft, ..Style::new(Weight::Regular, 8.0, 11.0) };
    pub(super) const CELL: Style = Style::new(Weight::Regular, 8.5, 12.0);
    pub(super) const CODE: Style = Style::new(Weight::Mono, 8.0, 12.0);

    pub(super) const fn new(weight: Weight, size: f32, leading: f32) -> Self {
        Style { weight, size, leading, ink: Ink::Text }
    }

    pub(super) const fn bold(self) -> Self {
        Style { weight: Weight::Bold, ..self }
    }

    pub(super) const fn ink(self, ink: Ink) -> Self {
        Style { ink, ..self }
    }
}

// === impl Typesetter ===

impl<'a> Typesetter<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Typesetter { fonts, missing: BTreeSet::new() }
    }

    /// The text in lines of a width, at most `most` of them; what does not fit ends in an ellipsis.
    pub(super) fn wrap(&mut self, text: &str, style: Style, width: f32, most: usize) -> Vec<Line> {
        let letters = self.letters(&plain(text), style.weight);
        let mut ranges = break_lines(&letters, width / style.size);
        let cut = ranges.len() > most;
        ranges.truncate(most);
        let mut lines: Vec<Line> = ranges.iter().map(|range| set(letters.get(range.clone()), style.size)).collect();
        if let (true, Some(last), Some(range)) = (cut, lines.last_mut(), ranges.last()) {
            *last = self.cut_short(letters.get(range.clone()).unwrap_or_default(), style, width);
        }
        lines
    }

    /// The text in one line, however long.
    pub(super) fn line(&mut self, text: &str, style: Style) -> Line {
        set(Some(&self.letters(&plain(text), style.weight)), style.size)
    }

    /// A space: what a cell without words holds, so that the table's columns are complete.
    pub(super) fn space(&mut self, style: Style) -> Line {
        set(Some(&self.letters(" ", style.weight)), style.size)
    }

    fn cut_short(&mut self, letters: &[Letter], style: Style, width: f32) -> Line {
        let end = self.letters("…", style.weight);
        let room = width / style.size - end.iter().map(|letter| letter.advance).sum::<f32>();
        let mut used = 0.0;
        let fits = letters.iter().take_while(|letter| {
            used += letter.advance;
            used <= room
        });
        let kept: Vec<Letter> = fits.chain(&end).copied().collect();
        set(Some(&kept), style.size)
    }

    fn letters(&mut self, text: &str, weight: Weight) -> Vec<Letter> {
        let characters: Vec<char> = text.chars().collect();
        let mut letters: Vec<Letter> = Vec::with_capacity(characters.len());
        for (index, &character) in characters.iter().enumerate() {
            let next = characters.get(index + 1).copied();
            let before = index.checked_sub(1).and_then(|index| characters.get(index)).copied();
            let near_han = letters.last().is_some_and(|last| is_han(last.character)) || next.is_some_and(is_han);
            let Some(found) = self.fonts.find(weight, character, EITHER.contains(character) && near_han) else {
                self.missing.insert(character);
                continue;
            };
            let space = next.is_some_and(|next| meets(character, next));
            letters.push(Letter {
                character,
                found,
                advance: found.advance + if space { AUTO_SPACE } else { 0.0 },
                breaks: next.is_none_or(|next| may_break(character, next) && !is_measure(before, character, next)),
            });
        }
        letters
    }
}

/// Ranges of letters that fit a width in em, without the spaces at their ends.
fn break_lines(letters: &[Letter], width: f32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut chance, mut used, mut at) = (0, None, 0.0, 0);
    while let Some(letter) = letters.get(at) {
        used += letter.advance;
        if used > width && at > start && letter.character != ' ' {
            let end = chance.unwrap_or(at);
            lines.push(trimmed(letters, start..end));
            (start, chance, used) = (end, None, 0.0);
            while letters.get(start).is_some_and(|letter| letter.character == ' ') {
                start += 1;
            }
            at = start;
            continue;
        }
        at += 1;
        chance = if letter.breaks { Some(at) } else { chance };
    }
    lines.push(trimmed(letters, start..letters.len()));
    lines
}

fn trimmed(letters: &[Letter], mut range: Range<usize>) -> Range<usize> {
    while range.end > range.start && letters.get(range.end - 1).is_some_and(|letter| letter.character == ' ') {
        range.end -= 1;
    }
    range
}

/// Letters as runs of one face each.
fn set(letters: Option<&[Letter]>, size: f32) -> Line {
    let mut line = Line { runs: Vec::new(), width: 0.0 };
    for letter in letters.unwrap_or_default() {
        let Found { face, glyph, thick, .. } = letter.found;
        if line.runs.last().is_none_or(|run| run.face != face) {
            line.runs.push(Run { x: line.width, face, thick, text: String::new(), glyphs: Vec::new() });
        }
        if let Some(run) = line.runs.last_mut() {
            let from = run.text.len();
            run.text.push(letter.character);
            let range = from..run.text.len();
            run.glyphs.push(KrillaGlyph::new(GlyphId::new(glyph), letter.advance, 0.0, 0.0, 0.0, range, None));
        }
        line.width += letter.advance * size;
    }
    line
}

/// Chinese characters, and signs that are as wide.
fn is_han(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}')
}

/// Chinese beside a Latin letter or digit, either way round.
fn meets(a: char, b: char) -> bool {
    let is_word = |c: char| c.is_alphanumeric() && !is_han(c);
    let is_ideograph = |c: char| is_han(c) && c.is_alphabetic();
    (is_ideograph(a) && is_word(b)) || (is_word(a) && is_ideograph(b))
}

/// The space between a number and what it counts.
fn is_measure(before: Option<char>, space: char, next: char) -> bool {
    space == ' ' && before.is_some_and(|c| c.is_ascii_digit()) && next.is_alphabetic()
}

fn may_break(a: char, b: char) -> bool {
    if b == ' ' || NOT_FIRST.contains(b) || NOT_LAST.contains(a) {
        return false;
    }
    a == ' ' || is_han(a) || is_han(b) || BREAKS.contains(a)
}

/// The face of Chinese has a bold look only by an outline this thick, in em.
pub(super) const THICKNESS: f32 = 0.028;

#[cfg(test)]
mod tests;
