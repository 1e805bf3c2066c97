//! Recorded messages of peers: each folder `*/cases/<name>` holds the peer's settings, a request as it
//! came over the wire, and what must become of it: what goes to the writer, and the answer.
//! `BLESS=1` rewrites the expectations.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use intake::submission::{Answer, Content, RefusedRow, Submission};
use intake::{Intake, Queue};
use model::alarm::AlarmFact;
use model::source::{SourceId, SourceKind};
use model::time::Time;
use serde_json::{Value, json};
use soap::{Endpoint, Gate, MessageKey, Recall, ReplayMemory, Secret, Service};

use crate::eoms::service::CnmForEoms;
use crate::peer::{Peer, Secrets};
use crate::resource::service::CnmForResource;
use crate::transport::service::CnmForTransport;
use crate::{Desk, Habits};

const PASSWORD: &str = "p4ss-w0rd";
/// 2026-11-07 08:00:00 in the zone of the recorded peers.
const RECEIVED_AT: &str = "2026-11-07T00:00:00Z";

/// Nothing was said before.
struct FirstTime;

impl ReplayMemory for FirstTime {
    fn recall<'a>(&'a self, _: &'a SourceId, _: &'a MessageKey) -> BoxFuture<'a, Recall> {
        Box::pin(async { Recall::Unknown })
    }
}

/// A peer out of TOML, with the password of the recordings.
pub(crate) fn peer(text: &str) -> (Peer, Secrets) {
    let peer: Peer = toml::from_str(text).unwrap();
    let password = Secret::new(PASSWORD);
    let files = peer.files.is_some().then(|| password.clone());
    (peer, Secrets { theirs: password.clone(), ours: password, files })
}

fn endpoint(peer: &Peer, secrets: &Secrets, intake: Intake) -> Endpoint {
    let site = peer.site(secrets).unwrap();
    let desk = Desk::new(intake, [(peer.source(), Habits::new(peer, site))]);
    let service: Arc<dyn Service> = match peer.kind {
        SourceKind::Transport => Arc::new(CnmForTransport::new(desk)),
        SourceKind::Resource => Arc::new(CnmForResource::new(desk)),
        SourceKind::Eoms => Arc::new(CnmForEoms::new(desk)),
        SourceKind::Snmp => unreachable!("no peer has this kind"),
        SourceKind::Omc => panic!("an OMC calls no service of ours"),
    };
    Endpoint::new(Gate::new([peer.at_gate(secrets)]), Arc::new(FirstTime)).service(service)
}

/// Sends the request and says yes to all that reaches the writer.
async fn play(folder: &Path) -> Value {
    let (peer, secrets) = peer(&fs::read_to_string(folder.join("peer.toml")).unwrap());
    let (intake, mut queue) = Intake::new(16);
    let endpoint = endpoint(&peer, &secrets, intake);
    let request = http::Request::post(format!("/soap/{}", peer.contracts().unwrap().0.name))
        .header("content-type", "text/xml")
        .body(Bytes::from(fs::read(folder.join("request.xml")).unwrap()))
        .unwrap();
    let mut submissions = Vec::new();
    let remote = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let response = {
        let mut answered = std::pin::pin!(endpoint.handle(request, remote, Time::parse(RECEIVED_AT).unwrap()));
        loop {
            tokio::select! {
                response = &mut answered => break response,
                () = accept(&mut queue, &mut submissions) => {}
            }
        }
    };
    let answer = String::from_utf8(response.body().to_vec()).unwrap();
    let body = answer.split_once("<soap:Body>").unwrap().1.split_once("</soap:Body>").unwrap().0;
    json!({ "submissions": submissions, "status": response.status().as_u16(), "answer": body })
}

async fn accept(queue: &mut Queue, submissions: &mut Vec<Value>) {
    let Some(item) = queue.recv().await else { return };
    let raw = String::from_utf8(item.submission.raw.clone()).unwrap();
    assert!(!raw.is_empty() && !raw.contains(PASSWORD), "the evidence holds the password");
    submissions.push(shown(&item.submission));
    item.answer.send(Ok(Answer::default())).unwrap();
}

fn shown(submission: &Submission) -> Value {
    let refused = submission.refused.iter();
    json!({
        "notification": submission.notification.map(|notification| format!("{} {}", notification.interface, notification.id)),
        "msgId": submission.message.as_ref().map(|message| message.msg_id.clone()),
        "content": content(&submission.content),
        "refused": refused.map(refused_row).collect::<Vec<_>>(),
    })
}

fn refused_row(row: &RefusedRow) -> String {
    let place = if row.is_whole() { "whole".to_owned() } else { row.index.to_string() };
    format!("{place}: {} {}", row.code, row.reason)
}

fn content(content: &Content) -> Value {
    match content {
        Content::Alarms(facts) => facts.iter().map(fact).collect(),
        Content::Cutovers(cutovers) => json!({ "cutovers": cutovers }),
        other => json!(readable(&format!("{other:#?}")).lines().collect::<Vec<_>>()),
    }
}

/// `Time(1794009600000)` of a `Debug` text as a time that people can read.
fn readable(text: &str) -> String {
    let mut parts = text.split("Time(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(')').unwrap();
        let ms = number.trim().trim_end_matches(',').parse().unwrap();
        out += &format!("{}{rest}", Time::from_ms(ms));
    }
    out
}

/// Absent fields are left out, so that a case shows what is there.
fn fact(fact: &AlarmFact) -> Value {
    match fact {
        AlarmFact::Record(record) => {
            let mut value = serde_json::to_value(record).unwrap();
            let fields = value.as_object_mut().unwrap();
            fields.retain(|_, field| !field.is_null() && *field != json!("") && *field != json!([]));
            value
        }
        AlarmFact::End(end) => json!(readable(&format!("{end:?}"))),
        AlarmFact::Listed(listed) => json!(readable(&format!("{listed:?}"))),
    }
}

#[tokio::test]
async fn every_case_becomes_what_it_must() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (kind, least) in [("transport", 4), ("resource", 2), ("eoms", 2), ("template", 1)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join("cases");
        let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        assert!(cases.len() >= least, "{kind} has too few cases");
        for case in cases {
            let found = serde_json::to_string_pretty(&play(&case).await).unwrap() + "\n";
            let expected = case.join("expected.json");
            if bless {
                fs::write(&expected, &found).unwrap();
            }
            if fs::read_to_string(&expected).unwrap_or_default() != found {
                wrong.push(format!("{}:\n{found}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "cases differ; read them, then BLESS=1 rewrites\n{}", wrong.join("\n"));
}

/// Whoever copies the template begins with something that works, and that is what its case is played with.
#[test]
fn the_template_is_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("template");
    let text = fs::read_to_string(folder.join("peer.toml")).unwrap();
    assert_eq!(text, fs::read_to_string(folder.join("cases/raise/peer.toml")).unwrap());
    let mut faults = Vec::new();
    peer(&text).0.validate(&mut faults);
    assert!(faults.is_empty(), "{faults:?}");
}
