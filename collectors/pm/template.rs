//! A text made of fixed words and `{fields}` of a file: how a peer's objects get their ids is data.

use std::borrow::Cow;

/// A text with fields `F` in it.
#[derive(Clone, Debug)]
pub(super) struct Template<F>(Vec<Part<F>>);

#[derive(Clone, Debug)]
enum Part<F> {
    Text(String),
    Field(F),
}

// === impl Template ===

impl Template<String> {
    /// Reads `words {field} words`.
    ///
    /// # Errors
    /// A sentence if a brace has no partner or a field no name.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("{text:?} lacks a closing brace"))?;
            if name.trim().is_empty() || name.contains('{') {
                return Err(format!("{text:?} holds a field without a name"));
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Field(name.trim().to_owned()));
            rest = after;
        }
        if rest.contains('}') {
            return Err(format!("{text:?} lacks an opening brace"));
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Template(parts))
    }

    /// The same text with each field looked up once.
    ///
    /// # Errors
    /// The name of a field that is not there.
    pub(super) fn bind<G>(&self, field: impl Fn(&str) -> Option<G>) -> Result<Template<G>, String> {
        let bound = self.0.iter().map(|part| match part {
            Part::Text(text) => Ok(Part::Text(text.clone())),
            Part::Field(name) => field(name).map(Part::Field).ok_or_else(|| name.clone()),
        });
        bound.collect::<Result<_, _>>().map(Template)
    }
}

impl<F> Template<F> {
    /// The fields in it.
    pub(super) fn fields(&self) -> impl Iterator<Item = &F> {
        self.0.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field),
            Part::Text(_) => None,
        })
    }

    /// The text with the fields' values; one field alone is not copied.
    pub(super) fn fill<'v>(&'v self, value: impl Fn(&'v F) -> &'v str) -> Cow<'v, str> {
        let part = |part: &'v Part<F>| match part {
            Part::Text(text) => text.as_str(),
            Part::Field(field) => value(field).trim_ascii(),
        };
        match self.0.as_slice() {
            [] => Cow::Borrowed(""),
            [only] => Cow::Borrowed(part(only)),
            parts => Cow::Owned(parts.iter().map(part).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn fields_stand_between_words() {
        let template = Template::parse("ne={Dn}/{rmUID}").unwrap();
        assert_eq!(template.fields().collect::<Vec<_>>(), ["Dn", "rmUID"]);
        let bound = template.bind(|name| Some(name.len())).unwrap();
        assert_eq!(bound.fill(|length| if *length == 2 { "a" } else { " b " }), "ne=a/b");
        assert_eq!(Template::parse("").unwrap().fill(|_| "x"), "");
        assert_eq!(template.bind(|_| None::<u8>).err().unwrap(), "Dn");
        for bad in ["{", "}", "a{b", "{}", "{a{b}}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
