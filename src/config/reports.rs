//! `[reports]`: the reports of customers: how they look, and when they are made by themselves.

use std::path::{Path, PathBuf};

use model::report::{Format, Language};
use serde::Deserialize;

use super::Faults;
use super::delivery::{Mail, Sftp};
use crate::reports::maker::Look;

/// Longest text at the head or the foot of a report.
const TEXT_MAX: usize = 300;

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
        Look { carrier: self.carrier.clone(), header: self.header.clone(), footer: self.footer.clone() }
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
        for (name, text) in [("carrier", &self.carrier), ("header", &self.header), ("footer", &self.footer)] {
            let is_fine = text.chars().count() <= TEXT_MAX && !text.chars().any(char::is_control);
            faults.expect(is_fine, || format!("reports.{name} must be one line of at most {TEXT_MAX} characters"));
        }
        if let Some(file) = &self.font_file {
            faults.expect(file.is_file(), || format!("reports.font_file {} is not a file", file.display()));
        }
        faults.expect((1..=28).contains(&self.day), || format!("reports.day {} must be 1 to 28", self.day));
        faults.expect((0..=23).contains(&self.hour), || format!("reports.hour {} must be 0 to 23", self.hour));
        let once = |n: usize, all: usize| n > 0 && n == all;
        let languages: std::collections::BTreeSet<_> = self.languages.iter().collect();
        faults.expect(once(languages.len(), self.languages.len()), || {
            "reports.languages must name zh, en or both, each once".to_owned()
        });
        let formats: std::collections::BTreeSet<_> = self.formats.iter().collect();
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
}
