//! Bad rows among good neighbours, calls that are wrong in content, names of files, unknown circuits.

use soap::contract::CNM_FOR_TRANSPORT as TRANSPORT;

use super::{Place, alarm, alarm_at, letter, report};
use crate::daemon::{Daemon, Setup};
use crate::letter::now;

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
    for (index, code) in [(1, "1004"), (3, "1004"), (4, "1004"), (5, "1003")] {
        let row = format!("<result><index>{index}</index><resultCode>{code}</resultCode>");
        assert!(answer.text.contains(&row), "{row}: {}", answer.text);
    }
    assert_eq!(place.held().await, ["good-1", "good-2", "good-3"]);
    let (_, content) = place.refused("row", "4 row(s); row 1: 1004 severity").await;
    assert!(content.contains("critical-ish") && content.contains("bad-time"), "the message is kept: {content}");
    let bad_time = place.send(report("m2", "2", &rows[3])).await;
    assert!(bad_time.text.contains("<resultCode>1004</resultCode><resultDesc>neTime"), "{}", bad_time.text);
    place.refused("row", "1004 neTime is \"the day before yesterday\"").await;
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_wrong_as_a_whole_is_answered_with_its_code() {
    let place = Place::start().await;
    let too_many = (0..1001).map(|n| alarm(&format!("n{n}"), "1", now())).collect::<String>();
    for (alarms, code, reason) in [(too_many.as_str(), "1005", "1001 rows of alarm"), ("", "1003", "alarm is missing")]
    {
        let answer = place.send(report(&format!("m{code}"), "2", alarms)).await;
        assert_eq!((answer.status, answer.code()), (200, code), "{}", answer.text);
        place.still_works().await;
        place.refused("row", reason).await;
    }
    let unnumbered = place.send(report("m3", "first", &alarm("a1", "1", now()))).await;
    assert_eq!((unnumbered.status, unnumbered.code()), (200, "1004"), "{}", unnumbered.text);
    place.refused("row", "notificationId is \"first\"").await;
    assert!(place.held().await.is_empty());
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_in_a_file_list_is_refused() {
    let place = Place::start().await;
    let sync = |place: usize, file: &str| {
        let times = "<alarmCount>1</alarmCount><syncStart>2026-11-07 07:50:01</syncStart><syncEnd>2026-11-07 07:50:31</syncEnd>";
        let list = format!(
            "<notificationId>7</notificationId><syncReqId>S1</syncReqId><result>0</result><fileList>{file}</fileList>{times}"
        );
        letter(&format!("m{place}")).text(&TRANSPORT, "alarmSyncNotify", &list)
    };
    let cases = [
        ("/GD_TNMS/../../etc/passwd", "a directory in it is empty, . or .."),
        ("../ALM-1.csv.gz", "it is not absolute"),
        ("/GD_TNMS/ALM\\1.csv.gz", "it holds a backslash"),
        ("/GD_TNMS/.hidden.csv", "begins with a dot"),
        ("/GD_TNMS/a..csv", "two dots in a row"),
        ("/GD_TNMS/a\nb.csv", "it holds a control character"),
        ("ftp://192.0.2.9/GD_TNMS/a.csv", "another host"),
        ("ftp://cnm:site-secret@192.0.2.9/GD_TNMS/b.csv", "ftp://***@192.0.2.9"),
        ("http://127.0.0.1:9/a.csv", "it is not absolute"),
    ];
    for (number, (file, reason)) in cases.into_iter().enumerate() {
        let answer = place.send(sync(number, file)).await;
        assert_eq!((answer.status, answer.code()), (200, "1004"), "{file}: {}", answer.text);
        assert!(answer.text.contains("fileList"), "{file}: {}", answer.text);
        place.still_works().await;
        place.refused("row", reason).await;
    }
    // XML has no NUL: it is refused before anybody sees a name.
    for nul in ["/GD_TNMS/a\0.csv", "/GD_TNMS/a&#0;.csv"] {
        let answer = place.send(sync(99, nul)).await;
        assert_eq!((answer.status, answer.code()), (500, "1002"), "{}", answer.text);
        place.still_works().await;
        place.refused("message", "control character").await;
    }
    place.ends_well().await;
}

const REGIONS: &str = "regionId,name\nGD,广东\n";
const CUSTOMERS: &str = "customerNo,name\nC1,甲公司\n";
const CIRCUITS: &str = "circuitCode,customerNo,inServiceTime\nGD-1,C1,2026-01-01 00:00:00\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_circuit_or_object_is_listed_and_its_alarm_is_kept() {
    let inventory = tempfile::tempdir().unwrap();
    for (class, rows) in [("REGION", REGIONS), ("CUSTOMER", CUSTOMERS), ("CIRCUIT", CIRCUITS)] {
        std::fs::write(inventory.path().join(format!("{class}.csv")), rows).unwrap();
    }
    let place = Place::with_inventory(inventory.path()).await;
    let known = alarm("a1", "1", now()).replace("no-such-circuit", "GD-1");
    let unknown = alarm("a2", "1", now()).replace("no-such-circuit", "GD-1;GD-404");
    for (id, alarms) in [("m1", &known), ("m2", &unknown), ("m3", &unknown.replace("a2", "a3"))] {
        let answer = place.send(report(id, &id[1..], alarms)).await;
        assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    }
    assert_eq!(place.held().await, ["a1", "a2", "a3"]);
    let (row, _) = place.refused("unknown", "alarm a2 names circuit GD-404").await;
    assert_eq!((&row["name"], &row["source"], &row["repeats"]), (&"GD-404".into(), &"GD_TNMS".into(), &1.into()));
    let listed = place.api.all(&place.daemon, "/api/v1/quarantine?kind=unknown").await;
    let mut names: Vec<&str> = listed.iter().map(|row| row["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    let ports = ["PORT NE-a1/1", "PORT NE-a2/1", "PORT NE-a3/1"];
    assert_eq!(names, [&["GD-404"][..], &ports].concat(), "their ports are unknown too: {listed:?}");
    let circuit = place.api.get(&place.daemon, "/api/v1/circuits/GD-1").await;
    assert_eq!(circuit["state"], "down", "the circuit that is known is hit all the same: {circuit}");
    place.ends_well().await;
}

impl Place {
    /// With resources loaded before it starts.
    async fn with_inventory(inventory: &std::path::Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup { peers: vec![super::manager()], ..Setup::default() };
        Daemon::import(folder.path(), &setup, inventory);
        let daemon = Daemon::start(folder.path(), setup);
        let api = crate::api::Api::admin(&daemon).await;
        Place { daemon, api, folder, good: 0.into() }
    }
}
