//! Messages that are none: malformed, forbidden, over a limit, in a wrong encoding, too large.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Place, alarm, report};
use crate::letter::now;

/// What is sent, the code of the answer, and the reason in quarantine.
type Case = (&'static str, Vec<u8>, &'static str, &'static str);

fn cases() -> Vec<Case> {
    let good = report("m1", "1", &alarm("a1", "1", now()));
    let inside = |xml: &str| good.replace("<alarmId>", &format!("{xml}<alarmId>")).into_bytes();
    let declared = |declaration: &str| format!("{declaration}{}", body_of(&good));
    // 信号丢失 in GBK.
    let gbk = replaced(&good, b"LOS", b"\xd0\xc5\xba\xc5\xb6\xaa\xca\xa7");
    let namespaces: String = (0..40).map(|n| format!("<n{n}:a xmlns:n{n}=\"urn:n{n}\"/>")).collect();
    let attributes: String = (0..65).map(|n| format!("a{n}=\"1\" ")).collect();
    let cut = |after: &str| good.as_bytes()[..good.find(after).unwrap() + after.len()].to_vec();
    vec![
        ("cut in the middle", cut("<alarmTitle>LOS"), "1002", "<alarmTitle> is not closed"),
        ("cut in the password", cut("manager-"), "1002", "inside a password"),
        ("an end tag too much", good.replace("<alarmId>", "</x><alarmId>").into_bytes(), "1002", "`</x>`"),
        ("no envelope", b"<hello/>".to_vec(), "1002", "not a SOAP Envelope"),
        ("no XML", b"notificationId=1".to_vec(), "1002", "text outside of the top element"),
        ("nothing", Vec::new(), "1002", "there is no element"),
        ("a DTD", declared("<!DOCTYPE a [<!ENTITY b \"c\">]>").into_bytes(), "1002", "a DTD"),
        ("an entity", inside("<x>&b;</x>"), "1002", "an entity other than"),
        ("a processing instruction", declared("<?go now?>").into_bytes(), "1002", "a processing instruction"),
        (
            "depth over 64",
            inside(&format!("{}{}", "<a>".repeat(70), "</a>".repeat(70))),
            "1002",
            "the depth of elements",
        ),
        ("over 64 attributes", inside(&format!("<x {attributes}/>")), "1002", "the number of attributes"),
        ("over 32 namespaces", inside(&namespaces), "1002", "namespace"),
        ("a long name", inside(&format!("<{}/>", "n".repeat(300))), "1002", "the length of a name"),
        ("GBK called UTF-8", gbk, "1002", "not valid UTF-8"),
        (
            "EBCDIC",
            declared("<?xml version=\"1.0\" encoding=\"cp037\"?>").into_bytes(),
            "1002",
            "\"cp037\" is not accepted",
        ),
        ("an unknown operation", good.replace("reportAlarm", "dropTable").into_bytes(), "1001", "dropTable"),
        ("another service's operation", good.replace("reportAlarm", "syncCutover").into_bytes(), "1001", "syncCutover"),
    ]
}

fn replaced(text: &str, from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = text.as_bytes().windows(from.len()).position(|part| part == from).unwrap();
    [&text.as_bytes()[..at], to, &text.as_bytes()[at + from.len()..]].concat()
}

/// A message without its XML declaration.
fn body_of(message: &str) -> &str {
    message.find("?>").map_or(message, |end| &message[end + 2..])
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_none_are_refused_with_a_fault_and_kept() {
    let place = Place::start().await;
    let cases = cases();
    for (what, bytes, code, _) in &cases {
        let answer = place.send(bytes.clone()).await;
        assert_eq!((answer.status, answer.code()), (500, *code), "{what}: {}", answer.text);
        assert!(answer.text.contains("Fault>"), "{what}: {}", answer.text);
        place.still_works().await;
    }
    for (what, bytes, code, reason) in &cases {
        let (row, content) = place.refused("message", reason).await;
        assert!(row["reason"].as_str().unwrap().starts_with(code), "{what}: {row}");
        assert_eq!((&row["address"], &row["bytes"]), (&"127.0.0.1".into(), &bytes.len().into()), "{what}: {row}");
        assert_eq!(row["name"], "CnmForTransport", "{what}: {row}");
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(20)]).into_owned();
        assert!(content.starts_with(&head), "{what}: {content}");
    }
    assert_eq!(place.held().await, Vec::<String>::new());
    place.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_gets_its_answer_however_it_is_sent() {
    let place = Place::start().await;
    let huge = report("m4", "4", &"<alarm/>".repeat(1_200_000));
    // A client whose connection is reset while it writes fails now and then, not always.
    for round in 0..10 {
        let chunks = huge.as_bytes().chunks(64 * 1024).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
        let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks.collect::<Vec<_>>()));
        for (what, body) in [("announced", reqwest::Body::from(huge.clone())), ("in chunks", chunked)] {
            let answer = place.send(body).await;
            assert_eq!((answer.status, answer.code()), (500, "1005"), "{what}, {round}: {}", answer.text);
            assert!(answer.text.contains("Fault>"), "{what}: {}", answer.text);
        }
        place.still_works().await;
    }
    let (row, content) = place.refused("message", "1005 ").await;
    assert_eq!(row["bytes"], huge.len());
    assert!(content.contains("<callerPwd") && content.contains("reportAlarm"), "{content}");
    // Who asks first is told before it sends anything.
    let mut client = TcpStream::connect(place.daemon.address()).await.unwrap();
    let head = format!(
        "POST /soap/CnmForTransport HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        huge.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        while !answer.contains("</soap:Envelope>") {
            let mut part = [0; 4096];
            let read = client.read(&mut part).await.unwrap();
            answer.push_str(&String::from_utf8_lossy(&part[..read]));
        }
    });
    ended.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 500") && answer.contains("<resultCode>1005"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    // And who sends it all the same, as a client that writes first and reads then, has it too.
    client.write_all(huge.as_bytes()).await.unwrap();
    place.ends_well().await;
}
