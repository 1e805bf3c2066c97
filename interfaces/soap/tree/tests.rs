//! Walking, and that nothing prints what may be secret.

use crate::parse::parse;

#[test]
fn a_list_is_read_however_it_is_nested() {
    let tree = parse("<a><f>1</f><f>2</f><g><x>3</x><x/><x>4</x></g></a>").unwrap();
    assert_eq!(tree.root().values("f"), ["1", "2"]);
    assert_eq!(tree.root().values("g"), ["3", "4"]);
    assert!(tree.root().values("h").is_empty());
}

#[test]
fn namespaces_follow_scope() {
    let tree = parse("<a xmlns='u:1'><b/><p:c xmlns:p='u:2'><d xmlns=''/></p:c></a>").unwrap();
    let all: Vec<_> = tree.root().descendants().map(|e| (e.name(), e.namespace())).collect();
    assert_eq!(all, [("a", "u:1"), ("b", "u:1"), ("c", "u:2"), ("d", "")]);
}

#[test]
fn debug_shows_no_text() {
    let tree = parse("<callerPwd>geheim</callerPwd>").unwrap();
    let shown = format!("{tree:?} {:?}", tree.root());
    assert!(!shown.contains("geheim"), "{shown}");
}
