//! A SOAP client that is not ours, Python's zeep, reads the WSDLs that the daemon serves and calls
//! every operation they list.

use std::path::Path;
use std::process::Command;

use model::source::SourceKind;
use sims::carrier::PeerInfo;

use crate::crash::manager;
use crate::daemon::{Daemon, Setup};

/// The Python that has a module which tests need.
pub fn python(module: &str) -> String {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/foreign/bin/python");
    let python = if own.is_file() { own.display().to_string() } else { "python3".to_owned() };
    let found = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    let found = found.is_ok_and(|found| found.status.success());
    assert!(found, "{module} is missing: `cargo xtask test` installs it");
    python
}

#[tokio::test(flavor = "multi_thread")]
async fn zeep_calls_every_listed_operation() {
    let folder = tempfile::tempdir().unwrap();
    let peer = |caller: &str, kind| PeerInfo { caller: caller.to_owned(), kind, ..manager() };
    let peers = vec![
        manager(),
        peer("GD_IPNMS", SourceKind::Ip),
        peer("GD_ATMNMS", SourceKind::Atm),
        peer("GD_RMS", SourceKind::Resource),
        peer("GD_EOMS", SourceKind::Eoms),
    ];
    let password = manager().password;
    let mut daemon = Daemon::start(folder.path(), Setup { peers, ..Setup::default() });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/zeep_calls.py");
    let mut command = Command::new(python("zeep"));
    command.arg(script).args([&daemon.url, "GD_TNMS", &password]);
    command.args(["--ip", &format!("GD_IPNMS:{password}"), "--atm", &format!("GD_ATMNMS:{password}")]);
    command.args(["--resource", &format!("GD_RMS:{password}"), "--eoms", &format!("GD_EOMS:{password}")]);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let (said, complaint) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{said}{complaint}\n{}", daemon.log());
    assert!(daemon.stop().success());
}
