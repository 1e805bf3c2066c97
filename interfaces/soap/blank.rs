//! Passwords out of what is kept of a refused message. Such a message may be anything: cut, malformed,
//! in another encoding; so this looks at texts and names, not at a tree, and blanks too much rather
//! than too little.

use crate::contract::Style;

/// A name that holds one of these (in small letters) names a secret.
const SECRET_WORDS: [&str; 4] = ["pwd", "passw", "secret", "credential"];
const BLANK: &str = "***";

/// Does an element or attribute of this name hold a secret?
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Blanks what stands under a secret's name. In the positional style a password may have no name:
/// then every text goes and the names stay.
pub(crate) fn blank_named(text: &str, style: Style) -> String {
    let low = text.to_ascii_lowercase();
    let mut kept = String::with_capacity(text.len());
    let (mut from, mut found) = (0, false);
    while let Some(name) = next_name(&low, from) {
        from = name.end;
        if !name.is_secret() {
            continue;
        }
        found = true;
        // As many bytes as there were: places in both texts agree.
        kept.push_str(text.get(kept.len()..name.end).unwrap_or_default());
        from = end_of_secret(&low, &name);
        kept.extend(std::iter::repeat_n('*', from - name.end));
    }
    kept.push_str(text.get(kept.len()..).unwrap_or_default());
    if found || style == Style::Typed { kept } else { blank_texts(&kept) }
}

/// Replaces a known secret wherever it stands, also as XML writes it.
pub(crate) fn blank_known(text: &mut String, secret: &str) {
    if secret.is_empty() {
        return;
    }
    let mut escaped = String::with_capacity(secret.len());
    for c in secret.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    for form in [secret, &escaped] {
        if text.contains(form) {
            *text = text.replace(form, BLANK);
        }
    }
}

/// A secret's word with the whole name around it.
struct Name<'t> {
    low: &'t str,
    start: usize,
    end: usize,
}

impl Name<'_> {
    /// An element's start or an attribute; not an element's end, and not a word in a text.
    fn is_secret(&self) -> bool {
        let before = self.low.get(..self.start).unwrap_or_default();
        let after = self.low.get(self.end..).unwrap_or_default().trim_start_matches([' ', '\t', '\r', '\n', '"', '\'']);
        if before.ends_with('/') {
            return false;
        }
        if before.ends_with('<') || before.ends_with("&lt;") {
            return !after.starts_with("/>");
        }
        // What is no XML may name its secrets as it likes.
        after.starts_with(['=', ':']) || !self.low.contains('<')
    }

    fn text(&self) -> &str {
        self.low.get(self.start..self.end).unwrap_or_default()
    }
}

/// The next name that holds a secret's word, at or after `from`.
fn next_name(low: &str, from: usize) -> Option<Name<'_>> {
    let rest = low.get(from..)?;
    let word = SECRET_WORDS.iter().filter_map(|word| rest.find(word)).min()? + from;
    let is_outside = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    let start = low.get(..word)?.rfind(is_outside).map_or(0, |at| at + low.get(at..).map_or(1, first_bytes));
    let end = low.get(word..)?.find(is_outside).map_or(low.len(), |at| word + at);
    Some(Name { low, start: start.max(from.min(word)), end })
}

fn first_bytes(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// Where the secret under a name is over: at the end tag of the same name, else at the end of all.
fn end_of_secret(low: &str, name: &Name<'_>) -> usize {
    let rest = low.get(name.end..).unwrap_or_default();
    // XML inside a string has its angle brackets escaped.
    let end_tags = ["</", "&lt;/"].map(|open| rest.find(&format!("{open}{}", name.text())));
    end_tags.into_iter().flatten().min().map_or(low.len(), |at| name.end + at)
}

/// Blanks everything between tags.
fn blank_texts(text: &str) -> String {
    let mut in_tag = false;
    let blank = |c: char| {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                return c;
            }
            _ => {}
        }
        if in_tag || c.is_whitespace() { c } else { '*' }
    };
    text.chars().map(blank).collect()
}

#[cfg(test)]
mod tests;
