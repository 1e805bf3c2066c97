//! XML piece by piece, within the limits of contract §1. A dialect is a [`Handler`] that hears of each element
//! when it opens and when it closes, with the text between its last tag and its end.
//!
//! One processing instruction is passed over, `xml-stylesheet` before the top element: the standard's own
//! examples of measurement files begin with it. Nothing is fetched for it.

use std::borrow::Cow;
use std::io;

use ftp::FtpError;
use ftp::session::Unpacked;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::NsReader;
use soap::parse::{ATTRIBUTES_LIMIT, DEPTH_LIMIT, NAME_LIMIT, NAMESPACES_LIMIT, is_xml_char};

use crate::pm::decode::{Decoded, EVENT_MAX};
use crate::pm::out::Out;

/// What a dialect makes of elements. An error of it spoils the file as a whole.
pub(super) trait Handler {
    /// Name of the top element.
    const TOP: &'static str;

    /// An element begins.
    fn open(&mut self, tag: &Tag<'_>, out: &mut Out) -> Result<(), String>;

    /// An element ends.
    fn close(&mut self, end: &End<'_>, out: &mut Out) -> Result<(), String>;
}

/// A start tag.
pub(super) struct Tag<'t> {
    start: &'t BytesStart<'t>,
    /// Line on which it ends.
    pub(super) line: u64,
}

/// An end tag.
pub(super) struct End<'t> {
    /// Name without prefix.
    pub(super) name: &'t str,
    /// What stood before it.
    pub(super) text: &'t str,
    /// Line on which it ends.
    pub(super) line: u64,
}

/// An XML file that is being read.
pub(super) struct Xml {
    file: String,
    reader: NsReader<Decoded>,
    buffer: Vec<u8>,
    text: String,
    depth: usize,
    top_seen: bool,
}

// === impl Tag ===

impl Tag<'_> {
    /// Name without prefix.
    pub(super) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// An attribute by its name in any case; `None` if it is absent.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = self.start.attributes();
        let found = attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner().eq_ignore_ascii_case(name))?;
        found.normalized_value(XmlVersion::Implicit1_0).ok()
    }

    /// An attribute as a text of its own; empty if it is absent.
    pub(super) fn text(&self, name: &str) -> String {
        self.get(name).map(|value| value.trim().to_owned()).unwrap_or_default()
    }

    /// The same in the place of another text.
    pub(super) fn copy(&self, name: &str, to: &mut String) {
        to.clear();
        to.push_str(self.get(name).as_deref().map_or("", str::trim));
    }
}

// === impl Xml ===

impl Xml {
    pub(super) fn new(name: &str, bytes: Unpacked) -> Self {
        let mut reader = NsReader::from_reader(Decoded::new(bytes));
        reader.resolver_mut().set_max_namespace_bindings(NAMESPACES_LIMIT);
        Xml { file: name.to_owned(), reader, buffer: Vec::new(), text: String::new(), depth: 0, top_seen: false }
    }

