//! The order of the checks, replays, faults and WSDLs, through the whole endpoint.

use std::collections::HashMap;
use std::sync::Mutex;

use super::*;
use crate::contract::{CNM_FOR_EOMS, CNM_FOR_TRANSPORT};
use crate::eoms::{Arguments, Record};
use crate::gate::Peer;
use crate::secret::Secret;
use crate::write::{XmlWriter, envelope};

mod refused;

const NOW: &str = "2026-11-07T02:28:12Z";
const PASSWORD: &str = "ge<heim>&";

/// Remembers every answer, as the writer does.
#[derive(Default)]
struct Messages(Mutex<HashMap<(SourceId, String), Known>>);

/// Digest of a message's arguments and its first answer.
type Known = ([u8; 32], Reply);

impl ReplayMemory for Messages {
    fn recall<'a>(&'a self, source: &'a SourceId, key: &'a MessageKey) -> BoxFuture<'a, Recall> {
        let known = self.0.lock().unwrap().get(&(source.clone(), key.msg_id.clone())).cloned();
        Box::pin(std::future::ready(match known {
            None => Recall::Unknown,
            Some((body, reply)) if body == key.body_sha256 => Recall::Answered(reply),
            Some(_) => Recall::OtherBody,
        }))
    }
}

/// Counts its calls and says the count.
struct Counter(&'static Contract, Arc<Messages>, Mutex<u32>, Mutex<Option<Call>>);

impl Service for Counter {
    fn contract(&self) -> &'static Contract {
        self.0
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        let count = {
            let mut count = self.2.lock().unwrap();
            *count += 1;
            *count
        };
        let reply = match (call.operation, call.arguments().value("reason")) {
            (_, Some("busy")) => Reply::Busy("too many requests are waiting".into()),
            (_, Some("bad")) => Reply::coded(ResultCode::BadValue, "reason: bad"),
            (_, Some("rows")) => Reply::batch(&[crate::RowResult {
                index: 3,
                code: ResultCode::BadValue,
                description: "neTime: bad".into(),
            }]),
            ("syncSheetState", _) => {
                let arguments = Arguments::read(call.arguments()).unwrap();
                Reply::Text(arguments.records[0].get("sheetNo").to_owned())
            }
            _ => Reply::with(|w| {
                w.value("count", count);
            }),
        };
        if let Some(key) = &call.message {
            let known = (key.body_sha256, reply.clone());
            self.1.0.lock().unwrap().insert((call.source.clone(), key.msg_id.clone()), known);
        }
        *self.3.lock().unwrap() = Some(call);
        Box::pin(std::future::ready(reply))
    }
}

struct Bench {
    endpoint: Endpoint,
    service: Arc<Counter>,
}

#[derive(Clone)]
struct Sent {
    caller: &'static str,
    password: &'static str,
    remote: &'static str,
    msg_id: String,
    call_time: &'static str,
    reason: &'static str,
}

const GOOD: Sent = Sent {
    caller: "GD_TNMS",
    password: PASSWORD,
    remote: "10.1.2.3",
    msg_id: String::new(),
    call_time: "2026-11-07 10:20:00",
    reason: "restart",
};

fn bench(contract: &'static Contract) -> Bench {
    let mut peer = Peer::new("GD_TNMS", Secret::new(PASSWORD));
    peer.allow = vec!["10.0.0.0/8".parse().unwrap()];
    peer.services = vec![contract.name.to_owned()];
    let mut other = peer.clone();
    other.caller = "GD_RMS".to_owned();
    other.services = vec!["CnmForResource".to_owned()];
    let memory = Arc::new(Messages::default());
    let service = Arc::new(Counter(contract, memory.clone(), Mutex::new(0), Mutex::new(None)));
    Bench { endpoint: Endpoint::new(Gate::new([peer, other]), memory).service(service.clone()), service }
}

fn rebuilt(sent: &Sent) -> String {
    envelope(|w| {
        w.nest_in("alarmListRebuilt", CNM_FOR_TRANSPORT.namespace, |w| {
            w.nest("header", |w| {
                w.text("serSupplier", "GD_CNM").text("serCaller", sent.caller).text("callerPwd", sent.password);
                w.optional("callTime", Some(sent.call_time)).optional("msgId", Some(&sent.msg_id));
            });
            w.text("notificationId", "1").text("reason", sent.reason);
        });
    })
}

