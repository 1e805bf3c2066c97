use super::Engine;
use crate::error::SnmpError;

#[test]
fn an_engine_keeps_its_id_and_counts_its_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snmp.engine");
    let first = Engine::open(&path).unwrap();
    let second = Engine::open(&path).unwrap();
    assert_eq!(first.id(), second.id());
    assert_eq!((first.boots_time().0, second.boots_time().0), (1, 2));
}

#[test]
fn a_file_that_says_something_else_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snmp.engine");
    for text in ["", "80001f8880", "80001f888001 many", "zz 3", "00 1"] {
        std::fs::write(&path, text).unwrap();
        assert!(matches!(Engine::open(&path), Err(SnmpError::EngineFile { .. })), "{text:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
