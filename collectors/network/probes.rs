//! What an IP manager finds out on demand: delay tests, and what the classes of a circuit carried.

use model::code::ResultCode;
use model::probe::{DelayOutcome, DelayResult, DelayTest, Direction, QosClass};
use model::time::{Window, Zone};
use soap::{Element, XmlWriter};

use crate::fields::{Wrong, number, required};

/// Classes of one circuit.
const CLASSES_MAX: usize = 64;

/// Arguments of `testNodeDelay`.
pub fn write_test(w: &mut XmlWriter, test_id: &str, test: &DelayTest) {
    w.text("testId", test_id).text("srcNode", &test.src_node).text("dstNode", &test.dst_node);
    w.text("srcAddr", &test.src_addr).text("dstAddr", &test.dst_addr).optional("vrf", Some(&test.vrf));
    w.value("dscp", test.dscp).value("pktSize", test.pkt_size).value("pktCount", test.pkt_count);
    w.value("intervalMs", test.interval_ms).value("timeoutMs", test.timeout_ms);
}

/// The result of a delay test, in an answer or a notification.
///
/// # Errors
/// [`Wrong`] with the field.
pub fn read_result(element: Element<'_>) -> Result<DelayResult, Wrong> {
    let status = required(element, "status")?;
    let expected = "it must be ok, partial, timeout, unreachable or unsupported";
    let (sent, received) = (count(element, "sent")?, count(element, "received")?);
    if received > sent {
        return Err(Wrong::bad("received", &received.to_string(), "it may not be more than sent"));
    }
    let lost = if sent == 0 { 0.0 } else { f64::from(sent - received) / f64::from(sent) };
    Ok(DelayResult {
        status: DelayOutcome::from_word(&status.to_ascii_lowercase())
            .ok_or_else(|| Wrong::bad("status", status, expected))?,
        sent,
        received,
        loss_ratio: decimal(element, "lossRatio")?.unwrap_or(lost),
        rtt_min: decimal(element, "rttMin")?,
        rtt_avg: decimal(element, "rttAvg")?,
        rtt_max: decimal(element, "rttMax")?,
        jitter_avg: decimal(element, "jitterAvg")?,
        jitter_max: decimal(element, "jitterMax")?,
    })
}

/// Arguments of `getVpnQosBandwidth`.
pub fn write_qos(w: &mut XmlWriter, circuit_code: &str, direction: Direction, window: Window, zone: &Zone) {
    w.text("circuitCode", circuit_code).value("direction", direction);
    w.text("startTime", zone.write_local(window.start)).text("endTime", zone.write_local(window.end));
}

/// The answer of `getVpnQosBandwidth`.
///
/// # Errors
/// [`Wrong`] with the field.
pub fn read_classes(result: Element<'_>) -> Result<Vec<QosClass>, Wrong> {
    let inner = result.child("classes").unwrap_or(result);
    let read = |element: Element<'_>| {
        let whole = |name| element.value(name).map(|_| number(element, name)).transpose();
        Ok(QosClass {
            class_name: required(element, "className")?.chars().take(64).collect(),
            committed_kbps: whole("committedKbps")?,
            octets: whole("octets")?,
            share_pct: decimal(element, "sharePct")?,
        })
    };
    let classes: Vec<QosClass> = inner.children_named("class").map(read).collect::<Result<_, Wrong>>()?;
    if classes.len() > CLASSES_MAX {
        return Err(Wrong {
            code: ResultCode::TooLarge,
            reason: format!("the circuit has {} classes; {CLASSES_MAX} are read", classes.len()),
        });
    }
    Ok(classes)
}

fn count(element: Element<'_>, field: &str) -> Result<u32, Wrong> {
    let text = required(element, field)?;
    text.parse().map_err(|_| Wrong::bad(field, text, "a whole number is needed"))
}

/// A number that is not below 0; `None` if it is absent.
fn decimal(element: Element<'_>, field: &str) -> Result<Option<f64>, Wrong> {
    let Some(text) = element.value(field) else { return Ok(None) };
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    number.map(Some).ok_or_else(|| Wrong::bad(field, text, "a number from 0 on is needed"))
}
