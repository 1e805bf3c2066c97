//! `[snmp]` of the configuration: where to listen, who may send, which devices there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use model::alarm::{ObjectType, Specialty};
use model::source::SourceId;
use serde::Deserialize;
use snmp::{Auth, Privacy, User};
use soap::Secret;

use crate::peer::read_secret;
use crate::snmp::map::{self, Map};
use crate::snmp::rules::{GroupSetup, Rules};

/// Largest file of communities, and how many may be in it.
const COMMUNITIES_MAX: usize = 64;
/// Shortest secret of a user (RFC 3414 §11.2).
const SECRET_MIN: usize = 8;

/// SNMP notifications.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Snmp {
    /// UDP address to listen on. Default `0.0.0.0:162`.
    pub listen: SocketAddr,
    /// File with the communities of versions 1 and 2c, one a line. Default: none, these versions are refused.
    pub communities_file: Option<PathBuf>,
    /// Addresses that may send in the name of other devices.
    pub forwarders: Vec<IpAddr>,
    /// Folder of trap maps, beside those of the program.
    pub maps: Option<PathBuf>,
    /// MiB that the system shall hold for our socket. Default 32.
    pub receive_buffer_mib: usize,
    /// MiB of notifications that may wait for the writer. Default 64.
    pub queue_mib: usize,
    /// Users of version 3.
    #[serde(rename = "user")]
    pub users: Vec<SnmpUser>,
    /// Devices.
    #[serde(rename = "group")]
    pub groups: Vec<DeviceGroup>,
}

/// A user of version 3. What it sends must have exactly this security, not less.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnmpUser {
    /// Name.
    pub name: String,
    /// `md5`, `sha1`, `sha224`, `sha256`, `sha384` or `sha512`. Default: it proves nothing.
    #[serde(default)]
    pub auth: Option<String>,
    /// File with its secret.
    #[serde(default)]
    pub auth_file: Option<PathBuf>,
    /// `des`, `aes128`, `aes192`, `aes256`, `aes192-cisco` or `aes256-cisco`. Default: it encrypts nothing.
    #[serde(default)]
    pub privacy: Option<String>,
    /// File with its secret.
    #[serde(default)]
    pub privacy_file: Option<PathBuf>,
}

/// Devices that are shown as one source and speak alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceGroup {
    /// The source's system code.
    pub source: String,
    /// Network of the devices.
    pub specialty: Specialty,
    /// Maker.
    #[serde(default)]
    pub vendor: String,
    /// `emsName` of its elements. Default: the source's code.
    #[serde(default)]
    pub ems_name: Option<String>,
    /// Trap maps, by name; where two have one notification the first counts. Default: all.
    #[serde(default)]
    pub maps: Vec<String>,
    /// How its objects are called in the inventory, by type: `PORT = "{ne}/{object}"`, the default.
    #[serde(default)]
    pub object_ids: BTreeMap<ObjectType, String>,
    /// Seconds without a notification after which it is stale. Default 0: silence means nothing.
    #[serde(default)]
    pub silence_s: i64,
    /// Its devices: address and element.
    pub devices: BTreeMap<IpAddr, String>,
}

impl Default for Snmp {
    fn default() -> Self {
        Snmp {
            listen: SocketAddr::from(([0, 0, 0, 0], 162)),
            communities_file: None,
            forwarders: Vec::new(),
            maps: None,
            receive_buffer_mib: 32,
            queue_mib: 64,
            users: Vec::new(),
            groups: Vec::new(),
        }
    }
}

// === impl Snmp ===

impl Snmp {
    /// Makes relative paths absolute.
    pub fn resolve(&mut self, folder: &Path) {
        let users = self.users.iter_mut().flat_map(|user| [&mut user.auth_file, &mut user.privacy_file]);
        for path in [&mut self.communities_file, &mut self.maps].into_iter().chain(users).flatten() {
            *path = folder.join(&*path);
        }
    }

