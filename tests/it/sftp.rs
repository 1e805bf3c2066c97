//! Reports go to a real OpenSSH by SFTP: tried again while the site is away, in their folders, once, with a
//! receipt, also when the daemon was killed after the file had arrived.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::api::Api;
use crate::daemon::{Daemon, Setup, program, wait_for};
use crate::reports::{ask, files, import, one, setup};
use crate::sshd::{self, Sshd};

const FILES: [(&str, &str); 2] = [
    ("CUSTOMER.csv", "customerNo,name\nK1,Bank\nK2,Shop\n"),
    ("CIRCUIT.csv", "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K2,ACTIVE,2026-01-01\n"),
];
const NOVEMBER: &str = "2026-11-05T09:00:00+08:00";

fn section(server: &Sshd, folder: &Path, host_key: &str) -> String {
    let password = folder.join("sftp.password");
    fs::write(&password, format!("{}\n", sshd::PASSWORD)).unwrap();
    format!(
        "[reports.sftp]\nhost = \"127.0.0.1\"\nport = {}\nhost_keys = [\"{host_key}\"]\nuser = \"{}\"\n\
         password_file = \"{}\"\nfolder = \"{}\"\nto = {{ K2 = \"{}\" }}\n",
        server.port,
        sshd::USER,
        password.display(),
        server.path("all"),
        server.path("shop/inbox"),
    )
}

/// The SFTP delivery of a customer's file as soon as it is as wanted.
async fn sent(api: &Api, daemon: &Daemon, run: &str, (customer, state): (&str, &str)) -> Value {
    let now = async || {
        let files = api.all(daemon, &format!("{run}/files")).await;
        let ways = one(&files, customer, "csv")["deliveries"].as_array().unwrap().clone();
        ways.into_iter().find(|way| way["channel"] == "sftp" && way["state"] == state && way["receipt"] != "")
    };
    wait_for("the delivery by SFTP", now).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_report_is_put_on_the_site_once_with_a_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Sshd::start("");
    let extra = section(&server, folder.path(), &server.fingerprint());
    let own = Setup { extra, ..setup(NOVEMBER, None) };
    import(folder.path(), &own, &FILES.map(|(name, text)| (name, text.to_owned())));
    server.stop();
    let mut daemon = Daemon::start(folder.path(), own);
    let api = Api::admin(&daemon).await;
    let running = ask(&api, &daemon, json!({ "label": "2026-11", "language": "zh", "formats": ["csv"] })).await;
    let preliminary = files(&api, &daemon, &running).await;
    assert!(preliminary.iter().all(|file| file["deliveries"].as_array().unwrap().len() == 1), "{preliminary:?}");
    let run = ask(&api, &daemon, json!({ "label": "2026-10", "language": "zh", "formats": ["csv"] })).await;
    let made = files(&api, &daemon, &run).await;
    let waits = sent(&api, &daemon, &run, ("K1", "waiting")).await;
    assert!(waits["receipt"].as_str().unwrap().contains("cannot connect"), "{waits}");

    // The daemon dies; one file is at the site as if its receipt had not been written any more.
    daemon.kill();
    let issued = fs::read(folder.path().join("data/reports/2026-10/K1/2026-10-zh-r1.csv")).unwrap();
    let there = server.site().join("all/2026-10/K1/2026-10-zh-r1.csv");
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    fs::write(&there, &issued).unwrap();
    let before = fs::metadata(&there).unwrap().modified().unwrap();
    server.again();
    daemon.restart();
    let told = sent(&api, &daemon, &run, ("K1", "done")).await;
    let digest = one(&made, "K1", "csv")["sha256"].as_str().unwrap();
    assert_eq!(told["receipt"], format!("was there already: {} bytes, SHA-256 {digest}", issued.len()));
    let url = format!("sftp://carrier@127.0.0.1:{}{}", server.port, there.display());
    assert_eq!(told["place"], url);
    assert_eq!(fs::metadata(&there).unwrap().modified().unwrap(), before);
    let told = sent(&api, &daemon, &run, ("K2", "done")).await;
    assert!(told["receipt"].as_str().unwrap().starts_with("written: "), "{told}");
    let own = fs::read_dir(server.site().join("shop/inbox")).unwrap();
    let own: Vec<String> = own.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(own, ["2026-10-zh-r1.csv"], "in the customer's own folder, and nothing else");
}

#[test]
fn check_says_whether_the_site_lets_us_in() {
    let folder = tempfile::tempdir().unwrap();
    let server = Sshd::start("");
    let other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for (host_key, fine, says) in
        [(server.fingerprint().as_str(), true, "lets us in"), (other, false, server.fingerprint().as_str())]
    {
        let config = folder.path().join("check.toml");
        let text = format!("[store]\ndata = \"data\"\n{}", section(&server, folder.path(), host_key));
        fs::write(&config, text).unwrap();
        let done = Command::new(program()).args(["check", "--config"]).arg(&config).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert_eq!((done.status.success(), said.contains(says)), (fine, true), "{said}");
    }
}