    /// Reads a tag or a text; `false` at the end.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file is not well-formed, over a limit, ends early, or is another file.
    pub(super) fn step<H: Handler>(&mut self, handler: &mut H, out: &mut Out) -> Result<bool, FtpError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let more = self.event(&mut buffer, handler, out);
        self.buffer = buffer;
        more
    }

    fn event<H: Handler>(&mut self, buffer: &mut Vec<u8>, handler: &mut H, out: &mut Out) -> Result<bool, FtpError> {
        self.reader.get_mut().rearm();
        let event = match self.reader.read_event_into(buffer) {
            Ok(event) => event,
            Err(error) => return Err(self.unread(&error)),
        };
        match event {
            Event::Start(start) => self.start(&start, handler, out)?,
            Event::Empty(start) => {
                self.start(&start, handler, out)?;
                self.end(start.local_name().into_inner(), handler, out)?;
            }
            Event::End(end) => self.end(end.local_name().into_inner(), handler, out)?,
            Event::Text(text) => self.put(&text.xml10_content())?,
            Event::CData(text) => self.put(&text.xml10_content())?,
            Event::GeneralRef(reference) => self.reference(&reference)?,
            Event::Decl(_) if !self.top_seen => {}
            Event::PI(instruction) if !self.top_seen && instruction.target() == "xml-stylesheet" => {}
            Event::Decl(_) => return Err(self.bad("an XML declaration after the start")),
            Event::PI(_) => return Err(self.bad("a processing instruction")),
            Event::DocType(_) => return Err(self.bad("a DTD")),
            Event::Comment(_) => {}
            Event::Eof if self.depth > 0 => return Err(self.bad("the file ends inside an element: it is cut")),
            Event::Eof if !self.top_seen => return Err(self.bad("there is no element")),
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn start<H: Handler>(&mut self, start: &BytesStart<'_>, handler: &mut H, out: &mut Out) -> Result<(), FtpError> {
        self.check(start)?;
        let tag = Tag { start, line: self.line() };
        if self.depth == 0 {
            if self.top_seen {
                return Err(self.bad("there is more than one top element"));
            }
            if tag.name() != H::TOP {
                return Err(self.bad(&format!("its top element is <{}>, not <{}>", tag.name(), H::TOP)));
            }
            self.top_seen = true;
        }
        self.depth += 1;
        self.text.clear();
        handler.open(&tag, out).map_err(|reason| self.bad(&reason))
    }

    fn end<H: Handler>(&mut self, name: &str, handler: &mut H, out: &mut Out) -> Result<(), FtpError> {
        self.depth = self.depth.saturating_sub(1);
        let end = End { name, text: self.text.trim(), line: self.line() };
        let outcome = handler.close(&end, out);
        self.text.clear();
        outcome.map_err(|reason| self.bad(&reason))
    }

    fn check(&self, start: &BytesStart<'_>) -> Result<(), FtpError> {
        if self.depth >= DEPTH_LIMIT {
            return Err(self.bad(&format!("elements are nested deeper than {DEPTH_LIMIT}")));
        }
        let long = |name: &str| name.len() > NAME_LIMIT;
        if long(start.name().into_inner()) {
            return Err(self.bad(&format!("a name is longer than {NAME_LIMIT} bytes")));
        }
        if start.attributes_raw().is_empty() {
            return Ok(());
        }
        for (count, attribute) in start.attributes().enumerate() {
            let attribute = attribute.map_err(|error| self.bad(&error.to_string()))?;
            if count >= ATTRIBUTES_LIMIT || long(attribute.key.into_inner()) {
                return Err(self.bad(&format!("more than {ATTRIBUTES_LIMIT} attributes, or one with a very long name")));
            }
            if attribute.value.contains('&') && attribute.normalized_value(XmlVersion::Implicit1_0).is_err() {
                return Err(self.bad("an entity other than lt, gt, amp, quot, apos"));
            }
        }
        Ok(())
    }

    fn put(&mut self, text: &str) -> Result<(), FtpError> {
        if self.depth == 0 {
            return if text.trim().is_empty() { Ok(()) } else { Err(self.bad("text outside of the top element")) };
        }
        if self.text.len() + text.len() > EVENT_MAX {
            return Err(self.bad(&format!("a text is longer than {EVENT_MAX} bytes")));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), FtpError> {
        match reference.resolve_char_ref() {
            Ok(Some(found)) if is_xml_char(found) => self.put(found.encode_utf8(&mut [0; 4])),
            Ok(None) => match resolve_xml_entity(reference) {
                Some(known) => self.put(known),
                None => Err(self.bad("an entity other than lt, gt, amp, quot, apos")),
            },
            Ok(Some(_)) | Err(_) => Err(self.bad("a reference to no character")),
        }
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    /// Damage of the file is its fault, any other read error is our disk's.
    fn unread(&self, error: &quick_xml::Error) -> FtpError {
        match error {
            quick_xml::Error::Io(error) => match error.kind() {
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                    self.bad(&error.to_string())
                }
                kind => FtpError::Spool(io::Error::new(kind, error.to_string())),
            },
            other => self.bad(&other.to_string()),
        }
    }

    fn bad(&self, reason: &str) -> FtpError {
        let reason: String = reason.chars().take(200).collect();
        FtpError::Format { file: self.file.clone(), reason: format!("line {}: {reason}", self.line()) }
    }
}
