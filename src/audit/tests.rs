use super::*;

fn config(folder: &Path) -> Config {
    let mut config = Config::default();
    config.store.data = folder.join("data");
    config
}

#[test]
fn the_key_is_made_once_and_only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    key(&config).unwrap();
    let path = config.store.data.join("audit.key");
    let made = std::fs::read_to_string(&path).unwrap();
    key(&config).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), made);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    std::fs::create_dir_all(&config.store.data).unwrap();
    for text in ["", "abc", &"g".repeat(64), &"a".repeat(66), &"é".repeat(32)] {
        std::fs::write(config.store.data.join("audit.key"), text).unwrap();
        assert!(key(&config).unwrap_err().to_string().contains("64 hex digits"), "{text}");
    }
}

#[test]
fn ends_are_kept_in_order_and_a_bad_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.checkpoints");
    assert_eq!(kept(&path).unwrap(), []);
    let end = |count| Checkpoint { count, last_id: 7, head: "ab".to_owned(), seal: "cd".to_owned() };
    for count in 1..=2 {
        keep(&path, &end(count), Time::from_ms(0)).unwrap();
    }
    assert_eq!(kept(&path).unwrap(), [end(1), end(2)]);
    std::fs::write(&path, "{}\n").unwrap();
    assert!(kept(&path).unwrap_err().to_string().contains(":1: is no checkpoint"));
}
