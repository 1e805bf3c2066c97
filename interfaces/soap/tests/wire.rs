//! Both ends over real sockets: our client against our endpoint, against peers that fail in every
//! way, and a foreign client (Python zeep) against our endpoint.

#![expect(clippy::expect_used, reason = "a test may panic")]

#[path = "wire/carrier.rs"]
mod carrier;

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use carrier::{PASSWORD, now, start};
use soap::client::{Client, ClientError, Remote, Request};
use soap::contract::{CNM_FOR_EOMS, CNM_FOR_TRANSPORT};
use soap::{Contract, Secret, Style, XmlWriter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn remote(address: SocketAddr, contract: &Contract) -> Remote {
    Remote {
        soap_action: format!("{}/{{operation}}", contract.namespace),
        supplier: "GD_CNM".to_owned(),
        caller: "GD_TNMS".to_owned(),
        password: Secret::new(PASSWORD),
        timeout: Duration::from_secs(2),
        ..Remote::new(&format!("http://{address}/soap/{}", contract.name), contract)
    }
}

async fn call(remote: &Remote, operation: &str, reason: &str) -> Result<String, ClientError> {
    let client = Client::new(Duration::from_millis(500)).expect("a client");
    let arguments = |w: &mut XmlWriter| {
        w.text("reason", reason);
    };
    let request = Request { operation, msg_id: reason, now: now(), arguments: &arguments };
    let answer = client.call(remote, &request).await?;
    Ok(match remote.style {
        Style::Typed => answer.result().value("resultDesc").unwrap_or_default().to_owned(),
        Style::Positional => answer.text().to_owned(),
    })
}

/// A peer that reads one request and writes these bytes, whatever they are.
async fn peer_that_writes(bytes: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    carrier::task(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(&bytes).await;
        }
    });
    address
}

fn http(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn fault(code: &str, detail: &str) -> String {
    let body = format!(
        "<s:Fault><faultcode>{code}</faultcode><faultstring>no</faultstring><detail>{detail}</detail></s:Fault>"
    );
    format!("<s:Envelope xmlns:s='{}'><s:Body>{body}</s:Body></s:Envelope>", soap::SOAP_11)
}

fn answer(inside: &str) -> String {
    let body = format!("<alarmListRebuiltResponse xmlns='urn:x'>{inside}</alarmListRebuiltResponse>");
    format!("<s:Envelope xmlns:s='{}'><s:Body>{body}</s:Body></s:Envelope>", soap::SOAP_11)
}

#[tokio::test]
async fn our_client_and_our_endpoint_understand_each_other() {
    let address = start().await;
    let transport = remote(address, &CNM_FOR_TRANSPORT);
    assert_eq!(call(&transport, "alarmListRebuilt", "restart").await.expect("an answer"), "alarmListRebuilt");
    let eoms = remote(address, &CNM_FOR_EOMS);
    assert_eq!(call(&eoms, "isAlive", "").await.expect("an answer"), "0");

    let refused = |code: &'static str| move |error: &ClientError| matches!(error, ClientError::Refused { code: c, .. } if c == code);
    let wrong = Remote { password: Secret::new("wrong"), ..transport.clone() };
    assert!(call(&wrong, "alarmListRebuilt", "x").await.is_err_and(|error| refused("2002")(&error)));
    assert!(call(&transport, "testNodeDelay", "y").await.is_err_and(|error| refused("1001")(&error)));
    assert!(call(&transport, "alarmListRebuilt", "bad").await.is_err_and(|error| refused("1004")(&error)));
    let busy = call(&transport, "alarmListRebuilt", "busy").await.expect_err("busy");
    assert!(busy.temporary() && refused("9002")(&busy), "{busy:?}");
    let nowhere = Remote { url: format!("http://{address}/soap/Nothing"), ..transport };
    assert!(call(&nowhere, "alarmListRebuilt", "z").await.is_err_and(|error| refused("3001")(&error)));
}

#[tokio::test]
async fn a_peer_without_a_listener_was_not_sent_anything() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let result = call(&remote(address, &CNM_FOR_TRANSPORT), "alarmListRebuilt", "x").await;
    assert!(matches!(result, Err(ClientError::NotSent(_))), "{result:?}");
    let unknown = Remote { url: "http://peer.invalid/".to_owned(), ..remote(address, &CNM_FOR_TRANSPORT) };
    let result = call(&unknown, "alarmListRebuilt", "x").await;
    assert!(matches!(result, Err(ClientError::NotSent(_))), "{result:?}");
}

