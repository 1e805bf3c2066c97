//! `[reports]`: the reports of customers: how they look, and when they are made by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use model::report::{Format, Language};
use serde::Deserialize;

use super::Faults;
use super::delivery::{Mail, Sftp};
use crate::reports::look::{Look, Wishes};

/// Longest text at the head or the foot of a report.
const TEXT_MAX: usize = 300;
/// Most lines for signatures.
const SIGNERS_MAX: usize = 6;
/// Minutes of a week: no first answer takes longer.
const WEEK_MIN: u32 = 7 * 24 * 60;

/// Reports of customers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reports {
    /// The carrier's name at the head. Default empty.
    pub carrier: String,
    /// Below it, an address or a hotline. Default empty.
    pub header: String,
    /// At the foot of every page. Default empty.
    pub footer: String,
    /// Whom customers may ask: on the first page and above the signatures. Default empty.
    pub contact: String,
    /// The first answer to a ticket is due within so many minutes; reports say whether it was in time.
    /// Default: no limit.
    pub answer_within_min: Option<u32>,
    /// Reports of customers that differ from the others.
    pub template: Vec<Wishes>,
    /// A font file with more Chinese characters than GB 2312 has. Default none.
    pub font_file: Option<PathBuf>,
    /// Make the reports of the month before by themselves. Default false: a report is a statement to a
    /// customer and is in the portal at once, so it is the operator who says that nobody looks before.
    pub monthly: bool,
    /// On this day of the month. Default 4: by then figures are final (`sla.close_after_h`).
    pub day: i8,
    /// At this hour, UTC+8. Default 6.
    pub hour: i8,
    /// In these languages. Default `["zh"]`.
    pub languages: Vec<Language>,
    /// In these formats. Default `["pdf", "xlsx", "csv"]`.
    pub formats: Vec<Format>,
    /// Send final reports by mail. Default: not.
    pub mail: Option<Mail>,
    /// Put final reports on an SFTP site. Default: not.
    pub sftp: Option<Sftp>,
}

impl Default for Reports {
    fn default() -> Self {
        Reports {
            carrier: String::new(),
            header: String::new(),
            footer: String::new(),
            contact: String::new(),
            answer_within_min: None,
            template: Vec::new(),
            font_file: None,
            monthly: false,
            day: 4,
            hour: 6,
            languages: vec![Language::Zh],
            formats: Format::ALL.to_vec(),
            mail: None,
            sftp: None,
        }
    }
}

impl Reports {
    /// What all reports have in common.
    pub fn look(&self) -> Look {
        Look {
            carrier: self.carrier.clone(),
            header: self.header.clone(),
            footer: self.footer.clone(),
            contact: self.contact.clone(),
            answer_within_ms: self.answer_within_min.map(|minutes| i64::from(minutes) * 60_000),
            wishes: self.template.clone(),
        }
    }

    pub(super) fn resolve(&mut self, folder: &Path) {
        self.font_file = self.font_file.take().map(|file| folder.join(file));
        if let Some(mail) = &mut self.mail {
            mail.resolve(folder);
        }
        if let Some(sftp) = &mut self.sftp {
            sftp.resolve(folder);
        }
    }

    pub(super) fn validate(&self, faults: &mut Faults) {
        let texts = [("carrier", &self.carrier), ("header", &self.header), ("footer", &self.footer)];
        for (name, text) in texts.into_iter().chain([("contact", &self.contact)]) {
            faults
                .expect(is_line(text), || format!("reports.{name} must be one line of at most {TEXT_MAX} characters"));
        }
        let is_limit = self.answer_within_min.is_none_or(|minutes| (1..=WEEK_MIN).contains(&minutes));
        faults.expect(is_limit, || format!("reports.answer_within_min must be 1 to {WEEK_MIN}"));
        self.validate_templates(faults);
        if let Some(file) = &self.font_file {
            faults.expect(file.is_file(), || format!("reports.font_file {} is not a file", file.display()));
        }
        faults.expect((1..=28).contains(&self.day), || format!("reports.day {} must be 1 to 28", self.day));
        faults.expect((0..=23).contains(&self.hour), || format!("reports.hour {} must be 0 to 23", self.hour));
        let once = |n: usize, all: usize| n > 0 && n == all;
        let languages: BTreeSet<_> = self.languages.iter().collect();
        faults.expect(once(languages.len(), self.languages.len()), || {
            "reports.languages must name zh, en or both, each once".to_owned()
        });
        let formats: BTreeSet<_> = self.formats.iter().collect();
        faults.expect(once(formats.len(), self.formats.len()), || {
            "reports.formats must name some of pdf, xlsx, csv, each once".to_owned()
        });
        if let Some(mail) = &self.mail {
            mail.validate(faults);
        }
        if let Some(sftp) = &self.sftp {
            sftp.validate(faults);
        }
    }

    /// What single customers want.
    fn validate_templates(&self, faults: &mut Faults) {
        let mut seen = BTreeMap::new();
        for (nth, wishes) in (1..).zip(&self.template) {
            let at = |key: &str| format!("reports.template {nth}: {key}");
            faults.expect(!wishes.customers.is_empty(), || at("customers must name at least one customer"));
            for no in &wishes.customers {
                let before = seen.insert(no, nth);
                faults.expect(before.is_none(), || {
                    at(&format!("customer {no} is in template {} too", before.unwrap_or(nth)))
                });
            }
            let texts = [("title", &wishes.title), ("header", &wishes.header), ("footer", &wishes.footer)];
            for (name, text) in texts.into_iter().chain([("contact", &wishes.contact)]) {
                let is_fine = text.as_ref().is_none_or(|text| is_line(text));
                faults.expect(is_fine, || at(&format!("{name} must be one line of at most {TEXT_MAX} characters")));
            }
            let is_title = wishes.title.as_ref().is_none_or(|title| !title.trim().is_empty());
            faults.expect(is_title, || at("title must not be empty; leave it out for the usual one"));
            let sections = wishes.sections.as_deref().unwrap_or_default();
            let once: BTreeSet<_> = sections.iter().collect();
            faults.expect(once.len() == sections.len(), || at("sections must name each section once"));
            let signers = wishes.sign_off.as_deref().unwrap_or_default();
            let is_fine =
                signers.len() <= SIGNERS_MAX && signers.iter().all(|name| is_line(name) && !name.trim().is_empty());
            faults.expect(is_fine, || at(&format!("sign_off must be at most {SIGNERS_MAX} names, a line each")));
        }
    }
}

/// One line that is not too long.
fn is_line(text: &str) -> bool {
    text.chars().count() <= TEXT_MAX && !text.chars().any(char::is_control)
}
