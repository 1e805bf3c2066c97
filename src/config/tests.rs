use model::report::Language;

use super::*;

#[test]
fn the_example_is_true() {
    let config = Config::from_text(include_str!("../../deploy/linesman.example.toml")).unwrap();
    assert_eq!(config.peers.len(), 6);
    let plain = Config::default();
    assert_eq!(format!("{:?}", config.alarms), format!("{:?}", plain.alarms), "the example shows the defaults");
    assert_eq!(format!("{:?}", config.web), format!("{:?}", plain.web));
    assert_eq!(format!("{:?}", config.dispatch), format!("{:?}", plain.dispatch));
    assert_eq!(format!("{:?}", config.resources), format!("{:?}", plain.resources));
}

#[test]
fn every_fault_is_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linesman.toml");
    let text = "sys_code = \"nonsense\"\n[operations]\nlisten = \"0.0.0.0:1\"\n[alarms]\ntoggling_raises = 1\n";
    std::fs::write(&path, text).unwrap();
    let ConfigError::Faults(faults) = Config::read(&path).unwrap_err() else { panic!("faults expected") };
    assert_eq!(faults.len(), 3, "{faults:?}");
}

#[test]
fn a_typing_error_is_refused_with_its_line() {
    let error = Config::from_text("[web]\nlisten = \"127.0.0.1:1\"\nconections = 3\n").unwrap_err();
    assert!(error.contains("line 3") && error.contains("conections"), "{error}");
}

#[test]
fn a_missing_file_says_what_to_do() {
    let error = Config::read(Path::new("/nowhere/linesman.toml")).unwrap_err();
    assert!(error.to_string().contains("--config"), "{error}");
}

#[test]
fn faults_of_reports_and_their_mail_are_listed() {
    let text = "[reports]\nday = 31\nhour = 24\nlanguages = []\nformats = [\"pdf\", \"pdf\"]\nheader = \"a\\nb\"\n\
        font_file = \"nowhere.otf\"\n[reports.mail]\nhost = \"\"\nfrom = \"nobody\"\nto = { K1 = \"a@b.example\", K2 = \"?\" }\n";
    let mut faults = Faults::default();
    Config::from_text(text).unwrap().validate(&mut faults);
    let about = ["header", "font_file", "day", "hour", "languages", "formats", "mail.host", "mail.from", "mail.to: K2"];
    assert_eq!(faults.0.len(), about.len(), "{:?}", faults.0);
    for (fault, key) in faults.0.iter().zip(about) {
        assert!(fault.starts_with(&format!("reports.{key}")), "{fault} is not about {key}");
    }
}

#[test]
fn faults_of_the_ways_of_reports_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linesman.toml");
    std::fs::write(folder.path().join("two"), "one\ntwo\n").unwrap();
    let text = "[reports.mail]\nhost = \"relay\"\nca_file = \"nowhere.pem\"\nuser = \"u\"\nfrom = \"a@b.example\"\n\
        [reports.sftp]\nhost = \"site\"\nhost_keys = [\"aa:bb\"]\nuser = \"\"\npassword_file = \"two\"\n\
        folder = \"reports\"\nto = { K1 = \"/in/\", K2 = \"/in\", K3 = \"/a/../b\" }\n";
    std::fs::write(&path, text).unwrap();
    let ConfigError::Faults(faults) = Config::read(&path).unwrap_err() else { panic!("faults expected") };
    let about = [
        "mail.user and reports.mail.password_file go together",
        "mail.user needs tls",
        "mail.ca_file is of no use",
        "sftp.user must name",
        "sftp: \"reports\" must be an absolute folder",
        "sftp: \"/a/../b\" must be an absolute folder",
        "sftp.to: two customers share a folder",
        "sftp.password_file: ",
    ];
    assert_eq!(faults.len(), about.len(), "{faults:?}");
    for (fault, start) in faults.iter().zip(about) {
        assert!(fault.starts_with(&format!("reports.{start}")), "{fault} does not begin with {start}");
    }
}

#[test]
fn a_customer_has_its_own_look_and_faults_of_templates_name_them() {
    let text = "[reports]\ncontact = \"10000\"\nfooter = \"house\"\n[[reports.template]]\ncustomers = [\"K1\"]\n\
        title = \"Service letter\"\nlanguage = \"en\"\nsections = [\"outages\", \"sign_off\"]\nsign_off = [\"CIO\"]\n";
    let config = Config::from_text(text).unwrap();
    let mut faults = Faults::default();
    config.validate(&mut faults);
    assert!(faults.0.is_empty(), "{:?}", faults.0);
    let look = config.reports.look();
    let own = look.template("K1", Language::Zh);
    assert_eq!(
        (own.title.as_deref(), own.sections.len(), own.sign_off[0].as_str()),
        (Some("Service letter"), 2, "CIO")
    );
    assert_eq!((own.footer.as_str(), own.contact.as_str()), ("house", "10000"), "what is absent is the house's");
    assert_eq!((look.template("K2", Language::Zh).title, look.template("K2", Language::Zh).sections.len()), (None, 8));
    assert!(look.wants("K1", Language::En, &[Language::Zh]) && !look.wants("K1", Language::Zh, &[Language::Zh]));
    assert!(look.wants("K2", Language::Zh, &[Language::Zh]) && !look.wants("K2", Language::En, &[Language::Zh]));

    let text = "[reports]\nanswer_within_min = 0\n[[reports.template]]\ncustomers = []\ntitle = \" \"\n\
        [[reports.template]]\ncustomers = [\"K1\", \"K1\"]\nsections = [\"outages\", \"outages\"]\nsign_off = [\"\"]\n";
    let mut faults = Faults::default();
    Config::from_text(text).unwrap().validate(&mut faults);
    let about = ["answer_within_min", "template 1: customers", "template 1: title", "template 2: customer K1 is in"];
    let about = about.into_iter().chain(["template 2: sections", "template 2: sign_off"]);
    assert_eq!(faults.0.len(), 6, "{:?}", faults.0);
    for (fault, key) in faults.0.iter().zip(about) {
        assert!(fault.starts_with(&format!("reports.{key}")), "{fault} is not about {key}");
    }
    let error = Config::from_text("[[reports.template]]\ncustomers = [\"K1\"]\nsections = [\"prices\"]\n").unwrap_err();
    assert!(error.contains("prices") && error.contains("sign_off"), "{error}");
}
