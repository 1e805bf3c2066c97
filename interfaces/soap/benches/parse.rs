//! How fast a `reportAlarm` becomes a tree, and what the digest adds. An alarm has 27 fields.
//!
//! `cargo bench -p linesman-soap` prints alarms a second for batches of 1, 100 and 1000.

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::time::Time;
use soap::contract::CNM_FOR_TRANSPORT;
use soap::{Call, Contract, Endpoint, Envelope, Gate, NoMemory, Peer, Reply, Secret, Service, XmlWriter};

const FIELDS: [(&str, &str); 27] = [
    ("alarmId", "GD-TNMS-2026110700001234"),
    ("circuitCodes", "北京天津ANE0365NP"),
    ("specialty", "TRANS"),
    ("emsName", "GZ-OTN-EMS-01"),
    ("neId", "NE-0001234"),
    ("neName", "广州天河光端机 0365"),
    ("neType", "OptiX OSN 8800"),
    ("vendor", "HUAWEI"),
    ("objectId", "NE-0001234/1/12/3"),
    ("objectType", "PORT"),
    ("layerRate", "LR_STM16"),
    ("location", "子架 1-槽位 12-端口 3"),
    ("alarmTitle", "R_LOS 光信号丢失"),
    ("nativeCause", "R_LOS"),
    ("probableCause", "lossOfSignal"),
    ("eventType", "communicationsAlarm"),
    ("severity", "1"),
    ("serviceAffecting", "Y"),
    ("alarmStatus", "ACTIVE"),
    ("neTime", "2026-11-07 10:28:11"),
    ("emsTime", "2026-11-07 10:28:12"),
    ("clearTime", ""),
    ("clearType", ""),
    ("additionalText", "Rx power -40.0 dBm < threshold; check fibre & connector"),
    ("isRoot", "U"),
    ("parentAlarmId", ""),
    ("repairAdvice", "检查光缆和连接器"),
];

fn report(alarms: usize) -> Bytes {
    let body = soap::write::envelope(|w| {
        w.nest_in("reportAlarm", CNM_FOR_TRANSPORT.namespace, |w| {
            w.nest("header", |w| {
                w.text("serSupplier", "GD_CNM").text("serCaller", "GD_TNMS").text("callerPwd", "geheim");
                w.text("callTime", "2026-11-07 10:28:12").text("msgId", "m-1");
            });
            w.text("notificationId", "1234");
            for _ in 0..alarms {
                w.nest("alarm", alarm);
            }
        });
    });
    Bytes::from(body)
}

fn alarm(w: &mut XmlWriter) {
    for (name, text) in FIELDS {
        w.text(name, text);
    }
}

/// Walks every field, as a decoder does.
struct Walker;

impl Service for Walker {
    fn contract(&self) -> &'static Contract {
        &CNM_FOR_TRANSPORT
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        let alarms = call.arguments().children_named("alarm");
        let bytes: usize = alarms.flat_map(|alarm| alarm.children()).map(|field| field.text().len()).sum();
        std::future::ready(Reply::with(|w| {
            w.value("bytes", bytes);
        }))
        .boxed()
    }
}

fn parse(c: &mut Criterion) {
    let mut peer = Peer::new("GD_TNMS", Secret::new("geheim"));
    peer.allow.extend("127.0.0.0/8".parse::<ipnet::IpNet>());
    peer.services.push(CNM_FOR_TRANSPORT.name.to_owned());
    let endpoint = Endpoint::new(Gate::new([peer]), std::sync::Arc::new(NoMemory)).service(std::sync::Arc::new(Walker));
    let mut group = c.benchmark_group("report_alarm");
    for alarms in [1, 100, 150, 1000] {
        let body = report(alarms);
        group.throughput(Throughput::Elements(alarms as u64));
        group.bench_with_input(BenchmarkId::new("parse", alarms), &body, |b, body| {
            b.iter(|| Envelope::read(body, None).map(|envelope| envelope.content().children().count()));
        });
        if alarms > 150 {
            continue; // larger bodies are parsed on the blocking pool, which needs a runtime
        }
        group.bench_with_input(BenchmarkId::new("endpoint", alarms), &body, |b, body| {
            b.iter(|| {
                let request = http::Request::post("/soap/CnmForTransport").body(body.clone()).unwrap_or_default();
                let now = Time::parse("2026-11-07T02:28:12Z").unwrap_or_default();
                endpoint.handle(request, [127, 0, 0, 1].into(), now).now_or_never().map(|answer| answer.status())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
