//! Forms in which settings are written.

use std::net::IpAddr;

use ipnet::IpNet;
use model::source::SourceKind;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Networks (`10.1.0.0/16`) and single addresses.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read = |text: &String| {
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| D::Error::custom(format!("{text:?} is neither an address nor a network such as 10.1.0.0/16")))
    };
    texts.iter().map(read).collect()
}

/// `utf-8`, `gb18030`, or the older names of its parts.
pub(super) fn encoding<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ftp::Encoding, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Ok(ftp::Encoding::Utf8),
        "gb18030" | "gbk" | "gb2312" => Ok(ftp::Encoding::Gb18030),
        _ => Err(D::Error::custom(format!("encoding {text:?} must be utf-8 or gb18030"))),
    }
}

/// The kind of a peer. Devices that speak SNMP are none: they have a section of their own.
pub(super) fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SourceKind, D::Error> {
    match SourceKind::deserialize(deserializer)? {
        SourceKind::Snmp => Err(D::Error::custom("devices that speak SNMP are no peers: configure them in [snmp]")),
        kind => Ok(kind),
    }
}