impl Bench {
    async fn post(&self, remote: &str, body: impl Into<Bytes>) -> (StatusCode, String) {
        let path = format!("/soap/{}", self.service.0.name);
        let request = Request::post(path).header("SOAPAction", "\"\"").body(body.into()).unwrap();
        let now = Time::parse(NOW).unwrap();
        let response = self.endpoint.handle(request, remote.parse().unwrap(), now).await;
        (response.status(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    async fn send(&self, sent: &Sent) -> (StatusCode, String) {
        self.post(sent.remote, rebuilt(sent)).await
    }

    /// The fault's code.
    async fn fault(&self, sent: &Sent) -> String {
        let (status, text) = self.send(sent).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{text}");
        assert!(text.contains("<faultcode>soap:Client</faultcode>"), "{text}");
        assert!(!text.contains("geheim") && !text.contains("ge&lt;heim"), "{text}");
        code_in(&text)
    }

    fn calls(&self) -> u32 {
        *self.service.2.lock().unwrap()
    }
}

fn code_in(text: &str) -> String {
    text.split("<resultCode>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or(text).to_owned()
}

fn id(msg_id: &str) -> Sent {
    Sent { msg_id: msg_id.to_owned(), ..GOOD }
}

#[tokio::test]
async fn a_good_call_reaches_its_service() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let (status, text) = bench.send(&id("m1")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(
        text.contains("<alarmListRebuiltResponse xmlns=\"urn:linesman:cnm:transport:1\"><resultCode>0</resultCode>"),
        "{text}"
    );
    let call = bench.service.3.lock().unwrap().take().unwrap();
    assert_eq!(
        (call.operation, call.source.as_str(), call.header.msg_id.as_str()),
        ("alarmListRebuilt", "GD_TNMS", "m1")
    );
    let kept = String::from_utf8(call.raw.to_vec()).unwrap();
    assert!(kept.contains("<callerPwd>***") && !kept.contains("heim") && kept.contains("<reason>restart"), "{kept}");
    assert!(!format!("{call:?}").contains("heim"));
}

#[tokio::test]
async fn the_checks_run_in_the_order_of_the_contract() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let mut sent = Sent {
        caller: "X",
        password: "x",
        remote: "192.0.2.1",
        msg_id: "used".into(),
        call_time: "2026-11-07 09:00:00",
        reason: "other",
    };
    bench.send(&id("used")).await;
    assert_eq!(bench.fault(&sent).await, "2001");
    sent.caller = "GD_TNMS";
    assert_eq!(bench.fault(&sent).await, "2002");
    sent.password = PASSWORD;
    assert_eq!(bench.fault(&sent).await, "2003");
    sent.remote = "::ffff:10.1.2.3";
    assert_eq!(bench.fault(&sent).await, "2005");
    sent.msg_id = "new".into();
    assert_eq!(bench.fault(&sent).await, "2004");
    sent.call_time = "2026-11-07 10:43:12";
    assert_eq!(bench.send(&sent).await.0, StatusCode::OK);
    assert_eq!(bench.fault(&Sent { caller: "GD_RMS", ..id("m2") }).await, "2003");
    assert_eq!(bench.fault(&Sent { caller: "", ..id("m2") }).await, "2001");
    assert_eq!(bench.calls(), 2);
}

#[tokio::test]
async fn a_replay_gets_the_first_answer_whatever_its_time() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let first = bench.send(&id("m1")).await;
    let stale = Sent { call_time: "2026-11-06 12:00:00", ..id("m1") };
    assert_eq!(bench.send(&stale).await, first);
    assert_eq!(bench.send(&id("m1")).await, first);
    assert_eq!(bench.calls(), 1);
    assert_eq!(bench.fault(&Sent { reason: "else", ..id("m1") }).await, "2005");
    assert_eq!(bench.fault(&Sent { call_time: "2026-11-06 12:00:00", ..id("m2") }).await, "2004");
}

#[tokio::test]
async fn an_authenticated_header_that_is_wrong_gets_a_normal_answer() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    for (sent, code) in [
        (GOOD, "1003"),
        (id(&"x".repeat(65)), "1004"),
        (Sent { call_time: "", ..id("m1") }, "1003"),
        (Sent { call_time: "7.11.2026", ..id("m1") }, "1004"),
    ] {
        let (status, text) = bench.send(&sent).await;
        assert_eq!((status, code_in(&text).as_str()), (StatusCode::OK, code), "{text}");
        assert!(text.contains("alarmListRebuiltResponse"), "{text}");
    }
    assert_eq!(bench.calls(), 0);
}

#[tokio::test]
async fn answers_have_their_shapes() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let (status, text) = bench.send(&Sent { reason: "rows", ..id("m1") }).await;
    assert_eq!(status, StatusCode::OK);
    let rows = "<results><result><index>3</index><resultCode>1004</resultCode><resultDesc>neTime: bad</resultDesc></result></results>";
    assert!(text.contains(&format!("<resultCode>0</resultCode><resultDesc/>{rows}")), "{text}");
    let (status, text) = bench.send(&Sent { reason: "bad", ..id("m2") }).await;
    assert_eq!((status, code_in(&text).as_str()), (StatusCode::OK, "1004"));
    let (status, text) = bench.send(&Sent { reason: "busy", ..id("m3") }).await;
    assert_eq!((status, code_in(&text).as_str()), (StatusCode::SERVICE_UNAVAILABLE, "9002"));
    assert!(text.contains("<faultcode>soap:Server</faultcode>"));
}

