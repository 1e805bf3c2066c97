use proptest::prelude::*;

use super::*;

#[test]
fn keys_are_read_in_any_case() {
    let body = Body::read(b"ackSyncAlarmFileResult; reqID=7 ;Result=succ;fileName=/a/b=c.zip;resDesc=;reqid=8");
    assert_eq!(body.name, "ackSyncAlarmFileResult");
    let values = ["reqid", "result", "filename", "resdesc", "absent"].map(|key| body.get(key));
    assert_eq!(values, ["7", "succ", "/a/b=c.zip", "", ""]);
}

#[test]
fn what_is_written_is_this_text() {
    assert_eq!(write("reqLoginAlarm", &[("user", "u"), ("type", "msg")]), b"reqLoginAlarm;user=u;type=msg");
    assert!(is_sayable("k=1") && !is_sayable("a;b") && !is_sayable("a\n"));
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let body = Body::read(&bytes);
        prop_assert!(!body.name.contains(';'));
    }

    #[test]
    fn what_is_written_is_read(values in prop::collection::vec("[a-z0-9/=中]{0,9}", 3)) {
        let fields = [("reqId", &*values[0]), ("fileName", &*values[1]), ("resDesc", &*values[2])];
        let body = Body::read(&write("x", &fields));
        prop_assert_eq!([body.get("reqid"), body.get("filename"), body.get("resdesc")], [&*values[0], &*values[1], &*values[2]]);
    }
}
