//! One digest for one meaning: a message that is sent again has the same digest even if it was
//! written anew, by another library, with another `callTime`.

use sha2::{Digest, Sha256};

use crate::header::header_of;
use crate::tree::Element;

/// SHA-256 of an operation's arguments in a form that prefixes, entities, CDATA, encoding and
/// white space between elements do not change. Lengths go before texts, so no two trees are alike.
pub(crate) fn digest(operation: Element<'_>) -> [u8; 32] {
    let skipped = header_of(operation).map_or(0..0, |header| header.index()..header.end());
    let first = operation.index();
    let mut buffer = Vec::with_capacity(4096);
    let mut hash = Sha256::new();
    for element in operation.descendants().filter(|element| !skipped.contains(&element.index())) {
        let (name, text) = (element.name(), element.text());
        // How many elements it holds says where it closes.
        let within = if element.index() == first { 0 } else { element.end() - element.index() };
        buffer.extend_from_slice(&within.to_le_bytes());
        for part in [name, text] {
            buffer.extend_from_slice(&(part.len() as u64).to_le_bytes());
            buffer.extend_from_slice(part.as_bytes());
        }
        buffer.push(u8::from(element.is_nil()));
        if buffer.len() > 3072 {
            hash.update(&buffer);
            buffer.clear();
        }
    }
    hash.update(&buffer);
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
