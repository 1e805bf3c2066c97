//! Text to [`Tree`] in one pass that counts as it goes, so that a bomb is refused before it is
//! built. DTDs, processing instructions and entities of one's own are refused on sight;
//! quick-xml never expands or fetches anything by itself.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use crate::blank::is_secret_name;
use crate::error::SoapError;
use crate::tree::{Node, ORIGINS_LIMIT, Span, Tree};
use crate::{BODY_LIMIT, SOAP_11, XSI};

/// Nested elements.
pub const DEPTH_LIMIT: usize = 64;
/// Attributes of one element, namespace declarations included.
pub const ATTRIBUTES_LIMIT: usize = 64;
/// Namespaces in scope at once, and different ones in a document.
pub const NAMESPACES_LIMIT: usize = 32;
/// Bytes of a name with its prefix.
pub const NAME_LIMIT: usize = 256;
/// Elements of a document: a tree costs 32 bytes for each, and `<a/>` is four.
pub const ELEMENTS_LIMIT: usize = 500_000;

/// Parses a document that is already text (also XML that came inside a string).
///
/// # Errors
/// [`SoapError`] for whatever is not well-formed, forbidden or over a limit.
pub fn parse(text: &str) -> Result<Tree, SoapError> {
    if text.len() > BODY_LIMIT {
        return Err(SoapError::TooLarge { what: "bytes", limit: BODY_LIMIT });
    }
    let control = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    // Without an early exit the compiler makes it sixteen bytes a step.
    if text.bytes().fold(false, |seen, byte| seen | control(byte)) {
        let at = text.bytes().position(control).unwrap_or_default();
        return Err(SoapError::Forbidden { what: "a control character", at: at as u64 });
    }
    Parser::new(text).run()
}

struct Parser<'t> {
    reader: NsReader<&'t [u8]>,
    tree: Tree,
    open: Vec<Open>,
}

/// An element whose end tag is still to come.
struct Open {
    node: usize,
    /// Where its text starts in the heap; text goes to the heap's end, so a child resets it.
    text: usize,
    has_children: bool,
}

