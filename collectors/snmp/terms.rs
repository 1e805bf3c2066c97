//! Placeholders of trap maps: `{ifName|ifDescr|ifIndex}` is the first of these values that a notification
//! has, `{entStateAdmin.index}` the end of its OID: the row of a table.

use std::collections::BTreeMap;

use snmp::{Oid, shown};

/// What a notification carries, for look-up by the names of a map.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a>(pub &'a [(Oid, snmp::Value)]);

/// One value of a notification, with what to take instead if it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term(Vec<Choice>);

/// A text with terms in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    oid: Oid,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Value,
    Index,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Term(Term),
}

/// Names of values, each with the OID that theirs begins with.
pub type Names = BTreeMap<String, Oid>;

// === impl Term ===

impl Term {
    /// Reads a term, without its braces.
    ///
    /// # Errors
    /// A sentence about a name that is not given.
    pub fn parse(text: &str, names: &Names) -> Result<Self, String> {
        let choice = |text: &str| {
            let text = text.trim();
            let (name, part) = text.strip_suffix(".index").map_or((text, Part::Value), |name| (name, Part::Index));
            let oid = names.get(name).ok_or_else(|| format!("{name:?} is not among [values]"))?;
            Ok(Choice { oid: oid.clone(), part })
        };
        text.split('|').map(choice).collect::<Result<_, String>>().map(Term)
    }

    /// Its value in a notification; `None` if it has none of them.
    pub fn of(&self, values: Values<'_>) -> Option<String> {
        self.0.iter().find_map(|choice| choice.of(values)).filter(|text| !text.is_empty())
    }
}

impl Choice {
    fn of(&self, Values(values): Values<'_>) -> Option<String> {
        let (oid, value) = values.iter().find(|(oid, _)| oid.starts_with(&self.oid))?;
        Some(match self.part {
            Part::Value => shown(value),
            Part::Index => oid.strip_prefix(&self.oid).map(|index| index.to_string()).unwrap_or_default(),
        })
    }
}

// === impl Template ===

impl Template {
    /// Reads a text with terms in braces.
    ///
    /// # Errors
    /// A sentence about what is wrong in it.
    pub fn parse(text: &str, names: &Names) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((term, behind)) = after.split_once('}') else {
                return Err(format!("{text:?} opens a brace and does not close it"));
            };
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Term(Term::parse(term, names)?));
            rest = behind;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Template(pieces))
    }

    /// The text for a notification; what it does not have is left out.
    pub fn fill(&self, values: Values<'_>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Term(term) => term.of(values).unwrap_or_default(),
        };
        self.0.iter().map(piece).collect::<String>().trim().to_owned()
    }
}
