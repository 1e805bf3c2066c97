//! Reports of a month: made by runs, the same digits as the API, issued once and again only when something
//! came late; nobody fetches another's; a run is stopped, taken up again, and survives a kill.

use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::api::Api;
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::versions::outage;
use sims::carrier::PeerInfo;

const FILES: [(&str, &str); 4] = [
    ("CUSTOMER.csv", "customerNo,name,level,managerName\nK1,华东银行,GOLD,王芳\nK/2,Shop,,\n"),
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\n"),
    ("CIRCUIT.csv", "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K/2,ACTIVE,2026-01-01\n"),
    ("ROUTE.csv", "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,NE,N1\n"),
];
const OCTOBER: &str = "2026-10-20T12:00:00+08:00";
const NOVEMBER: &str = "2026-11-04T00:30:00+08:00";
const SCHEDULED: &str = "2026-11-04T06:10:00+08:00";
const PASSWORD: &str = "wrong-horse-battery";

/// A daemon at a time, with a schedule.
pub fn setup(clock: &str, postgres: Option<&str>) -> Setup {
    Setup {
        peers: vec![PeerInfo { ems_names: Vec::new(), ..manager() }],
        clock: Some(clock.to_owned()),
        postgres: postgres.map(str::to_owned),
        extra: "[reports]\ncarrier = \"东方电信\"\nmonthly = true\nlanguages = [\"en\"]\nformats = [\"csv\"]\n"
            .to_owned(),
        ..Setup::default()
    }
}

/// Loads resources from texts.
pub fn import(folder: &Path, setup: &Setup, files: &[(&str, String)]) {
    let inventory = folder.join("inventory");
    std::fs::create_dir_all(&inventory).unwrap();
    for (name, text) in files {
        std::fs::write(inventory.join(name), text).unwrap();
    }
    Daemon::import(folder, setup, &inventory);
}

