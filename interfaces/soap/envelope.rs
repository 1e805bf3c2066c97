//! The envelope's rules. Only what stands directly in Envelope and Body is read, each once:
//! the element that is checked is the element that is executed (no signature-wrapping tricks).

use std::sync::OnceLock;

use crate::digest::digest;
use crate::encoding::{charset_of, decode};
use crate::error::SoapError;
use crate::parse::parse;
use crate::tree::{Element, Tree};
use crate::{BODY_LIMIT, SOAP_11};

/// A SOAP 1.1 message with exactly one element in its body.
#[derive(Clone, Debug)]
pub struct Envelope {
    tree: Tree,
    content: u32,
    /// The decoded text, where it is not the input's own bytes.
    decoded: Option<String>,
    /// Length of a byte order mark that the text no longer has.
    skipped: usize,
    digest: OnceLock<[u8; 32]>,
}

// === impl Envelope ===

impl Envelope {
    /// Reads a message. `content_type` is the HTTP header, if there was one.
    ///
    /// # Errors
    /// [`SoapError`] if it is too large, not well-formed, or no SOAP 1.1 envelope.
    pub fn read(bytes: &[u8], content_type: Option<&str>) -> Result<Envelope, SoapError> {
        if bytes.len() > BODY_LIMIT {
            return Err(SoapError::TooLarge { what: "bytes", limit: BODY_LIMIT });
        }
        let text = decode(bytes, content_type.and_then(charset_of))?;
        let tree = parse(&text)?;
        let content = content_of(tree.root())?.index();
        let (decoded, skipped) = match text {
            std::borrow::Cow::Borrowed(text) => (None, bytes.len().saturating_sub(text.len())),
            std::borrow::Cow::Owned(text) => (Some(text), 0),
        };
        Ok(Envelope { tree, content, decoded, skipped, digest: OnceLock::new() })
    }

    /// The one element of the body.
    pub fn content(&self) -> Element<'_> {
        self.tree.element(self.content)
    }

    /// SHA-256 of the content without its header; computed once.
    pub(crate) fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| digest(self.content()))
    }

    pub(crate) fn element(&self, at: u32) -> Element<'_> {
        self.tree.element(at)
    }

    /// The message as UTF-8 with the text of `secret` blanked, to be kept as evidence. Empty where
    /// the secret's place is not known (it stands behind hundreds of elements).
    pub(crate) fn evidence(&self, bytes: &bytes::Bytes, secret: Option<Element<'_>>) -> bytes::Bytes {
        let mut text = match &self.decoded {
            Some(text) => text.clone().into_bytes(),
            None => bytes.get(self.skipped..).unwrap_or_default().to_vec(),
        };
        let Some(secret) = secret else { return text.into() };
        let Some(&(start, end)) = self.tree.origins.get(secret.index() as usize) else { return bytes::Bytes::new() };
        match text.get_mut(start as usize..end as usize) {
            Some(place) => place.fill(b'*'),
            None => return bytes::Bytes::new(),
        }
        text.into()
    }
}

/// Checks the envelope and finds the element to execute.
fn content_of(root: Element<'_>) -> Result<Element<'_>, SoapError> {
    if root.name() != "Envelope" {
        return Err(SoapError::Envelope("the top element is not a SOAP Envelope"));
    }
    if root.namespace() != SOAP_11 {
        return Err(SoapError::Version);
    }
    let (mut header, mut body) = (None, None);
    for part in root.children() {
        let place = match part.name() {
            _ if part.namespace() != SOAP_11 => {
                return Err(SoapError::Envelope("the Envelope holds a foreign element"));
            }
            "Header" if body.is_some() => return Err(SoapError::Envelope("the Header stands after the Body")),
            "Header" => &mut header,
            "Body" => &mut body,
            _ => return Err(SoapError::Envelope("the Envelope holds more than Header and Body")),
        };
        if place.replace(part).is_some() {
            return Err(SoapError::Envelope("the Envelope holds its Header or Body twice"));
        }
    }
    // We understand no header block at all.
    if let Some(block) = header.into_iter().flat_map(Element::children).find(|block| block.must_understand()) {
        return Err(SoapError::MustUnderstand(block.name().to_owned()));
    }
    let body = body.ok_or(SoapError::Envelope("the Envelope has no Body"))?;
    let mut contents = body.children();
    match (contents.next(), contents.next()) {
        (Some(content), None) => Ok(content),
        (None, _) => Err(SoapError::Envelope("the Body is empty")),
        (Some(_), Some(_)) => Err(SoapError::Envelope("the Body holds more than one element")),
    }
}

#[cfg(test)]
mod tests;
