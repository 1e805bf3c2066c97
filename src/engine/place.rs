//! Where on the line something is, in the words of people: for our own with the names of objects, for a customer
//! with those of places only.

use model::alarm::ObjectType;

use crate::explain::Text;
use crate::inventory::{CircuitIx, Inventory, ObjectView, Site, Subject};

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// With the names of our objects, and the segment of the circuit's route.
    pub for_staff: Text,
    /// Without them.
    pub for_customer: Text,
}

/// Where an object is, as it concerns a circuit.
pub fn locate(inventory: &Inventory, circuit: CircuitIx, kind: ObjectType, id: &str) -> Location {
    let object = inventory.object(kind, id).unwrap_or_default();
    let sites = inventory.sites_of(kind, id);
    let mut for_staff = named(inventory, (kind, id), &object, &sites);
    if let Some(segment) = segment_of(inventory, circuit, kind, id) {
        for_staff.push(&format!("（第 {segment} 段）"), &format!(" (segment {segment})"));
    }
    Location { for_staff, for_customer: placed(kind, &sites) }
}

/// The first segment of the route that an object is part of, or stands above.
fn segment_of(inventory: &Inventory, circuit: CircuitIx, kind: ObjectType, id: &str) -> Option<u16> {
    let subject = Subject { object_type: Some(kind), object_id: id, ne_id: "", circuit_codes: &[] };
    let routes = inventory.routes(circuit);
    let on_it = routes.iter().find(|alternative| {
        alternative.hops.iter().any(|hop| inventory.touches_hop(&subject, hop.object_type, hop.object_id))
    });
    on_it.map(|alternative| alternative.segment)
}

fn named(inventory: &Inventory, (kind, id): (ObjectType, &str), object: &ObjectView<'_>, sites: &[Site<'_>]) -> Text {
    let name = or(object.name, id);
    let element = or(object.ne_name, object.ne_id);
    match kind {
        ObjectType::Link => {
            let [a, z] = object.ends.map(|port| end(inventory, port));
            Text::new(format!("链路 {name}：{a} 至 {z}"), format!("link {name}, {a} to {z}"))
        }
        ObjectType::Circuit => Text::new("整条电路", "the circuit as a whole"),
        ObjectType::Vpn => Text::new(format!("VPN {name}"), format!("VPN {name}")),
        ObjectType::Ems => Text::new(format!("网管 {name}"), format!("manager {name}")),
        ObjectType::Ne => at(Text::new(format!("网元 {name}"), format!("element {name}")), sites),
        ObjectType::Shelf | ObjectType::Board | ObjectType::Port | ObjectType::Ctp => {
            let (zh, en) = kind_words(kind);
            let of = Text::new(format!("{element} {zh} {name}"), format!("{en} {name} of {element}"));
            let alone = || Text::new(format!("{zh} {name}"), format!("{en} {name}"));
            at(if element.is_empty() { alone() } else { of }, sites)
        }
    }
}

/// `站点 网元 端口`.
fn end(inventory: &Inventory, port: &str) -> String {
    let object = inventory.object(ObjectType::Port, port).unwrap_or_default();
    let site = inventory.sites_of(ObjectType::Port, port).first().map_or("", |site| or(site.room, site.region));
    let parts = [site, or(object.ne_name, object.ne_id), or(object.name, port)];
    let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if known.is_empty() { "?".to_owned() } else { known.join(" ") }
}

fn at(mut text: Text, sites: &[Site<'_>]) -> Text {
    let site = sites.first().map_or("", |site| or(site.room, site.region));
    if !site.is_empty() {
        text.push(&format!("，{site}"), &format!(", {site}"));
    }
    text
}

/// In the words of places: regions, for rooms and elements are our names.
fn placed(kind: ObjectType, sites: &[Site<'_>]) -> Text {
    let regions: Vec<&str> = sites.iter().map(|site| site.region).filter(|region| !region.is_empty()).collect();
    match (kind, regions.as_slice()) {
        (ObjectType::Circuit | ObjectType::Vpn, _) => Text::new("整条电路", "the circuit as a whole"),
        (ObjectType::Ems, _) => Text::new("运营商网管", "the carrier's network management"),
        (ObjectType::Link, [a, z]) if a != z => {
            Text::new(format!("{a}至{z}的传输线路"), format!("the line between {a} and {z}"))
        }
        (ObjectType::Link, [region, ..]) => Text::new(format!("{region}的传输线路"), format!("a line at {region}")),
        (ObjectType::Link, []) => Text::new("传输线路", "a transmission line"),
        (_, [region, ..]) => {
            let (zh, en) = customer_words(kind);
            Text::new(format!("{region}的{zh}"), format!("{en} at {region}"))
        }
        (_, []) => {
            let (zh, en) = customer_words(kind);
            Text::new(format!("运营商{zh}"), format!("{en} of the carrier"))
        }
    }
}

const fn kind_words(kind: ObjectType) -> (&'static str, &'static str) {
    match kind {
        ObjectType::Shelf => ("子架", "shelf"),
        ObjectType::Board => ("板卡", "board"),
        ObjectType::Ctp => ("时隙", "time slot"),
        _ => ("端口", "port"),
    }
}

const fn customer_words(kind: ObjectType) -> (&'static str, &'static str) {
    match kind {
        ObjectType::Board => ("设备板卡", "a card of the equipment"),
        ObjectType::Port | ObjectType::Ctp => ("设备端口", "a port of the equipment"),
        _ => ("传输设备", "the equipment"),
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

#[cfg(test)]
mod tests;
