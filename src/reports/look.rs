//! How reports look: what all of the house have in common, and what single customers want otherwise
//! (`[[reports.template]]`).

use model::report::Language;
use report::input::{Section, Template};
use serde::Deserialize;

use super::words::Said;

/// What all reports of the house have in common, and who wants it otherwise.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The carrier's name.
    pub carrier: String,
    /// Below it: an address, a hotline.
    pub header: String,
    /// At the foot of every page.
    pub footer: String,
    /// Whom customers may ask.
    pub contact: String,
    /// The first answer to a ticket is due within this, ms; `None` = no limit was agreed.
    pub answer_within_ms: Option<i64>,
    /// Wishes of customers.
    pub wishes: Vec<Wishes>,
}

/// `[[reports.template]]`: how the reports of some customers differ from the others. What is absent is as in
/// `[reports]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wishes {
    /// Customer numbers; each in one template only.
    pub customers: Vec<String>,
    /// Title instead of "Monthly service report".
    pub title: Option<String>,
    /// At the head of the first page.
    pub header: Option<String>,
    /// At the foot of every page.
    pub footer: Option<String>,
    /// Whom this customer may ask.
    pub contact: Option<String>,
    /// The language of the scheduled reports, instead of `reports.languages`.
    pub language: Option<Language>,
    /// Sections of the PDF; their order is fixed. XLSX and CSV are always whole.
    pub sections: Option<Vec<Section>>,
    /// Who signs, a line each.
    pub sign_off: Option<Vec<String>>,
}

// === impl Look ===

impl Look {
    /// What a customer wants otherwise.
    pub fn wishes_of(&self, customer_no: &str) -> Option<&Wishes> {
        self.wishes.iter().find(|wishes| wishes.customers.iter().any(|no| no == customer_no))
    }

    /// How a customer's report looks.
    pub fn template(&self, customer_no: &str, language: Language) -> Template {
        let house = Template {
            header: self.header.clone(),
            footer: self.footer.clone(),
            contact: self.contact.clone(),
            ..Template::standard(Said(language).language(), self.carrier.clone())
        };
        let Some(own) = self.wishes_of(customer_no) else { return house };
        let or = |own: &Option<String>, house: String| own.clone().unwrap_or(house);
        Template {
            title: own.title.clone(),
            carrier: house.carrier,
            header: or(&own.header, house.header),
            footer: or(&own.footer, house.footer),
            contact: or(&own.contact, house.contact),
            sections: own.sections.clone().unwrap_or(house.sections),
            sign_off: own.sign_off.clone().unwrap_or(house.sign_off),
        }
    }

    /// The scheduled reports of a customer are made in this language; `languages` are the house's.
    pub fn wants(&self, customer_no: &str, language: Language, languages: &[Language]) -> bool {
        match self.wishes_of(customer_no).and_then(|wishes| wishes.language) {
            Some(own) => own == language,
            None => languages.contains(&language),
        }
    }
}
