//! The operator's first steps: a configuration to start from, and everything that is wrong with one.

use std::path::Path;
use std::process::{Command, Output};

use crate::daemon::program;

fn linesman(arguments: &[&str], folder: &Path) -> Output {
    Command::new(program()).args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

#[test]
fn the_first_configuration_needs_only_its_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let made = linesman(&["init", "here"], folder.path());
    assert!(made.status.success(), "{}", said(&made));
    let here = folder.path().join("here");
    assert!(here.join("secrets").is_dir() && here.join("data").is_dir());
    let checked = linesman(&["check", "--config", "here/linesman.toml"], folder.path());
    assert_eq!(checked.status.code(), Some(2), "{}", said(&checked));
    let faults = said(&checked);
    let named = faults.lines().filter(|line| line.trim_start().starts_with("- ")).collect::<Vec<_>>();
    assert_eq!(named.len(), 11, "{faults}");
    assert!(named.iter().all(|line| line.contains("password file")), "{faults}");
    let again = linesman(&["init", "here"], folder.path());
    assert!(!again.status.success() && said(&again).contains("nothing was changed"), "{}", said(&again));
}

#[test]
fn a_check_tells_every_fault_and_who_can_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let reachable = listener.local_addr().unwrap();
    std::fs::write(folder.path().join("secret"), "geheim").unwrap();
    std::fs::write(folder.path().join("empty"), "").unwrap();
    std::fs::write(folder.path().join("plans.toml"), "[plan.a]\ntarget = 120.0\n").unwrap();
    let text = format!(
        "speling = 1\n[web]\nqueue = \"many\"\n[sla]\nplans_file = \"plans.toml\"\n[log]\nlevel = \"a=b=c\"\n\
         [[peer]]\ncaller = \"GD_TNMS\"\nkind = \"transport\"\npassword_file = \"secret\"\n\
         url = \"http://localhost:{}/x\"\nzone = \"Mars/Olympus\"\n\
         [[peer]]\ncaller = \"GD_RMS\"\nkind = \"resource\"\npassword_file = \"empty\"\nurl = \"http://127.0.0.1:1/\"\n",
        reachable.port()
    );
    std::fs::write(folder.path().join("linesman.toml"), text).unwrap();
    let checked = linesman(&["check"], folder.path());
    let told = said(&checked);
    assert_eq!(checked.status.code(), Some(2), "{told}");
    for fault in ["speling", "web.queue", "zone", "target", "log.level", "one line of at most"] {
        assert!(told.contains(fault), "{fault} is not told of:\n{told}");
    }
    assert!(told.contains(&format!("localhost:{}/x: reachable", reachable.port())), "{told}");
    assert!(told.contains("127.0.0.1:1/: cannot connect"), "{told}");
    assert!(!told.contains("geheim"), "{told}");
}
