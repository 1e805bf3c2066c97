//! `[reports.mail]` and `[reports.sftp]`: where final reports go beside the portal, and how we come in there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::Deserialize;
use sftp::{Login, Site};

use super::{Faults, read_capped};

/// Longest folder on a site.
const FOLDER_MAX: usize = 512;

/// A mail relay and who gets mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The relay's name or address; with TLS its certificate must be for this name.
    pub host: String,
    /// Its port. Default 25, or 465 with `tls = "implicit"`.
    pub port: Option<u16>,
    /// How the connection is encrypted. Default `none`: then the relay should be on this machine.
    #[serde(default)]
    pub tls: MailTls,
    /// Certificates (PEM) of which one signed the relay's. Default: the public authorities.
    pub ca_file: Option<PathBuf>,
    /// Log in as this user; only with TLS.
    pub user: Option<String>,
    /// The file that holds the user's password.
    pub password_file: Option<PathBuf>,
    /// The sender's address.
    pub from: String,
    /// Addresses by customer number. Others get mail at the `contactEmail` of their CUSTOMER row, if it has one.
    #[serde(default)]
    pub to: BTreeMap<String, String>,
}

/// How a connection to a mail relay is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Not at all.
    #[default]
    None,
    /// After `STARTTLS`, which the relay must offer.
    Starttls,
    /// From the first byte.
    Implicit,
}

/// An SFTP site and whose reports go there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sftp {
    /// The site's name or address.
    pub host: String,
    /// Its port. Default 22.
    #[serde(default = "ssh_port")]
    pub port: u16,
    /// Fingerprints of its host keys, as `ssh-keygen -l` prints them (`SHA256:…`); it must show one of them.
    pub host_keys: Vec<String>,
    /// Our user there.
    pub user: String,
    /// The file that holds the user's password; either this or `key_file`.
    pub password_file: Option<PathBuf>,
    /// The user's private key (Ed25519 or ECDSA, without a passphrase).
    pub key_file: Option<PathBuf>,
    /// The folder for all customers' reports; below it a folder for each month and in it one for each
    /// customer. Default none: only customers in `to` have theirs sent.
    pub folder: Option<String>,
    /// Own folders by customer number.
    #[serde(default)]
    pub to: BTreeMap<String, String>,
}

fn ssh_port() -> u16 {
    22
}

// === impl Mail ===

impl Mail {
    /// The password of the login, if there is one.
    ///
    /// # Errors
    /// If its file cannot be read or does not hold one line.
    pub fn password(&self) -> anyhow::Result<Option<String>> {
        self.password_file.as_deref().map(one_line).transpose().context("reports.mail.password_file")
    }

    pub(super) fn resolve(&mut self, folder: &Path) {
        for file in [&mut self.ca_file, &mut self.password_file].into_iter().flatten() {
            *file = folder.join(&file);
        }
    }

    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect(!self.host.trim().is_empty(), || "reports.mail.host must name the relay".to_owned());
        let is_mailbox = |text: &str| text.parse::<lettre::message::Mailbox>().is_ok();
        faults.expect(is_mailbox(&self.from), || format!("reports.mail.from {:?} is no mail address", self.from));
        for (customer_no, address) in self.to.iter().filter(|(_, address)| !is_mailbox(address)) {
            faults.expect(false, || format!("reports.mail.to: {customer_no}'s {address:?} is no mail address"));
        }
        let (user, password, secret) = (&self.user, &self.password_file, self.tls != MailTls::None);
        faults.expect(user.is_some() == password.is_some(), || {
            "reports.mail.user and reports.mail.password_file go together: give both or none".to_owned()
        });
        faults.expect(secret || user.is_none(), || {
            "reports.mail.user needs tls = \"starttls\" or \"implicit\": no password goes out unencrypted".to_owned()
        });
        faults.expect(secret || self.ca_file.is_none(), || {
            "reports.mail.ca_file is of no use without tls = \"starttls\" or \"implicit\"".to_owned()
        });
        if let Err(error) = crate::tasks::mail::relay::relay(self) {
            faults.expect(false, || format!("{error:#}"));
        }
    }
}

// === impl Sftp ===

impl Sftp {
    /// The site, with our login read from its file.
    ///
    /// # Errors
    /// Which setting or file is wrong.
    pub fn site(&self) -> anyhow::Result<Site> {
        let login = match (&self.password_file, &self.key_file) {
            (Some(file), None) => Login::Password(one_line(file).context("reports.sftp.password_file")?),
            (None, Some(file)) => {
                let text = read_capped(file).with_context(|| format!("reports.sftp.key_file {}", file.display()))?;
                Login::key(&text).with_context(|| format!("reports.sftp.key_file {}", file.display()))?
            }
            _ => anyhow::bail!("reports.sftp needs either password_file or key_file"),
        };
        Site::new((&self.host, self.port), &self.user, login, &self.host_keys).context("reports.sftp.host_keys")
    }

    /// Where on the site a report's file goes (`path`: below our own folder of reports); `None` if the
    /// customer's reports do not go there.
    pub fn place(&self, customer_no: &str, path: &str) -> Option<String> {
        let (folder, path) = match self.to.get(customer_no) {
            Some(own) => (own, path.rsplit('/').next()?),
            None => (self.folder.as_ref()?, path),
        };
        Some(format!("{}/{path}", folder.trim_end_matches('/')))
    }

    pub(super) fn resolve(&mut self, folder: &Path) {
        for file in [&mut self.password_file, &mut self.key_file].into_iter().flatten() {
            *file = folder.join(&file);
        }
    }

    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect(!self.host.trim().is_empty(), || "reports.sftp.host must name the site".to_owned());
        faults.expect(!self.user.trim().is_empty(), || "reports.sftp.user must name our user there".to_owned());
        faults.expect(!self.host_keys.is_empty(), || {
            "reports.sftp.host_keys must hold the fingerprint of the site's host key (ssh-keygen -l)".to_owned()
        });
        faults.expect(self.folder.is_some() || !self.to.is_empty(), || {
            "reports.sftp sends nothing: give a folder, or folders of customers in to".to_owned()
        });
        for folder in self.folder.iter().chain(self.to.values()) {
            faults.expect(is_folder(folder), || {
                format!(
                    "reports.sftp: {folder:?} must be an absolute folder of at most {FOLDER_MAX} bytes without . or .."
                )
            });
        }
        let folders: std::collections::BTreeSet<_> = self.to.values().map(|to| to.trim_end_matches('/')).collect();
        faults.expect(folders.len() == self.to.len(), || {
            "reports.sftp.to: two customers share a folder, and the names of their files are the same".to_owned()
        });
        if let Err(error) = self.site() {
            faults.expect(false, || format!("{error:#}"));
        }
    }
}

fn is_folder(text: &str) -> bool {
    let fits = text.starts_with('/') && text.len() <= FOLDER_MAX && !text.chars().any(char::is_control);
    fits && !text.split('/').any(|part| matches!(part, "." | ".."))
}

/// A secret: the one line of a file.
fn one_line(file: &Path) -> anyhow::Result<String> {
    let text = read_capped(file).with_context(|| format!("cannot read {}", file.display()))?;
    let line = text.trim_end_matches(['\r', '\n']);
    ensure!(!line.is_empty() && !line.contains('\n'), "{} must hold one line", file.display());
    Ok(line.to_owned())
}
