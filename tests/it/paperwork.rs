//! What people did about circuits, offline: tickets, holds and corrections from files, customers in
//! one line each, and a figure explained.

mod holds;

use std::fs;
use std::path::PathBuf;

use linesman::sla::error::SlaError;
use linesman::sla::{self, Answer, Files, Format};
use model::time::Time;
use serde_json::Value;
use tempfile::TempDir;

const CIRCUITS: &str = "\
circuitCode,customerNo,contractNo,status,inServiceTime,outOfServiceTime
C1,K1,T1,ACTIVE,2026-01-01,
C2,K2,T2,ACTIVE,2026-01-01,
";
const CUSTOMERS: &str = "customerNo,name,parentCustomerNo\nK1,Bank,\nK2,Branch,K1\nK3,Nobody,\n";
const CONTRACTS: &str =
    "contractNo,customerNo,slaPlan,startDate,endDate\nT1,K1,latest,2026-01-01,\nT2,K2,ticket,2026-01-01,\n";
const PLANS: &str = "\
[plan.latest]
zone = \"UTC\"
clock = \"latest\"
restore_within_s = 3000
credits = [ { below = 99.99, percent = 10 } ]
[plan.ticket]
zone = \"UTC\"
clock = \"ticket\"
exclusions = [\"CUSTOMER_POWER\"]
";
const ALARMS: &str = "\
alarmId,objectId,objectType,serviceAffecting,severity,alarmStatus,neTime,emsTime,clearTime
A1,C1,CIRCUIT,Y,1,CLEARED,2026-10-02 00:00:00,,2026-10-02 01:00:00
A2,C2,CIRCUIT,Y,1,CLEARED,2026-10-02 00:00:00,,2026-10-02 01:00:00
";
const TICKETS: &str = "\
ticketNo,circuitCodes,openTime,restoreTime,suspendTime,resumeTime,reasonCode
S1,C1;C2,2026-10-02 00:10:00,2026-10-02 01:30:00,2026-10-02 00:20:00,2026-10-02 00:30:00,CUSTOMER_POWER
S1,C1;C2,2026-10-02 00:10:00,2026-10-02 01:30:00,2026-10-02 01:20:00,,FORCE_MAJEURE
";
const CORRECTIONS: &str = "\
correctionId,circuitCode,startTime,endTime,change,code,reason,proposedBy,approvedBy
R1,C1,2026-10-02 00:40:00,2026-10-02 00:50:00,EXCLUDE,CUSTOMER_WIRING,loose plug,li,wang
R2,C2,2026-10-02 00:10:00,2026-10-02 00:15:00,UP,,traffic was seen,li,wang
R3,C2,2026-10-03 00:00:00,2026-10-03 00:01:00,DOWN,,call of the customer,li,wang
";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Folder(tempfile::tempdir().unwrap());
        let files = [
            ("CUSTOMER.csv", CUSTOMERS),
            ("CIRCUIT.csv", CIRCUITS),
            ("CONTRACT.csv", CONTRACTS),
            ("ALARMS.csv", ALARMS),
            ("TICKETS.csv", TICKETS),
            ("CORRECTIONS.csv", CORRECTIONS),
            ("plans.toml", PLANS),
        ];
        files.iter().for_each(|(name, text)| drop(folder.write(name, text)));
        folder
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn files(&self) -> Files {
        let path = |name: &str| self.0.path().join(name);
        Files {
            inventory: self.0.path().to_owned(),
            alarms: path("ALARMS.csv"),
            cutovers: None,
            tickets: Some(path("TICKETS.csv")),
            corrections: Some(path("CORRECTIONS.csv")),
            plans: path("plans.toml"),
            period: "2026-10".to_owned(),
            zone: "UTC".to_owned(),
            as_of: None,
        }
    }

    fn answer(&self) -> Answer {
        sla::run(&self.files(), None).unwrap()
    }
}

