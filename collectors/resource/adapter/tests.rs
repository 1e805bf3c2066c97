use model::resource::Class;
use model::time::Time;

use super::*;
use crate::canned::Canned;
use crate::resource::file::Mode;

#[tokio::test]
async fn a_class_is_asked_for() {
    let canned = Canned::new().await;
    let (client, remote) = canned.client("resource", "");
    let id = CallId { msg_id: "m-2", now: Time::from_ms(1_794_009_600_000) };
    let request = SyncRequest {
        sync_req_id: "S".to_owned(),
        class: Class::AlarmKnowledge,
        mode: Mode::Incremental,
        since: Some(id.now),
    };
    let body = "<requestResourceSyncResponse><resultCode>0</resultCode><resultDesc/></requestResourceSyncResponse>";
    let system = ResourceManager::new(client, remote);
    let (answer, sent) = tokio::join!(system.request_sync(id, &request), canned.answer(body));
    assert_eq!(answer, Ok(()));
    assert!(sent.contains("<syncReqId>S</syncReqId><class>ALARM_KNOWLEDGE</class><mode>INC</mode><sinceTime>2026-11-07 08:00:00</sinceTime>"));
}
