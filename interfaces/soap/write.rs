//! XML out. Nesting is a closure, text is always escaped, and characters that XML cannot hold
//! become U+FFFD: what leaves is well-formed by construction.

use std::fmt::Write;

use crate::SOAP_11;
use crate::parse::is_xml_char;

/// A growing XML text.
#[derive(Clone, Debug, Default)]
pub struct XmlWriter {
    out: String,
}

// === impl XmlWriter ===

impl XmlWriter {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// `<name>text</name>`. `name` comes from a contract or a checked setting, never from a peer's message.
    pub fn text(&mut self, name: &str, text: impl AsRef<str>) -> &mut Self {
        let text = text.as_ref();
        if text.is_empty() {
            let _ = write!(self.out, "<{name}/>");
            return self;
        }
        let _ = write!(self.out, "<{name}>");
        escape_into(&mut self.out, text);
        let _ = write!(self.out, "</{name}>");
        self
    }

    /// `<name>value</name>` of something that prints itself.
    pub fn value(&mut self, name: &str, value: impl std::fmt::Display) -> &mut Self {
        self.text(name, value.to_string())
    }

    /// The element if there is a text; nothing otherwise.
    pub fn optional(&mut self, name: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.text(name, text);
        }
        self
    }

    /// `<name>…</name>` around what the closure writes.
    pub fn nest(&mut self, name: &str, inside: impl FnOnce(&mut XmlWriter)) -> &mut Self {
        let _ = write!(self.out, "<{name}>");
        inside(self);
        let _ = write!(self.out, "</{name}>");
        self
    }

    /// As [`Self::nest`], and declares `namespace` as the default for the element and what it holds.
    pub fn nest_in(&mut self, name: &str, namespace: &str, inside: impl FnOnce(&mut XmlWriter)) -> &mut Self {
        let _ = write!(self.out, "<{name} xmlns=\"");
        escape_into(&mut self.out, namespace);
        self.out.push_str("\">");
        inside(self);
        let _ = write!(self.out, "</{name}>");
        self
    }

    /// What was written, where it was written by an `XmlWriter` before.
    pub fn append(&mut self, written: &XmlWriter) -> &mut Self {
        self.out.push_str(&written.out);
        self
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }
}

/// An envelope around what the closure writes into its body.
pub fn envelope(inside: impl FnOnce(&mut XmlWriter)) -> String {
    let mut writer = XmlWriter { out: String::with_capacity(512) };
    let _ = write!(
        writer.out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"{SOAP_11}\"><soap:Body>"
    );
    inside(&mut writer);
    writer.out.push_str("</soap:Body></soap:Envelope>");
    writer.out
}

/// `text` may stand as an element's name: for settings.
pub fn is_name(text: &str) -> bool {
    text.len() <= crate::parse::NAME_LIMIT
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            c if is_xml_char(c) => out.push(c),
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
}

#[cfg(test)]
mod tests;
