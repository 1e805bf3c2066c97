//! The desk's bookkeeping that needs no peer.

use super::*;

#[test]
fn what_is_asked_again_is_remembered_once() {
    let mut source = Source { running: None, again: None, unreached: 0 };
    source.again = Some(("gap", Time::MIN));
    source.again.get_or_insert(("start", Time::MAX));
    assert_eq!(source.again, Some(("gap", Time::MIN)), "a request of others is not put off by a retry");
}
