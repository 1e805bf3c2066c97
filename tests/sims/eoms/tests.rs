use std::time::Duration;

use soap::contract::EOMS;
use soap::eoms::{Arguments, Record, SheetAnswer};
use soap::{ClientError, XmlWriter};

use super::{EomsSettings, EomsSim, KnownAlarm, Manners, Mishap};
use crate::testing::{PASSWORD, Place, anywhere, caller, wait_for};

const ALARM: &str = "GD_CNM_F1-1";

async fn start(known_alarm: KnownAlarm, manners: Option<Manners>) -> (Place, EomsSim) {
    let place = Place::new().await;
    let sim = desk(&place, known_alarm, manners).await;
    (place, sim)
}

async fn desk(place: &Place, known_alarm: KnownAlarm, manners: Option<Manners>) -> EomsSim {
    let settings = EomsSettings {
        sys_code: "GD_EOMS".to_owned(),
        password: PASSWORD.to_owned(),
        caller: caller(),
        address: anywhere(),
        known_alarm,
        manners,
    };
    EomsSim::start(settings, &place.daemon, (&place.clock, &place.tasks)).await.unwrap()
}

async fn say(place: &Place, sim: &EomsSim, operation: &str, record: Record) -> Result<String, ClientError> {
    let arguments = Arguments { records: vec![record], ..Arguments::default() };
    let write = |w: &mut XmlWriter| arguments.write(w);
    place.call((&sim.server.url(), &EOMS), operation, &write).await.map(|answer| answer.text().to_owned())
}

fn new_alarm() -> Record {
    let fields = ["alarmStaId", "alarmTitle", "alarmCreateTime", "NeType", "neName", "alarmLevel"];
    fields.iter().fold(Record::default().with("alarmId", ALARM), |record, field| record.with(field, "x"))
}

fn key() -> Record {
    Record::default().with("alarmId", ALARM)
}

async fn sheet_no(place: &Place, sim: &EomsSim) -> String {
    SheetAnswer::read(&say(place, sim, "querySheet", key()).await.unwrap()).unwrap().sheet_no
}

#[tokio::test]
async fn a_sheet_is_opened_once_and_found_by_its_key() {
    let (place, sim) = start(KnownAlarm::SameSheet, None).await;
    assert_eq!(sheet_no(&place, &sim).await, "");
    let first = SheetAnswer::read(&say(&place, &sim, "newAlarm", new_alarm()).await.unwrap()).unwrap();
    let second = SheetAnswer::read(&say(&place, &sim, "newAlarm", new_alarm()).await.unwrap()).unwrap();
    assert!(!first.sheet_no.is_empty() && first.err_list.is_empty());
    assert_eq!(first.sheet_no, second.sheet_no);
    assert_eq!(sheet_no(&place, &sim).await, first.sheet_no);
    assert_eq!(sim.sheets_by_alarm()[ALARM], 1);
    place.tasks.stop().await;
}

#[tokio::test]
async fn a_careless_desk_opens_two() {
    let (place, sim) = start(KnownAlarm::SecondSheet, None).await;
    for _ in 0..2 {
        say(&place, &sim, "newAlarm", new_alarm()).await.unwrap();
    }
    assert_eq!(sim.sheets_by_alarm()[ALARM], 2);
    place.tasks.stop().await;
}

#[tokio::test]
async fn lost_answers_are_unknown_and_the_sheet_is_there() {
    let mishaps = [
        (Mishap::LostAnswer, true),
        (Mishap::CutAnswer, true),
        (Mishap::BadGateway, true),
        (Mishap::Late(Duration::from_secs(3)), true),
        (Mishap::NotExecuted, false),
        (Mishap::Unavailable, false),
    ];
    for (mishap, executed) in mishaps {
        let (place, sim) = start(KnownAlarm::SameSheet, None).await;
        sim.next_mishap("newAlarm", mishap.clone());
        let error = say(&place, &sim, "newAlarm", new_alarm()).await.unwrap_err();
        assert!(error.is_unknown(), "{mishap:?}: {error}");
        assert_eq!(sheet_no(&place, &sim).await.is_empty(), !executed, "{mishap:?}");
        place.tasks.stop().await;
    }
}

#[tokio::test]
async fn refusals_come_in_the_peers_words() {
    let (place, sim) = start(KnownAlarm::Exists, None).await;
    sim.next_mishap("newAlarm", Mishap::Refused("派单规则不匹配".to_owned()));
    let answer = SheetAnswer::read(&say(&place, &sim, "newAlarm", new_alarm()).await.unwrap()).unwrap();
    assert_eq!((answer.sheet_no.as_str(), answer.err_list.as_str()), ("", "派单规则不匹配"));
    say(&place, &sim, "newAlarm", new_alarm()).await.unwrap();
    let known = SheetAnswer::read(&say(&place, &sim, "newAlarm", new_alarm()).await.unwrap()).unwrap();
    assert!(known.err_list.contains("already exists"));
    let lacking = say(&place, &sim, "newAlarm", key()).await.unwrap();
    assert!(lacking.contains("alarmStaId is missing"));
    place.tasks.stop().await;
}

#[tokio::test]
async fn people_accept_reply_after_the_clear_and_archive() {
    let manners = Manners { accept_ms: 4_000, reply_ms: 4_000, archive_ms: 4_000 };
    let (place, sim) = start(KnownAlarm::SameSheet, Some(manners)).await;
    say(&place, &sim, "newAlarm", new_alarm()).await.unwrap();
    wait_for("the acceptance", || place.ear.heard("confirmWorkSheet").len() == 1).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(place.ear.heard("replyWorkSheet").is_empty(), "nothing is repaired before it is");
    let cleared = key().with("alarmStatus", "1").with("clearTime", "2026-11-22 09:30:00");
    assert_eq!(say(&place, &sim, "syncAlarm", cleared).await.unwrap(), "0");
    wait_for("the archive", || sim.sheets()[0].status == "1").await;
    let reply = place.ear.heard("replyWorkSheet").remove(0);
    assert!(reply.contains("2026-11-22 09:30:00") && reply.contains(ALARM));
    place.tasks.stop().await;
}

#[tokio::test]
async fn a_desk_that_is_started_again_gives_no_number_twice() {
    let place = Place::new().await;
    let mut numbers = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let sim = desk(&place, KnownAlarm::SameSheet, None).await;
        say(&place, &sim, "newAlarm", new_alarm()).await.unwrap();
        assert!(numbers.insert(sim.sheets().remove(0).sheet_no), "{numbers:?}");
        let now = place.clock.now();
        wait_for("a later instant", || place.clock.now().since(now) > 1).await;
    }
}
