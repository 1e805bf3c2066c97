//! The standing report of a month: the same digits in the book, the table, the file for headquarters and the
//! API, and in a customer's report in all its forms; made by hand and by the schedule, stopped and fetched.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::api::Api;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::reports::{ask, download, fetch, files, import, one, setup, text_of};
use crate::versions::outage;

const FILES: [(&str, &str); 4] = [
    ("CUSTOMER.csv", "customerNo,name,parentCustomerNo\nK1,华东银行,\nK2,Branch,K1\nK3,Shop,\n"),
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\n"),
    (
        "CIRCUIT.csv",
        "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K2,ACTIVE,2026-10-11\n\
         C3,K3,ACTIVE,2026-01-01\nC4,K3,ACTIVE,2026-12-01\n",
    ),
    ("ROUTE.csv", "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,NE,N1\nC2,1,1,1,NE,N1\n"),
];
const OCTOBER: &str = "2026-10-20T12:00:00+08:00";
const NOVEMBER: &str = "2026-11-04T00:30:00+08:00";
const SCHEDULED: &str = "2026-11-04T06:10:00+08:00";
const TEMPLATE: &str = "[[reports.template]]\ncustomers = [\"K1\"]\ntitle = \"Service letter\"\nlanguage = \"zh\"\n\
    contact = \"hotline 10000\"\nsign_off = [\"Chief of networks\"]\n";

fn with_template(clock: &str, postgres: Option<&str>) -> Setup {
    let plain = setup(clock, postgres);
    Setup { extra: plain.extra.clone() + TEMPLATE, ..plain }
}

/// Asks for a month and waits until it is made.
async fn standing(api: &Api, daemon: &Daemon, label: &str) -> Value {
    let (status, made) =
        api.call(daemon, Method::POST, "/api/v1/reports/standing", Some(json!({ "label": label }))).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let path = format!("/api/v1/reports/standing/{}", made["id"].as_str().unwrap());
    wait_for("the standing report", async || Some(api.get(daemon, &path).await).filter(|one| one["state"] == "done"))
        .await
}

/// A file of it by the end of its name.
async fn file(api: &Api, daemon: &Daemon, standing: &Value, ending: &str) -> Vec<u8> {
    let files = standing["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"].as_str().unwrap().ends_with(ending)).unwrap();
    let (id, name) = (standing["id"].as_str().unwrap(), file["name"].as_str().unwrap());
    let content = fetch(api, daemon, &format!("/api/v1/reports/standing/{id}/files/{name}")).await;
    assert_eq!(file["sha256"], hex::encode(Sha256::digest(&content)));
    content
}

/// Rows of a CSV file, each by its headings.
fn rows(content: &[u8]) -> Vec<Vec<(String, String)>> {
    let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
    let mut reader = csv::Reader::from_reader(content);
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let record = |record: csv::StringRecord| heads.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.into_records().map(|read| record(read.unwrap())).collect()
}

fn cell<'a>(row: &'a [(String, String)], head: &str) -> &'a str {
    &row.iter().find(|(name, _)| name == head).unwrap_or_else(|| panic!("{head} in {row:?}")).1
}

