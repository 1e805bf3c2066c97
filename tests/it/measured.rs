//! A performance file from the manager's notice to the figure that its customer sees.

use model::time::{Time, Window};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::files::{FileFault, Table};
use sims::manager::performance::{PERIOD_MS, columns};
use soap::contract::CNM_FOR_TRANSPORT;

use crate::daemon::{Setup, wait_for};
use crate::letter::{Letter, post};
use crate::reports::{ask, download, fetch, files, one};
use crate::street::Street;

/// A file of one row.
fn table(circuit: &str, local: &str, (status, es, temp): (&str, &str, &str)) -> Table {
    let cells = [circuit, "PORT-1", "PORT", "VC4", "NEAR_RX", "15M", local, "900", status, es, temp];
    let rows = vec![cells.iter().map(|cell| (*cell).to_owned()).collect()];
    Table { columns: columns(&["ES", "TEMP"]), rows }
}

async fn tell(
    street: &Street,
    name: &str,
    (circuit, start): (&str, Time),
    cells: (&str, &str, &str),
    fault: FileFault,
) {
    let period = Window::new(start, start.plus_ms(PERIOD_MS));
    let local = model::time::Zone::china().write_local(start);
    let manager = &street.carrier.managers[0];
    let path = manager.put_performance(name, &table(circuit, &local, cells), fault).unwrap();
    manager.announce_performance(&path, period).await.unwrap();
}

