use proptest::prelude::*;

use super::{Line, Style, Typesetter};
use crate::plain::plain;
use crate::tests::FONTS;

fn written(line: &Line) -> String {
    line.runs.iter().map(|run| run.text.as_str()).collect()
}

fn wrapped(text: &str, width: f32, most: usize) -> Vec<String> {
    let mut typesetter = Typesetter::new(&FONTS);
    let lines = typesetter.wrap(text, Style::BODY, width, most);
    assert!(lines.iter().all(|line| line.width <= width + 0.01), "wider than {width}: {lines:?}");
    assert!(typesetter.missing.is_empty());
    lines.iter().map(written).collect()
}

#[test]
fn latin_breaks_at_spaces_and_hyphens() {
    assert_eq!(wrapped("one two three", 60.0, 9), ["one two three"]);
    assert_eq!(wrapped("one two three", 40.0, 9), ["one two", "three"]);
    assert_eq!(wrapped("CIR-SH-NJ-0421", 40.0, 9), ["CIR-SH-", "NJ-0421"]);
    assert_eq!(wrapped("", 40.0, 9), [""]);
}

#[test]
fn a_word_that_is_too_long_is_broken() {
    let lines = wrapped(&"W".repeat(40), 50.0, 99);
    assert!(lines.len() > 5);
    assert_eq!(lines.concat(), "W".repeat(40));
    let lines = Typesetter::new(&FONTS).wrap("WW", Style::BODY, 1.0, 99);
    assert_eq!(lines.len(), 2, "one character a line, whatever the width");
}

#[test]
fn chinese_breaks_anywhere_but_before_its_stops_and_after_its_brackets() {
    // 9.5 points a character: five fit 50 points.
    assert_eq!(wrapped("电路中断时间长", 50.0, 9), ["电路中断时", "间长"]);
    assert_eq!(wrapped("电路中断时，长", 50.0, 9), ["电路中断", "时，长"]);
    assert_eq!(wrapped("电路中断（时长）", 50.0, 9), ["电路中断", "（时长）"]);
}

#[test]
fn a_number_stays_with_what_it_counts() {
    assert_eq!(wrapped("took 17 min", 50.0, 9), ["took", "17 min"]);
    assert_eq!(wrapped("电路共 1 条", 42.0, 9), ["电路共", "1 条"]);
    assert_eq!(wrapped("11-07 02:28:12", 45.0, 9), ["11-07", "02:28:12"]);
}

#[test]
fn what_does_not_fit_ends_in_an_ellipsis() {
    let lines = wrapped("one two three four five six", 40.0, 2);
    assert_eq!(lines.len(), 2);
    assert!(lines[1].ends_with('…'), "{lines:?}");
}

#[test]
fn signs_that_both_scripts_have_follow_their_neighbours() {
    let mut typesetter = Typesetter::new(&FONTS);
    let faces = |line: Line| line.runs.iter().map(|run| run.face).collect::<Vec<_>>();
    let (han, latin) =
        (typesetter.line("张江—新街口“中断”", Style::BODY), typesetter.line("a—b “c” 1 · 2", Style::BODY));
    let (han, latin) = (faces(han), faces(latin));
    assert_eq!((han.len(), latin.len()), (1, 1), "each is of one face");
    assert_ne!(han, latin);
}

#[test]
fn characters_of_no_font_are_remembered_once() {
    let mut typesetter = Typesetter::new(&FONTS);
    typesetter.wrap("a𠮷b𠮷", Style::BODY, 100.0, 1);
    assert_eq!(typesetter.missing.iter().collect::<String>(), "𠮷");
}

proptest! {
    #[test]
    fn no_letter_is_lost_in_wrapping(text in any::<String>(), width in 1.0_f32..400.0) {
            let mut typesetter = Typesetter::new(&FONTS);
        let lines = typesetter.wrap(&text, Style::CELL, width, usize::MAX);
        let missing = typesetter.missing.clone();
        let kept = |text: &str| text.chars().filter(|c| *c != ' ' && !missing.contains(c)).collect::<String>();
        prop_assert_eq!(kept(&lines.iter().map(written).collect::<String>()), kept(&plain(&text)));
        for line in lines {
            let letters: usize = line.runs.iter().map(|run| run.glyphs.len()).sum();
            prop_assert!(line.width <= width + 0.01 || letters <= 1);
        }
    }
}
