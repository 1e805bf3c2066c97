//! The message of a load test, cut into pieces once: writing one is a few copies.

use std::io::Write;

use model::alarm::AlarmRecord;
use soap::XmlWriter;
use soap::contract::CNM_FOR_TRANSPORT;
use soap::write::envelope;

use super::{LoadSettings, alarm_id};
use crate::wire;

// Marks stand for what differs; nothing else in a message looks like them.
const NUMBER: &str = "@@NUMBER@@";
const ALARMS: &str = "@@ALARMS@@";
const ALARM_ID: &str = "@@ALARM@@";
const NE_ID: &str = "@@NE@@";
const OBJECT_ID: &str = "@@OBJECT@@";

/// Pieces of a message.
#[derive(Debug)]
pub(super) struct Template {
    head: String,
    /// Around the number in `msgId`, the number in `notificationId`, and the alarms.
    envelope: Vec<String>,
    /// Pieces of one alarm and what goes after each.
    alarm: Vec<(String, Gap)>,
    objects: Vec<(String, String)>,
    prefix: String,
    rows: u64,
}

/// What goes between two pieces of an alarm.
#[derive(Clone, Copy, Debug)]
enum Gap {
    AlarmId,
    NeId,
    ObjectId,
    End,
}

// === impl Template ===

impl Template {
    pub(super) fn new(settings: &LoadSettings) -> Self {
        let text = message(settings);
        let marked = text.replace(ALARMS, NUMBER);
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: ",
            settings.path, settings.address
        );
        Template {
            head,
            envelope: marked.split(NUMBER).map(str::to_owned).collect(),
            alarm: pieces(&alarm(settings)),
            objects: settings.objects.clone(),
            prefix: settings.prefix.clone(),
            rows: settings.alarms_per_request,
        }
    }

    /// The whole HTTP request of a number, into `out`.
    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        let body = self.body(number);
        out.clear();
        out.extend_from_slice(self.head.as_bytes());
        // Writing to a vector cannot fail.
        let _ = write!(out, "{}\r\n\r\n", body.len());
        out.extend_from_slice(&body);
    }

    fn body(&self, number: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024 * usize::try_from(self.rows + 1).unwrap_or(1));
        for (place, piece) in self.envelope.iter().enumerate() {
            out.extend_from_slice(piece.as_bytes());
            match place {
                0 | 1 => drop(write!(out, "{number}")),
                2 => (0..self.rows).for_each(|row| self.write_alarm(number, row, &mut out)),
                _ => {}
            }
        }
        out
    }

    fn write_alarm(&self, number: u64, row: u64, out: &mut Vec<u8>) {
        let count = (self.objects.len() as u64).max(1);
        let place = usize::try_from((number * self.rows + row) % count).unwrap_or(0);
        let (ne, object) = self.objects.get(place).map_or(("", ""), |(ne, object)| (ne.as_str(), object.as_str()));
        for (piece, gap) in &self.alarm {
            out.extend_from_slice(piece.as_bytes());
            match gap {
                Gap::AlarmId => out.extend_from_slice(alarm_id(&self.prefix, number, row).as_bytes()),
                Gap::NeId => out.extend_from_slice(ne.as_bytes()),
                Gap::ObjectId => out.extend_from_slice(object.as_bytes()),
                Gap::End => {}
            }
        }
    }
}

/// A message with marks for its numbers and its alarms.
fn message(settings: &LoadSettings) -> String {
    envelope(|w| {
        w.nest_in("reportAlarm", CNM_FOR_TRANSPORT.namespace, |w| {
            w.nest("header", |w| {
                w.text("serSupplier", &settings.supplier).text("serCaller", &settings.signed.0);
                w.text("callerPwd", &settings.signed.1);
                w.text("callTime", settings.zone.write_local(settings.call_time));
                w.text("msgId", format!("{}{NUMBER}", settings.prefix));
            });
            w.text("notificationId", NUMBER);
            w.text("alarms", ALARMS);
        });
    })
    .replace("<alarms>", "")
    .replace("</alarms>", "")
}

/// One alarm with marks for its id, element and object.
fn alarm(settings: &LoadSettings) -> String {
    let record = AlarmRecord {
        alarm_id: ALARM_ID.into(),
        ne_id: NE_ID.into(),
        object_id: OBJECT_ID.into(),
        ..settings.alarm.clone()
    };
    let mut writer = XmlWriter::new();
    writer.nest("alarm", |w| wire::write_alarm(w, &record, &settings.zone));
    writer.finish()
}

/// The columns' order is alarmId, neId, objectId: so is that of the gaps.
fn pieces(alarm: &str) -> Vec<(String, Gap)> {
    let marks = [(ALARM_ID, Gap::AlarmId), (NE_ID, Gap::NeId), (OBJECT_ID, Gap::ObjectId)];
    let mut pieces = Vec::new();
    let mut rest = alarm;
    for (mark, gap) in marks {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        pieces.push((before.to_owned(), gap));
        rest = after;
    }
    pieces.push((rest.to_owned(), Gap::End));
    pieces
}
