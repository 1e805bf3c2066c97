//! Sources, silences and notification numbers on both engines.

use model::source::RunState;

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

#[tokio::test]
async fn sources_keep_their_numbers_and_what_was_heard() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let transport = SourceId::new("GD_TNMS");
        let number = register_source(&mut tx, &transport, SourceKind::Resource).await.unwrap();
        assert_eq!(register_source(&mut tx, &transport, SourceKind::Transport).await.unwrap(), number);
        assert_ne!(register_source(&mut tx, &SourceId::new("GD_RMS"), SourceKind::Resource).await.unwrap(), number);
        heard(&mut tx, number, NOW, Some(70)).await.unwrap();
        heard(&mut tx, number, NOW.plus_s(5), None).await.unwrap();
        heard(&mut tx, number, NOW.plus_s(2), Some(9)).await.unwrap();
        let sync = SyncRun {
            sync_req_id: "HQ_CNM-ALM-20261107022812-000001".to_owned(),
            reason: "start".to_owned(),
            state: RunState::Done,
            requested_at: NOW,
            ended_at: Some(NOW.plus_s(3)),
            raised: 4,
            cleared: 1,
            confirms: true,
            error: String::new(),
        };
        put_sync(&mut tx, number, &sync).await.unwrap();
        let states = peer_states(&mut tx).await.unwrap();
        let expected = PeerState {
            source_no: number,
            source: transport,
            kind: SourceKind::Transport,
            last_heard: Some(NOW.plus_s(5)),
            lag_ms: Some(70),
            last_sync: Some(sync),
        };
        assert_eq!(states[1], expected, "{}", test.engine);
        assert_eq!(states.len(), 2);
    }
}

#[tokio::test]
async fn silences_open_once_and_close() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap();
        open_silence(&mut tx, source, NOW).await.unwrap();
        open_silence(&mut tx, source, NOW.plus_s(1)).await.unwrap();
        close_silence(&mut tx, source, NOW.plus_s(10)).await.unwrap();
        open_silence(&mut tx, source, NOW.plus_s(20)).await.unwrap();
        let found = silences_of(&mut tx, source, Window::ALWAYS).await.unwrap();
        let spans: Vec<(Time, Option<Time>)> = found.iter().map(|silence| (silence.start, silence.end)).collect();
        assert_eq!(spans, [(NOW, Some(NOW.plus_s(10))), (NOW.plus_s(20), None)], "{}", test.engine);
        let window = Window::new(NOW.plus_s(10), NOW.plus_s(20));
        assert_eq!(silences_of(&mut tx, source, window).await.unwrap(), []);
    }
}

#[tokio::test]
async fn notification_numbers_use_all_64_bits() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap();
        let mut state = NotificationState {
            source,
            interface: "CnmForTransport".to_owned(),
            last_id: 7,
            gaps: vec![(3, 5)],
            gap_since: Some(NOW),
            recent: vec![(6, 1), (7, u64::MAX)],
        };
        put_notification_state(&mut tx, &state).await.unwrap();
        state.last_id = u64::MAX;
        state.gaps = vec![(3, 3), (8, u64::MAX - 1)];
        put_notification_state(&mut tx, &state).await.unwrap();
        assert_eq!(notification_states(&mut tx).await.unwrap(), [state], "{}", test.engine);
    }
}
