//! The configuration file: one struct per section, defaults for all, every fault listed at once.
//!
//! Unknown keys are refused, so that a typing error is not a silent default. Secrets are never in
//! this file: a `*_file` setting names the file that holds them.

mod delivery;
mod performance;
mod reports;
mod sections;
mod shape;

use std::path::{Path, PathBuf};

use collectors::peer::Peer;
use collectors::snmp::settings::Snmp;
use model::source::SourceKind;
use serde::Deserialize;

pub use delivery::{Mail, MailTls, Sftp};
pub use performance::Performance;
pub use reports::Reports;
pub use sections::read_capped;
pub use sections::{Alarms, Audit, Dispatch, Log, Operations, Resources, Sla, Store, Web};

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Our own system code, `<region>_CNM`, at most 16 characters; it signs what we send.
    pub sys_code: String,
    /// Where facts are kept.
    pub store: Store,
    /// The web, the API and the SOAP services.
    pub web: Web,
    /// Health and metrics.
    pub operations: Operations,
    /// Alarm rules.
    pub alarms: Alarms,
    /// Tickets.
    pub dispatch: Dispatch,
    /// Resource loads.
    pub resources: Resources,
    /// Performance data.
    pub performance: Performance,
    /// SLA plans and figures.
    pub sla: Sla,
    /// Reports of customers.
    pub reports: Reports,
    /// The audit log.
    pub audit: Audit,
    /// SNMP notifications; none are heard if it is absent.
    pub snmp: Option<Snmp>,
    /// Log.
    pub log: Log,
    /// The systems we speak with.
    #[serde(rename = "peer")]
    pub peers: Vec<Peer>,
}

/// Everything that is wrong with a configuration, each with the key it is about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<String>);

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read configuration {path}: give its path with --config")]
    Read {
        /// Path asked for.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML of the right shape.
    #[error("configuration {path} has a mistake:\n{message}")]
    Shape {
        /// Path.
        path: PathBuf,
        /// What, with line and column.
        message: String,
    },
    /// Values that cannot be.
    #[error("configuration has {} fault(s):\n  - {}", .0.len(), .0.join("\n  - "))]
    Faults(Vec<String>),
}

impl Default for Config {
    fn default() -> Self {
        Config {
            sys_code: "HQ_CNM".to_owned(),
            store: Store::default(),
            web: Web::default(),
            operations: Operations::default(),
            alarms: Alarms::default(),
            dispatch: Dispatch::default(),
            resources: Resources::default(),
            performance: Performance::default(),
            sla: Sla::default(),
            reports: Reports::default(),
            audit: Audit::default(),
            snmp: None,
            log: Log::default(),
            peers: Vec::new(),
        }
    }
}

impl Config {
    /// Reads and checks a file. Relative paths inside it are relative to its folder.
    ///
    /// # Errors
    /// [`ConfigError`], listing all faults at once.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let (config, faults) = Self::read_with_faults(path)?;
        if faults.0.is_empty() { Ok(config) } else { Err(ConfigError::Faults(faults.0)) }
    }

    /// Reads a file as far as it can be read, with everything that is wrong.
    ///
    /// # Errors
    /// [`ConfigError`] if it cannot be read at all or is no TOML.
    pub fn read_with_faults(path: &Path) -> Result<(Self, Faults), ConfigError> {
        let text = sections::read_capped(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let shape = shape::read(&text).map_err(|message| ConfigError::Shape { path: path.to_owned(), message })?;
        let (mut config, mut faults) = (shape.config, Faults(shape.faults));
        config.resolve(path.parent().unwrap_or(Path::new(".")));
        config.validate(&mut faults);
        Ok((config, faults))
    }

    /// Reads TOML text; the error is a sentence with line and column.
    ///
    /// # Errors
    /// The sentence.
    pub fn from_text(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// Makes relative paths absolute.
    fn resolve(&mut self, folder: &Path) {
        self.store.resolve(folder);
        self.sla.resolve(folder);
        self.reports.resolve(folder);
        self.audit.resolve(folder, &self.store.data);
        if let Some(snmp) = &mut self.snmp {
            snmp.resolve(folder);
        }
        for peer in &mut self.peers {
            peer.resolve(folder);
        }
    }

    /// Adds every fault to `faults`.
    pub fn validate(&self, faults: &mut Faults) {
        let valid = !self.sys_code.is_empty() && self.sys_code.len() <= 16 && self.sys_code.contains('_');
        faults.expect(valid, || format!("sys_code {:?} must be <region>_CNM of at most 16 characters", self.sys_code));
        self.store.validate(faults);
        self.web.validate(faults);
        self.operations.validate(faults);
        self.alarms.validate(faults);
        self.dispatch.validate(faults);
        self.resources.validate(faults);
        self.performance.validate(faults);
        self.sla.validate(faults);
        self.reports.validate(faults);
        self.log.validate(faults);
        let (web, operations) = (self.web.listen, self.operations.listen);
        let is_shared = web.port() != 0 && web.port() == operations.port() && web.ip() == operations.ip();
        faults.expect(!is_shared, || format!("web.listen and operations.listen are both {web}: give each its own"));
        let mut seen = std::collections::BTreeSet::new();
        for peer in &self.peers {
            peer.validate(&mut faults.0);
            faults.expect(peer.caller != self.sys_code, || {
                format!("peer {:?} has our own sys_code: each system has its own", peer.caller)
            });
            faults.expect(seen.insert(peer.caller.as_str()), || format!("peer {:?} is configured twice", peer.caller));
        }
        if let Some(snmp) = &self.snmp {
            snmp.validate(&mut faults.0);
            for group in &snmp.groups {
                let is_new = seen.insert(group.source.as_str()) && group.source != self.sys_code;
                faults.expect(is_new, || format!("snmp.group {:?}: another system has this code", group.source));
            }
        }
        let desks = self.peers.iter().filter(|peer| peer.kind == SourceKind::Eoms).count();
        faults.expect(desks <= 1, || "more than one peer of kind \"eoms\": faults go to exactly one".to_owned());
    }
}

impl Faults {
    /// Adds a fault unless `holds`.
    pub fn expect(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.0.push(fault());
        }
    }
}

#[cfg(test)]
mod tests;
