use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{ENGINES_MAX, Remotes};

#[test]
fn what_is_older_than_the_window_is_refused() {
    let (mut remotes, engine, now) = (Remotes::default(), Bytes::from_static(b"engine"), Instant::now());
    let mut accepts = |boots, time, after| remotes.accepts(&engine, (boots, time), now + Duration::from_secs(after));
    assert!(accepts(3, 1000, 0), "the first is believed");
    assert!(accepts(3, 850, 0), "150 s back is within the window");
    assert!(!accepts(3, 849, 0));
    assert!(!accepts(2, 5000, 0), "an earlier start");
    assert!(!accepts(3, 1000, 151), "its clock went on meanwhile");
    assert!(accepts(4, 1, 151), "it started anew");
    assert!(!accepts(3, 9000, 151));
    assert!(!accepts(u32::try_from(i32::MAX).unwrap(), 1, 151), "starts that ran out are never believed");
}

#[test]
fn the_table_is_bounded() {
    let (mut remotes, now) = (Remotes::default(), Instant::now());
    for n in 0..ENGINES_MAX + 10 {
        let engine = Bytes::from(n.to_be_bytes().to_vec());
        assert!(remotes.accepts(&engine, (1, 1), now + Duration::from_millis(n as u64)));
    }
    assert_eq!(remotes.clocks.len(), ENGINES_MAX);
}
