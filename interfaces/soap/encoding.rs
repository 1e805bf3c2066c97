//! Bytes to text. A message is decoded by what it declares itself to be, strictly: a byte that
//! does not fit is an error, never a replacement character that would be stored as an alarm's name.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::SoapError;

/// An XML declaration ends within this many bytes.
const DECLARATION_LIMIT: usize = 256;

/// Decodes a document. The byte order mark decides, then the XML declaration, then `charset` of
/// the content type, then UTF-8. Where declaration and `charset` differ and the bytes are good
/// in both, nobody can tell which was meant: refused.
///
/// # Errors
/// [`SoapError::Encoding`] for an encoding that is not spoken, or bytes that are not in it.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, SoapError> {
    if let Some((encoding, mark)) = marked(bytes)? {
        return strictly(encoding, bytes.get(mark..).unwrap_or_default());
    }
    let labelled = charset.map(spoken).transpose()?;
    let Some(declared) = declared(bytes)? else {
        return strictly(labelled.unwrap_or(UTF_8), bytes);
    };
    if let Some(labelled) = labelled {
        check_unambiguous(declared, labelled, bytes)?;
    }
    strictly(declared, bytes)
}

/// The encoding of a document that is read piece by piece, by its first 512 bytes, and how many of them are
/// its byte order mark.
///
/// # Errors
/// [`SoapError::Encoding`] for an encoding that is not spoken.
pub fn of_head(head: &[u8]) -> Result<(&'static Encoding, usize), SoapError> {
    match marked(head)? {
        Some(found) => Ok(found),
        None => Ok((declared(head)?.unwrap_or(UTF_8), 0)),
    }
}

/// The encoding that the first bytes show whatever is declared, and the length of the byte order mark.
fn marked(bytes: &[u8]) -> Result<Option<(&'static Encoding, usize)>, SoapError> {
    let found = match bytes {
        [0, b'<', ..] => Some((UTF_16BE, 0)),
        [b'<', 0, ..] => Some((UTF_16LE, 0)),
        _ => Encoding::for_bom(bytes),
    };
    if let Some((encoding, mark)) = found {
        check_declared(encoding, bytes.get(mark..).unwrap_or_default())?;
    }
    Ok(found)
}

/// The encoding that a document in single bytes declares.
fn declared(bytes: &[u8]) -> Result<Option<&'static Encoding>, SoapError> {
    let found = declared_in(bytes).map(|label| spoken(&label)).transpose()?;
    match found.filter(|found| is_wide(found)) {
        Some(wide) => Err(SoapError::Encoding(format!("declared as {} but written in single bytes", wide.name()))),
        None => Ok(found),
    }
}

/// The beginning of a document for people to read, whatever its bytes are: what does not fit is
/// replaced, and a NUL, which no XML can hold, is left out.
pub(crate) fn head(bytes: &[u8], charset: Option<&str>, limit: usize) -> String {
    let bytes = bytes.get(..limit).unwrap_or(bytes);
    let declared = || declared_in(bytes).and_then(|label| spoken(&label).ok()).filter(|found| !is_wide(found));
    let labelled = || charset.and_then(|label| spoken(label).ok());
    let encoding = match Encoding::for_bom(bytes) {
        Some((mark, _)) => mark,
        None if bytes.starts_with(&[0, b'<']) => UTF_16BE,
        None if bytes.starts_with(&[b'<', 0]) => UTF_16LE,
        None => declared().or_else(labelled).unwrap_or(UTF_8),
    };
    encoding.decode(bytes).0.replace('\0', "")
}

/// The `charset` parameter of a content type.
pub fn charset_of(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// The encoding of a label, if it is one of those the interface allows.
fn spoken(label: &str) -> Result<&'static Encoding, SoapError> {
    if label.eq_ignore_ascii_case("us-ascii") {
        return Ok(UTF_8);
    }
    match Encoding::for_label(label.as_bytes()) {
        Some(found) if found == GBK || found == GB18030 => Ok(GB18030),
        Some(found) if [UTF_8, UTF_16LE, UTF_16BE].contains(&found) => Ok(found),
        _ => {
            let label: String = label.chars().take(40).collect();
            Err(SoapError::Encoding(format!("encoding {label:?} is not accepted; use UTF-8, UTF-16 or GB18030")))
        }
    }
}

fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// A document with a byte order mark, or in two-byte units, may only declare that family.
fn check_declared(actual: &'static Encoding, bytes: &[u8]) -> Result<(), SoapError> {
    let head = bytes.get(..bytes.len().min(2 * DECLARATION_LIMIT)).unwrap_or_default();
    let (head, _) = actual.decode_without_bom_handling(head);
    let Some(declared) = declared_in(head.as_bytes()).map(|label| spoken(&label)).transpose()? else { return Ok(()) };
    if declared == actual || is_wide(declared) && is_wide(actual) {
        return Ok(());
    }
    Err(SoapError::Encoding(format!("declared as {} but written in {}", declared.name(), actual.name())))
}

fn check_unambiguous(declared: &'static Encoding, labelled: &'static Encoding, bytes: &[u8]) -> Result<(), SoapError> {
    if declared == labelled || bytes.is_ascii() || strictly(labelled, bytes).is_err() {
        return Ok(());
    }
    let (declared, labelled) = (declared.name(), labelled.name());
    Err(SoapError::Encoding(format!(
        "declared as {declared} but labelled {labelled} and readable as both; make them agree"
    )))
}

fn strictly<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, SoapError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| SoapError::Encoding(format!("the message is not valid {}", encoding.name())))
}

/// `encoding` of the XML declaration, if there is one.
fn declared_in(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(DECLARATION_LIMIT))?;
    let head = head.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = String::from_utf8_lossy(head.get(..end)?);
    let (_, after) = head.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = value.get(1..)?.split_once(quote)?;
    Some(label.to_owned())
}

#[cfg(test)]
mod tests;
