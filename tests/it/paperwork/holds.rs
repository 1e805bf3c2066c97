//! Holds that an e-ops system tells of, out of order and twice: the daemon's figure is that of the
//! offline command for the same facts.

use model::source::SourceKind;
use model::time::Zone;
use sims::carrier::PeerInfo;
use sims::clock::Clock;
use sims::link::Link;
use soap::XmlWriter;
use soap::contract::{CNM_FOR_EOMS, CNM_FOR_TRANSPORT};
use soap::eoms::{Arguments, Record};

use super::*;
use crate::api::Api;
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::figure::{Line, link, tell_alarms};
use crate::scenarios::differences;

const CLOCK: &str = "2026-11-10T12:00:00+08:00";
const EXTRA: &str = "[sla]\nplans_file = \"plans.toml\"\n[dispatch]\npersistence_s = [1, 1, 1]\n";
const ALARM_HEAD: &str = "alarmId,objectId,objectType,serviceAffecting,severity,alarmStatus,neTime,emsTime,clearTime\n";
const TICKET_HEAD: &str = "ticketNo,circuitCodes,openTime,restoreTime,suspendTime,resumeTime,reasonCode\n";

/// A daemon that knows the circuits, and the two who tell it things.
struct Desk {
    daemon: Daemon,
    api: Api,
    clock: Clock,
    transport: Link,
    eoms: Link,
}

impl Desk {
    async fn start(folder: &Folder, at: &std::path::Path) -> Self {
        fs::copy(folder.0.path().join("plans.toml"), at.join("plans.toml")).unwrap();
        let manager = PeerInfo { ems_names: Vec::new(), ..manager() };
        let eoms = PeerInfo { caller: "GD_EOMS".to_owned(), kind: SourceKind::Eoms, ..manager.clone() };
        let peers = vec![manager.clone(), eoms.clone()];
        let setup = Setup { extra: EXTRA.to_owned(), peers, clock: Some(CLOCK.to_owned()), ..Setup::default() };
        Daemon::import(at, &setup, folder.0.path());
        let daemon = Daemon::start(at, setup);
        let clock = Clock::starting_at(Time::parse(CLOCK).unwrap(), 1.0);
        let transport = link(&daemon, &CNM_FOR_TRANSPORT, &manager, &clock);
        let eoms = link(&daemon, &CNM_FOR_EOMS, &eoms, &clock);
        let api = Api::admin(&daemon).await;
        Desk { daemon, api, clock, transport, eoms }
    }

    /// Reports that a circuit is down, or was.
    async fn report(&self, circuit: &str, raised: Time, cleared: Option<Time>) {
        let local = |at: Time| Zone::china().write_local(at);
        let status = if cleared.is_some() { "CLEARED" } else { "ACTIVE" };
        let fields = [
            ("alarmId", format!("A-{circuit}")),
            ("objectId", circuit.to_owned()),
            ("objectType", "CIRCUIT".to_owned()),
            ("severity", "1".to_owned()),
            ("serviceAffecting", "Y".to_owned()),
            ("alarmStatus", status.to_owned()),
            ("neTime", local(raised)),
            ("clearTime", cleared.map(local).unwrap_or_default()),
        ];
        let line: Line = fields.map(|(name, cell)| (name.to_owned(), cell)).to_vec();
        tell_alarms(&self.transport, &[line]).await;
    }

    /// The ticket of the fault of a circuit's alarm.
    async fn ticket(&self, circuit: &str) -> Value {
        wait_for("a ticket", async || {
            let alarms = self.api.all(&self.daemon, "/api/v1/alarms").await;
            let alarm = alarms.into_iter().find(|alarm| alarm["alarmId"] == format!("A-{circuit}"))?;
            let tickets = self.api.all(&self.daemon, "/api/v1/tickets").await;
            tickets.into_iter().find(|ticket| ticket["faultNo"] == alarm["faultNo"])
        })
        .await
    }

    /// What the e-ops system is answered.
    async fn say(&self, operation: &str, ticket: &str, at: Time, reason: &str) -> String {
        let field = if operation == "suspendWorkSheet" { "suspendTime" } else { "resumeTime" };
        let record = Record::default().with("alarmId", ticket).with(field, Zone::china().write_local(at));
        let record = if reason.is_empty() { record } else { record.with("reasonCode", reason) };
        let arguments = Arguments { person: "李工".to_owned(), records: vec![record], ..Arguments::default() };
        let write = |w: &mut XmlWriter| arguments.write(w);
        let answer = self.eoms.call(operation, &self.eoms.message_id(), &write).await.unwrap();
        answer.text().to_owned()
    }