#[tokio::test]
async fn failures_after_sending_are_unknown() {
    let cut = http("200 OK", &answer("<resultCode>0</resultCode>"));
    let cases = [
        Vec::new(),
        b"HTTP/1.1 200 OK\r\n".to_vec(),
        cut[..cut.len() - 5].to_vec(),
        http("200 OK", ""),
        http("200 OK", "<html>welcome</html>"),
        http("200 OK", &answer("")),
        http("200 OK", &answer("<resultCode>9004</resultCode>")),
        http("200 OK", &answer("<resultCode>0</resultCode>").replace("alarmListRebuiltResponse", "otherResponse")),
        http("500 Internal Server Error", "oops"),
        http("500 Internal Server Error", &fault("s:Server", "")),
        http("500 Internal Server Error", &fault("s:Server.userException", "<x/>")),
        http("500 Internal Server Error", &fault("s:Server", "<resultCode>9001</resultCode>")),
        http("502 Bad Gateway", "<html/>"),
        http("503 Service Unavailable", ""),
    ];
    for bytes in cases {
        let address = peer_that_writes(bytes.clone()).await;
        let result = call(&remote(address, &CNM_FOR_TRANSPORT), "alarmListRebuilt", "x").await;
        assert!(matches!(result, Err(ClientError::Unknown(_))), "{}: {result:?}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn a_silent_peer_is_unknown_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let peer = Remote { timeout: Duration::from_millis(200), ..remote(address, &CNM_FOR_TRANSPORT) };
    let result = call(&peer, "alarmListRebuilt", "x").await;
    assert!(matches!(result, Err(ClientError::Unknown(_))), "{result:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    bytes.resize(soap::BODY_LIMIT + 1000, b'x');
    let address = peer_that_writes(bytes).await;
    let result = call(&remote(address, &CNM_FOR_TRANSPORT), "alarmListRebuilt", "x").await;
    assert!(result.is_err_and(|error| error.to_string().contains("more than 8388608 bytes")));
}

#[tokio::test]
async fn refusals_are_definite() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let cases = [
        (http("500 Internal Server Error", &fault("s:Client", "<resultCode>2002</resultCode>")), "2002"),
        (http("500 Internal Server Error", &fault("soap:Client.Authentication", "")), "Client.Authentication"),
        (http("503 Service Unavailable", &fault("s:Server", "<resultCode>9002</resultCode>")), "9002"),
        (http("404 Not Found", "<html/>"), "404"),
        (elsewhere.as_bytes().to_vec(), "302"),
        (http("200 OK", &answer("<resultCode>3002</resultCode><resultDesc>x</resultDesc>")), "3002"),
    ];
    for (bytes, expected) in cases {
        let address = peer_that_writes(bytes).await;
        let result = call(&remote(address, &CNM_FOR_TRANSPORT), "alarmListRebuilt", "x").await;
        assert!(
            matches!(&result, Err(ClientError::Refused { code, .. }) if code == expected),
            "{expected}: {result:?}"
        );
    }
}

#[tokio::test]
async fn the_result_element_is_a_setting_of_the_peer() {
    let text = answer("<note>n</note><out>sheetNo=1;errList=</out>");
    let address = peer_that_writes(http("200 OK", &text)).await;
    let mut peer = remote(address, &CNM_FOR_EOMS);
    assert_eq!(call(&peer, "alarmListRebuilt", "x").await.expect("an answer"), "n");
    peer.result_element = Some("out".to_owned());
    assert_eq!(call(&peer, "alarmListRebuilt", "x").await.expect("an answer"), "sheetNo=1;errList=");
    peer.result_element = Some("{operation}Return".to_owned());
    assert!(call(&peer, "alarmListRebuilt", "x").await.is_err_and(|error| error.is_unknown()));
}

/// Needs `python3` with zeep, which `cargo xtask test` installs; says so where it is absent.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_client_calls_every_listed_operation() {
    let python = carrier::python_with_zeep();
    let address = start().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/foreign/zeep_calls.py");
    let call_time = model::time::Zone::china().write_local(now());
    let output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(python);
        command.args([
            script,
            &format!("http://{address}"),
            "GD_TNMS",
            PASSWORD,
            "--strict",
            "--call-time",
            &call_time,
        ]);
        command.output()
    });
    let output = output.await.expect("the script ends").expect("python runs");
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("all listed operations answered"), "{out}{error}");
}
