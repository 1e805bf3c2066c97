//! Reports go out by mail through a real relay, Python's aiosmtpd: put off and tried again, taken with a
//! receipt, or refused for good.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::api::Api;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::foreign::python;
use crate::reports::{ask, files, import, one, setup};

const FILES: [(&str, &str); 2] = [
    ("CUSTOMER.csv", "customerNo,name,contactEmail\nK1,Bank,ops@bank.example\nK2,Shop,\nK3,Silent,\n"),
    (
        "CIRCUIT.csv",
        "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K2,ACTIVE,2026-01-01\nC3,K3,ACTIVE,2026-01-01\n",
    ),
];
const NOVEMBER: &str = "2026-11-05T09:00:00+08:00";

/// The relay; it ends with its standard input.
struct Relay(Child);

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts it; its port.
fn relay(taken: &Path) -> (Relay, u16) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/mail_relay.py");
    let mut command = Command::new(python("aiosmtpd"));
    command.arg(script).arg(taken).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut port = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
    (Relay(child), port.trim().parse().unwrap())
}

/// The mail delivery of a file when it is over.
async fn mailed(api: &Api, daemon: &Daemon, run: &str, customer: &str) -> Value {
    let over = async || {
        let files = api.all(daemon, &format!("{run}/files")).await;
        let mail =
            one(&files, customer, "pdf")["deliveries"].as_array().unwrap().iter().find(|way| way["channel"] == "mail");
        mail.filter(|mail| mail["state"] != "waiting").cloned()
    };
    wait_for("the mail", over).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_report_is_mailed_with_a_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    let (_relay, port) = relay(&taken);
    let extra = format!(
        "[reports]\ncarrier = \"东方电信\"\n[reports.mail]\nhost = \"127.0.0.1\"\nport = {port}\n\
         from = \"Reports <reports@telecom.example>\"\nto = {{ K2 = \"nobody@shop.example\" }}\n"
    );
    let own = Setup { extra, ..setup(NOVEMBER, None) };
    import(folder.path(), &own, &FILES.map(|(name, text)| (name, text.to_owned())));
    let daemon = Daemon::start(folder.path(), own);
    let api = Api::admin(&daemon).await;
    let running = ask(&api, &daemon, json!({ "label": "2026-11", "language": "zh", "formats": ["pdf"] })).await;
    let preliminary = files(&api, &daemon, &running).await;
    assert!(preliminary.iter().all(|file| file["deliveries"].as_array().unwrap().len() == 1), "not by mail");

    let run = ask(&api, &daemon, json!({ "label": "2026-10", "language": "zh", "formats": ["pdf", "csv"] })).await;
    let made = files(&api, &daemon, &run).await;
    let told = mailed(&api, &daemon, &run, "K1").await;
    assert_eq!(told["state"], "delivered", "{told}");
    assert!(told["receipt"].as_str().unwrap().contains("kept as 4711"), "{told}");
    let refused = mailed(&api, &daemon, &run, "K2").await;
    assert_eq!(refused["state"], "failed", "{refused}");
    assert!(refused["receipt"].as_str().unwrap().contains("no such mailbox"), "{refused}");
    assert_eq!(one(&made, "K3", "pdf")["deliveries"].as_array().unwrap().len(), 1, "nobody to send to");

    let lines = std::fs::read_to_string(&taken).unwrap();
    assert_eq!(lines.lines().count(), 1, "one message with all files, once: {lines}");
    let message: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!((&message["to"], &message["from"]), (&json!(["ops@bank.example"]), &"reports@telecom.example".into()));
    assert!(message["subject"].as_str().unwrap().contains("东方电信"), "{message}");
    let sent: Vec<&Value> = message["files"].as_array().unwrap().iter().map(|file| &file[2]).collect();
    let digests = [&one(&made, "K1", "pdf")["sha256"], &one(&made, "K1", "csv")["sha256"]];
    assert!(sent.len() == 2 && digests.iter().all(|digest| sent.contains(digest)), "{message}");
}
