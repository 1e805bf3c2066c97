//! Resource loads that people and notices take part in, over real SOAP and FTP.

use model::resource::{Class, Row};
use model::work::OpType;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::carrier::RESOURCE_SYSTEM;

use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// More than the guard lets a load delete without a person.
const GONE: usize = 25;

/// Asks for all circuits and waits until the load is in this state.
async fn load_circuits(street: &Street, state: &str) -> Value {
    let last = street.all("/api/v1/resource-loads").await.iter().filter_map(|load| load["id"].as_i64()).max();
    let body = json!({ "source": RESOURCE_SYSTEM, "class": "CIRCUIT", "mode": "FULL" });
    let (status, answer) = street.api.call(&street.daemon, Method::POST, "/api/v1/resource-loads", Some(body)).await;
    assert!(status.is_success(), "{answer}");
    wait_for("the load", async || {
        let loads = street.all("/api/v1/resource-loads").await;
        loads.into_iter().find(|load| load["id"].as_i64() > last && load["state"] == state)
    })
    .await
}

fn renamed(row: &Row, name: &str) -> Row {
    let mut row = row.clone();
    let at = row.class.columns().iter().position(|column| column.name == "name").unwrap();
    row.cells[at] = name.to_owned();
    row
}

/// Name of a circuit as people see it; `None` if there is no such circuit.
async fn name_of(street: &Street, row: &Row) -> Option<String> {
    let circuits = street.all("/api/v1/circuits").await;
    let found = circuits.iter().find(|circuit| circuit["code"] == row.key().as_str())?;
    Some(found["name"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_during_a_load_wins_and_who_approved_is_known() {
    let street = Street::start(Setup::default(), (12, 150)).await;
    let system = &street.carrier.resource;
    let rows = system.rows(Class::Circuit);
    let (gone, kept) = rows.split_at(GONE);
    let (back, by_file, by_notice, deleted) = (&gone[0], &kept[0], &kept[1], &kept[2]);
    // What the file says, which nobody was told of.
    gone.iter().for_each(|row| system.change(OpType::Del, row.clone()));
    for row in [by_file, by_notice, deleted] {
        system.change(OpType::Mod, renamed(row, "of the file"));
    }
    let load = load_circuits(&street, "waiting_approval").await;
    assert!(load["error"].as_str().unwrap().contains("it would delete 25 of 150 rows"), "{load:#}");
    // While it waits, the system tells of three of its rows: the file is older than that.
    system.change_and_tell(OpType::Mod, renamed(by_notice, "of the notice")).await.unwrap();
    system.change_and_tell(OpType::Del, deleted.clone()).await.unwrap();
    system.change_and_tell(OpType::Add, renamed(back, "of the notice")).await.unwrap();
    let path = format!("/api/v1/resource-loads/{}", load["id"]);
    let (status, answer) = street.api.call(&street.daemon, Method::POST, &format!("{path}/approve"), None).await;
    assert!(status.is_success(), "{answer}");
    let load = wait_for("the load to be done", async || {
        let load = street.get(&path).await;
        (load["state"] == "done").then_some(load)
    })
    .await;
    assert_eq!(load["approvedBy"], "token:tests", "{load:#}");
    let left =
        load["issues"].as_array().unwrap().iter().filter(|issue| issue["reason"].as_str().unwrap().contains("notice"));
    assert_eq!(left.count(), 3, "{load:#}");
    wait_for("the inventory to follow", async || {
        // One of those that went came back, another went.
        let all = street.all("/api/v1/circuits").await.len() == 150 - GONE;
        (all && name_of(&street, by_file).await.as_deref() == Some("of the file")).then_some(())
    })
    .await;
    assert_eq!(name_of(&street, by_notice).await.as_deref(), Some("of the notice"));
    assert_eq!(name_of(&street, deleted).await, None);
    assert_eq!(name_of(&street, back).await.as_deref(), Some("of the notice"));
    // The next file was written after the notices and says the same.
    load_circuits(&street, "done").await;
    assert_eq!(name_of(&street, by_notice).await.as_deref(), Some("of the notice"));
    assert_eq!(street.all("/api/v1/circuits").await.len(), 150 - GONE);
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gave_a_load_up_is_known() {
    let street = Street::start(Setup::default(), (12, 150)).await;
    let system = &street.carrier.resource;
    system.rows(Class::Circuit).iter().take(GONE).for_each(|row| system.change(OpType::Del, row.clone()));
    let load = load_circuits(&street, "waiting_approval").await;
    let path = format!("/api/v1/resource-loads/{}", load["id"]);
    let body = json!({ "source": RESOURCE_SYSTEM, "class": "CIRCUIT", "mode": "INC" });
    let asked = street.api.call(&street.daemon, Method::POST, "/api/v1/resource-loads", Some(body)).await;
    assert_eq!(asked.0, StatusCode::CONFLICT, "changes wait for the load: {}", asked.1);
    let cancel = async || street.api.call(&street.daemon, Method::POST, &format!("{path}/cancel"), None).await.0;
    assert_eq!(cancel().await, StatusCode::ACCEPTED);
    let load = wait_for("the load to be over", async || {
        let load = street.get(&path).await;
        (load["state"] == "cancelled").then_some(load)
    })
    .await;
    assert_eq!(load["error"], "token:tests gave it up", "{load:#}");
    let approved = street.api.call(&street.daemon, Method::POST, &format!("{path}/approve"), None).await;
    assert_eq!((approved.0, cancel().await), (StatusCode::CONFLICT, StatusCode::CONFLICT), "{}", approved.1);
    assert_eq!(street.all("/api/v1/circuits").await.len(), 150);
    street.stop().await;
}
