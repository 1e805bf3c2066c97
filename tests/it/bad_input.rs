//! Bad input gets the stated answer and disturbs nothing else: what could not be read is in
//! quarantine, and the daemon goes on.

use model::time::{Time, Zone};
use serde_json::Value;
use soap::contract::CNM_FOR_TRANSPORT as TRANSPORT;

use crate::api::{Api, ready};
use crate::crash::manager;
use crate::daemon::{Daemon, Setup};
use crate::letter::{Answer, Letter, now, post};

/// A peer that may call from elsewhere only.
const ELSEWHERE: &str = "[[peer]]\ncaller = \"XX_TNMS\"\nkind = \"transport\"\npassword_file = \"GD_TNMS.secret\"\n\
                         allow = [\"192.0.2.0/24\"]\n";

struct Place {
    daemon: Daemon,
    api: Api,
    folder: tempfile::TempDir,
}

impl Place {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup { peers: vec![manager()], extra: ELSEWHERE.to_owned(), ..Setup::default() };
        let daemon = Daemon::start(folder.path(), setup);
        let api = Api::admin(&daemon).await;
        Place { daemon, api, folder }
    }

    async fn send(&self, text: impl Into<reqwest::Body>) -> Answer {
        post(&self.daemon, &TRANSPORT, text).await
    }

    /// What of these alarm ids is held.
    async fn held(&self) -> Vec<String> {
        let alarms = self.api.all(&self.daemon, "/api/v1/alarms").await;
        let mut ids: Vec<String> = alarms.iter().map(|alarm| alarm["alarmId"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    async fn quarantine(&self) -> Vec<Value> {
        self.api.all(&self.daemon, "/api/v1/quarantine").await
    }

    /// A good alarm still gets through, and the daemon ends well.
    async fn ends_well(mut self) {
        assert!(ready(&self.daemon).await);
        let answer = self.send(report("last", "9999", &alarm("last", "1", now()))).await;
        assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
        assert!(self.held().await.contains(&"last".to_owned()));
        assert!(self.daemon.stop().success(), "{}", self.daemon.log());
        assert!(!self.daemon.log().contains("panicked"), "{}", self.daemon.log());
        drop(self.folder);
    }
}

fn letter(msg_id: &str) -> Letter {
    Letter::of(&manager(), msg_id, now())
}

fn alarm(id: &str, severity: &str, at: Time) -> String {
    alarm_at(id, severity, &Zone::china().write_local(at))
}

fn alarm_at(id: &str, severity: &str, ne_time: &str) -> String {
    format!(
        "<alarm><alarmId>{id}</alarmId><circuitCodes>no-such-circuit</circuitCodes><specialty>TRANS</specialty>\
         <emsName>EMS-1</emsName><neId>NE-{id}</neId><objectId>NE-{id}/1</objectId><objectType>PORT</objectType>\
         <alarmTitle>LOS</alarmTitle><nativeCause>R_LOS</nativeCause><severity>{severity}</severity>\
         <alarmStatus>ACTIVE</alarmStatus><neTime>{ne_time}</neTime></alarm>"
    )
}

fn report(msg_id: &str, number: &str, alarms: &str) -> String {
    reported(&letter(msg_id), number, alarms)
}

fn reported(letter: &Letter, number: &str, alarms: &str) -> String {
    letter.text(&TRANSPORT, "reportAlarm", &format!("<notificationId>{number}</notificationId>{alarms}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_none_are_refused_with_a_fault() {
    let place = Place::start().await;
    let good = report("m1", "1", &alarm("a1", "1", now()));
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    let wide = format!("<alarm {}/>", (0..200).map(|n| format!("a{n}=\"1\" ")).collect::<String>());
    let cases = [
        ("cut in the middle", good[..good.len() / 2].to_owned(), "1002"),
        ("no envelope", "<hello/>".to_owned(), "1002"),
        ("no XML", "notificationId=1".to_owned(), "1002"),
        ("nothing", String::new(), "1002"),
        ("a DTD", format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", body_of(&good)), "1002"),
        ("an entity", good.replace("LOS</alarmTitle>", "&b;</alarmTitle>"), "1002"),
        ("a processing instruction", format!("<?go now?>{}", body_of(&good)), "1002"),
        ("depth 100", report("m2", "2", &deep), "1002"),
        ("200 attributes", report("m3", "3", &wide), "1002"),
        ("an unknown operation", good.replace("reportAlarm", "dropTable"), "1001"),
    ];
    for (what, text, code) in cases {
        let answer = place.send(text).await;
        assert_eq!((answer.status, answer.code()), (500, code), "{what}: {}", answer.text);
        assert!(answer.text.contains("Fault>"), "{what}: {}", answer.text);
    }
    let huge = place.send(report("m4", "4", &"<alarm/>".repeat(2 << 20))).await;
    assert!(matches!(huge.status, 413 | 500) && huge.code() == "1005", "{huge:?}");
    assert!(place.held().await.is_empty());
    place.ends_well().await;
}

/// A message without its XML declaration.
fn body_of(message: &str) -> &str {
    message.find("?>").map_or(message, |end| &message[end + 2..])
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_are_who_they_say_and_call_now_or_are_refused() {
    let place = Place::start().await;
    let right = letter("m1");
    let old = Zone::china().write_local(now().plus_s(-3600));
    let cases = [
        ("an unknown caller", Letter { caller: "XX_NOBODY".to_owned(), ..right.clone() }, "2001"),
        ("a wrong password", Letter { password: "guess".to_owned(), ..right.clone() }, "2002"),
        ("another address", Letter { caller: "XX_TNMS".to_owned(), ..right.clone() }, "2003"),
        ("an old callTime", Letter { call_time: old.clone(), ..right.clone() }, "2004"),
    ];
    for (what, letter, code) in cases {
        let answer = place.send(reported(&letter, "1", &alarm("a1", "1", now()))).await;
        assert_eq!((answer.status, answer.code()), (500, code), "{what}: {}", answer.text);
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
    let other = place.send(reported(&letter, "1", &alarm("a3", "1", at))).await;
    assert_eq!((other.status, other.code()), (500, "2005"), "{}", other.text);
    assert_eq!(place.held().await, ["a1"]);
    assert_eq!(place.quarantine().await.len(), 1, "what was refused is kept once");
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_does_not_disturb_its_neighbours() {
    let place = Place::start().await;
    let at = now();
    let rows = [
        alarm("good-1", "1", at),
        alarm("bad-severity", "critical-ish", at),
        alarm("good-2", "2", at),
        alarm_at("bad-time", "1", "the day before yesterday"),
        alarm_at("bad-date", "1", "2026-02-30 00:00:00"),
        alarm("", "1", at),
        alarm("good-3", "3", at),
    ];
    let answer = place.send(report("m1", "1", &rows.concat())).await;
    assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    assert_eq!(answer.text.matches("<result>").count(), 4, "{}", answer.text);
    assert_eq!(place.held().await, ["good-1", "good-2", "good-3"]);
    let quarantined = place.quarantine().await;
    assert_eq!(quarantined.len(), 1, "{quarantined:?}");
    let path = format!("/api/v1/quarantine/{}/content", quarantined[0]["id"]);
    let content = place.api.open(&place.daemon, reqwest::Method::GET, &path, None).await.text().await.unwrap();
    assert!(content.contains("critical-ish") && content.contains("bad-time"), "the message is kept: {content}");
    let too_many = (0..1001).map(|n| alarm(&format!("n{n}"), "1", at)).collect::<String>();
    let answer = place.send(report("m2", "2", &too_many)).await;
    assert_eq!((answer.status, answer.code()), (200, "1005"), "{}", answer.text);
    let none = place.send(report("m3", "3", "")).await;
    assert_eq!((none.status, none.code()), (200, "1003"), "{}", none.text);
    assert_eq!(place.held().await.len(), 3);
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
    assert_eq!(place.quarantine().await.len(), 1, "what was refused is kept once");
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
