//! Foreign text made harmless: no control characters, nothing that turns the direction of its
//! neighbours, no invisible characters, and an end.

/// Characters of a text that are kept; a name this long is an accident or an attack.
const LONGEST: usize = 1_000;

/// The text as one line: what breaks lines becomes a space, what cannot be seen is left out.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => push_space(&mut out),
            ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => push_space(&mut out),
            c if is_invisible(c) => continue,
            c => out.push(c),
        }
        kept += 1;
        if kept == LONGEST {
            out.push('…');
            break;
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// One space, never two, never the first.
fn push_space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Control characters, marks of direction, joiners, byte order marks, non-characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests;
