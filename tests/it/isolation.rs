//! No customer sees another: a cable cut hits circuits of several customers, and one of them looks at
//! everything that the portal has. What the portal has, the OpenAPI document says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use rand::SeedableRng;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::alarm;
use sims::incident;
use sims::world::World;
use sims::world::business::Customer;

use crate::api::Api;
use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// What a customer may read outside of the portal.
const COMMON: [&str; 3] = ["/api/v1/session", "/api/v1/me/clock", "/api/v1/me/password"];

/// Every `(method, path)` of the document.
async fn operations(street: &Street) -> Vec<(Method, String)> {
    let document = street.get("/api/openapi.json").await;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            found.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    assert!(found.len() > 40, "the document lists every operation");
    found
}

fn filled(path: &str, circuit: &str) -> String {
    let path = path.replace("{code}", circuit).replace("{id}", "1").replace("{no}", "F000001");
    let path = path.replace("{login}", "nobody").replace("{alarmId}", "none").replace("{version}", "1");
    let path = path.replace("{name}", "none.csv");
    assert!(!path.contains('{'), "the matrix cannot fill {path}: teach it the parameter");
    path
}

/// An answer without what is unlike in every answer.
async fn refusal(api: &Api, street: &Street, path: &str) -> (StatusCode, Value) {
    let (status, mut body) = api.call(&street.daemon, Method::GET, path, None).await;
    if let Some(fields) = body.as_object_mut() {
        fields.remove("requestId");
    }
    (status, body)
}

/// Two customers without a common head whose circuits one cut takes down: who looks, and a stranger.
fn two_hit(world: &World) -> (Arc<Customer>, Arc<Customer>) {
    let cable = world.cables_by_impact().remove(0);
    let impact = world.impact_of(&cable);
    let heads = impact.down.iter().map(|circuit| &circuit.customer).filter(|customer| customer.parent.is_none());
    let heads: Vec<&Arc<Customer>> = heads.collect();
    let first = heads.first().expect("the cut hits a customer");
    let other = heads.iter().find(|customer| customer.no != first.no).expect("the cut hits two customers");
    (Arc::clone(first), Arc::clone(other))
}

/// Is it `of` or one of its branches?
fn family(customer: &Customer, of: &Customer) -> bool {
    customer.no == of.no || customer.parent.as_ref().is_some_and(|parent| parent.no == of.no)
}

/// Words that `who` may never read: equipment, makers, other customers and their circuits.
fn forbidden(world: &World, who: &Customer) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = ["GD_TNMS", "SH_TNMS", "R_LOS", "HW_", "ZTE"].map(str::to_owned).into();
    for shelf in world.network.shelves() {
        words.extend([shelf.ne.id.clone(), shelf.ne.name.clone(), shelf.ne.room.city.vendor.to_owned()]);
        words.insert(shelf.ne.room.city.ems_name());
    }
    let others = world.customers.iter().filter(|customer| !family(customer, who));
    words.extend(others.flat_map(|customer| [customer.no.clone(), customer.name.clone()]));
    let foreign = world.circuits.iter().filter(|circuit| !family(&circuit.customer, who));
    words.extend(foreign.flat_map(|circuit| [circuit.code.clone(), circuit.contract.no.clone()]));
    // Names that are part of a name which `who` may read are no proof.
    let own = world.circuits.iter().filter(|circuit| family(&circuit.customer, who));
    let mut allowed: Vec<String> =
        own.flat_map(|c| [c.name.clone(), c.addresses.0.clone(), c.addresses.1.clone()]).collect();
    allowed.extend(world.customers.iter().filter(|customer| family(customer, who)).map(|c| c.name.clone()));
    words.retain(|word| !word.is_empty() && !allowed.iter().any(|text| text.contains(word.as_str())));
    words
}

fn check_words(text: &str, words: &BTreeSet<String>, what: &str) {
    for word in words {
        assert!(!text.contains(word.as_str()), "{what} shows {word}: {text}");
    }
}

