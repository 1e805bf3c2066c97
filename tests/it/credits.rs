//! A final report advises a credit; two persons give it, billing gets it, a late outage makes another that
//! names the first; and `linesman report` gives the issued files again, or drafts.

use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Api;
use crate::daemon::{Daemon, Setup, program};
use crate::reports::{as_person, ask, files, import, one, setup, text_of};
use crate::versions::outage;

const FILES: [(&str, &str); 5] = [
    ("CUSTOMER.csv", "customerNo,name\nK1,华东银行\nK2,Shop\n"),
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\n"),
    ("CONTRACT.csv", "contractNo,customerNo,slaPlan,startDate\nT1,K1,bands,2026-01-01\n"),
    (
        "CIRCUIT.csv",
        "circuitCode,customerNo,contractNo,status,inServiceTime\nC1,K1,T1,ACTIVE,2026-01-01\nC2,K2,,ACTIVE,2026-01-01\n",
    ),
    ("ROUTE.csv", "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,NE,N1\n"),
];
const PLANS: &str =
    "[plan.bands]\ntarget = 99.9\ncredits = [{ below = 99.9, percent = 10 }, { below = 99, percent = 25 }]\n";
const OCTOBER: &str = "2026-10-20T12:00:00+08:00";
const NOVEMBER: &str = "2026-11-04T00:30:00+08:00";

fn own(clock: &str, postgres: Option<&str>) -> Setup {
    let setup = setup(clock, postgres);
    Setup { extra: "[sla]\nplans_file = \"plans.toml\"\n[reports]\nformats = [\"csv\"]\n".to_owned(), ..setup }
}

async fn credits(api: &Api, daemon: &Daemon) -> Vec<(Value, Value, Value)> {
    let all = api.all(daemon, "/api/v1/credits").await;
    all.iter().rev().map(|one| (one["percent"].clone(), one["state"].clone(), one["replaces"].clone())).collect()
}

/// Proposed by one, approved by another.
async fn give(api: &Api, daemon: &Daemon, id: &str) {
    for (login, act) in [("zhang", "propose"), ("wangqiang", "approve")] {
        let body = json!({ "act": act, "ids": [id] });
        as_person(api, daemon, login, "/api/v1/credits/decisions", body).await;
    }
}

/// `linesman report`; whether it ended well, and what it said.
fn report(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(program());
    command.args(["report", "--config"]).arg(folder.join("linesman.toml")).args(["--clock", NOVEMBER]);
    let done = command.args(["--out"]).arg(folder.join("made")).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.success(), said)
}

fn reports_can_be_looked_at(folder: &Path, issued: &[u8]) {
    let (fine, said) = report(folder, &["--period", "2026-10", "--format", "csv,pdf", "--lang", "zh"]);
    assert!(fine && said.contains("1/2 K1 zh: revision 1 as it was issued") && said.contains("2/2 K2"), "{said}");
    let made = |name: &str| std::fs::read(folder.join("made/2026-10/K1").join(name)).unwrap();
    assert_eq!(made("2026-10-zh-r1.csv"), issued, "byte for byte");
    assert!(made("2026-10-zh-r1.pdf").starts_with(b"%PDF"));
    let (fine, said) = report(folder, &["--period", "2026-10", "--lang", "en", "--customer", "K1", "--format", "pdf"]);
    assert!(fine && said.contains("draft of revision 1"), "nobody has issued it in English: {said}");
    let draft = std::fs::read(folder.join("made/draft/2026-10/K1/2026-10-en-r1.pdf")).unwrap();
    assert!(text_of(&draft, folder).contains("this report was not issued"));
    let (fine, said) = report(folder, &["--period", "2026-10", "--customer", "K1", "--customer", "K9"]);
    assert!(!fine && said.contains("no customer K9") && said.contains("1 of 2 report(s)"), "{said}");
    for (period, reason) in [("2026-Q4", "must be a month"), ("2027-01", "lies in the future")] {
        let (fine, said) = report(folder, &["--period", period]);
        assert!(!fine && said.contains(reason), "{said}");
    }
}

async fn a_credit_is_given_and_replaced(postgres: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    std::fs::write(place.join("plans.toml"), PLANS).unwrap();
    import(place, &own(OCTOBER, postgres), &FILES.map(|(name, text)| (name, text.to_owned())));
    let mut daemon = Daemon::start(place, own(OCTOBER, postgres));
    let api = Api::admin(&daemon).await;
    // 44.64 minutes of October are 0.1 %.
    outage(&daemon, OCTOBER, 1, ("2026-10-20T08:00:00+08:00", "2026-10-20T09:00:00+08:00")).await;
    assert!(daemon.stop().success());

    let daemon = Daemon::start(place, own(NOVEMBER, postgres));
    let body = json!({ "label": "2026-10", "language": "zh", "formats": ["csv"] });
    let made = files(&api, &daemon, &ask(&api, &daemon, body.clone()).await).await;
    files(&api, &daemon, &ask(&api, &daemon, body.clone()).await).await;
    assert_eq!(credits(&api, &daemon).await, [(10.0.into(), "advised".into(), Value::Null)]);
    let path = format!("/api/v1/reports/files/{}", one(&made, "K1", "csv")["id"].as_str().unwrap());
    let issued = api.open(&daemon, Method::GET, &path, None).await.bytes().await.unwrap();
    let at = place.to_owned();
    tokio::task::spawn_blocking(move || reports_can_be_looked_at(&at, &issued)).await.unwrap();
    give(&api, &daemon, "1").await;

    outage(&daemon, NOVEMBER, 2, ("2026-10-25T01:00:00+08:00", "2026-10-25T09:00:00+08:00")).await;
    files(&api, &daemon, &ask(&api, &daemon, body).await).await;
    let told = [(10.0.into(), "replaced".into(), Value::Null), (25.0.into(), "advised".into(), "1".into())];
    assert_eq!(credits(&api, &daemon).await, told);
    give(&api, &daemon, "2").await;
    let file = api.open(&daemon, Method::GET, "/api/v1/credits/billing?label=2026-10", None).await;
    let text = file.text().await.unwrap();
    let cells: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let told: Vec<(&str, &str, &str)> = cells.iter().map(|row| (row[0], row[7], row[9])).collect();
    assert_eq!(told, [("1", "10", ""), ("2", "25", "1")], "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_is_given_and_replaced_on_sqlite() {
    a_credit_is_given_and_replaced(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_is_given_and_replaced_on_postgres() {
    a_credit_is_given_and_replaced(Some(&store::testing::postgres_url().await)).await;
}
