use model::time::Time;

use super::*;
use crate::canned::Canned;

const ID: CallId<'static> = CallId { msg_id: "m-1", now: Time::from_ms(1_794_009_600_000) };

#[tokio::test]
async fn a_sync_is_asked_with_its_number() {
    let canned = Canned::new().await;
    let (client, remote) = canned.client("transport", "");
    let manager = TransportNms::new(client, remote, Vec::new());
    let request =
        SyncRequest { sync_req_id: "GD_CNM-ALM-1".to_owned(), filter_id: String::new(), start_time: Some(ID.now) };
    let body = "<requestAlarmSyncResponse><resultCode>0</resultCode><resultDesc/></requestAlarmSyncResponse>";
    let (answer, sent) = tokio::join!(manager.request_alarm_sync(ID, &request), canned.answer(body));
    assert_eq!(answer, Ok(()));
    assert!(sent.contains(
        "<msgId>m-1</msgId></header><syncReqId>GD_CNM-ALM-1</syncReqId><startTime>2026-11-07 08:00:00</startTime>"
    ));
    assert!(sent.contains("<serSupplier>GD_PEER</serSupplier><serCaller>GD_CNM</serCaller>"));
}

#[tokio::test]
async fn a_filter_is_read_back_and_a_refusal_kept() {
    let canned = Canned::new().await;
    let (client, remote) = canned.client("transport", "");
    let manager = TransportNms::new(client, remote, Vec::new());
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
        let manager = TransportNms::new(client, remote, vec![good.to_owned()]);
        let (answer, _) = tokio::join!(manager.is_alive(ID), canned.answer(body));
        assert_eq!(answer.is_ok(), healthy, "{good:?} {body}: {answer:?}");
    }
}
