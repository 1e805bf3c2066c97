//! The settings of a peer: who it is, where it is, and its habits. Everything in which peers differ
//! is data here, so that a new peer of a known kind needs no code.

mod secrets;
mod serde_forms;
mod tasks;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use model::alarm::Specialty;
use model::source::{SourceId, SourceKind};
use model::ticket::TicketState;
use model::time::Zone;
use serde::Deserialize;

use crate::pm::{Manner, PmSettings};

pub(crate) use secrets::read as read_secret;
pub use secrets::{PeerError, Secrets};
pub use tasks::{Measures, TaskSettings};

/// A `[[peer]]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its system code, `<region>_<SYS>`, at most 16 characters: its `serCaller`.
    pub caller: String,
    /// `transport`, `ip`, `atm`, `resource`, `eoms` or `omc`.
    #[serde(deserialize_with = "serde_forms::kind")]
    pub kind: SourceKind,
    /// Address of its service; none if we never call it. Of an OMC `tcp://host:port`.
    #[serde(default)]
    pub url: Option<String>,
    /// Our user at an OMC.
    #[serde(default)]
    pub user: String,
    /// File that holds the password it sends us, which is also the one we send it. Of an OMC the key of `user`.
    pub password_file: PathBuf,
    /// File that holds the password we send it, if that is another one.
    #[serde(default)]
    pub call_password_file: Option<PathBuf>,
    /// Addresses it may call from: networks or single addresses. Empty: it may not call.
    #[serde(default, deserialize_with = "serde_forms::networks")]
    pub allow: Vec<IpNet>,
    /// Zone of its local times. Default `+08:00`.
    #[serde(default)]
    pub zone: Zone,
    /// Filter that a network manager is to put on its live reports, in its own language; `""` takes
    /// ours away. Default: none is set or taken away. Its lists of active alarms stay whole.
    #[serde(default)]
    pub filter: Option<String>,
    /// Network of an OMC's or network manager's alarms where they do not say: `TRANS`, `IP` or `ATM`. Default: that of
    /// an IP or ATM manager's kind, else unknown.
    #[serde(default)]
    pub specialty: Option<Specialty>,
    /// Names (`emsName`) of the managers it speaks for; its silence makes their circuits unmeasured.
    #[serde(default)]
    pub ems_names: Vec<String>,
    /// Its file site.
    #[serde(default)]
    pub files: Option<Files>,
    /// How it writes performance files. Default: native CSV.
    #[serde(default)]
    pub pm: Option<PmSettings>,
    /// What it is to measure for us.
    #[serde(default, rename = "pm_task")]
    pub pm_tasks: Vec<TaskSettings>,
    /// Encoding of its files: `utf-8` or `gb18030` (of which GBK is a part). Default `utf-8`.
    #[serde(default, deserialize_with = "serde_forms::encoding")]
    pub encoding: ftp::Encoding,
    /// Namespace in which it is called and calls. Default: that of our contract.
    #[serde(default)]
    pub namespace: Option<String>,
    /// `SOAPAction` that it expects; `{operation}` stands for the operation. Default empty.
    #[serde(default)]
    pub soap_action: String,
    /// Element of its answers that holds the result; `{operation}` stands for the operation.
    #[serde(default)]
    pub result_element: Option<String>,
    /// Its names of fields, each with ours: `locatinginformation = "location"`.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Table of its severity numbers: `china`, `x721` or `rfc8632`. Default `china`.
    #[serde(default = "defaults::severity_table")]
    pub severity_table: String,
    /// Its severity words, each with `"0"` to `"4"` or `"cleared"`. If given, no other word is known.
    #[serde(default)]
    pub severity_map: BTreeMap<String, String>,
    /// Scheme of its probable cause numbers: `x721` or `m3100`. Default `m3100`.
    #[serde(default = "defaults::cause_scheme")]
    pub cause_scheme: String,
    /// Its alarms have an `alarmId`. With `false` a row without one is known by what it is about: object type and
    /// id, layer rate, probable cause, and native cause. Default true: such a row is refused.
    #[serde(default = "defaults::alarm_ids")]
    pub alarm_ids: bool,
    /// Answers to `isAlive` that mean healthy; the first is also what we answer. Default `["0", ""]`.
    #[serde(default = "defaults::alive_ok")]
    pub alive_ok: Vec<String>,
    /// Seconds between our `isAlive` calls, or heartbeats to an OMC, which is given up after three. Default 60.
    #[serde(default = "defaults::alive_s")]
    pub alive_s: i64,
    /// Seconds without a word after which it is stale. Default 300.
    #[serde(default = "defaults::silence_s")]
    pub silence_s: i64,
    /// Seconds of "no such ticket" after which an unanswered dispatch is sent again. Default 180.
    #[serde(default = "defaults::settle_s")]
    pub settle_s: i64,
    /// A second `newAlarm` with the same `alarmId` returns the existing ticket. Default false.
    #[serde(default)]
    pub idempotent_create: bool,
    /// It answers `querySheet`. Default true.
    #[serde(default = "defaults::lookup")]
    pub lookup: bool,
    /// Its words for the state of a ticket, beside the usual ones: `"处理中" = "inProgress"`.
    #[serde(default)]
    pub sheet_status: BTreeMap<String, TicketState>,
    /// Seconds that its `callTime` may be off our clock. Default 900.
    #[serde(default = "defaults::call_time_skew_s")]
    pub call_time_skew_s: i64,
    /// Seconds that one call to it may take. Default 30.
    #[serde(default = "defaults::timeout_s")]
    pub timeout_s: u64,
    /// Seconds after which a requested sync or load that was not answered is given up. Default 1,800.
    #[serde(default = "defaults::sync_timeout_s")]
    pub sync_timeout_s: i64,
    /// Seconds that a control file may be later than the notice of its file. Default 600.
    #[serde(default = "defaults::control_file_s")]
    pub control_file_s: i64,
    /// Who we say is acting, in calls to an e-ops system.
    #[serde(default)]
    pub operator: Operator,
}

