use super::Snmp;

fn faults_of(folder: &std::path::Path, text: &str) -> Vec<String> {
    let mut snmp: Snmp = toml::from_str(text).unwrap();
    snmp.resolve(folder);
    let mut faults = Vec::new();
    snmp.validate(&mut faults);
    faults
}

const GOOD: &str = r#"
    communities_file = "communities"
    [[user]]
    name = "nms"
    auth = "sha256"
    auth_file = "secret"
    privacy = "aes256"
    privacy_file = "secret"
    [[group]]
    source = "GD_CPE"
    specialty = "IP"
    object_ids = { PORT = "{ne}:{object}" }
    [group.devices]
    "10.0.0.1" = "NE1"
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("communities"), "public\nother\n").unwrap();
    std::fs::write(folder.path().join("secret"), "long-enough\n").unwrap();
    std::fs::write(folder.path().join("short"), "short\n").unwrap();
    folder
}

#[test]
fn good_settings_have_no_faults() {
    let folder = folder();
    assert_eq!(faults_of(folder.path(), GOOD), Vec::<String>::new());
    let mut snmp: Snmp = toml::from_str(GOOD).unwrap();
    snmp.resolve(folder.path());
    assert_eq!(snmp.communities().unwrap(), ["public", "other"]);
    assert_eq!(snmp.users().unwrap().len(), 1);
    assert_eq!(snmp.rules().addresses().len(), 1);
}

#[test]
fn every_fault_is_told_at_once() {
    let bad = r#"
        communities_file = "absent"
        queue_mib = 0
        [[user]]
        name = "a"
        auth = "sha3"
        auth_file = "secret"
        [[user]]
        name = "a"
        auth = "md5"
        auth_file = "short"
        [[user]]
        name = "b"
        privacy = "des"
        [[group]]
        source = "no-code"
        specialty = "IP"
        maps = ["other"]
        object_ids = { PORT = "{ne}" }
        silence_s = -1
        [group.devices]
        "10.0.0.1" = ""
        [[group]]
        source = "GD_B"
        specialty = "IP"
        [group.devices]
        "::ffff:10.0.0.1" = "NE1"
    "#;
    let faults = faults_of(folder().path(), bad);
    let needed = [
        "absent",
        "queue_mib",
        "\"sha3\"",
        "twice",
        "at least 8",
        "privacy needs auth",
        "belong together",
        "source must be",
        "\"other\"",
        "object_ids.PORT",
        "silence_s",
        "element \"\"",
        "already in group",
    ];
    for needed in needed {
        assert!(faults.iter().any(|fault| fault.contains(needed)), "{needed}: {faults:#?}");
    }
    assert_eq!(faults.len(), needed.len(), "{faults:#?}");
}

#[test]
fn nobody_and_nothing_is_a_fault() {
    let faults = faults_of(folder().path(), "");
    assert!(
        faults.len() == 2 && faults[0].contains("nobody may send") && faults[1].contains("snmp.group"),
        "{faults:#?}"
    );
}
