use super::*;

const LEAST: &str = "caller = \"GD_TNMS\"\nkind = \"transport\"\npassword_file = \"secret\"\n";

fn peer(more: &str) -> Result<Peer, String> {
    toml::from_str(&format!("{LEAST}{more}")).map_err(|error| error.message().to_owned())
}

fn faults(more: &str) -> Vec<String> {
    let mut faults = Vec::new();
    peer(more).unwrap().validate(&mut faults);
    faults
}

#[test]
fn defaults_are_those_of_the_contract() {
    let peer = peer("").unwrap();
    assert_eq!((peer.silence_s, peer.settle_s, peer.call_time_skew_s), (300, 180, 900));
    assert_eq!(peer.zone.to_string(), Zone::china().to_string());
    assert!(peer.lookup && !peer.idempotent_create && peer.allow.is_empty());
    assert_eq!(peer.encoding, ftp::Encoding::Utf8);
}

#[test]
fn settings_are_read_in_their_forms() {
    let text = "allow = [\"10.1.0.0/16\", \"192.0.2.7\", \"::1\"]\nencoding = \"GBK\"\nzone = \"Asia/Shanghai\"\n\
                sheet_status = { \"处理中\" = \"inProgress\" }\n[files]\nurl = \"ftp://h\"\nuser = \"u\"\npassword_file = \"p\"\n";
    let peer = peer(text).unwrap();
    assert_eq!(peer.allow.len(), 3);
    assert_eq!(peer.encoding, ftp::Encoding::Gb18030);
    assert_eq!(peer.sheet_status["处理中"], TicketState::InProgress);
    assert_eq!(peer.files.unwrap().user, "u");
}

#[test]
fn mistakes_are_refused_when_read() {
    assert!(peer("silence = 3\n").unwrap_err().contains("unknown field"));
    assert!(peer("allow = [\"everywhere\"]\n").unwrap_err().contains("everywhere"));
    assert!(peer("encoding = \"latin1\"\n").unwrap_err().contains("gb18030"));
    assert!(peer("zone = \"Mars/Olympus\"\n").is_err());
    assert!(peer("sheet_status = { x = \"broken\" }\n").is_err());
}

#[test]
fn every_fault_is_listed_at_once() {
    let found = faults(
        "url = \"tcp://x\"\nsilence_s = 0\nseverity_table = \"mars\"\ncause_scheme = \"x\"\nalive_ok = []\n\
         severity_map = { a = \"7\" }\n[files]\nurl = \"http://h\"\nuser = \"u\"\npassword_file = \"p\"\n",
    );
    for part in [
        "cannot read the password file secret",
        "cannot read the password file p",
        "url",
        "silence_s 0",
        "mars",
        "cause_scheme",
        "alive_ok",
        "\"7\"",
        "files.url",
    ] {
        assert!(found.iter().any(|fault| fault.contains(part)), "{part}: {found:#?}");
    }
    assert!(found.iter().all(|fault| fault.starts_with("peer \"GD_TNMS\": ")));
}

#[test]
fn tasks_say_what_is_measured() {
    let task = |more: &str| {
        let site = "files = { url = \"ftp://h\", user = \"u\", password_file = \"p\" }";
        faults(&format!("url = \"http://h/x\"\n{site}\n{more}"))
    };
    let good = "ems_names = [\"E\"]\n[[pm_task]]\nname = \"a\"\nparams = [\"ES\"]\ncircuits = [\"SDH\"]\ngranularity = \"24H\"\n";
    assert!(task(good).iter().all(|fault| fault.contains("password file")), "{:?}", task(good));
    let bad = "[[pm_task]]\nname = \"\"\nparams = []\n[[pm_task]]\nname = \"b\"\nparams = [\"\"]\nobjects = [\"P\"]\n\
        [[pm_task]]\nname = \"b\"\nparams = [\"ES\"]\ncircuits = [\"SDH\"]\n";
    let found = task(bad);
    for part in ["1 to 64", "params must name", "objects or circuits", "another task", "ems_names", "an empty text"] {
        assert!(found.iter().any(|fault| fault.contains(part)), "{part}: {found:#?}");
    }
    assert!(faults(good).iter().any(|fault| fault.contains("pm_task needs a manager")), "it has no url");
    assert!(faults(good).iter().any(|fault| fault.contains("pm_task needs files")));
    assert!(peer("[[pm_task]]\nname = \"a\"\nparams = []\ngranularity = \"1H\"\n").unwrap_err().contains("15M or 24H"));
}

#[test]
fn paths_are_relative_to_the_file() {
    let mut peer = peer("call_password_file = \"/abs/other\"\n").unwrap();
    peer.resolve(Path::new("/etc/linesman"));
    assert_eq!(peer.password_file, Path::new("/etc/linesman/secret"));
    assert_eq!(peer.call_password_file.unwrap(), Path::new("/abs/other"));
}

#[test]
fn a_password_is_one_line_and_never_shown() {
    let folder = std::env::temp_dir().join(format!("linesman-peer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut peer = peer("url = \"http://h/x\"\n").unwrap();
    peer.resolve(&folder);
    assert!(matches!(peer.secrets().unwrap_err(), PeerError::Read { .. }));
    for bad in ["", "\n", "a\nb\n"] {
        std::fs::write(&peer.password_file, bad).unwrap();
        assert!(matches!(peer.secrets().unwrap_err(), PeerError::Password { .. }), "{bad:?}");
    }
    std::fs::write(&peer.password_file, "s3cret pass\r\n").unwrap();
    let secrets = peer.secrets().unwrap();
    assert!(secrets.theirs.matches("s3cret pass"));
    assert!(!format!("{secrets:?}").contains("s3cret"));
    let remote = peer.remote(&secrets, "GD_CNM").unwrap();
    assert_eq!((remote.supplier.as_str(), remote.caller.as_str()), ("GD_TNMS", "GD_CNM"));
    assert_eq!(peer.at_gate(&secrets).services, ["CnmForTransport"]);
    std::fs::remove_dir_all(&folder).unwrap();
}
