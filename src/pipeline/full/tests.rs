use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmFact, ClearType};
use model::source::SourceId;
use model::time::Time;
use store::alarm::IdentityNo;
use store::peer::SourceNo;

use super::*;
use crate::pipeline::book::{Origin, Said, Told};

fn end(alarm_id: &str) -> AlarmEnd {
    AlarmEnd { alarm_id: alarm_id.to_owned(), clear_time: None, clear_type: ClearType::Ems, clear_user: String::new() }
}

fn telling(alarm_id: &str) -> Telling {
    let fact = AlarmFact::End(end(alarm_id));
    Telling::new(&SourceId::new("GD_TNMS"), SourceNo(1), fact, Time::from_ms(0), Origin::Live, None)
}

#[test]
fn an_alarm_that_had_all_its_events_is_refused_and_its_neighbours_are_not() {
    let mut book = Book::default();
    let said = Said::End(Arc::new(end("A")));
    let told = Told { event_id: 0, received_at: Time::from_ms(0), origin: Origin::Live, said };
    for (events, refused_at) in [(EVENTS_MAX - 1, &[][..]), (EVENTS_MAX, &[1])] {
        book.put(telling("A").key, IdentityNo(1), Some(vec![told.clone(); events]), Vec::new());
        let (kept, refused) = sift(&book, ["B", "A", "C"].map(telling).into_iter());
        assert_eq!(kept.len() + refused.len(), 3);
        assert_eq!(refused.iter().map(|row| row.index).collect::<Vec<_>>(), refused_at);
        assert!(refused.iter().all(|row| row.code == ResultCode::StateForbids && row.reason.contains("alarm A ")));
    }
    assert!(IdentityNo(1).event_id(EVENTS_MAX + 100_000).is_some(), "one group more has numbers");
}
