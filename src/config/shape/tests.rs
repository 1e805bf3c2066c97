use super::*;

const MANY: &str = r#"
sys_code = "GD_CNM"
speling = 1

[web]
listen = "nowhere"
conections = 3
queue = "many"

[weeb]
x = 1

[[peer]]
caller = "GD_TNMS"
kind = "transport"
password_file = "secret"
zone = "Mars/Olympus"

[[peer]]
caller = "GD_RMS"
kind = "resauce"
silence = 3

[[peer]]
caller = "GD_EOMS"
kind = "eoms"
password_file = "secret"
settle_s = 5
"#;

#[test]
fn one_mistake_does_not_hide_the_next() {
    let shape = read(MANY).unwrap();
    for (line, what) in [
        ("line 3:", "speling"),
        ("line 6:", "web.listen"),
        ("line 7:", "web.conections"),
        ("line 8:", "web.queue"),
        ("line 10:", "weeb"),
        ("line 17:", "peer \"GD_TNMS\": zone"),
        ("line 21:", "peer \"GD_RMS\": kind"),
        ("line 22:", "peer \"GD_RMS\": silence"),
        ("", "peer \"GD_RMS\": password_file is missing"),
    ] {
        let told = shape.faults.iter().filter(|fault| fault.starts_with(line) && fault.contains(what)).count();
        assert_eq!(told, 1, "{line} {what}: {:#?}", shape.faults);
    }
    assert_eq!(shape.faults.len(), 9, "{:#?}", shape.faults);
}

#[test]
fn what_can_be_read_is_kept() {
    let config = read(MANY).unwrap().config;
    let callers: Vec<&str> = config.peers.iter().map(|peer| peer.caller.as_str()).collect();
    assert_eq!(callers, ["GD_TNMS", "GD_EOMS"]);
    assert_eq!((config.sys_code.as_str(), config.peers[1].settle_s), ("GD_CNM", 5));
}

#[test]
fn text_that_is_no_toml_has_its_line() {
    let Err(message) = read("sys_code = \"A\"\n[web\n") else { panic!("it is no TOML") };
    assert!(message.contains("line 2"), "{message}");
}
