//! Reports go out by mail through a real relay, Python's aiosmtpd: put off and tried again, taken with a
//! receipt, or refused for good; and encrypted, with a login.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::{Method, StatusCode};
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

/// Starts it, plain or as the words say; its port.
fn relay(taken: &Path, protected: &[&str]) -> (Relay, u16) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/mail_relay.py");
    let mut command = Command::new(python("aiosmtpd"));
    command.arg(script).arg(taken).args(protected).stdin(Stdio::piped()).stdout(Stdio::piped());
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
    let (_relay, port) = relay(&taken, &[]);
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
    assert_eq!(told["state"], "done", "{told}");
    assert!(told["receipt"].as_str().unwrap().contains("kept as 4711"), "{told}");
    assert_eq!(told["place"], "ops@bank.example");
    let refused = mailed(&api, &daemon, &run, "K2").await;
    assert_eq!(refused["state"], "failed", "{refused}");
    assert!(refused["receipt"].as_str().unwrap().contains("no such mailbox"), "{refused}");
    let again = format!("/api/v1/reports/files/{}/send", one(&made, "K2", "pdf")["id"].as_str().unwrap());
    let send =
        async |channel: &str| api.call(&daemon, Method::POST, &again, Some(json!({ "channel": channel }))).await.0;
    assert_eq!((send("portal").await, send("sftp").await), (StatusCode::BAD_REQUEST, StatusCode::CONFLICT));
    assert_eq!(send("mail").await, StatusCode::NO_CONTENT);
    assert_eq!(mailed(&api, &daemon, &run, "K2").await["state"], "failed", "tried, and refused again");
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

/// A private authority and a certificate of it for 127.0.0.1, made by openssl.
fn certificates(folder: &Path) {
    let run = |words: &str| {
        let done = Command::new("openssl").args(words.split(' ')).current_dir(folder).output();
        let done = done.expect("this test needs openssl: `cargo xtask test` installs it");
        assert!(done.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&done.stderr));
    };
    for name in ["ca", "other"] {
        run(&format!("req -x509 -newkey ed25519 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem"));
    }
    run("req -newkey ed25519 -nodes -subj /CN=relay -keyout relay.key -out relay.csr");
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1").unwrap();
    run("x509 -req -in relay.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out relay.pem");
}

/// `[reports.mail]` with a login; what `linesman check` says of it.
fn checked(folder: &Path, mail: &str) -> (bool, String) {
    let config = folder.join("check.toml");
    std::fs::write(&config, format!("[store]\ndata = \"data\"\n[reports.mail]\n{mail}")).unwrap();
    let done = Command::new(crate::daemon::program()).args(["check", "--config"]).arg(&config).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.success(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_with_tls_and_a_login_must_be_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(file("password"), "of-the-relay\n").unwrap();
    std::fs::write(file("guess"), "guessed\n").unwrap();
    let protect = |mode| relay(&taken, &[mode, &file("relay.pem"), &file("relay.key"), "of-the-relay"]);
    let (relays, plain) = ([("starttls", protect("starttls")), ("implicit", protect("implicit"))], relay(&taken, &[]));
    let mail = |tls: &str, port: u16, ca: &str, password: &str| {
        format!(
            "host = \"127.0.0.1\"\nport = {port}\ntls = \"{tls}\"\nca_file = \"{}\"\nuser = \"reports\"\n\
             password_file = \"{}\"\nfrom = \"r@telecom.example\"\n",
            file(ca),
            file(password)
        )
    };
    for (tls, (_relay, port)) in &relays {
        let (fine, said) = checked(folder.path(), &mail(tls, *port, "ca.pem", "password"));
        assert!(fine && said.contains("lets us in"), "{tls}: {said}");
        let (fine, said) = checked(folder.path(), &mail(tls, *port, "ca.pem", "guess"));
        assert!(!fine && said.contains("535"), "{tls}: {said}");
        let (fine, said) = checked(folder.path(), &mail(tls, *port, "other.pem", "password"));
        assert!(!fine && said.contains("certificate"), "{tls}: {said}");
    }
    let (fine, said) = checked(folder.path(), &mail("starttls", plain.1, "ca.pem", "password"));
    assert!(!fine && said.contains("STARTTLS"), "no password goes out unencrypted: {said}");

    let settings = mail("starttls", relays[0].1.1, "ca.pem", "password");
    let own = Setup { extra: format!("[reports.mail]\n{settings}"), ..setup(NOVEMBER, None) };
    import(folder.path(), &own, &FILES.map(|(name, text)| (name, text.to_owned())));
    let daemon = Daemon::start(folder.path(), own);
    let api = Api::admin(&daemon).await;
    let body = json!({ "label": "2026-10", "language": "en", "formats": ["csv"], "customers": ["K1"] });
    let run = ask(&api, &daemon, body).await;
    files(&api, &daemon, &run).await;
    let over = async || {
        let files = api.all(&daemon, &format!("{run}/files")).await;
        let ways = one(&files, "K1", "csv")["deliveries"].as_array().unwrap().clone();
        ways.into_iter().find(|way| way["channel"] == "mail" && way["state"] == "done")
    };
    let told = wait_for("the mail", over).await;
    assert_eq!(told["place"], "ops@bank.example", "{told}");
    assert!(std::fs::read_to_string(&taken).unwrap().contains("2026-10-en-r1.csv"));
}
