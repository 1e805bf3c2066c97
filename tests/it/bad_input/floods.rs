//! Too much of it: what repeats is counted, what is left over is dropped and counted, and good calls
//! go on; and a writer that has no room says so.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use soap::contract::CNM_FOR_TRANSPORT as TRANSPORT;

use super::{Place, alarm, letter, report, reported};
use crate::daemon::{Setup, wait_for};
use crate::letter::{Letter, now};

/// One address may leave so many new things in a minute.
const SHARE: usize = 60;

/// One client for many calls at once, and where they go.
fn client(place: &Place) -> (reqwest::Client, String) {
    soap::client::install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    (client, format!("{}/soap/{}", place.daemon.url, TRANSPORT.name))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_is_counted_not_kept_again() {
    let place = Place::start().await;
    let wrong = Letter { password: "guess".to_owned(), ..letter("m1") };
    for _ in 0..30 {
        let answer = place.send(reported(&wrong, "1", &alarm("a1", "1", now()))).await;
        assert_eq!(answer.code(), "2002");
    }
    let row = wait_for("all to be counted", async || {
        let (row, _) = place.refused("caller", "2002 ").await;
        (row["repeats"] == 29).then_some(row)
    })
    .await;
    assert!(row["lastAt"].as_str() > row["at"].as_str(), "{row}");
    assert_eq!(place.quarantine().await.len(), 1);
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_bad_input_leaves_a_few_rows_and_holds_nobody_up() {
    let place = Place::start().await;
    let good = report("m1", "1", &alarm("a1", "1", now()));
    let words = |n: usize| format!("{n:012b}").replace('0', "a").replace('1', "b");
    let (client, url) = client(&place);
    let bad = (0..300).map(|n| {
        let text = good.replace("reportAlarm", &format!("op{}", words(n)));
        let request = client.post(&url).header("content-type", "text/xml").body(text);
        async move { request.send().await.unwrap().text().await.unwrap() }
    });
    for answer in join_all(bad).await {
        assert!(answer.contains("<resultCode>1001</resultCode>"), "{answer}");
    }
    place.still_works().await;
    let dropped = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("linesman_quarantine_dropped_total{kind=\"message\"}"));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).unwrap_or(0)
    };
    let metrics = place.metrics().await;
    assert_eq!(dropped(&metrics), 300 - SHARE, "{metrics}");
    wait_for("the share of one address to be written", async || {
        (place.quarantine().await.len() == SHARE).then_some(())
    })
    .await;
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_without_room_answers_503_and_takes_it_later() {
    let place = Place::with(Setup { web: "queue = 1\n".to_owned(), ..Setup::default() }).await;
    let (client, url) = client(&place);
    let batch = |round: usize, call: usize| {
        let alarms: String = (0..200).map(|n| alarm(&format!("r{round}-{call}-{n}"), "3", now())).collect();
        report(&format!("m{round}-{call}"), &(round * 100 + call).to_string(), &alarms)
    };
    let rounds = AtomicUsize::new(0);
    let (busy, again) = wait_for("a writer without room", async || {
        let round = rounds.fetch_add(1, Ordering::Relaxed);
        let calls = (0..64).map(|call| {
            let text = batch(round, call);
            let request = client.post(&url).header("content-type", "text/xml").body(text.clone());
            async move { (request.send().await.unwrap(), text) }
        });
        join_all(calls).await.into_iter().find(|(answer, _)| answer.status() == 503)
    })
    .await;
    assert_eq!(busy.headers()["retry-after"], "5");
    let text = busy.text().await.unwrap();
    assert!(text.contains("soap:Fault>") && text.contains("<faultcode>soap:Server</faultcode>"), "{text}");
    assert!(text.contains("<detail><resultCode>9002</resultCode>"), "{text}");
    wait_for("the same message to be taken", async || {
        let answer = place.send(again.clone()).await;
        (answer.status == 200 && answer.code() == "0").then_some(())
    })
    .await;
    assert!(place.quarantine().await.is_empty(), "a good message that found no room is not bad");
    place.ends_well().await;
}