#[tokio::test]
async fn what_cannot_be_dispatched_is_a_fault() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let good = rebuilt(&id("m1"));
    for (body, code) in [
        (good.replace("alarmListRebuilt", "testResultNotify"), "1001"),
        (good.replace("urn:linesman:cnm:transport:1", "urn:other"), "1001"),
        (good.replace("</soap:Envelope>", ""), "1002"),
        (format!("<!DOCTYPE x []>{good}"), "1002"),
        (String::new(), "1002"),
        ("x".repeat(crate::BODY_LIMIT + 1), "1005"),
        (good.replace("restart", &"<a>".repeat(80)), "1002"),
    ] {
        let (status, text) = bench.post("10.1.2.3", body).await;
        assert_eq!((status, code_in(&text).as_str()), (StatusCode::INTERNAL_SERVER_ERROR, code), "{text}");
        assert!(text.contains("<faultcode>soap:Client</faultcode>"));
    }
    let large = good.replace("restart", &"x".repeat(INLINE_LIMIT));
    assert_eq!(bench.post("10.1.2.3", large).await.0, StatusCode::OK);
}

#[tokio::test]
async fn positional_calls_have_no_msg_id_and_answer_one_string() {
    let bench = bench(&CNM_FOR_EOMS);
    let detail = Arguments { records: vec![Record::default().with("sheetNo", "HB-051")], ..Arguments::default() };
    let call = |names: [&str; 4], password: &str| {
        envelope(|w: &mut XmlWriter| {
            w.nest_in("syncSheetState", CNM_FOR_EOMS.namespace, |w| {
                for (name, text) in names.iter().zip(["CNM", "GD_TNMS", password, "2026-11-07 10:28:00"]) {
                    w.text(name, text);
                }
                detail.write(w);
            });
        })
    };
    let named = ["serSupplier", "serCaller", "callerPwd", "callTime"];
    for names in [named, ["in0", "in1", "in2", "in3"]] {
        for _ in 0..2 {
            let (status, text) = bench.post("10.1.2.3", call(names, PASSWORD)).await;
            assert_eq!(status, StatusCode::OK, "{text}");
            assert!(text.contains("<syncSheetStateReturn>HB-051</syncSheetStateReturn>"), "{text}");
        }
        assert_eq!(code_in(&bench.post("10.1.2.3", call(names, "wrong")).await.1), "2002");
    }
    assert_eq!(bench.calls(), 4);
}

#[tokio::test]
async fn the_wsdl_names_the_address_it_was_asked_at() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let get = |uri: &str| {
        let request = Request::get(uri).header(HOST, "cnm.example:8443").header("X-Forwarded-Proto", "https");
        bench.endpoint.handle(request.body(Bytes::new()).unwrap(), "192.0.2.1".parse().unwrap(), Time::MIN)
    };
    let response = get("/soap/CnmForTransport?WSDL").await;
    assert_eq!(response.status(), StatusCode::OK);
    let text = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(text.contains("<soap:address location=\"http://cnm.example:8443/soap/CnmForTransport\"/>"), "{text}");
    assert_eq!(get("/soap/CnmForTransport").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(get("/soap/Nothing?wsdl").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn behind_tls_the_wsdl_says_https() {
    let bench = bench(&CNM_FOR_TRANSPORT);
    let request = Request::get("/soap/CnmForTransport?wsdl").header(HOST, "cnm.example").body(Bytes::new()).unwrap();
    let endpoint = bench.endpoint.over_tls();
    let response = endpoint.handle(request, "192.0.2.1".parse().unwrap(), Time::MIN).await;
    let text = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(text.contains("location=\"https://cnm.example/soap/CnmForTransport\""), "{text}");
}

#[tokio::test]
async fn the_four_strings_may_stand_in_a_header_of_their_own() {
    let bench = bench(&CNM_FOR_EOMS);
    let call = |password: &'static str| {
        envelope(|w| {
            w.nest_in("isAlive", CNM_FOR_EOMS.namespace, |w| {
                w.nest("header", |w| {
                    w.text("serSupplier", "GD_CNM").text("serCaller", "GD_TNMS").text("callerPwd", password);
                    w.text("callTime", "2026-11-07 10:28:12");
                });
            });
        })
    };
    let (status, text) = bench.post("10.1.2.3", call(PASSWORD)).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(code_in(&bench.post("10.1.2.3", call("wrong")).await.1), "2002");
}
