//! Bodies of the form `name;key=value;…`. Peers differ in the case of keys, so keys are read in any case;
//! a value goes to the next semicolon and is trimmed.

use std::collections::BTreeMap;

/// A body that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Its name, as written.
    pub name: String,
    fields: BTreeMap<String, String>,
}

// === impl Body ===

impl Body {
    /// Reads any bytes: what is no UTF-8 becomes replacement characters, what is no field is left out. Of
    /// two fields with one key the first counts.
    pub fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut parts = text.split(';');
        let mut body = Body { name: parts.next().unwrap_or_default().trim().to_owned(), ..Body::default() };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            body.fields.entry(key.trim().to_ascii_lowercase()).or_insert_with(|| value.trim().to_owned());
        }
        body
    }

    /// The value of a key, given in lower case; empty if it is absent.
    pub fn get(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", String::as_str)
    }
}

/// A body to be sent. Values must hold no semicolon: [`is_sayable`].
pub fn write(name: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    fields.iter().fold(name.to_owned(), |body, (key, value)| format!("{body};{key}={value}")).into_bytes()
}

/// Can a value be said in a body?
pub fn is_sayable(value: &str) -> bool {
    !value.contains(';') && !value.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