/// Sheets of a book with the same names as the columns of the table.
fn sheet(content: &[u8], name: &str) -> Vec<Vec<(String, Data)>> {
    let mut book = Xlsx::new(Cursor::new(content.to_vec())).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let heads: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    range.rows().skip(1).map(|row| heads.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

/// The book's numbers are the table's, and its texts are too.
fn same(book: &[Vec<(String, Data)>], table: &[Vec<(String, String)>]) {
    assert_eq!(book.len(), table.len());
    for (row, cells) in book.iter().zip(table) {
        for (head, data) in row {
            match data {
                Data::Float(number) => assert_eq!(cell(cells, head).parse::<f64>().unwrap(), *number, "{head}"),
                Data::Empty => assert_eq!(cell(cells, head), "", "{head}"),
                other => assert_eq!(cell(cells, head), other.to_string(), "{head}"),
            }
        }
    }
}

/// Milliseconds as seconds with three decimals.
fn seconds(value: &Value) -> String {
    value.as_i64().map_or(String::new(), |ms| {
        format!("{}{}.{:03}", if ms < 0 { "-" } else { "" }, ms.abs() / 1000, ms.abs() % 1000)
    })
}

fn percent(value: &Value) -> String {
    value.as_f64().map_or(String::new(), |share| format!("{share:.5}"))
}

/// Every column of the indicator file is the API's answer.
fn is_the_api(row: &[(String, String)], sla: &Value) {
    let number = |value: &Value| value.as_i64().map_or(String::new(), |number| number.to_string());
    for name in [
        "serviceMs",
        "downMs",
        "excludedOutageMs",
        "excludedWindowMs",
        "unmeasuredMs",
        "notInServiceMs",
        "outsideWindowMs",
        "allowedMs",
        "leftMs",
        "outages",
        "mttrMs",
        "mtbfMs",
        "longestMs",
        "restoredInTime",
        "repeatOutages",
    ] {
        assert_eq!(cell(row, name), number(&sla[name]), "{name} of {row:?}");
    }
    for name in ["availability", "grossAvailability", "completeness"] {
        assert_eq!(cell(row, name), percent(&sla[name]), "{name} of {row:?}");
    }
    assert_eq!(
        (cell(row, "slaPlan"), cell(row, "target")),
        (sla["methodName"].as_str().unwrap(), sla["target"].as_str().unwrap())
    );
    assert_eq!(cell(row, "met"), if sla["met"] == true { "Y" } else { "N" });
}

/// A customer's report in its three forms says what the API says.
async fn a_report_is_the_api(api: &Api, daemon: &Daemon, place: &std::path::Path) {
    let body = json!({ "label": "2026-10", "language": "zh", "formats": ["pdf", "xlsx", "csv"], "customers": ["K1"] });
    let made = files(api, daemon, &ask(api, daemon, body).await).await;
    let content = async |format: &str| fetch(api, daemon, &download(one(&made, "K1", format))).await;
    let (pdf, table) = (text_of(&content("pdf").await, place), rows(&content("csv").await));
    let book = content("xlsx").await;
    same(&sheet(&book, "电路明细"), &table);
    assert_eq!(table.len(), 2, "with the branch's");
    for row in &table {
        let code = cell(row, "电路代号");
        let sla = api.get(daemon, &format!("/api/v1/circuits/{code}/sla?period=2026-10")).await;
        for (head, value) in [
            ("服务时长(秒)", "serviceMs"),
            ("计入(秒)", "downMs"),
            ("无测量(秒)", "unmeasuredMs"),
            ("额度(秒)", "allowedMs"),
            ("剩余(秒)", "leftMs"),
            ("平均修复时间(秒)", "mttrMs"),
            ("最长中断(秒)", "longestMs"),
        ] {
            assert_eq!(cell(row, head), seconds(&sla[value]), "{head} of {code}");
        }
        for (head, value) in
            [("可用率(%)", "availability"), ("未剔除可用率(%)", "grossAvailability"), ("数据完整率(%)", "completeness")]
        {
            assert_eq!(cell(row, head), percent(&sla[value]), "{head} of {code}");
        }
        let achieved = &cell(row, "可用率(%)")[..6];
        let has = |line: &str| line.contains(code) && line.contains(achieved) && line.contains(cell(row, "计入(分)"));
        assert!(pdf.lines().any(has), "{code} {achieved}: {pdf}");
    }
    let months = sheet(&book, "近 12 个月");
    assert_eq!(months.len(), 24);
    let of_october: Vec<&Vec<(String, Data)>> = months.iter().filter(|row| row[1].1 == "2026-10").collect();
    let shares = of_october
        .iter()
        .zip(&table)
        .all(|(row, own)| row[2].1.to_string().parse::<f64>().ok() == cell(own, "可用率(%)").parse().ok());
    assert!(shares, "{of_october:?}");
    assert!(months.iter().filter(|row| row[1].1 != "2026-10").all(|row| row[2].1 == Data::Empty), "nobody watched");
    for there in ["Service letter", "hotline 10000", "Chief of networks", "近 12 个月", "无重复或频发故障"] {
        assert!(pdf.contains(there), "{there} is not in {pdf}");
    }
}

async fn a_month_over_all_customers(postgres: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    import(place, &with_template(OCTOBER, postgres), &FILES.map(|(name, text)| (name, text.to_owned())));
    let mut daemon = Daemon::start(place, with_template(OCTOBER, postgres));
    let api = Api::admin(&daemon).await;
    outage(&daemon, OCTOBER, 1, ("2026-10-20T10:00:00+08:00", "2026-10-20T10:10:00+08:00")).await;
    assert!(daemon.stop().success());
    let mut daemon = Daemon::start(place, with_template(NOVEMBER, postgres));
    let made = standing(&api, &daemon, "2026-10").await;
    assert_eq!((&made["circuits"], &made["done"], &made["error"]), (&3.into(), &3.into(), &"".into()), "{made}");
    assert_eq!(made["files"].as_array().unwrap().len(), 6);

    let data = file(&api, &daemon, &made, "_2026-10.csv").await;
    let control = String::from_utf8(file(&api, &daemon, &made, ".csv.ok").await).unwrap();
    let digest = hex::encode(Sha256::digest(&data));
    let told = format!("name=SLA_RESULT_GD_CNM_2026-10.csv\nbytes={}\nrecords=3\nsha256={digest}\n", data.len());
    assert_eq!(control, told);
    let indicators = rows(&data);
    for row in &indicators {
        let code = cell(row, "circuitCode");
        let sla = api.get(&daemon, &format!("/api/v1/circuits/{code}/sla?period=2026-10")).await;
        is_the_api(row, &sla);
        assert_eq!(cell(row, "version"), "1");
    }
    let customers = rows(&file(&api, &daemon, &made, "-zh.csv").await);
    same(&sheet(&file(&api, &daemon, &made, "-zh.xlsx").await, "客户"), &customers);
    let numbers: Vec<&str> = customers.iter().map(|row| cell(row, "客户编号")).collect();
    assert_eq!(numbers, ["", "K1", "K2", "K3"]);
    let column = |head: &str| -> Vec<&str> { customers.iter().map(|row| cell(row, head)).collect() };
    assert_eq!(column("在服务电路"), ["3", "2", "1", "1"], "K1 has its branch's too");
    assert_eq!(column("中断次数"), ["2", "2", "1", "0"]);
    assert_eq!(column("无中断电路占比(%)"), ["33.33333", "0.00000", "0.00000", "100.00000"]);
    let sum = |name: &str| -> i64 { indicators.iter().map(|row| cell(row, name).parse::<i64>().unwrap()).sum() };
    let mean = format!("{}.{:03}", sum("downMs") / 3 / 1000, sum("downMs") / 3 % 1000);
    assert_eq!(cell(&customers[0], "电路平均中断时间(秒)"), mean);
    let of_english = rows(&file(&api, &daemon, &made, "-en.csv").await);
    assert_eq!(cell(&of_english[0], "Mean down time of a circuit (s)"), mean);
    a_report_is_the_api(&api, &daemon, place).await;
    what_is_wrong_is_said(&api, &daemon, &made).await;
    assert!(daemon.stop().success());

    the_schedule_makes_it_too(&api, (place, postgres), &data).await;
}

/// Some hours later the reports of October are due.
async fn the_schedule_makes_it_too(api: &Api, (place, postgres): (&std::path::Path, Option<&str>), data: &[u8]) {
    let daemon = Daemon::start(place, with_template(SCHEDULED, postgres));
    let scheduled = async || {
        let all = api.all(&daemon, "/api/v1/reports/standing").await;
        all.first().filter(|one| one["scheduled"] == true && one["state"] == "done").cloned()
    };
    let again = wait_for("the scheduled one", scheduled).await;
    assert_eq!(file(api, &daemon, &again, "_2026-10.csv").await, data, "the same facts, the same file");
    let runs = async || {
        let runs = api.all(&daemon, "/api/v1/reports/runs").await;
        let scheduled: Vec<Value> = runs.into_iter().filter(|run| run["scheduled"] == true).collect();
        Some(scheduled).filter(|runs| runs.len() == 2)
    };
    let told: Vec<(String, i64)> = wait_for("both languages", runs)
        .await
        .iter()
        .map(|run| (run["language"].as_str().unwrap().to_owned(), run["customers"].as_i64().unwrap()))
        .collect();
    assert!(told.contains(&("zh".to_owned(), 1)) && told.contains(&("en".to_owned(), 2)), "K1 wants Chinese: {told:?}");
}

async fn what_is_wrong_is_said(api: &Api, daemon: &Daemon, made: &Value) {
    for label in ["2027-01", "2026-13", "2026-Q4", " 2026-10", "../2026-10"] {
        let body = Some(json!({ "label": label }));
        let (status, problem) = api.call(daemon, Method::POST, "/api/v1/reports/standing", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{label}: {problem}");
    }
    let path = format!("/api/v1/reports/standing/{}", made["id"].as_str().unwrap());
    let (status, _) = api.call(daemon, Method::POST, &format!("{path}/cancel"), None).await;
    assert_eq!(status, StatusCode::CONFLICT, "it is made");
    for gone in [format!("{path}/files/..%2F..%2Faudit.key"), format!("{path}/files/x.csv"), format!("{path}9")] {
        let (status, _) = api.call(daemon, Method::GET, &gone, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{gone}");
    }
    let bank = api.customer(daemon, "K1").await;
    let (status, _) = bank.call(daemon, Method::GET, &path, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "it is for staff");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_reported_over_all_customers() {
    a_month_over_all_customers(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_reported_over_all_customers_on_postgres() {
    a_month_over_all_customers(Some(&store::testing::postgres_url().await)).await;
}
