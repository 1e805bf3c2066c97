use model::fault::DispatchReason;

use super::{Case, judge};
use crate::small_net::at;

#[test]
fn each_reason_has_its_case_and_the_first_that_fits_is_named() {
    let due = Case {
        has_peer: true,
        cleared: false,
        hits: true,
        planned: false,
        key_protected: false,
        due: Some(at(0)),
        now: at(0),
    };
    let table = [
        (due, DispatchReason::Persisted),
        (Case { due: Some(at(1)), ..due }, DispatchReason::Persisting),
        (Case { due: None, ..due }, DispatchReason::Persisting),
        (Case { key_protected: true, due: None, ..due }, DispatchReason::KeyProtected),
        (Case { has_peer: false, key_protected: true, ..due }, DispatchReason::NoPeer),
        (Case { planned: true, key_protected: true, ..due }, DispatchReason::PlannedWork),
        (Case { hits: false, ..due }, DispatchReason::NoCircuit),
        (Case { cleared: true, hits: false, ..due }, DispatchReason::ClearedFirst),
    ];
    for (case, reason) in table {
        assert_eq!(judge(&case), reason, "{case:?}");
    }
}
