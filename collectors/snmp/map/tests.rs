use super::maps;

fn faults_of(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let mut faults = Vec::new();
    maps(Some(folder.path()), &mut faults);
    faults
}

#[test]
fn our_maps_have_no_faults() {
    let mut faults = Vec::new();
    let maps = maps(None, &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(maps.keys().map(String::as_str).collect::<Vec<_>>(), ["cisco", "entity", "if", "snmpv2"]);
}

#[test]
fn a_map_of_the_folder_takes_the_place_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("if.toml"), "name = \"if\"\nignore = [\"1.3.6.1.6.3.1.1.5.3\"]\n").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no map").unwrap();
    let mut faults = Vec::new();
    let maps = maps(Some(folder.path()), &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(maps["if"].alarms.is_empty() && maps["if"].ignore.len() == 1);
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = faults_of(
        r#"
        name = "mine"
        ignore = ["1.3.x"]
        [values]
        state = "none"
        port = "1.3.6.1.4.1.9999.1"
        [[alarm]]
        id = "one"
        raise = "1.3.6.1.4.1.9999.0.1"
        clear = "1.3.6.1.4.1.9999.0.1"
        key = ["prt"]
        object_type = "PORT"
        object = "{port"
        severity = 2
        title = "{port|nothing}"
        native_cause = "one"
        raise_when = { colour = ["red"] }
        "#,
    );
    for needed in ["\"1.3.x\"", "\"none\"", "clear_when", "\"prt\"", "\"{port\"", "\"nothing\"", "\"colour\""] {
        assert!(
            faults.iter().any(|fault| fault.contains(needed) && fault.contains("mine.toml")),
            "{needed}: {faults:#?}"
        );
    }
    assert_eq!(faults.len(), 7, "{faults:#?}");
}

#[test]
fn what_is_no_map_names_its_line() {
    let faults = faults_of("name = \"mine\"\n[[alarm]]\nid = 5\n");
    assert!(faults.len() == 1 && faults[0].contains("line 3"), "{faults:#?}");
    let faults = faults_of("name = \"mine\"\nnonsense = 1\n");
    assert!(faults.len() == 1 && faults[0].contains("nonsense"), "{faults:#?}");
}
