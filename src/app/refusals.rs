//! Calls that the SOAP gate refuses, gathered for quarantine. Taking note costs the caller's thread a
//! look into a table; a task writes what is kept (`tasks::aside`).

use std::sync::Arc;

use model::code::ResultCode;
use model::source::SourceId;
use soap::{News, Refused};
use store::quarantine::{Kind, Quarantined};

use crate::aside::{Fate, Hand};
use crate::tasks::aside::Pile;

/// The gate's notes.
pub(super) struct Refusals(pub Arc<Pile>);

impl soap::Refusals for Refusals {
    fn note(&self, refused: Refused, head: &dyn Fn() -> String) -> News {
        let what = Quarantined {
            address: refused.address.to_string(),
            name: refused.service.to_owned(),
            reason: format!("{} {}", refused.code, refused.reason),
            size: refused.size,
            ..Quarantined::once(kind_of(refused.code), &SourceId::new(&refused.caller), refused.received_at)
        };
        match self.0.put(Hand::of_address(refused.address), what, || head().into_bytes()) {
            Fate::Kept => News::Fresh,
            Fate::Counted | Fate::Dropped => News::Stale,
        }
    }
}

fn kind_of(code: ResultCode) -> Kind {
    match code {
        ResultCode::UnknownCaller
        | ResultCode::BadPassword
        | ResultCode::NotAllowed
        | ResultCode::StaleCallTime
        | ResultCode::ReplayedMsgId => Kind::Caller,
        _ => Kind::Message,
    }
}