/// Issues this month's report to a customer, as CSV.
async fn issue(street: &Street, customer_no: &str) {
    let month = street.carrier.clock.now().to_string()[..7].to_owned();
    let body = json!({ "label": month, "language": "en", "formats": ["csv"], "customers": [customer_no] });
    let (status, run) = street.api.call(&street.daemon, Method::POST, "/api/v1/reports/runs", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{run}");
    let path = format!("/api/v1/reports/runs/{}", run["id"].as_str().unwrap());
    let done = async || Some(street.get(&path).await).filter(|run| run["state"] == "done");
    assert_eq!(wait_for("the report", done).await["failed"], 0);
}

/// Cuts the busiest cable and waits until its circuits are down.
async fn cut(street: &Street) {
    let world = &street.carrier.world;
    let cable = world.cables_by_impact().remove(0);
    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    let now = street.carrier.clock.now();
    for symptom in incident::cable_cut(&mut rng, world, &cable) {
        let manager = street.carrier.manager(symptom.subject.manager()).unwrap();
        manager.raise(alarm::raised(symptom.kind, &symptom.subject, now));
    }
    let mut wanted: Vec<String> = world.impact_of(&cable).down.iter().map(|circuit| circuit.code.clone()).collect();
    wanted.sort();
    wait_for("the cut to show", async || (street.circuits_in("down").await == wanted).then_some(())).await;
}

/// Listens until `until` was heard, and for a while after: what is not meant for the listener may come later.
async fn hear(stream: reqwest::Response, until: String) -> String {
    let mut bytes = stream.bytes_stream();
    let mut heard = String::new();
    let mut ends = None;
    loop {
        let next = match ends {
            None => bytes.next().await,
            Some(at) => tokio::time::timeout_at(at, bytes.next()).await.unwrap_or_default(),
        };
        let Some(Ok(part)) = next else { break };
        heard += &String::from_utf8_lossy(&part);
        if ends.is_none() && heard.contains(&until) {
            ends = Some(tokio::time::Instant::now() + Duration::from_secs(3));
        }
    }
    assert!(ends.is_some(), "the stream ended without {until}: {heard}");
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_nothing_of_another() {
    let street = Street::start(Setup::default(), (12, 150)).await;
    let world = Arc::clone(&street.carrier.world);
    let (who, stranger) = two_hit(&world);
    let words = forbidden(&world, &who);
    let api = street.api.customer(&street.daemon, &who.no).await;
    let own: BTreeSet<String> =
        world.circuits.iter().filter(|c| family(&c.customer, &who)).map(|c| c.code.clone()).collect();
    let cable = world.cables_by_impact().remove(0);
    let hit = world.impact_of(&cable).down.into_iter().find(|circuit| own.contains(&circuit.code)).unwrap();
    let stream = api.open(&street.daemon, Method::GET, "/api/v1/portal/events", None).await;
    assert_eq!(stream.status(), StatusCode::OK);
    #[expect(clippy::disallowed_methods, reason = "a test ends its own tasks")]
    let listening = tokio::spawn(hear(stream, hit.code.clone()));
    cut(&street).await;
    check_words(&listening.await.unwrap(), &words, "the live stream");
    issue(&street, &who.no).await;
    issue(&street, &stranger.no).await;
    for (method, path) in operations(&street).await {
        if !path.starts_with("/api/v1/portal/") {
            not_theirs(&api, &street, (method, path)).await;
            continue;
        }
        if path.ends_with("/events") {
            continue;
        }
        let answer = api.open(&street.daemon, Method::GET, &filled(&path, &hit.code), None).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        check_words(&answer.text().await.unwrap(), &words, &path);
        if path.contains("{code}") {
            for foreign in world.circuits.iter().filter(|c| family(&c.customer, &stranger)).take(3) {
                let theirs = refusal(&api, &street, &filled(&path, &foreign.code)).await;
                let nobodys = refusal(&api, &street, &filled(&path, "no-such-circuit")).await;
                assert_eq!(theirs.0, StatusCode::NOT_FOUND, "{path} of {}: {}", foreign.code, theirs.1);
                assert_eq!(theirs, nobodys, "{path}: foreign and unknown look alike");
            }
        }
    }
    let theirs = refusal(&api, &street, "/api/v1/portal/reports/2").await;
    assert_eq!(theirs, refusal(&api, &street, "/api/v1/portal/reports/99").await, "foreign and unknown look alike");
    assert_eq!(theirs.0, StatusCode::NOT_FOUND);
    let listed = api.all(&street.daemon, "/api/v1/portal/circuits").await;
    let listed: BTreeSet<String> = listed.iter().map(|c| c["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, own);
    let overview = api.get(&street.daemon, "/api/v1/portal/overview").await;
    assert_eq!(overview["circuitsTotal"], own.len());
    street.stop().await;
}

/// Every operation of the NOC refuses a customer.
async fn not_theirs(api: &Api, street: &Street, (method, path): (Method, String)) {
    let open = COMMON.contains(&path.as_str()) || path == "/api/v1/setup";
    if open {
        return;
    }
    let body = (method != Method::GET).then(|| json!({}));
    let (status, _) = api.call(&street.daemon, method.clone(), &filled(&path, "x"), body).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} by a customer");
}