/// ES of each period that is asked for.
async fn values(street: &Street, path: &str) -> Value {
    let answer = street.get(path).await;
    answer["series"][0]["params"]["ES"]["values"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_seen_by_its_customer_and_nobody_else() {
    let settings = "control_file_s = 2\n".to_owned();
    let setup = Setup { peer_settings: settings, ..Setup::default() };
    let mut street = Street::start(setup, (4, 20)).await;
    let circuit = street.carrier.world.circuits[0].code.clone();
    let now = street.carrier.clock.now();
    let first = Time::from_ms(now.ms().div_euclid(PERIOD_MS) * PERIOD_MS - 5 * PERIOD_MS);
    let start = |n: i64| first.plus_ms(n * PERIOD_MS);
    let path = format!("/circuits/{circuit}/performance?from={}&to={}", start(0), start(5));
    let noc = format!("/api/v1{path}");
    // The second is corrected, the third never comes, the fourth is worth nothing, the fifth comes cut at first.
    tell(&street, "PM-2.csv.gz", (&circuit, start(1)), ("VALID", "7", "30.5"), FileFault::None).await;
    tell(&street, "PM-1.csv.gz", (&circuit, start(0)), ("VALID", "1", ""), FileFault::None).await;
    tell(&street, "PM-4.csv.gz", (&circuit, start(3)), ("INVALID", "9", "1"), FileFault::None).await;
    tell(&street, "PM-5.csv.gz", (&circuit, start(4)), ("VALID", "5", "31"), FileFault::Truncated).await;
    tell(&street, "PM-5b.csv.gz", (&circuit, start(4)), ("VALID", "5", "31"), FileFault::None).await;
    tell(&street, "PM-2b.csv.gz", (&circuit, start(1)), ("VALID", "8", "30.5"), FileFault::None).await;
    // The very first content of the second period, told late: it must not undo the correction.
    tell(&street, "PM-2c.csv.gz", (&circuit, start(1)), ("VALID", "7", "30.5"), FileFault::None).await;
    let expected = json!([1.0, 8.0, null, null, 5.0]);
    let seen = async || (values(&street, &noc).await == expected).then_some(());
    wait_for("all values", seen).await;
    let answer = street.get(&noc).await;
    let series = &answer["series"][0];
    assert_eq!(answer["resolution"], "measured");
    assert_eq!((&series["completeness"], &series["measuredS"]), (&json!(0.6), &json!([900, 900, 0, 0, 900])));
    assert_eq!(series["gaps"], json!([[start(3), "INVALID"]]), "the third is missing, the fourth is a gap");
    assert_eq!((&series["objectId"], &series["location"]), (&json!("PORT-1"), &json!("NEAR_RX")));
    let day = street.get(&format!("{noc}&resolution=hour&params=ES")).await;
    let sums =
        day["series"][0]["params"]["ES"]["sum"].as_array().unwrap().iter().filter_map(Value::as_f64).sum::<f64>();
    assert!(sums <= 14.0 && day["series"][0]["params"]["TEMP"].is_null(), "{day}");
    let broken = street.get("/api/v1/quarantine").await;
    assert!(broken.to_string().contains("PM-5.csv.gz"), "the cut file is in quarantine: {broken}");
    // The owner sees it without our names; another customer does not see that it exists.
    let owner = street.carrier.world.circuits[0].customer.no.clone();
    let parent = street.carrier.world.circuits[0].customer.parent.as_ref().map(|parent| parent.no.clone());
    let others = street.carrier.world.customers.iter().map(|customer| customer.no.clone());
    let stranger = others.into_iter().find(|no| *no != owner && Some(no) != parent.as_ref()).unwrap();
    let portal = format!("/api/v1/portal{path}");
    let own = street.api.customer(&street.daemon, &owner).await.get(&street.daemon, &portal).await;
    assert_eq!(own["series"][0]["params"]["ES"]["values"], expected);
    assert!(!own.to_string().contains("PORT-1"), "{own}");
    let other = street.api.customer(&street.daemon, &stranger).await;
    assert_eq!(other.call(&street.daemon, Method::GET, &portal, None).await.0, StatusCode::NOT_FOUND);
    let text =
        street.api.open(&street.daemon, Method::GET, &format!("{noc}&format=csv"), None).await.text().await.unwrap();
    assert!(
        text.starts_with("source,objectId,location,granularityS,time,measuredS,expectedS,status,ES,TEMP\r\n"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 6);
    assert!(text.contains(",MISSING,,\r\n") && text.contains(",INVALID,,\r\n"), "{text}");
    street.daemon.kill();
    street.daemon.restart();
    assert_eq!(values(&street, &noc).await, expected, "after kill -9");
}

/// A file of unavailable seconds of one period: near and far, as far as there are any.
async fn tell_unavailable(street: &Street, circuit: &str, start: Time, told: &[(&str, &str, &str)]) {
    let local = model::time::Zone::china().write_local(start);
    let row = |(location, status, uas): &(&str, &str, &str)| {
        let cells = [circuit, "PORT-1", "PORT", "VC4", location, "15M", &local, "900", status, uas];
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    };
    let table = Table { columns: columns(&["UAS"]), rows: told.iter().map(row).collect() };
    let manager = &street.carrier.managers[0];
    let path = manager.put_performance(&format!("UAS-{}.csv.gz", start.ms()), &table, FileFault::None).unwrap();
    manager.announce_performance(&path, Window::new(start, start.plus_ms(PERIOD_MS))).await.unwrap();
}

/// The manager tells of an outage of a circuit that is over.
async fn tell_outage(street: &Street, circuit: &str, (start, end): (Time, Time)) {
    let [start, end] = [start, end].map(|at| model::time::Zone::china().write_local(at));
    let alarm = format!(
        "<notificationId>900001</notificationId><alarm><alarmId>UAS-1</alarmId><specialty>TRANS</specialty>\
         <objectId>{circuit}</objectId><objectType>CIRCUIT</objectType><nativeCause>LOS</nativeCause>\
         <severity>1</severity><serviceAffecting>Y</serviceAffecting><neTime>{start}</neTime><emsTime>{start}</emsTime>\
         <alarmStatus>CLEARED</alarmStatus><clearTime>{end}</clearTime></alarm>"
    );
    let peers = street.carrier.peers();
    let letter = Letter::of(&peers[0], "UAS-1", street.carrier.clock.now());
    let answer = post(&street.daemon, &CNM_FOR_TRANSPORT, letter.text(&CNM_FOR_TRANSPORT, "reportAlarm", &alarm)).await;
    assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn unavailable_seconds_stand_beside_the_down_time_by_alarms() {
    let setup = Setup { clock: Some("2026-11-20T12:10:00+08:00".to_owned()), ..Setup::default() };
    let street = Street::start(setup, (4, 20)).await;
    let world = &street.carrier.world.circuits;
    let (circuit, other, owner) = (&world[0].code, &world[1].code, &world[0].customer.no);
    let now = street.carrier.clock.now();
    let first = Time::from_ms(now.ms().div_euclid(PERIOD_MS) * PERIOD_MS - 6 * PERIOD_MS);
    let start = |n: i64| first.plus_ms(n * PERIOD_MS);
    let periods: [&[(&str, &str, &str)]; 5] = [
        &[("NEAR_RX", "VALID", "10"), ("FAR_RX", "VALID", "900")],
        &[("NEAR_RX", "VALID", "0"), ("FAR_RX", "VALID", "0")],
        &[("NEAR_RX", "VALID", "0")],
        &[("NEAR_RX", "INVALID", "900"), ("FAR_RX", "VALID", "0")],
        &[("NEAR_RX", "VALID", "3"), ("FAR_RX", "VALID", "2")],
    ];
    for (n, told) in (0..).zip(periods) {
        tell_unavailable(&street, circuit, start(n), told).await;
    }
    let path = format!("/api/v1/circuits/{circuit}/sla/performance");
    let all = async || {
        let answer = street.get(&path).await;
        (answer["measured"]["comparedMs"] == 3 * PERIOD_MS).then_some(answer)
    };
    let answer = wait_for("all values", all).await;
    let found = &answer["measured"];
    let numbers =
        ["unavailableMs", "downMs", "moreMs", "lessMs", "differing"].map(|name| found[name].as_i64().unwrap());
    assert_eq!((numbers, &answer["over"]), ([903_000, 0, 903_000, 0, 2], &json!(true)), "{answer}");
    let expected = json!({ "start": start(0), "end": start(1), "unavailableMs": 900_000, "downMs": 0 });
    assert_eq!(found["differences"][0], expected);
    assert_eq!((&found["availability"], &found["availabilityByAlarms"]), (&json!(66.55556), &json!(100.0)));
    assert!(answer["explain"]["en"].as_str().unwrap().contains("above the limit of 60 s"), "{answer}");

    // The alarm of the first quarter hour comes late: what is left is within the limit.
    tell_outage(&street, circuit, (start(0), start(1))).await;
    let answer = street.get(&path).await;
    let found = &answer["measured"];
    let numbers =
        ["unavailableMs", "downMs", "moreMs", "lessMs", "differing"].map(|name| found[name].as_i64().unwrap());
    assert_eq!((numbers, &answer["over"]), ([903_000, 900_000, 3_000, 0, 1], &json!(false)), "{answer}");
    let ledger = street.get(&format!("/api/v1/circuits/{circuit}/ledger")).await;
    let down = ledger["intervals"].as_array().unwrap().iter().find(|interval| interval["class"] == "down").unwrap();
    assert_eq!(down["place"]["en"], "the circuit as a whole", "{down}");

    // Where nothing was measured it says so; a customer sees the same, and nobody else's.
    let none = street.get(&format!("/api/v1/circuits/{other}/sla/performance")).await;
    assert_eq!((&none["measured"], &none["over"]), (&Value::Null, &json!(false)));
    assert!(none["explain"]["zh"].as_str().unwrap().contains("无性能数据"), "{none}");
    let own = street.api.customer(&street.daemon, owner).await;
    let portal = format!("/api/v1/portal/circuits/{circuit}/sla/performance");
    let seen = own.get(&street.daemon, &portal).await;
    assert_eq!(seen["measured"]["differences"], answer["measured"]["differences"]);
    assert!(!seen.to_string().contains("PORT-1"), "{seen}");
    let listed = own.all(&street.daemon, "/api/v1/portal/circuits").await;
    assert!(listed.iter().all(|one| one.as_object().unwrap().contains_key("completeness")), "{listed:?}");

    // The report of the month has it too, and what was not measured is empty there.
    let body = json!({ "label": "2026-11", "language": "en", "formats": ["csv"], "customers": [owner] });
    let made = files(&street.api, &street.daemon, &ask(&street.api, &street.daemon, body).await).await;
    let text = fetch(&street.api, &street.daemon, &download(one(&made, owner, "csv"))).await;
    let text = String::from_utf8(text).unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let heads = table.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let row = table.records().map(Result::unwrap).find(|row| row[0] == **circuit).unwrap();
    let cells = ["Performance data", "UAS (s)", "Unavailable as measured (s)", "Down by alarms (s)", "Over the limit"];
    assert_eq!(cells.map(|name| &row[at(name)]), ["Yes", "903", "903.000", "900.000", "No"], "{text}");
    street.stop().await;
}

/// The manager names the port only; who ends there, the inventory knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_port_without_a_circuit_is_shown_by_the_circuit_that_ends_there() {
    let street = Street::start(Setup::default(), (4, 20)).await;
    let circuits = &street.carrier.world.circuits;
    let ends = |circuit: &sims::world::circuits::Circuit| [circuit.a_port.id.clone(), circuit.z_port.id.clone()];
    let ending = |port: &str| circuits.iter().filter(|circuit| ends(circuit).iter().any(|end| end == port)).count();
    let circuit = circuits.iter().find(|circuit| ending(&circuit.a_port.id) == 1).unwrap();
    let now = street.carrier.clock.now();
    let start = Time::from_ms(now.ms().div_euclid(PERIOD_MS) * PERIOD_MS - 2 * PERIOD_MS);
    let mut rows = table("", &model::time::Zone::china().write_local(start), ("VALID", "3", ""));
    rows.rows[0][1] = circuit.a_port.id.to_string();
    let manager = &street.carrier.managers[0];
    let path = manager.put_performance("PM-P.csv.gz", &rows, FileFault::None).unwrap();
    manager.announce_performance(&path, Window::new(start, start.plus_ms(PERIOD_MS))).await.unwrap();
    let path = format!("/circuits/{}/performance?from={start}&to={}", circuit.code, start.plus_ms(PERIOD_MS));
    let seen = async || (values(&street, &format!("/api/v1{path}")).await == json!([3.0])).then_some(());
    wait_for("the port's value", seen).await;
    let own = street.api.customer(&street.daemon, &circuit.customer.no).await;
    let portal = own.get(&street.daemon, &format!("/api/v1/portal{path}")).await;
    assert_eq!(portal["series"][0]["params"]["ES"]["values"], json!([3.0]));
    let others = circuits.iter().filter(|other| other.code != circuit.code);
    for other in others {
        let answer = street.get(&format!("/api/v1/circuits/{}/performance?from={start}", other.code)).await;
        assert_eq!(answer["series"], json!([]), "{}", other.code);
    }
}
