//! Who may not call, who calls at the wrong time, and messages that come again.

use model::time::Zone;

use super::{Place, TRANSPORT, alarm, letter, report, reported};
use crate::letter::{Letter, now};

#[tokio::test(flavor = "multi_thread")]
async fn callers_are_who_they_say_and_call_now_or_are_refused() {
    let place = Place::start().await;
    let right = letter("m1");
    let old = Zone::china().write_local(now().plus_s(-3600));
    let swapped = Letter { caller: right.password.clone(), password: right.caller.clone(), ..right.clone() };
    let cases = [
        (
            "an unknown caller",
            Letter { caller: "XX_NOBODY".to_owned(), ..right.clone() },
            "2001",
            "\"XX_NOBODY\" is not",
        ),
        ("a password as its name", swapped, "2001", "\"***\" is not"),
        ("no caller", Letter { caller: String::new(), ..right.clone() }, "2001", "names no serCaller"),
        ("a wrong password", Letter { password: "guess".to_owned(), ..right.clone() }, "2002", "callerPwd is wrong"),
        ("another address", Letter { caller: "XX_TNMS".to_owned(), ..right.clone() }, "2003", "may not call from"),
        ("an old callTime", Letter { call_time: old.clone(), ..right.clone() }, "2004", "15 min from our clock"),
    ];
    for (what, letter, code, _) in &cases {
        let answer = place.send(reported(letter, "1", &alarm("a1", "1", now()))).await;
        assert_eq!((answer.status, answer.code()), (500, *code), "{what}: {}", answer.text);
        place.still_works().await;
    }
    for (what, letter, code, reason) in &cases {
        let (row, content) = place.refused("caller", reason).await;
        let said = if *what == "a password as its name" { "***" } else { &letter.caller };
        assert_eq!((row["source"].as_str().unwrap(), row["address"].as_str().unwrap()), (said, "127.0.0.1"), "{what}");
        assert!(row["reason"].as_str().unwrap().starts_with(code), "{what}: {row}");
        assert!(content.contains("reportAlarm") && !content.contains("guess"), "{what}: {content}");
    }
    assert!(place.held().await.is_empty());
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_wrong_in_content_gets_a_normal_answer_and_is_kept() {
    let place = Place::start().await;
    let right = letter("m1");
    let cases = [
        (Letter { msg_id: String::new(), ..right.clone() }, "1003", "msgId is missing"),
        (Letter { msg_id: "m".repeat(65), ..right.clone() }, "1004", "msgId is longer"),
        (Letter { call_time: "yesterday".to_owned(), ..right.clone() }, "1004", "callTime"),
    ];
    for (letter, code, reason) in cases {
        let answer = place.send(reported(&letter, "1", &alarm("a1", "1", now()))).await;
        assert_eq!((answer.status, answer.code()), (200, code), "{}", answer.text);
        place.still_works().await;
        let (row, _) = place.refused("message", reason).await;
        assert_eq!(row["source"], "GD_TNMS");
    }
    assert!(place.held().await.is_empty());
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_again_is_answered_as_before() {
    let place = Place::start().await;
    let (letter, at) = (letter("m1"), now());
    let batch = format!("{}{}", alarm("a1", "1", at), alarm("a2", "seven", at));
    let first = place.send(reported(&letter, "1", &batch)).await;
    assert_eq!((first.status, first.code()), (200, "0"), "{}", first.text);
    let old = Letter { call_time: Zone::china().write_local(at.plus_s(-7200)), ..letter.clone() };
    assert_eq!(place.send(reported(&old, "1", &batch)).await, first, "the first answer, whenever it is asked for");
    assert_eq!(place.quarantine().await.len(), 1, "what was refused is kept once");
    for (what, letter) in [("by the writer", &letter), ("by the memory", &old)] {
        let other = place.send(reported(letter, "1", &alarm("a3", "1", at))).await;
        assert_eq!((other.status, other.code()), (500, "2005"), "{what}: {}", other.text);
    }
    place.still_works().await;
    let (row, content) = place.refused("caller", "2005 ").await;
    assert_eq!(row["source"], "GD_TNMS");
    assert!(content.contains("<alarmId>a3"), "{content}");
    assert_eq!(place.held().await, ["a1"]);
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_refused_is_remembered_like_any_other() {
    let place = Place::start().await;
    let (letter, at) = (letter("m1"), now());
    let numberless = letter.text(&TRANSPORT, "reportAlarm", &alarm("a1", "1", at.plus_s(-60)));
    let first = place.send(numberless.clone()).await;
    assert_eq!((first.status, first.code()), (200, "1003"), "{}", first.text);
    assert_eq!(place.send(numberless.clone()).await, first);
    let old = Zone::china().write_local(at.plus_s(-7200));
    assert_eq!(place.send(numberless.replace(&letter.call_time, &old)).await, first, "whenever it is asked for");
    let good = place.send(reported(&letter, "1", &alarm("a1", "1", at))).await;
    assert_eq!((good.status, good.code()), (500, "2005"), "{}", good.text);
    // The other way round: what cannot be read does not hide that its id was used.
    let letter = Letter { msg_id: "m2".to_owned(), ..letter };
    let good = place.send(reported(&letter, "1", &alarm("a1", "1", at))).await;
    assert_eq!((good.status, good.code()), (200, "0"), "{}", good.text);
    let bad = place.send(letter.text(&TRANSPORT, "reportAlarm", &alarm("a1", "1", at))).await;
    assert_eq!((bad.status, bad.code()), (500, "2005"), "{}", bad.text);
    let rows = place.api.all(&place.daemon, "/api/v1/quarantine?kind=row").await;
    assert_eq!(rows.len(), 1, "what was refused is kept once");
    place.refused("caller", "2005 ").await;
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_told_again_does_not_end_what_began_anew() {
    let place = Place::start().await;
    let end = |msg_id: &str| {
        let arguments = "<notificationId>2</notificationId><alarmId>a1</alarmId><clearTime/><clearType>EMS</clearType>";
        letter(msg_id).text(&TRANSPORT, "alarmEndNotify", arguments)
    };
    let raised = place.send(report("m1", "1", &alarm("a1", "1", now().plus_s(-60)))).await;
    assert_eq!(raised.code(), "0", "{}", raised.text);
    assert_eq!(place.send(end("m2")).await.code(), "0");
    assert!(place.held().await.is_empty());
    let again = place.send(report("m3", "3", &alarm("a1", "1", now().plus_s(2)))).await;
    assert_eq!(again.code(), "0", "{}", again.text);
    assert_eq!(place.held().await, ["a1"]);
    // The manager did not see the answer to its second notification.
    assert_eq!(place.send(end("m4")).await.code(), "0");
    assert_eq!(place.held().await, ["a1"]);
    place.ends_well().await;
}
