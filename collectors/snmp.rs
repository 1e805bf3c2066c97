//! Devices that tell us of their state themselves, by SNMP traps and informs.
//!
//! - [`settings`]: `[snmp]` of the configuration; [`rules`]: what it comes to: devices, groups, maps
//! - [`map`]: trap maps, which are data; [`terms`]: the placeholders in them
//! - [`decode`]: a notification → an alarm fact; [`uptime`]: when it happened
//! - [`recent`]: what was told before; [`service`]: from the listener to the writer and back

pub mod decode;
pub mod map;
pub mod recent;
pub mod rules;
pub mod service;
pub mod settings;
pub mod terms;
pub mod uptime;