/// A person's change, with a session of their own.
pub async fn as_person(api: &Api, daemon: &Daemon, login: &str, path: &str, body: Value) -> Value {
    let user = json!({ "login": login, "password": PASSWORD, "role": "noc" });
    api.call(daemon, Method::POST, "/api/v1/users", Some(user)).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = |path: &str, body: String| {
        let request = client.post(format!("{}{path}", daemon.url)).header("content-type", "application/json");
        request.header("x-linesman", "1").body(body)
    };
    let session = post("/api/v1/session", json!({ "login": login, "password": PASSWORD }).to_string());
    let session = session.send().await.unwrap();
    assert_eq!(session.status(), StatusCode::OK);
    let cookie = session.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let answer = post(path, body.to_string()).header("cookie", cookie).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// The customer's power was out for the last eight of ten minutes: proposed by one, approved by another.
async fn correct(api: &Api, daemon: &Daemon) {
    let body = json!({
        "circuitCode": "C1", "start": "2026-10-20T10:02:00+08:00", "end": "2026-10-20T10:10:00+08:00",
        "change": "exclude", "code": "CUSTOMER_POWER", "reason": "客户机房停电",
    });
    let made = as_person(api, daemon, "zhang", "/api/v1/corrections", body).await;
    let path = format!("/api/v1/corrections/{}/approve", made["id"].as_str().unwrap());
    as_person(api, daemon, "wangqiang", &path, json!({})).await;
}

/// Asks for a run; its path.
pub async fn ask(api: &Api, daemon: &Daemon, body: Value) -> String {
    let (status, run) = api.call(daemon, Method::POST, "/api/v1/reports/runs", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{run}");
    format!("/api/v1/reports/runs/{}", run["id"].as_str().unwrap())
}

/// Waits until a run is over; its files.
pub async fn files(api: &Api, daemon: &Daemon, run: &str) -> Vec<Value> {
    let over = async || Some(api.get(daemon, run).await).filter(|run| run["state"] == "done");
    let over = wait_for("the run to be done", over).await;
    assert_eq!((&over["failed"], &over["done"]), (&0.into(), &over["customers"]), "{over}");
    api.all(daemon, &format!("{run}/files")).await
}

/// Downloads what must be there.
pub async fn fetch(api: &Api, daemon: &Daemon, path: &str) -> Vec<u8> {
    let answer = api.open(daemon, Method::GET, path, None).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

/// The file of a customer in a format.
pub fn one<'a>(files: &'a [Value], customer: &str, format: &str) -> &'a Value {
    files.iter().find(|file| file["customerNo"] == customer && file["format"] == format).unwrap()
}

/// Where a file of a run is fetched.
pub fn download(file: &Value) -> String {
    format!("/api/v1/reports/files/{}", file["id"].as_str().unwrap())
}

/// The text of a PDF, as it lies on the pages.
pub fn text_of(pdf: &[u8], folder: &Path) -> String {
    let path = folder.join("fetched.pdf");
    std::fs::write(&path, pdf).unwrap();
    let done = Command::new("pdftotext").args(["-layout"]).arg(&path).arg("-").output().unwrap();
    assert!(done.status.success());
    String::from_utf8(done.stdout).unwrap()
}

/// Every file below the folder of reports, with its content.
fn on_disk(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.join("data/reports")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Percent with three decimals cut off and with five rounded, from a figure's integers.
fn digits(sla: &Value) -> (String, String) {
    let ms = |key: &str| i128::from(sla[key].as_i64().unwrap());
    let (whole, down) = (ms("serviceMs") - ms("excludedOutageMs"), ms("downMs"));
    let cut = (whole - down) * 100_000 / whole;
    (format!("{}.{:03}", cut / 1000, cut % 1000), format!("{:.5}", sla["availability"].as_f64().unwrap()))
}

async fn a_month_is_reported_and_reported_again(postgres: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    import(place, &setup(OCTOBER, postgres), &FILES.map(|(name, text)| (name, text.to_owned())));
    let mut daemon = Daemon::start(place, setup(OCTOBER, postgres));
    let api = Api::admin(&daemon).await;
    outage(&daemon, OCTOBER, 1, ("2026-10-20T10:00:00+08:00", "2026-10-20T10:10:00+08:00")).await;
    correct(&api, &daemon).await;
    let early = ask(&api, &daemon, json!({ "label": "2026-10", "language": "en", "formats": ["csv"] })).await;
    files(&api, &daemon, &early).await;
    let bank = api.customer(&daemon, "K1").await;
    let listed = bank.all(&daemon, "/api/v1/portal/reports").await;
    assert_eq!((listed.len(), &listed[0]["final"]), (1, &false.into()), "the month is not over: {listed:?}");
    assert!(daemon.stop().success());

    let mut daemon = Daemon::start(place, setup(NOVEMBER, postgres));
    let body = json!({ "label": "2026-10", "language": "zh", "formats": ["pdf", "xlsx", "csv"] });
    let first = files(&api, &daemon, &ask(&api, &daemon, body.clone()).await).await;
    assert_eq!(first.len(), 6);
    let (pdf, csv) = (one(&first, "K1", "pdf"), one(&first, "K1", "csv"));
    let sla = api.get(&daemon, "/api/v1/circuits/C1/sla?period=2026-10").await;
    assert_eq!((&sla["downMs"], &sla["excludedOutageMs"]), (&120_000.into(), &480_000.into()));
    let (cut, exact) = digits(&sla);
    let printed = fetch(&api, &daemon, &download(pdf)).await;
    let text = text_of(&printed, place);
    assert!(text.contains(&cut) && text.contains("华东银行") && text.contains("东方电信"), "{cut}: {text}");
    let table = String::from_utf8(fetch(&api, &daemon, &download(csv)).await).unwrap();
    assert!(table.contains(&exact), "{exact}: {table}");
    assert!(text.contains("wangqiang"), "who approved the excluded time: {text}");
    assert_eq!((&pdf["revision"], &pdf["supersedes"]), (&1.into(), &Value::Null));
    assert_eq!(pdf["deliveries"][0]["channel"], "portal");
    let before = on_disk(place);

    let second = files(&api, &daemon, &ask(&api, &daemon, body.clone()).await).await;
    let told = |files: &[Value]| -> Vec<Value> { files.iter().map(|file| file["sha256"].clone()).collect() };
    assert_eq!(told(&second), told(&first), "the same again");
    assert_eq!(on_disk(place), before);

    outage(&daemon, NOVEMBER, 2, ("2026-10-25T10:00:00+08:00", "2026-10-25T10:05:00+08:00")).await;
    let third = files(&api, &daemon, &ask(&api, &daemon, body.clone()).await).await;
    let revised = one(&third, "K1", "pdf");
    assert_eq!((&revised["revision"], &revised["supersedes"]), (&2.into(), &1.into()));
    assert_eq!(one(&third, "K/2", "pdf")["sha256"], one(&first, "K/2", "pdf")["sha256"], "nothing came late there");
    let text = text_of(&fetch(&api, &daemon, &download(revised)).await, place);
    let (cut, _) = digits(&api.get(&daemon, "/api/v1/circuits/C1/sla?period=2026-10").await);
    assert!(text.contains(&cut) && text.contains("取代第 1 版") && text.contains("迟到的网络告警"), "{cut}: {text}");
    assert_eq!(fetch(&api, &daemon, &download(pdf)).await, printed, "what was issued stays");
    let after = on_disk(place);
    assert!(before.iter().all(|held| after.contains(held)), "nothing is written over");
    assert_eq!(after.len(), before.len() + 3);

    let shop = api.customer(&daemon, "K/2").await;
    let own = bank.all(&daemon, "/api/v1/portal/reports").await;
    assert_eq!(own.len(), 7, "{own:?}");
    assert_eq!((&own[0]["final"], &own[0]["revision"]), (&true.into(), &2.into()));
    for document in own {
        let path = format!("/api/v1/portal/reports/{}", document["id"].as_str().unwrap());
        let content = fetch(&bank, &daemon, &path).await;
        let digest = hex::encode(Sha256::digest(&content));
        assert_eq!(document["sha256"], digest);
        assert_eq!(shop.call(&daemon, Method::GET, &path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(daemon.stop().success());
    the_schedule_asks_once((place, postgres), &api, &bank).await;
}

/// A daemon some hours later, when the reports of October are due.
async fn the_schedule_asks_once((place, postgres): (&Path, Option<&str>), api: &Api, bank: &Api) {
    let mut daemon = Daemon::start(place, setup(SCHEDULED, postgres));
    let scheduled = async || {
        let runs = api.all(&daemon, "/api/v1/reports/runs").await;
        runs.first().filter(|run| run["scheduled"] == true && run["state"] == "done").cloned()
    };
    let run = wait_for("the scheduled run", scheduled).await;
    assert_eq!((&run["label"], &run["language"], &run["customers"]), (&"2026-10".into(), &"en".into(), &2.into()));
    let runs = api.all(&daemon, "/api/v1/reports/runs").await.len();
    let last = bank.all(&daemon, "/api/v1/portal/reports").await;
    assert_eq!((&last[0]["final"], &last[0]["revision"]), (&true.into(), &2.into()), "after the preliminary one");
    daemon.kill();
    daemon.restart();
    let again = ask(api, &daemon, json!({ "label": "2026-11", "language": "zh", "formats": ["csv"] })).await;
    files(api, &daemon, &again).await;
    assert_eq!(api.all(&daemon, "/api/v1/reports/runs").await.len(), runs + 1, "the schedule asks once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_reported_and_again_when_something_came_late() {
    a_month_is_reported_and_reported_again(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_reported_on_postgres() {
    a_month_is_reported_and_reported_again(Some(&store::testing::postgres_url().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_says_what_changed_though_no_figure_did() {
    let folder = tempfile::tempdir().unwrap();
    let own = Setup { extra: String::new(), ..setup(NOVEMBER, None) };
    import(folder.path(), &own, &FILES.map(|(name, text)| (name, text.to_owned())));
    let body = json!({ "label": "2026-10", "language": "zh", "formats": ["pdf"], "customers": ["K1"] });
    let mut daemon = Daemon::start(folder.path(), own);
    let api = Api::admin(&daemon).await;
    files(&api, &daemon, &ask(&api, &daemon, body.clone()).await).await;
    assert!(daemon.stop().success());
    let own = Setup { extra: String::new(), ..setup(SCHEDULED, None) };
    let customers = FILES[0].1.replace("王芳", "李娜");
    import(folder.path(), &own, &[("CUSTOMER.csv", customers)]);
    let daemon = Daemon::start(folder.path(), own);
    let revised = files(&api, &daemon, &ask(&api, &daemon, body).await).await;
    assert_eq!(one(&revised, "K1", "pdf")["revision"], 2);
    let text = text_of(&fetch(&api, &daemon, &download(one(&revised, "K1", "pdf"))).await, folder.path());
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(text.contains("取代第1版。各电路数据未变。变更：客户资料与版式。"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_made_says_why_and_the_others_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let own = Setup { extra: String::new(), ..setup(NOVEMBER, None) };
    let circuits = "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K2,ACTIVE,2026-11-02\n";
    let customers = "customerNo,name\nK1,𠮷野家\nK2,New\n";
    import(folder.path(), &own, &[("CUSTOMER.csv", customers.to_owned()), ("CIRCUIT.csv", circuits.to_owned())]);
    let daemon = Daemon::start(folder.path(), own);
    let api = Api::admin(&daemon).await;
    let body = json!({ "label": "2026-10", "language": "zh", "formats": ["pdf", "csv"], "customers": ["K1", "K2"] });
    let run = ask(&api, &daemon, body).await;
    for _ in 0..2 {
        let over = async || Some(api.get(&daemon, &run).await).filter(|run| run["state"] == "done");
        let over = wait_for("the run to be done", over).await;
        assert_eq!((&over["done"], &over["failed"]), (&0.into(), &2.into()), "{over}");
        let files = api.all(&daemon, &format!("{run}/files")).await;
        let error = |customer: &str, format: &str| one(&files, customer, format)["error"].as_str().unwrap().to_owned();
        assert!(error("K1", "pdf").contains("U+20BB7"), "{files:?}");
        assert_eq!(one(&files, "K1", "csv")["state"], "done");
        assert!(error("K2", "csv").contains("no circuit of the customer was in service"), "{files:?}");
        let (status, _) = api.call(&daemon, Method::POST, &format!("{run}/resume"), None).await;
        assert_eq!(status, StatusCode::OK, "what failed is tried again");
    }
    let issued = api.customer(&daemon, "K1").await.all(&daemon, "/api/v1/portal/reports").await;
    assert_eq!(issued.len(), 1, "{issued:?}");
}

/// So many customers that a run can be stopped in the middle.
const CUSTOMERS: usize = 80;

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_stopped_taken_up_again_and_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let (mut customers, mut circuits) =
        ("customerNo,name\n".to_owned(), "circuitCode,customerNo,status,inServiceTime\n".to_owned());
    for n in 0..CUSTOMERS {
        customers += &format!("K{n:03},Customer {n}\n");
        circuits += &format!("C{n:03},K{n:03},ACTIVE,2026-01-01\n");
    }
    let own = Setup { extra: String::new(), ..setup(NOVEMBER, None) };
    import(place, &own, &[("CUSTOMER.csv", customers), ("CIRCUIT.csv", circuits)]);
    let mut daemon = Daemon::start(place, own);
    let api = Api::admin(&daemon).await;
    let run = ask(&api, &daemon, json!({ "label": "2026-10", "language": "zh", "formats": ["csv", "xlsx"] })).await;
    let past = async |least: i64| {
        let run = api.get(&daemon, &run).await;
        assert_ne!(run["state"], "done", "too fast to be stopped: give it more customers");
        (run["done"].as_i64().unwrap() >= least).then_some(run)
    };
    wait_for("some to be done", || past(5)).await;
    let (status, stopped) = api.call(&daemon, Method::POST, &format!("{run}/cancel"), None).await;
    assert_eq!((status, &stopped["state"]), (StatusCode::OK, &"cancelled".into()));
    let wait = async || {
        let before = api.get(&daemon, &run).await["done"].clone();
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        (api.get(&daemon, &run).await["done"] == before).then_some(before)
    };
    let done = wait_for("the customer that was begun", wait).await.as_i64().unwrap();
    let (status, _) = api.call(&daemon, Method::POST, &format!("{run}/resume"), None).await;
    assert_eq!(status, StatusCode::OK);
    let running = wait_for("more to be done", || past(done + 5)).await;
    assert!(running["etaS"].as_i64().is_some(), "{running}");
    daemon.kill();
    daemon.restart();
    let files = files(&api, &daemon, &run).await;
    assert_eq!(files.len(), CUSTOMERS * 2);
    assert!(files.iter().all(|file| file["revision"] == 1), "each is issued once");
    let content = on_disk(place);
    let digests: Vec<String> = content.iter().map(|(_, content)| hex::encode(Sha256::digest(content))).collect();
    assert!(files.iter().all(|file| digests.iter().any(|digest| file["sha256"] == *digest)));
}
