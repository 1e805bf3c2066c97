use std::collections::HashMap;
use std::sync::Arc;

use intake::{Answer, Intake, Refusal};
use model::source::SourceId;
use model::time::Time;
use soap::eoms::{Arguments, Record};
use soap::{Endpoint, Gate, NoMemory};

use super::*;
use crate::cases::peer;

/// Says that tickets of these names do not exist, and keeps the keys of the rest.
async fn play(keys: &[&str], unknown: &str) -> (String, Vec<String>) {
    let (peer, secrets) =
        peer("caller = \"GD_EOMS\"\nkind = \"eoms\"\npassword_file = \"x\"\nallow = [\"127.0.0.1\"]\n");
    let (intake, mut queue) = Intake::new(16);
    let desk = Desk::new(intake, HashMap::from([(peer.source(), Habits::new(&peer, None))]));
    let endpoint = Endpoint::new(Gate::new([peer.at_gate(&secrets)]), Arc::new(NoMemory));
    let endpoint = endpoint.service(Arc::new(CnmForEoms::new(desk)));
    let record = |key: &&str| Record::default().with("alarmId", *key).with("sheetStatus", "T1");
    let arguments = Arguments { records: keys.iter().map(record).collect(), ..Arguments::default() };
    let text = soap::write::envelope(|w| {
        w.nest_in("syncSheetState", CNM_FOR_EOMS.namespace, |w| {
            w.text("serSupplier", "GD_CNM").text("serCaller", "GD_EOMS").text("callerPwd", secrets.theirs.reveal());
            w.text("callTime", "2026-11-07 08:00:00");
            arguments.write(w);
        });
    });
    let request = http::Request::post("/soap/CnmForEoms").body(bytes::Bytes::from(text)).unwrap();
    let writer = async {
        let mut kept = Vec::new();
        while let Some(item) = queue.recv().await {
            let Content::Sheet(event) = &item.submission.content else { panic!("a sheet is expected") };
            assert_eq!(item.submission.source, SourceId::new("GD_EOMS"));
            let answer = match event.alarm_id == unknown {
                true => Err(Refusal::NotFound(format!("ticket {unknown}"))),
                false => {
                    kept.push(event.alarm_id.clone());
                    Ok(Answer::default())
                }
            };
            item.answer.send(answer).unwrap();
        }
        kept
    };
    let asking = async {
        let now = Time::parse("2026-11-07T00:00:00Z").unwrap();
        let response = endpoint.handle(request, std::net::IpAddr::from([127, 0, 0, 1]), now).await;
        // The writer ends when nobody can ask any more.
        drop(endpoint);
        String::from_utf8(response.body().to_vec()).unwrap()
    };
    tokio::join!(asking, writer)
}

#[tokio::test]
async fn a_ticket_that_we_do_not_know_does_not_stop_its_neighbours() {
    let (answer, kept) = play(&["K1", "K2", "K3"], "K2").await;
    assert_eq!(kept, ["K1", "K3"]);
    assert!(answer.contains(">3001: record 2: ticket K2 does not exist<"), "{answer}");
}

#[tokio::test]
async fn all_known_is_answered_with_0() {
    let (answer, kept) = play(&["K1", "K2"], "none").await;
    assert_eq!(kept, ["K1", "K2"]);
    assert!(answer.contains("<syncSheetStateReturn>0</syncSheetStateReturn>"), "{answer}");
}