/// The file site of a peer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// `ftp://host:port`.
    pub url: String,
    /// User.
    pub user: String,
    /// File that holds the password.
    pub password_file: PathBuf,
}

/// `opPerson`, `opCorp`, `opDepart`, `opContact`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operator {
    /// Person.
    pub person: String,
    /// Company.
    pub corp: String,
    /// Department.
    pub depart: String,
    /// Telephone or mail.
    pub contact: String,
}

mod defaults {
    pub(super) fn severity_table() -> String {
        "china".to_owned()
    }
    pub(super) fn cause_scheme() -> String {
        "m3100".to_owned()
    }
    pub(super) const fn alarm_ids() -> bool {
        true
    }
    pub(super) fn alive_ok() -> Vec<String> {
        vec!["0".to_owned(), String::new()]
    }
    pub(super) const fn alive_s() -> i64 {
        60
    }
    pub(super) const fn silence_s() -> i64 {
        300
    }
    pub(super) const fn settle_s() -> i64 {
        180
    }
    pub(super) const fn lookup() -> bool {
        true
    }
    pub(super) const fn call_time_skew_s() -> i64 {
        900
    }
    pub(super) const fn timeout_s() -> u64 {
        30
    }
    pub(super) const fn sync_timeout_s() -> i64 {
        1800
    }
    pub(super) const fn control_file_s() -> i64 {
        600
    }
}

// === impl Peer ===

impl Peer {
    /// The peer as a source.
    pub fn source(&self) -> SourceId {
        SourceId::new(&self.caller)
    }

    /// The contracts of our service that it calls, and of its service that we call; `None` if it speaks no SOAP.
    pub fn contracts(&self) -> Option<(&'static soap::Contract, &'static soap::Contract)> {
        use soap::contract::{
            ATM_NMS, CNM_FOR_ATM, CNM_FOR_EOMS, CNM_FOR_IP, CNM_FOR_RESOURCE, CNM_FOR_TRANSPORT, EOMS, IP_NMS,
            RESOURCE_MANAGER, TRANSPORT_NMS,
        };
        match self.kind {
            SourceKind::Transport => Some((&CNM_FOR_TRANSPORT, &TRANSPORT_NMS)),
            SourceKind::Ip => Some((&CNM_FOR_IP, &IP_NMS)),
            SourceKind::Atm => Some((&CNM_FOR_ATM, &ATM_NMS)),
            SourceKind::Resource => Some((&CNM_FOR_RESOURCE, &RESOURCE_MANAGER)),
            SourceKind::Eoms => Some((&CNM_FOR_EOMS, &EOMS)),
            // Devices that send notifications are no peers: their kind is refused when it is read.
            SourceKind::Omc | SourceKind::Snmp => None,
        }
    }

