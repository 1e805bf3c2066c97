//! What is told of refused calls: who, why, from where, the beginning, and never a password.

use super::*;
use crate::refused::{HEAD_LIMIT, News, Refusals, Refused, Unread};

#[derive(Default)]
struct Notes(Mutex<Vec<(Refused, String)>>);

impl Refusals for Notes {
    fn note(&self, refused: Refused, head: &dyn Fn() -> String) -> News {
        self.0.lock().unwrap().push((refused, head()));
        News::Fresh
    }
}

fn told(contract: &'static Contract) -> (Bench, Arc<Notes>) {
    let mut bench = bench(contract);
    let notes = Arc::new(Notes::default());
    bench.endpoint = bench.endpoint.telling(notes.clone());
    (bench, notes)
}

impl Notes {
    /// The one note since the last look.
    fn one(&self) -> (Refused, String) {
        let mut notes = self.0.lock().unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        let (refused, head) = notes.remove(0);
        for text in [&head, &refused.reason, &refused.caller] {
            assert!(!text.contains("geheim") && !text.contains("ge&lt;heim") && !text.contains(PASSWORD), "{text}");
        }
        (refused, head)
    }
}

#[tokio::test]
async fn every_refusal_is_told_with_its_reason() {
    let (bench, notes) = told(&CNM_FOR_TRANSPORT);
    let good = rebuilt(&id("m1"));
    for (body, code, caller) in [
        (good.replace("alarmListRebuilt", "nothing"), ResultCode::UnknownOperation, "GD_TNMS"),
        (good[..good.len() / 2].to_owned(), ResultCode::BadXml, ""),
        (format!("<!DOCTYPE x []>{good}"), ResultCode::BadXml, ""),
        (good.replace("GD_TNMS", "XX_TNMS"), ResultCode::UnknownCaller, "XX_TNMS"),
        (rebuilt(&Sent { caller: PASSWORD, ..id("m1") }), ResultCode::UnknownCaller, "***"),
        (rebuilt(&Sent { password: "gissen", ..id("m1") }), ResultCode::BadPassword, "GD_TNMS"),
        (rebuilt(&Sent { caller: "GD_RMS", ..id("m1") }), ResultCode::NotAllowed, "GD_RMS"),
        (rebuilt(&Sent { call_time: "2026-11-07 09:00:00", ..id("m1") }), ResultCode::StaleCallTime, "GD_TNMS"),
        (rebuilt(&GOOD), ResultCode::MissingField, "GD_TNMS"),
        (rebuilt(&Sent { call_time: "soon", ..id("m1") }), ResultCode::BadValue, "GD_TNMS"),
    ] {
        bench.post("10.1.2.3", body.clone()).await;
        let (refused, head) = notes.one();
        assert_eq!((refused.code, refused.caller.as_str(), refused.service), (code, caller, "CnmForTransport"));
        assert_eq!((refused.address.to_string().as_str(), refused.size), ("10.1.2.3", body.len() as u64));
        assert!(!refused.reason.is_empty() && head.contains("Envelope"), "{refused:?} {head}");
        assert!(!head.contains("gissen"), "{head}");
    }
    bench.send(&id("m1")).await;
    assert!(notes.0.lock().unwrap().is_empty(), "a good call is not told");
    bench.send(&Sent { reason: "other", ..id("m1") }).await;
    assert_eq!(notes.one().0.code, ResultCode::ReplayedMsgId);
    bench.send(&Sent { reason: "busy", ..id("m2") }).await;
    assert!(notes.0.lock().unwrap().is_empty(), "a call that found no room is not bad");
}

#[tokio::test]
async fn a_password_is_in_no_head_whatever_the_message_is() {
    let (bench, notes) = told(&CNM_FOR_TRANSPORT);
    let good = rebuilt(&id("m1")).replace("geheim", "heim");
    let secret = rebuilt(&id("m1"));
    let at = secret.find("ge&lt;heim").unwrap();
    let wide: Vec<u8> =
        secret.replace("alarmListRebuilt>", "nothing>").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bodies: Vec<Bytes> = vec![
        secret[..at + 3].to_owned().into(),
        secret.replace("ge&lt;heim&gt;&amp;", "ge<heim>&").into(),
        secret.replace("ge&lt;heim&gt;&amp;", "<![CDATA[ge<heim>&]]>").replace("</soap:Envelope>", "").into(),
        wide.into(),
        format!("{}{good}", "x".repeat(HEAD_LIMIT)).into(),
        [secret.as_bytes(), b"\xff"].concat().into(),
        format!("<in2>ge&lt;heim&gt;&amp;</in2>{}", secret).into(),
        Bytes::from("callerPwd=ge<heim>&"),
    ];
    for body in bodies {
        bench.post("10.1.2.3", body).await;
        let (refused, head) = notes.one();
        assert!(
            head.len() <= HEAD_LIMIT && !head.contains("heim>") && !head.contains("heim&gt;"),
            "{refused:?} {head}"
        );
    }
    let (bench, notes) = told(&CNM_FOR_EOMS);
    let unnamed = "<soap:Envelope><x><in0>CNM</in0><in1>EOMS</in1><in2>nobody-knows</in2></x>";
    bench.post("10.1.2.3", unnamed).await;
    let (_, head) = notes.one();
    assert!(head.contains("<in2>") && !head.contains("nobody"), "{head}");
}

#[tokio::test]
async fn what_was_not_read_to_its_end_is_told_too() {
    let (bench, notes) = told(&CNM_FOR_TRANSPORT);
    let (parts, ()) = Request::post("/soap/CnmForTransport").body(()).unwrap().into_parts();
    let sender = Sender { address: "192.0.2.1".parse().unwrap(), received_at: Time::MIN };
    let unread = || Unread {
        fault: Fault::client(ResultCode::TooLarge, "the body is over 8 MiB"),
        head: Bytes::from("<callerPwd>geheim"),
        size: 9 << 20,
    };
    let answer = bench.endpoint.refuse(&parts, unread(), sender);
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let (refused, head) = notes.one();
    assert_eq!((refused.code, refused.size), (ResultCode::TooLarge, 9 << 20));
    assert!(head.starts_with("<callerPwd*"), "{head}");
    let (parts, ()) = Request::post("/soap/Nobody").body(()).unwrap().into_parts();
    bench.endpoint.refuse(&parts, unread(), sender);
    assert!(notes.0.lock().unwrap().is_empty(), "no service, no note");
}