// === impl Parser ===

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        let mut reader = NsReader::from_str(text);
        reader.resolver_mut().set_max_namespace_bindings(NAMESPACES_LIMIT);
        let tree = Tree {
            heap: String::with_capacity(text.len() / 2),
            nodes: Vec::with_capacity((text.len() / 48).min(ELEMENTS_LIMIT)),
            namespaces: vec![String::new()],
            origins: Vec::new(),
        };
        Parser { reader, tree, open: Vec::with_capacity(16) }
    }

    fn run(mut self) -> Result<Tree, SoapError> {
        loop {
            let before = self.at();
            let event = self.reader.read_event().map_err(|error| self.malformed(&error))?;
            match event {
                Event::Start(start) => self.start(&start)?,
                Event::Empty(start) => {
                    self.start(&start)?;
                    self.end(self.at())?;
                }
                Event::End(_) => self.end(before)?,
                Event::Text(text) => self.text(&text.xml10_content())?,
                Event::CData(text) => self.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => self.reference(&reference)?,
                Event::Decl(_) if before == 0 => {}
                Event::Decl(_) => return Err(self.forbidden("an XML declaration after the start")),
                Event::PI(_) => return Err(self.forbidden("a processing instruction")),
                Event::DocType(_) => return Err(self.forbidden("a DTD")),
                Event::Comment(_) => {}
                Event::Eof => return self.finish(),
            }
        }
    }

    fn finish(self) -> Result<Tree, SoapError> {
        if let Some(open) = self.open.last() {
            let name = self.tree.element(index(open.node)).name().to_owned();
            return Err(self.malformed(&format!("<{name}> is not closed")));
        }
        if self.tree.nodes.is_empty() {
            return Err(self.malformed(&"there is no element"));
        }
        Ok(self.tree)
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), SoapError> {
        self.check_start(start)?;
        self.leave_text()?;
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
        } else if !self.tree.nodes.is_empty() {
            return Err(self.malformed(&"there is more than one top element"));
        }
        let namespace = self.namespace_of(start)?;
        let (nil, must_understand) = self.marks_of(start)?;
        let name = self.push(start.local_name().into_inner());
        let node = self.tree.nodes.len();
        self.tree.nodes.push(Node { name, text: Span::default(), end: 0, namespace, nil, must_understand });
        if node < ORIGINS_LIMIT {
            let at = u32::try_from(self.at()).unwrap_or(u32::MAX);
            self.tree.origins.push((at, at));
        }
        self.open.push(Open { node, text: self.tree.heap.len(), has_children: false });
        Ok(())
    }

    /// `before`: where the end tag starts.
    fn end(&mut self, before: u64) -> Result<(), SoapError> {
        if self.open.last().is_some_and(|open| open.has_children) {
            self.leave_text()?;
        }
        let Some(open) = self.open.pop() else { return Err(self.malformed(&"an end tag without its start")) };
        let (heap, end) = (index(self.tree.heap.len()), index(self.tree.nodes.len()));
        if let Some(node) = self.tree.nodes.get_mut(open.node) {
            node.end = end;
            // The text of a nil element means nothing.
            if !open.has_children && !node.nil {
                node.text = Span { start: index(open.text), end: heap };
            }
        }
        if let Some(origin) = self.tree.origins.get_mut(open.node) {
            origin.1 = u32::try_from(before).unwrap_or(u32::MAX);
        }
        if let Some(parent) = self.open.last_mut() {
            parent.text = self.tree.heap.len();
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), SoapError> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(self.malformed(&"text outside of the top element"));
        }
        if !self.open.is_empty() {
            self.tree.heap.push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &quick_xml::events::BytesRef<'_>) -> Result<(), SoapError> {
        if self.open.is_empty() {
            return Err(self.malformed(&"text outside of the top element"));
        }
        match reference.resolve_char_ref().map_err(|error| self.malformed(&error))? {
            Some(found) if is_xml_char(found) => self.tree.heap.push(found),
            Some(_) => return Err(self.forbidden("a reference to a control character")),
            None => match resolve_xml_entity(reference) {
                Some(known) => self.tree.heap.push_str(known),
                None => return Err(self.forbidden("an entity other than lt, gt, amp, quot, apos")),
            },
        }
        Ok(())
    }

    /// Drops the white space between elements; other text there means that we misread the message.
    fn leave_text(&mut self) -> Result<(), SoapError> {
        let Some(open) = self.open.last() else { return Ok(()) };
        let blank = self.tree.heap.get(open.text..).is_none_or(|text| text.trim().is_empty());
        if !blank {
            let name = self.tree.element(index(open.node)).name().to_owned();
            return Err(self.malformed(&format!("<{name}> holds both text and elements")));
        }
        self.tree.heap.truncate(open.text);
        Ok(())
    }

    fn check_start(&self, start: &BytesStart<'_>) -> Result<(), SoapError> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err(self.limit("the depth of elements", DEPTH_LIMIT));
        }
        if self.tree.nodes.len() >= ELEMENTS_LIMIT {
            return Err(SoapError::TooLarge { what: "elements", limit: ELEMENTS_LIMIT });
        }
        self.check_name(start.name().into_inner())
    }

    fn check_name(&self, name: &str) -> Result<(), SoapError> {
        if name.len() > NAME_LIMIT {
            return Err(self.limit("the length of a name", NAME_LIMIT));
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("_", name));
        if is_part(prefix) && is_part(local) {
            return Ok(());
        }
        Err(self.malformed(&format!("{name:?} is not a name")))
    }

    /// Index of the element's namespace in the tree's table.
    fn namespace_of(&mut self, start: &BytesStart<'_>) -> Result<u8, SoapError> {
        let found = match self.reader.resolver().resolve_element(start.name()).0 {
            ResolveResult::Unbound => "",
            ResolveResult::Bound(Namespace(found)) => found,
            ResolveResult::Unknown(prefix) => {
                return Err(self.malformed(&format!("the prefix {prefix:?} is not declared")));
            }
        };
        let known = self.tree.namespaces.iter().position(|known| known == found);
        let at = match known {
            Some(at) => at,
            None if self.tree.namespaces.len() > NAMESPACES_LIMIT => {
                return Err(self.limit("the number of namespaces", NAMESPACES_LIMIT));
            }
            None => {
                self.tree.namespaces.push(found.to_owned());
                self.tree.namespaces.len() - 1
            }
        };
        Ok(u8::try_from(at).unwrap_or(u8::MAX))
    }

    /// Counts the attributes and reads the two that matter: `xsi:nil` and `soap:mustUnderstand`.
    fn marks_of(&self, start: &BytesStart<'_>) -> Result<(bool, bool), SoapError> {
        let (mut nil, mut must_understand) = (false, false);
        if start.attributes_raw().is_empty() {
            return Ok((nil, must_understand));
        }
        for (count, attribute) in start.attributes().enumerate() {
            let attribute = attribute.map_err(|error| self.malformed(&error))?;
            if count >= ATTRIBUTES_LIMIT {
                return Err(self.limit("the number of attributes", ATTRIBUTES_LIMIT));
            }
            let name = attribute.key.into_inner();
            self.check_name(name)?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| self.forbidden("an entity other than lt, gt, amp, quot, apos"))?;
            let truth = matches!(value.trim(), "1" | "true");
            match self.reader.resolver().resolve_attribute(attribute.key) {
                (ResolveResult::Bound(Namespace(XSI)), local) if local.into_inner() == "nil" => nil = truth,
                (ResolveResult::Bound(Namespace(SOAP_11)), local) if local.into_inner() == "mustUnderstand" => {
                    must_understand = truth;
                }
                (ResolveResult::Unknown(prefix), _) => {
                    return Err(self.malformed(&format!("the prefix {prefix:?} is not declared")));
                }
                _ => {}
            }
        }
        Ok((nil, must_understand))
    }

    fn push(&mut self, text: &str) -> Span {
        let start = index(self.tree.heap.len());
        self.tree.heap.push_str(text);
        Span { start, end: index(self.tree.heap.len()) }
    }

    fn at(&self) -> u64 {
        self.reader.buffer_position()
    }

    fn malformed(&self, reason: &dyn std::fmt::Display) -> SoapError {
        // A password with an angle bracket that nobody escaped reads as a name: it is not repeated.
        let in_secret = self.open.iter().any(|open| is_secret_name(self.tree.element(index(open.node)).name()));
        let reason = if in_secret { "inside a password".to_owned() } else { reason.to_string() };
        let reason: String = reason.chars().take(200).collect();
        SoapError::Malformed { reason, at: self.at() }
    }

    fn forbidden(&self, what: &'static str) -> SoapError {
        SoapError::Forbidden { what, at: self.at() }
    }

    fn limit(&self, what: &'static str, limit: usize) -> SoapError {
        SoapError::Limit { what, limit, at: self.at() }
    }
}

/// A prefix or a local name. Beyond ASCII all is let through: peers name elements in Chinese.
fn is_part(part: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii();
    let first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_' || !byte.is_ascii();
    part.as_bytes().first().is_some_and(first) && part.bytes().all(inside)
}

/// A character that XML 1.0 can hold.
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Heap and nodes are bounded by the body limit, so this never saturates.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