    /// How its performance files are read.
    ///
    /// # Errors
    /// A sentence for everything that is wrong with the settings.
    pub fn manner(&self) -> Result<Manner, Vec<String>> {
        let settings = self.pm.clone().unwrap_or_else(PmSettings::native);
        Manner::new(&settings, self.encoding, self.zone.clone())
    }

    /// Makes relative paths absolute.
    pub fn resolve(&mut self, folder: &Path) {
        let files = self.files.iter_mut().map(|files| &mut files.password_file);
        for path in [&mut self.password_file].into_iter().chain(self.call_password_file.as_mut()).chain(files) {
            *path = folder.join(&*path);
        }
    }

    /// Adds a sentence for everything that is wrong.
    pub fn validate(&self, faults: &mut Vec<String>) {
        let mut expect = |holds: bool, fault: String| {
            if !holds {
                faults.push(format!("peer {:?}: {fault}", self.caller));
            }
        };
        let code = self.caller.len() <= 16 && self.caller.contains('_') && !self.caller.contains(char::is_whitespace);
        expect(code, "caller must be <region>_<SYS> of at most 16 characters".to_owned());
        let files = self.files.as_ref().map(|files| &files.password_file);
        for file in [Some(&self.password_file), self.call_password_file.as_ref(), files].into_iter().flatten() {
            let fault = secrets::fault_of_file(file);
            expect(fault.is_none(), fault.unwrap_or_default());
        }
        if self.kind == SourceKind::Omc {
            self.validate_omc(&mut expect);
        } else if let Some(url) = &self.url {
            let http = url.starts_with("http://") || url.starts_with("https://");
            expect(http, format!("url {url:?} must begin with http:// or https://"));
        }
        if let Some(files) = &self.files {
            let site = ftp::Site::new(&files.url, &files.user, "");
            expect(site.is_ok(), site.err().map(|error| format!("files.url: {error}")).unwrap_or_default());
        }
        expect(!self.alive_ok.is_empty(), "alive_ok needs at least one answer, such as \"0\"".to_owned());
        for (name, value, most) in self.spans() {
            expect((1..=most).contains(&value), format!("{name} {value} must be 1 to {most} seconds"));
        }
        let manner = self.manner().err().unwrap_or_default();
        for fault in crate::habits::faults_of(self).into_iter().chain(manner).chain(tasks::faults_of(self)) {
            expect(false, fault);
        }
    }

    fn validate_omc(&self, expect: &mut impl FnMut(bool, String)) {
        let url = self.url.as_deref().unwrap_or_default();
        let address = omc::Settings::address_of(url);
        expect(address.is_ok(), address.err().map(|error| format!("url: {error}")).unwrap_or_default());
        let is_user = !self.user.is_empty() && omc::body::is_sayable(&self.user);
        expect(is_user, "user must name our user at the OMC, without a semicolon".to_owned());
        let files = "files is missing: an OMC puts its lists of active alarms on a file site";
        expect(self.files.is_some(), files.to_owned());
    }

    fn spans(&self) -> [(&'static str, i64, i64); 7] {
        [
            ("alive_s", self.alive_s, 3600),
            ("silence_s", self.silence_s, 86_400),
            ("settle_s", self.settle_s, 86_400),
            ("call_time_skew_s", self.call_time_skew_s, 86_400),
            ("timeout_s", i64::try_from(self.timeout_s).unwrap_or(i64::MAX), 600),
            ("sync_timeout_s", self.sync_timeout_s, 86_400),
            ("control_file_s", self.control_file_s, 86_400),
        ]
    }
}

#[cfg(test)]
mod tests;
