use model::report::Channel;

use super::*;

fn delivery(tries: u32) -> Delivery {
    Delivery {
        document_id: 1,
        channel: Channel::Mail,
        state: DeliveryState::Waiting,
        at: Time::from_ms(0),
        tries,
        receipt: String::new(),
        place: String::new(),
    }
}

#[test]
fn pauses_grow_and_tries_end() {
    assert_eq!(
        (pause_ms(1), pause_ms(2), pause_ms(6), pause_ms(7), pause_ms(40)),
        (5_000, 10_000, 160_000, 320_000, PAUSE_MAX_MS)
    );
    let now = Time::from_ms(1_000);
    let busy = Answer::NotNow("451 later".to_owned());
    let held = after(&delivery(0), &busy, "a@b", now);
    assert_eq!((held.state, held.at, held.tries), (DeliveryState::Waiting, now.plus_ms(5_000), 1));
    assert_eq!(after(&delivery(TRIES_MAX - 1), &busy, "a@b", now).state, DeliveryState::Failed);
    let told = after(&delivery(3), &Answer::Taken("250 ok".to_owned()), "a@b", now);
    assert_eq!((told.state, told.receipt.as_str(), told.at), (DeliveryState::Delivered, "250 ok", now));
    assert_eq!(told.place, "a@b");
    assert_eq!(
        after(&delivery(0), &Answer::Never("550 no such user".to_owned()), "a@b", now).state,
        DeliveryState::Failed
    );
}
