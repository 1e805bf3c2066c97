//! The habit of e-ops systems: arguments are strings by position, records are XML inside one of
//! those strings, and answers are `key=value` lists. The inner XML meets the same limits as an
//! envelope and is decoded once.

use crate::error::SoapError;
use crate::parse::parse;
use crate::tree::Element;
use crate::write::XmlWriter;

/// Arguments between the header and `opDetail`, where they stand by position.
const BEFORE_DETAIL: usize = 4;
/// `opPerson, opCorp, opDepart, opContact, opTime, opDetail`.
const WITHOUT_ATTACHMENT: usize = 6;

/// What follows the header of a positional operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `attachRef`, where the peer sends one.
    pub attach_ref: String,
    /// `opPerson`.
    pub person: String,
    /// `opCorp`.
    pub corp: String,
    /// `opDepart`.
    pub depart: String,
    /// `opContact`.
    pub contact: String,
    /// `opTime` as written.
    pub time: String,
    /// The records of `opDetail`.
    pub records: Vec<Record>,
}

/// One `recordInfo`: fields by `fieldEnName`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Fields in the order in which they came.
    pub fields: Vec<Field>,
}

/// One `fieldInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// `fieldEnName`: the key.
    pub name: String,
    /// `fieldChName`: for people.
    pub label: String,
    /// `fieldContent`.
    pub content: String,
}

/// `sheetNo=…;sheetStatus=…;errList=…`; a key that is absent reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetAnswer {
    /// The ticket's number; empty if there is none.
    pub sheet_no: String,
    /// Its state; only in the answer to a query.
    pub sheet_status: Option<String>,
    /// What went wrong; empty if nothing.
    pub err_list: String,
}

// === impl Arguments ===

impl Arguments {
    /// Reads the arguments of `operation` by name, or by position if they have no names.
    ///
    /// # Errors
    /// [`SoapError`] if `opDetail` is absent or not an `opDetail` document.
    pub fn read(operation: Element<'_>) -> Result<Self, SoapError> {
        let text =
            |element: Option<Element<'_>>| element.map(|found| found.text().trim().to_owned()).unwrap_or_default();
        let absent = SoapError::Envelope("opDetail is missing");
        if let Some(detail) = operation.child("opDetail") {
            return Ok(Arguments {
                attach_ref: text(operation.child("attachRef")),
                person: text(operation.child("opPerson")),
                corp: text(operation.child("opCorp")),
                depart: text(operation.child("opDepart")),
                contact: text(operation.child("opContact")),
                time: text(operation.child("opTime")),
                records: records_of(detail)?,
            });
        }
        let rest: Vec<Element<'_>> = operation.children().skip(BEFORE_DETAIL).collect();
        let attached = rest.len() > WITHOUT_ATTACHMENT;
        let mut rest = rest.into_iter();
        Ok(Arguments {
            attach_ref: if attached { text(rest.next()) } else { String::new() },
            person: text(rest.next()),
            corp: text(rest.next()),
            depart: text(rest.next()),
            contact: text(rest.next()),
            time: text(rest.next()),
            records: records_of(rest.next().ok_or(absent)?)?,
        })
    }

    /// Writes the arguments, by name and in order.
    pub fn write(&self, w: &mut XmlWriter) {
        w.text("attachRef", &self.attach_ref).text("opPerson", &self.person).text("opCorp", &self.corp);
        w.text("opDepart", &self.depart).text("opContact", &self.contact).text("opTime", &self.time);
        w.text("opDetail", op_detail(&self.records));
    }
}

// === impl Record ===

impl Record {
    /// Content of the field of that name, trimmed; empty if it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|field| field.name == name).map_or("", |field| field.content.trim())
    }

    /// Adds a field without a label.
    #[must_use]
    pub fn with(self, name: &str, content: impl Into<String>) -> Self {
        self.labelled(name, "", content)
    }

    /// Adds a field.
    #[must_use]
    pub fn labelled(mut self, name: &str, label: &str, content: impl Into<String>) -> Self {
        self.fields.push(Field { name: name.to_owned(), label: label.to_owned(), content: content.into() });
        self
    }
}

/// Reads `opDetail` from a string.
///
/// # Errors
/// [`SoapError`] if it breaks a limit or is another document.
pub fn read_op_detail(text: &str) -> Result<Vec<Record>, SoapError> {
    let tree = parse(text.trim())?;
    records_in(tree.root())
}

/// Writes `opDetail` as a string.
pub fn op_detail(records: &[Record]) -> String {
    let mut writer = XmlWriter::new();
    writer.nest("opDetail", |w| {
        for record in records {
            w.nest("recordInfo", |w| {
                for field in &record.fields {
                    w.nest("fieldInfo", |w| {
                        w.text("fieldChName", &field.label).text("fieldEnName", &field.name);
                        w.text("fieldContent", &field.content);
                    });
                }
            });
        }
    });
    writer.finish()
}

/// The records of an argument: XML inside its string, or (some peers) as elements.
fn records_of(detail: Element<'_>) -> Result<Vec<Record>, SoapError> {
    match detail.children().next() {
        None => read_op_detail(detail.text()),
        Some(inner) if inner.name() == "opDetail" => records_in(inner),
        Some(_) => records_in(detail),
    }
}

fn records_in(detail: Element<'_>) -> Result<Vec<Record>, SoapError> {
    if detail.name() != "opDetail" {
        return Err(SoapError::Envelope("the string opDetail does not hold an opDetail document"));
    }
    Ok(detail.children_named("recordInfo").map(record_of).collect())
}

fn record_of(record: Element<'_>) -> Record {
    let text =
        |field: Element<'_>, name: &str| field.child(name).map(|found| found.text().to_owned()).unwrap_or_default();
    let fields = record.children_named("fieldInfo").map(|field| Field {
        name: text(field, "fieldEnName").trim().to_owned(),
        label: text(field, "fieldChName"),
        content: text(field, "fieldContent"),
    });
    Record { fields: fields.collect() }
}

// === impl SheetAnswer ===

impl SheetAnswer {
    /// Reads an answer; `None` if it is no such list. `errList` comes last and may hold anything.
    pub fn read(text: &str) -> Option<Self> {
        let mut answer = SheetAnswer::default();
        let mut seen = false;
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(errors) = rest.strip_prefix("errList=") {
                answer.err_list = errors.trim().trim_end_matches(';').to_owned();
                seen = true;
                break;
            }
            let (pair, after) = rest.split_once(';').unwrap_or((rest, ""));
            match pair.split_once('=') {
                Some(("sheetNo", value)) => {
                    answer.sheet_no = value.trim().to_owned();
                    seen = true;
                }
                Some(("sheetStatus", value)) => answer.sheet_status = Some(value.trim().to_owned()),
                _ => {}
            }
            rest = after.trim_start();
        }
        seen.then_some(answer)
    }
}

impl std::fmt::Display for SheetAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A separator inside a value would be read as its end.
        write!(f, "sheetNo={};", self.sheet_no.replace(';', ","))?;
        if let Some(status) = &self.sheet_status {
            write!(f, "sheetStatus={};", status.replace(';', ","))?;
        }
        write!(f, "errList={}", self.err_list)
    }
}

#[cfg(test)]
mod tests;
