use proptest::prelude::*;

use super::*;

fn frames() -> impl Strategy<Value = Vec<Frame>> {
    let frame = (any::<u8>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..200));
    let frame = frame.prop_map(|(kind, at_s, body)| Frame { kind: Kind::of(kind), at_s, body });
    prop::collection::vec(frame, 0..8)
}

#[test]
fn a_login_is_these_bytes() {
    let mut out = BytesMut::new();
    Frame { kind: Kind::ReqLogin, at_s: 0x0102_0304, body: b"hi".to_vec() }.write(&mut out);
    assert_eq!(&out[..], [0xFF, 0xFF, 1, 1, 2, 3, 4, 0, 2, b'h', b'i']);
}

#[test]
fn the_longest_body_passes_and_one_more_byte_does_not() {
    let longest = Frame { kind: Kind::RealTimeAlarm, at_s: 1, body: vec![b'x'; BODY_MAX] };
    let mut bytes = BytesMut::new();
    longest.write(&mut bytes);
    assert_eq!(Frame::read(&mut bytes).unwrap(), Some(longest));
    let mut longer = BytesMut::from(&[0xFF, 0xFF, 0, 0, 0, 0, 0, 0x80, 0][..]);
    assert!(Frame::read(&mut longer).unwrap_err().to_string().contains("32768 bytes"));
}

proptest! {
    #[test]
    fn frames_come_out_as_they_went_in_however_they_are_cut(frames in frames(), cuts in prop::collection::vec(1usize..40, 1..60)) {
        let mut sent = BytesMut::new();
        frames.iter().for_each(|frame| frame.write(&mut sent));
        let (mut received, mut found) = (BytesMut::new(), Vec::new());
        for cut in cuts.iter().cycle() {
            if sent.is_empty() {
                break;
            }
            received.extend_from_slice(&sent.split_to((*cut).min(sent.len())));
            while let Some(frame) = Frame::read(&mut received).unwrap() {
                found.push(frame);
            }
        }
        prop_assert_eq!(found, frames);
        prop_assert!(received.is_empty());
    }

    #[test]
    fn any_bytes_are_frames_or_an_error(bytes in prop::collection::vec(prop_oneof![Just(0xFFu8), any::<u8>()], 0..400)) {
        let mut received = BytesMut::from(&bytes[..]);
        while let Ok(Some(frame)) = Frame::read(&mut received) {
            prop_assert!(frame.body.len() <= BODY_MAX);
        }
        let left = received.clone();
        if Frame::read(&mut received).is_err() {
            prop_assert_eq!(received, left);
        }
    }
}
