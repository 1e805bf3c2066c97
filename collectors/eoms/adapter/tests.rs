use super::*;
use crate::canned::Canned;

fn now() -> Time {
    Time::parse("2026-11-07T00:00:00Z").unwrap()
}

fn eoms(canned: &Canned, more: &str) -> Eoms {
    let (client, remote) = canned.client("eoms", more);
    let operator = Operator { person: "值班".to_owned(), ..Operator::default() };
    Eoms::new(client, remote, operator, vec!["0".to_owned(), String::new()])
}

#[tokio::test]
async fn a_look_up_sends_a_record_inside_a_string() {
    let canned = Canned::new().await;
    let eoms = eoms(&canned, "namespace = \"http://e.example\"\nsoap_action = \"http://e.example/{operation}\"\n");
    let body = "<querySheetResponse><r>sheetNo=S1;sheetStatus=T2;errList=</r></querySheetResponse>";
    let (answer, request) = tokio::join!(eoms.query_sheet(Lookup::AlarmId("K-1"), now()), canned.answer(body));
    assert_eq!(answer.unwrap().unwrap().sheet_no, "S1");
    assert!(request.to_lowercase().contains("soapaction: \"http://e.example/querysheet\""));
    assert!(request.contains("<querySheet xmlns=\"http://e.example\">"));
    assert!(request.contains("<opPerson>值班</opPerson>") && request.contains("<opTime>2026-11-07 08:00:00</opTime>"));
    assert!(
        request.contains("&lt;fieldEnName&gt;alarmId&lt;/fieldEnName&gt;&lt;fieldContent&gt;K-1&lt;/fieldContent&gt;")
    );
}

#[tokio::test]
async fn what_the_desk_says_is_told_apart() {
    let canned = Canned::new().await;
    let eoms = eoms(&canned, "");
    let clear = SyncAlarm { alarm_id: "K".to_owned(), clear_time: now(), staff_no: String::new() };
    let said = |operation: &str, text: &str| format!("<{operation}Response><r>{text}</r></{operation}Response>");

    let body = said("syncAlarm", "0");
    assert_eq!(tokio::join!(eoms.sync_alarm(&clear, now()), canned.answer(&body)).0, Ok(()));
    let body = said("syncAlarm", "unknown alarmId");
    let refused = tokio::join!(eoms.sync_alarm(&clear, now()), canned.answer(&body)).0.unwrap_err();
    assert!(matches!(&refused, ClientError::Refused { message, .. } if message == "unknown alarmId"));
    let body = said("isAlive", "");
    assert_eq!(tokio::join!(eoms.is_alive(now()), canned.answer(&body)).0, Ok(()));
    let body = said("isAlive", "数据库异常");
    assert!(tokio::join!(eoms.is_alive(now()), canned.answer(&body)).0.is_err());
}

#[tokio::test]
async fn a_dispatch_that_exists_is_delivered_and_a_broken_one_unknown() {
    let canned = Canned::new().await;
    let eoms = eoms(&canned, "");
    let alarm = crate::eoms::wire::tests::alarm();
    let fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>告警已存在</faultstring></s:Fault>";
    assert_eq!(tokio::join!(eoms.new_alarm(&alarm, now()), canned.answer(fault)).0, Ok(Dispatched::Exists));
    let odd = "<newAlarmResponse><r>ok?</r></newAlarmResponse>";
    assert!(tokio::join!(eoms.new_alarm(&alarm, now()), canned.answer(odd)).0.unwrap_err().is_unknown());
    let good = "<newAlarmResponse><r>sheetNo=GD-1;errList=</r></newAlarmResponse>";
    let (answer, request) = tokio::join!(eoms.new_alarm(&alarm, now()), canned.answer(good));
    assert_eq!(answer, Ok(Dispatched::Sheet("GD-1".to_owned())));
    // What is in the string is escaped once for the record and once for the envelope.
    assert!(request.contains("光缆中断 &amp;lt;段1&amp;gt;"), "{request}");
    drop(canned);
    assert!(matches!(eoms.new_alarm(&alarm, now()).await, Err(ClientError::NotSent(_))));
}