fn json(answer: &Answer) -> Vec<Value> {
    let mut out = Vec::new();
    answer.write(Format::Json, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn issues(answer: &Answer) -> Vec<String> {
    answer.issues.kept().iter().map(ToString::to_string).collect()
}

fn explained(answer: &Answer, at: Option<&str>) -> Result<String, SlaError> {
    let mut out = Vec::new();
    answer.explain(at.map(|at| Time::parse(at).unwrap()), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// Down and excluded intervals as (minute of 2 October, class, code, evidence).
fn told(circuit: &Value) -> Vec<(String, String, String)> {
    let ledger = circuit["ledger"].as_array().unwrap().iter().filter(|i| i["class"] != "up");
    ledger
        .map(|i| {
            let minutes = format!("{} {}", &i["start"].as_str().unwrap()[8..16], &i["end"].as_str().unwrap()[11..16]);
            let evidence = i["evidence"].as_array().unwrap().iter().map(|e| e.as_str().unwrap().to_owned());
            let class = format!("{} {}", i["class"].as_str().unwrap(), i["code"].as_str().unwrap_or("-"));
            (minutes, class, evidence.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn row(minutes: &str, class: &str, evidence: &str) -> (String, String, String) {
    (minutes.to_owned(), class.to_owned(), evidence.to_owned())
}

#[test]
fn tickets_holds_and_corrections_count_by_plan() {
    let folder = Folder::new();
    let answer = folder.answer();
    assert_eq!(issues(&answer), Vec::<String>::new());
    let circuits = json(&answer);
    let alarm = "alarm:A1@2026-10-02T00:00:00Z ticket:S1";
    let expected = [
        row("02T00:10 00:20", "down -", alarm),
        row(
            "02T00:20 00:30",
            "excluded CUSTOMER_POWER",
            "alarm:A1@2026-10-02T00:00:00Z suspend:S1@2026-10-02T00:20:00Z ticket:S1",
        ),
        row("02T00:30 00:40", "down -", alarm),
        row("02T00:40 00:50", "excluded CUSTOMER_WIRING", "alarm:A1@2026-10-02T00:00:00Z correction:R1 ticket:S1"),
        row("02T00:50 01:00", "down -", alarm),
        row("02T01:20 01:30", "excluded FORCE_MAJEURE", "suspend:S1@2026-10-02T01:20:00Z"),
    ];
    assert_eq!(told(&circuits[0]), expected, "from the ticket to the clear");
    let both = "alarm:A2@2026-10-02T00:00:00Z ticket:S1";
    let expected = [
        row("02T00:15 00:20", "down -", both),
        row(
            "02T00:20 00:30",
            "excluded CUSTOMER_POWER",
            "alarm:A2@2026-10-02T00:00:00Z suspend:S1@2026-10-02T00:20:00Z ticket:S1",
        ),
        row("02T00:30 01:30", "down -", both),
        row("03T00:00 00:01", "down -", "correction:R3"),
    ];
    assert_eq!(told(&circuits[1]), expected, "from the ticket to the repair; the plan excludes by power only");
}

#[test]
fn order_and_repetition_of_rows_do_not_matter() {
    let folder = Folder::new();
    let expected = json(&folder.answer());
    for (name, text) in [("TICKETS.csv", TICKETS), ("CORRECTIONS.csv", CORRECTIONS)] {
        let (header, rows) = text.split_once('\n').unwrap();
        let mut turned: Vec<&str> = rows.lines().chain(rows.lines()).collect();
        turned.reverse();
        folder.write(name, &format!("{header}\n{}\n", turned.join("\n")));
    }
    assert_eq!(json(&folder.answer()), expected);
}

#[test]
fn bad_rows_are_left_out_and_named() {
    let folder = Folder::new();
    folder.write(
        "TICKETS.csv",
        "ticketNo,circuitCodes,openTime,restoreTime,suspendTime,resumeTime,reasonCode\n\
         ,C1,2026-10-02 00:00:00,,,,\n\
         S1,C1,,,,,\n\
         S2,C1,2026-10-02 00:00:00,2026-10-01 00:00:00,,,\n\
         S3,C1,2026-10-02 00:00:00,,2026-10-02 01:00:00,2026-10-02 00:00:00,CUSTOMER_POWER\n\
         S4,C1,2026-10-02 00:00:00,,2026-10-02 01:00:00,,POWER\n\
         S5,C1,2026-10-02 00:00:00,,,,CUSTOMER_POWER\n\
         S6,C9,2026-10-02 00:00:00,,,,\n",
    );
    folder.write(
        "CORRECTIONS.csv",
        "correctionId,circuitCode,startTime,endTime,change,code,reason,proposedBy,approvedBy\n\
         R1,C1,2026-10-02 00:00:00,2026-10-02 01:00:00,UP,,x,li,\n\
         R2,C1,2026-10-02 00:00:00,2026-10-02 01:00:00,UP,,x,li,li\n\
         R3,C1,2026-10-02 01:00:00,2026-10-02 01:00:00,UP,,x,li,wang\n\
         R4,C1,2026-10-02 00:00:00,2026-10-02 01:00:00,EXCLUDE,POWER,x,li,wang\n\
         R5,C1,2026-10-02 00:00:00,2026-10-02 01:00:00,UP,FORCE_MAJEURE,x,li,wang\n\
         R6,C1,2026-10-02 00:00:00,2026-10-02 01:00:00,GONE,,x,li,wang\n\
         R7,C1,2026-10-02 00:00:00,2026-10-02 01:00:00,UP,,,li,wang\n",
    );
    let found = issues(&folder.answer());
    let expected = [
        "TICKETS.csv:2: ticketNo is empty",
        "TICKETS.csv:3: openTime is empty",
        "TICKETS.csv:4: restoreTime is before openTime",
        "TICKETS.csv:5: resumeTime is before suspendTime",
        "TICKETS.csv:6: reasonCode \"POWER\" is not a code",
        "TICKETS.csv:7: resumeTime or reasonCode comes without suspendTime",
        "CORRECTIONS.csv:2: is not approved",
        "CORRECTIONS.csv:3: li may not approve what li proposed",
        "CORRECTIONS.csv:4: endTime is not after startTime",
        "CORRECTIONS.csv:5: code \"POWER\" is not a code",
        "CORRECTIONS.csv:6: UP takes no code",
        "CORRECTIONS.csv:7: change \"GONE\" is none of",
        "CORRECTIONS.csv:8: reason is empty",
        "CIRCUIT C9: is not in the inventory",
    ];
    for start in expected {
        assert!(found.iter().any(|issue| issue.starts_with(start)), "{start} in {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn customers_have_their_circuits_and_those_below() {
    let mut out = Vec::new();
    Folder::new().answer().write_customers(Format::Csv, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    // C1: 30 minutes down; C2: 65 + 1 minutes in two outages.
    let expected = [
        "K1,Bank,2,1,0,3,5760000,2880000,1.500,0.00000,3960000,100.00000",
        "K2,Branch,1,0,0,2,3960000,3960000,2.000,0.00000,3960000,100.00000",
    ];
    assert_eq!(lines, expected);
    let mut out = Vec::new();
    Folder::new().answer().write_customers(Format::Json, &mut out).unwrap();
    let json: Vec<Value> = serde_json::from_slice(&out).unwrap();
    assert_eq!((json.len(), &json[0]["p95DownMs"]), (2, &Value::from(3_960_000)));
}

#[test]
fn a_figure_is_explained() {
    let folder = Folder::new();
    let answer = sla::run(&folder.files(), Some("C1")).unwrap();
    let text = explained(&answer, None).unwrap();
    let expected = [
        "方法       承诺可用率 99.9%",
        "method     Target 99.9%",
        "(S - X - D) / (S - X) = (2678400 - 1200 - 1800) / (2678400 - 1200) = 99.93277 %",
        "N 1, MTTR 0:30:00",
        "restored in time 1",
        "credit     10 %",
        "  2026-10-02 00:40:00 to 2026-10-02 00:50:00  0:10:00  excluded CUSTOMER_WIRING down: 用户布线原因 / the customer's wiring\n      alarm:A1@2026-10-02T00:00:00Z\n      correction:R1\n",
    ];
    for part in expected {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let text = explained(&answer, Some("2026-10-02T00:55:00Z")).unwrap();
    let (_, at) = text.split_once("\nat\n").unwrap();
    assert!(at.starts_with("  2026-10-02 00:50:00 to 2026-10-02 01:00:00  0:10:00  down:"), "{at}");
    assert_eq!(at.lines().count(), 3, "one interval and its two witnesses: {at}");
    let outside = explained(&answer, Some("2026-11-01T00:00:00Z")).unwrap_err().to_string();
    assert!(outside.contains("give a time from 2026-10-01T00:00:00Z to before 2026-11-01T00:00:00Z"), "{outside}");
}