    async fn figure(&self, circuit: &str) -> Value {
        self.api.get(&self.daemon, &format!("/api/v1/circuits/{circuit}/sla?period=2026-11")).await
    }
}

/// As files have it.
fn in_file(at: Time) -> String {
    at.to_string().replace('T', " ").replace('Z', "")
}

fn key(ticket: &Value) -> &str {
    ticket["alarmId"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_holds_tickets_as_the_offline_command_does() {
    let (folder, home) = (Folder::new(), tempfile::tempdir().unwrap());
    let mut desk = Desk::start(&folder, home.path()).await;
    let second = |at: Time| Time::from_ms(at.ms() / 1000 * 1000);
    let raised = second(desk.clock.now());
    desk.report("C1", raised, None).await;
    desk.report("C2", raised, None).await;
    let (one, two) = (desk.ticket("C1").await, desk.ticket("C2").await);
    let opened = |ticket: &Value| Time::parse(ticket["openedAt"].as_str().unwrap()).unwrap();
    let begin = second(opened(&one).max(opened(&two)));
    let at = |s: i64| begin.plus_s(s);
    // The end of the first hold is told before its begin, and both twice.
    for _ in 0..2 {
        assert_eq!(desk.say("resumeWorkSheet", key(&one), at(2), "").await, "0");
        assert_eq!(desk.say("suspendWorkSheet", key(&one), at(1), "CUSTOMER_POWER").await, "0");
    }
    // The second changes its reason and lasts.
    assert_eq!(desk.say("suspendWorkSheet", key(&two), at(2), "CUSTOMER_POWER").await, "0");
    assert_eq!(desk.say("suspendWorkSheet", key(&two), at(1), "FORCE_MAJEURE").await, "0");
    let wrong = desk.say("suspendWorkSheet", key(&two), at(3), "LUNCH").await;
    assert!(wrong.starts_with("1004: record 1: reasonCode \"LUNCH\""), "{wrong}");
    let unknown = desk.say("resumeWorkSheet", "NOBODY-1", at(3), "").await;
    assert!(unknown.starts_with("3001: record 1: ticket NOBODY-1"), "{unknown}");
    desk.report("C1", raised, Some(at(3))).await;
    desk.daemon.kill();
    desk.daemon.restart();
    let held = desk.ticket("C2").await;
    assert_eq!(held["state"], "held");
    let codes: Vec<&Value> = held["holds"].as_array().unwrap().iter().map(|hold| &hold["code"]).collect();
    assert_eq!(codes, ["FORCE_MAJEURE", "CUSTOMER_POWER"]);
    assert_eq!((&held["holds"][0]["by"], held["holds"][1]["end"].is_null()), (&"李工".into(), true));
    wait_for("the clear to be over", async || (desk.clock.now() > at(5)).then_some(())).await;
    folder.write(
        "ALARMS.csv",
        &format!(
            "{ALARM_HEAD}A-C1,C1,CIRCUIT,Y,1,CLEARED,{0},,{1}\nA-C2,C2,CIRCUIT,Y,1,ACTIVE,{0},,\n",
            in_file(raised),
            in_file(at(3))
        ),
    );
    let row = |ticket: &Value, circuit: &str, from: i64, to: Option<i64>, code: &str| {
        let times = [
            in_file(opened(ticket)),
            String::new(),
            in_file(at(from)),
            to.map(|to| in_file(at(to))).unwrap_or_default(),
        ];
        format!("{},{circuit},{},{code}\n", key(ticket), times.join(","))
    };
    let rows = [
        row(&one, "C1", 1, Some(2), "CUSTOMER_POWER"),
        row(&two, "C2", 1, Some(2), "FORCE_MAJEURE"),
        row(&two, "C2", 2, None, "CUSTOMER_POWER"),
    ];
    folder.write("TICKETS.csv", &format!("{TICKET_HEAD}{}", rows.concat()));
    for (index, circuit) in ["C1", "C2"].into_iter().enumerate() {
        let told = desk.figure(circuit).await;
        let as_of = Some(told["asOf"].as_str().unwrap().to_owned());
        let files = Files { corrections: None, period: "2026-11".to_owned(), as_of, ..folder.files() };
        let answer = sla::run(&files, None).unwrap();
        assert_eq!(issues(&answer), Vec::<String>::new());
        let expected = json(&answer).remove(index);
        assert_eq!(told["ledger"], expected["ledger"], "{circuit}");
        assert!(told["ledger"].to_string().contains("suspend:"), "{circuit}: {told}");
        let differences = differences(&[expected], &[told]);
        assert!(differences.is_empty(), "{differences:#?}");
    }
    assert!(desk.daemon.stop().success());
}
