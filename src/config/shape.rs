//! Faults of shape: unknown keys and values of the wrong kind, all of them at once. Each key is read
//! alone, so that one mistake does not hide the next; what can be read is kept for the other checks.

use toml::{Table, Value};

use super::Config;

/// Keys without which there is no peer.
const PEER_NEEDS: [&str; 3] = ["caller", "kind", "password_file"];
/// A peer that is well; the key in question is laid over it.
const GOOD_PEER: &str = "caller = \"HQ_TNMS\"\nkind = \"transport\"\npassword_file = \"none\"\n";

/// What a text says, as far as it can be read, and what cannot.
pub(super) struct Shape {
    pub config: Config,
    pub faults: Vec<String>,
}

struct Reader<'t> {
    text: &'t str,
    good: Table,
    faults: Vec<String>,
}

/// Reads a configuration; the error is a sentence with line and column for text that is no TOML.
pub(super) fn read(text: &str) -> Result<Shape, String> {
    let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut reader = Reader { text, good: Table::new(), faults: Vec::new() };
    for (name, value) in table {
        match value {
            Value::Table(keys) => reader.section(&name, keys),
            Value::Array(peers) if name == "peer" => reader.peers(peers),
            value => {
                if reader.is_good(Place { section: "", nth: 0, name: "" }, &name, &one(&name, value.clone())) {
                    reader.good.insert(name, value);
                }
            }
        }
    }
    let Reader { good, mut faults, .. } = reader;
    let config = good.try_into().unwrap_or_else(|error: toml::de::Error| {
        faults.push(error.message().to_owned());
        Config::default()
    });
    Ok(Shape { config, faults })
}

/// Where a key stands, and what its section is called in messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    section: &'a str,
    nth: usize,
    name: &'a str,
}

impl Reader<'_> {
    fn section(&mut self, section: &str, keys: Table) {
        if !self.is_good(Place { section: "", nth: 0, name: "" }, section, &one(section, Table::new().into())) {
            return;
        }
        let mut kept = Table::new();
        for (key, value) in keys {
            let alone = one(section, one(&key, value.clone()).into());
            if self.is_good(Place { section, nth: 0, name: section }, &key, &alone) {
                kept.insert(key, value);
            }
        }
        self.good.insert(section.to_owned(), kept.into());
    }

    fn peers(&mut self, peers: Vec<Value>) {
        let mut kept = Vec::new();
        for (nth, peer) in peers.into_iter().enumerate() {
            let Value::Table(keys) = peer else {
                self.faults.push("peer: write it as [[peer]] with one key a line".to_owned());
                continue;
            };
            kept.extend(self.peer(nth, keys));
        }
        self.good.insert("peer".to_owned(), kept.into());
    }

    /// A peer without its bad keys; `None` if it is none without them.
    fn peer(&mut self, nth: usize, keys: Table) -> Option<Value> {
        let caller = keys.get("caller").and_then(Value::as_str).map(str::to_owned);
        let name = caller.map_or_else(|| format!("peer {}", nth + 1), |caller| format!("peer {caller:?}"));
        let mut kept = Table::new();
        for missing in PEER_NEEDS.iter().filter(|key| !keys.contains_key(**key)) {
            self.faults.push(format!("{name}: {missing} is missing"));
        }
        for (key, value) in keys {
            let mut peer: Table = toml::from_str(GOOD_PEER).unwrap_or_default();
            peer.insert(key.clone(), value.clone());
            let alone = one("peer", vec![Value::from(peer)].into());
            if self.is_good(Place { section: "peer", nth, name: &name }, &key, &alone) {
                kept.insert(key, value);
            }
        }
        PEER_NEEDS.iter().all(|key| kept.contains_key(*key)).then(|| kept.into())
    }

    /// Can this key be read? If not, it is a fault.
    fn is_good(&mut self, place: Place<'_>, key: &str, alone: &Table) -> bool {
        let Err(error) = alone.clone().try_into::<Config>() else { return true };
        let line = line_of(self.text, place, key).map_or_else(String::new, |line| format!("line {line}: "));
        let path = [place.name, key].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
        let path = if place.section == "peer" { path.join(": ") } else { path.join(".") };
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        self.faults.push(format!("{line}{path}: {message}"));
        false
    }
}

fn one(key: &str, value: Value) -> Table {
    Table::from_iter([(key.to_owned(), value)])
}

/// The line on which a key, or the head of its section, stands.
fn line_of(text: &str, place: Place<'_>, key: &str) -> Option<usize> {
    let (mut section, mut peers) = ("", 0);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(head) = line.strip_prefix('[') {
            section = head.trim_start_matches('[').split([']', '.']).next().unwrap_or_default().trim();
            peers += usize::from(section == "peer" && line.starts_with("[["));
            if place.section.is_empty() && section == key {
                return Some(number + 1);
            }
            continue;
        }
        let here = section == place.section && (section != "peer" || peers == place.nth + 1);
        if here && line.split(['=', '.']).next().is_some_and(|name| name.trim().trim_matches('"') == key) {
            return Some(number + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests;