    /// Adds a sentence for everything that is wrong, also in the files that it names.
    pub fn validate(&self, faults: &mut Vec<String>) {
        let sizes = [("receive_buffer_mib", self.receive_buffer_mib), ("queue_mib", self.queue_mib)];
        for (name, size) in sizes {
            if !(1..=1024).contains(&size) {
                faults.push(format!("snmp.{name} {size} must be 1 to 1024 MiB"));
            }
        }
        if self.communities_file.is_none() && self.users.is_empty() {
            faults.push("snmp: nobody may send: give communities_file or [[snmp.user]]".to_owned());
        }
        if let Err(error) = self.communities() {
            faults.push(format!("snmp.communities_file: {error}"));
        }
        let mut names = BTreeSet::new();
        for user in &self.users {
            let mut fault = |fault: String| faults.push(format!("snmp.user {:?}: {fault}", user.name));
            if !names.insert(&user.name) {
                fault("it is configured twice".to_owned());
            }
            user.faults().into_iter().for_each(fault);
        }
        let maps = map::maps(self.maps.as_deref(), faults);
        self.validate_groups(&maps, faults);
    }

    fn validate_groups(&self, maps: &BTreeMap<String, Map>, faults: &mut Vec<String>) {
        if self.groups.is_empty() {
            faults.push("snmp: there is no [[snmp.group]] with devices: nothing would be heard".to_owned());
        }
        let mut owners: HashMap<IpAddr, &str> = HashMap::new();
        for group in &self.groups {
            let mut fault = |fault: String| faults.push(format!("snmp.group {:?}: {fault}", group.source));
            group.faults(maps).into_iter().for_each(&mut fault);
            for address in group.devices.keys() {
                if let Some(owner) = owners.insert(address.to_canonical(), &group.source) {
                    fault(format!("device {address} is already in group {owner:?}: each has one"));
                }
            }
        }
    }

    /// The communities.
    ///
    /// # Errors
    /// A sentence about the file.
    pub fn communities(&self) -> Result<Vec<String>, String> {
        let Some(file) = &self.communities_file else { return Ok(Vec::new()) };
        let failed = |error: std::io::Error| format!("cannot read {}: {error}", file.display());
        if std::fs::metadata(file).map_err(failed)?.len() > 64 << 10 {
            return Err(format!("{} is larger than 64 KiB: it must hold one community a line", file.display()));
        }
        let text = std::fs::read_to_string(file).map_err(failed)?;
        let communities: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        match communities.len() {
            1..=COMMUNITIES_MAX => Ok(communities),
            count => Err(format!("{} holds {count} communities: 1 to {COMMUNITIES_MAX} are possible", file.display())),
        }
    }

    /// The users with their keys.
    ///
    /// # Errors
    /// A sentence about a user.
    pub fn users(&self) -> Result<Vec<User>, String> {
        self.users.iter().map(SnmpUser::user).collect()
    }

    /// Devices, groups and maps. What is wrong in them was told by [`Snmp::validate`].
    pub fn rules(&self) -> Rules {
        let maps = map::maps(self.maps.as_deref(), &mut Vec::new());
        let mut rules = Rules::new(self.forwarders.iter().copied());
        for group in &self.groups {
            match group.maps.is_empty() {
                true => rules.add(group.setup(), maps.values()),
                false => rules.add(group.setup(), group.maps.iter().filter_map(|name| maps.get(name))),
            }
        }
        rules
    }
}

// === impl SnmpUser ===

