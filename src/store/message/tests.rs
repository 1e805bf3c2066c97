//! Replay memory on both engines.

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

#[tokio::test]
async fn messages_are_remembered_for_a_while() {
    for test in both().await {
        let source = SourceId::new("GD_TNMS");
        let message = |n: u8, answer: &str| Message {
            id: MessageId::of_call(&source, &format!("m-{n}")),
            body_sha256: [n; 32],
            at: NOW.plus_s(n.into()),
            answer: answer.to_owned(),
        };
        let many: Vec<Message> = (0..100).map(|n| message(n, "<ok/>")).collect();
        let mut tx = test.db.write().await.unwrap();
        remember_messages(&mut tx, &many).await.unwrap();
        remember_messages(&mut tx, &[message(3, "another")]).await.unwrap();
        let ids = [many[3].id, MessageId::of_notification(&source, "CnmForTransport", 3), many[4].id];
        let known = replayed(&mut tx, &ids).await.unwrap();
        assert_eq!(known.len(), 2, "{}", test.engine);
        assert_eq!(known[&many[3].id].answer, "<ok/>", "the first answer stands");
        assert!(known[&many[3].id].same_body(&[3; 32]) && !known[&many[3].id].same_body(&[4; 32]));
        assert_eq!(purge_messages(&mut tx, NOW.plus_s(50), 30).await.unwrap(), 30);
        assert_eq!(purge_messages(&mut tx, NOW.plus_s(50), 30).await.unwrap(), 20);
        assert_eq!(purge_messages(&mut tx, NOW.plus_s(50), 30).await.unwrap(), 0);
    }
}
