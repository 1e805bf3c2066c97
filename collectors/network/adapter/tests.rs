use model::alarm::{AlarmFact, Specialty};
use model::time::Time;

use super::*;
use crate::canned::Canned;

const ID: CallId<'static> = CallId { msg_id: "m-1", now: Time::from_ms(1_794_009_600_000) };

#[tokio::test]
async fn a_sync_is_asked_with_its_number() {
    let canned = Canned::new().await;
    let (client, remote) = canned.client("transport", "");
    let manager = NetworkManager::new(client, remote, Vec::new());
    let request =
        SyncRequest { sync_req_id: "GD_CNM-ALM-1".to_owned(), filter_id: String::new(), start_time: Some(ID.now) };
    let body = "<requestAlarmSyncResponse><resultCode>0</resultCode><resultDesc/></requestAlarmSyncResponse>";
    let (answer, sent) = tokio::join!(manager.request_alarm_sync(ID, &request), canned.answer(body));
    assert!(answer.unwrap().is_none(), "the list comes later");
    assert!(sent.contains(
        "<msgId>m-1</msgId></header><syncReqId>GD_CNM-ALM-1</syncReqId><startTime>2026-11-07 08:00:00</startTime>"
    ));
    assert!(sent.contains("<serSupplier>GD_PEER</serSupplier><serCaller>GD_CNM</serCaller>"));
}

/// A list in the answer: rows, refused rows, and what it lacks.
async fn inline(rest: &str) -> (u64, usize, Option<String>) {
    let canned = Canned::new().await;
    let (client, remote) = canned.client("atm", "");
    let manager = NetworkManager::new(client, remote, Vec::new());
    let request = SyncRequest { sync_req_id: "R-1".to_owned(), filter_id: String::new(), start_time: None };
    let body = format!("<requestAlarmSyncResponse><resultCode>0</resultCode>{rest}</requestAlarmSyncResponse>");
    let (answer, _) = tokio::join!(manager.request_alarm_sync(ID, &request), canned.answer(&body));
    let (peer, _) = crate::cases::peer("caller = \"GD_ATMNMS\"\nkind = \"atm\"\npassword_file = \"x\"\n");
    let inline = answer.unwrap().unwrap().read("R-1", ID.now, &crate::Habits::new(&peer, None));
    let all_atm = inline.listed.alarms.iter().all(|fact| match fact {
        AlarmFact::Record(record) => record.specialty == Some(Specialty::Atm),
        _ => false,
    });
    assert!(all_atm, "the kind of the manager says which network");
    let snapshot = inline.listed.snapshot(&inline.announced, Vec::new());
    assert_eq!(snapshot.sync_req_id, "R-1");
    let doubt = inline.lacking.or((!snapshot.may_clear).then_some(snapshot.refusal));
    (inline.listed.rows, inline.listed.refused.len(), doubt)
}

#[tokio::test]
async fn a_list_may_stand_in_the_answer() {
    let head = "<syncStart>2026-11-07 08:00:00</syncStart>";
    let alarm = "<alarm><alarmId>A-1</alarmId><severity>1</severity></alarm>";
    assert_eq!(inline(&format!("{head}<alarmCount>0</alarmCount>")).await, (0, 0, None));
    assert_eq!(inline(&format!("{head}<alarmCount>1</alarmCount>{alarm}")).await, (1, 0, None));
    for (rest, doubt) in [
        (format!("{head}<alarmCount>2</alarmCount>{alarm}"), "alarmCount is 2"),
        (format!("{head}{alarm}"), "alarmCount is missing"),
        (format!("<alarmCount>1</alarmCount>{alarm}"), "syncStart is missing"),
        (format!("<syncStart>now</syncStart><alarmCount>1</alarmCount>{alarm}"), "syncStart is \"now\""),
        (
            format!("{head}<alarmCount>2</alarmCount>{alarm}<alarm><alarmId>A-2</alarmId></alarm>"),
            "severity is missing",
        ),
    ] {
        let (rows, _, said) = inline(&rest).await;
        assert!(rows > 0 && said.as_ref().is_some_and(|said| said.contains(doubt)), "{rest}: {said:?}");
    }
}

#[tokio::test]
async fn a_filter_is_read_back_and_a_refusal_kept() {
    let canned = Canned::new().await;
    let (client, remote) = canned.client("transport", "");
    let manager = NetworkManager::new(client, remote, Vec::new());
    let body = "<getFilterResponse><resultCode>0</resultCode><filterId>F1</filterId><filterExpr>severity &lt;= 2</filterExpr></getFilterResponse>";
    let found = tokio::join!(manager.filter(ID), canned.answer(body)).0.unwrap().unwrap();
    assert_eq!((found.filter_id.as_str(), found.filter_expr.as_str()), ("F1", "severity <= 2"));
    let body =
        "<setFilterResponse><resultCode>4001</resultCode><resultDesc>position 3</resultDesc></setFilterResponse>";
    let refused = tokio::join!(manager.set_filter(ID, &found), canned.answer(body)).0.unwrap_err();
    assert_eq!(refused, ClientError::Refused { code: "4001".to_owned(), message: "position 3".to_owned() });
}

#[tokio::test]
async fn a_manager_is_healthy_by_its_own_words() {
    let typed = "<isAliveResponse><resultCode>0</resultCode><resultDesc/></isAliveResponse>";
    let empty = "<isAliveResponse><resultCode/></isAliveResponse>";
    let text = "<isAliveResponse><isAliveReturn>disk full</isAliveReturn></isAliveResponse>";
    let named = "result_element = \"{operation}Return\"\n";
    for (settings, good, body, healthy) in [
        ("", "0", typed, true),
        ("", "", typed, false),
        ("", "", empty, true),
        (named, "0", "<isAliveResponse><isAliveReturn>0</isAliveReturn></isAliveResponse>", true),
        (named, "", text, false),
    ] {
        let canned = Canned::new().await;
        let (client, remote) = canned.client("transport", settings);
        let manager = NetworkManager::new(client, remote, vec![good.to_owned()]);
        let (answer, _) = tokio::join!(manager.is_alive(ID), canned.answer(body));
        assert_eq!(answer.is_ok(), healthy, "{good:?} {body}: {answer:?}");
    }
}