impl SnmpUser {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.name.is_empty() || self.name.len() > 32 {
            faults.push("name must have 1 to 32 bytes".to_owned());
        }
        if self.privacy.is_some() && self.auth.is_none() {
            faults.push("privacy needs auth".to_owned());
        }
        let pairs = [
            ("auth", &self.auth, &self.auth_file, Auth::WORDS),
            ("privacy", &self.privacy, &self.privacy_file, Privacy::WORDS),
        ];
        for (name, word, file, words) in pairs {
            match (word, file) {
                (None, None) => {}
                (Some(word), _) if !words.contains(&word.as_str()) => {
                    faults.push(format!("{name} {word:?} must be one of {}", words.join(", ")));
                }
                (Some(_), Some(file)) => faults.extend(secret(file).err().map(|fault| format!("{name}_file: {fault}"))),
                _ => faults.push(format!("{name} and {name}_file belong together")),
            }
        }
        faults
    }

    fn user(&self) -> Result<User, String> {
        let failed = |error: &dyn std::fmt::Display| format!("snmp.user {:?}: {error}", self.name);
        let auth = self.auth.as_deref().and_then(Auth::from_word).zip(self.auth_file.as_deref());
        let auth = auth.map(|(auth, file)| Ok((auth, secret(file)?))).transpose().map_err(|e: String| failed(&e))?;
        let privacy = self.privacy.as_deref().and_then(Privacy::from_word).zip(self.privacy_file.as_deref());
        let privacy =
            privacy.map(|(privacy, file)| Ok((privacy, secret(file)?))).transpose().map_err(|e: String| failed(&e))?;
        let auth = auth.as_ref().map(|(auth, secret)| (*auth, secret.reveal()));
        let privacy = privacy.as_ref().map(|(privacy, secret)| (*privacy, secret.reveal()));
        User::new(&self.name, auth, privacy).map_err(|error| failed(&error))
    }
}

/// The secret in a file, long enough for a user.
fn secret(file: &Path) -> Result<Secret, String> {
    let secret = read_secret(file).map_err(|error| with_cause(&error))?;
    match secret.reveal().chars().count() {
        0..SECRET_MIN => Err(format!("the secret in {} must have at least {SECRET_MIN} characters", file.display())),
        _ => Ok(secret),
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

// === impl DeviceGroup ===

impl DeviceGroup {
    /// The group as a source.
    pub fn source(&self) -> SourceId {
        SourceId::new(&self.source)
    }

    /// `emsName` of its elements.
    pub fn ems_name(&self) -> &str {
        self.ems_name.as_deref().unwrap_or(&self.source)
    }

    fn faults(&self, maps: &BTreeMap<String, Map>) -> Vec<String> {
        let mut faults = Vec::new();
        let code = self.source.len() <= 16 && self.source.contains('_') && !self.source.contains(char::is_whitespace);
        if !code {
            faults.push("source must be <region>_<SYS> of at most 16 characters".to_owned());
        }
        if self.devices.is_empty() {
            faults
                .push("it has no devices: write them as \"10.0.0.1\" = \"NE1\" below [snmp.group.devices]".to_owned());
        }
        let names = || maps.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        for name in self.maps.iter().filter(|name| !maps.contains_key(*name)) {
            faults.push(format!("there is no trap map {name:?}; there are {}", names()));
        }
        for (kind, form) in self.object_ids.iter().filter(|(_, form)| !form.contains("{object}")) {
            faults.push(format!(
                "object_ids.{kind} {form:?} must hold {{object}}, and {{ne}} where ids need the element"
            ));
        }
        if !(0..=86_400 * 31).contains(&self.silence_s) {
            faults.push(format!("silence_s {} must be 0 (never) to 31 days", self.silence_s));
        }
        let long = |ne: &&String| ne.is_empty() || ne.chars().count() > 64;
        faults
            .extend(self.devices.values().find(long).map(|ne| format!("element {ne:?} must have 1 to 64 characters")));
        faults
    }

    fn setup(&self) -> GroupSetup {
        GroupSetup {
            source: self.source(),
            specialty: self.specialty,
            vendor: self.vendor.clone(),
            ems_name: self.ems_name().to_owned(),
            object_ids: self.object_ids.iter().map(|(kind, form)| (*kind, form.clone())).collect(),
            devices: self.devices.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
