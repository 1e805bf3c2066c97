use std::collections::BTreeSet;
use std::time::Duration;

use model::time::Zone;
use tokio_util::sync::CancellationToken;

use super::{LoadSettings, alarm_id, run};
use crate::alarm::{self, Subject};
use crate::testing::{PASSWORD, Place};
use crate::world::knowledge::LOS;
use crate::world::{World, WorldSettings};

#[tokio::test]
async fn what_is_acknowledged_was_heard_once_each() {
    let place = Place::new().await;
    let now = place.clock.now();
    let world = World::generate(WorldSettings { customers: 5, circuits: 20, ..WorldSettings::demo(1, now) });
    let ports = world.circuits.iter().map(|circuit| &circuit.a_port);
    let address = place.daemon.soap_url.trim_start_matches("http://").trim_end_matches("/soap").parse().unwrap();
    let settings = LoadSettings {
        address,
        path: "/soap/CnmForTransport".to_owned(),
        signed: ("GD_TNMS".to_owned(), PASSWORD.to_owned()),
        supplier: "GD_CNM".to_owned(),
        call_time: now,
        zone: Zone::china(),
        alarm: alarm::raised(&LOS, &Subject::Port(world.circuits[0].a_port.clone()), now),
        objects: ports.map(|port| (port.board.ne.id.clone(), port.id.clone())).collect(),
        prefix: "L".to_owned(),
        first: 1000,
        connections: 4,
        alarms_per_request: 3,
        requests: 200,
        time: Duration::from_secs(20),
    };
    let report = run(settings, CancellationToken::new()).await;
    assert_eq!((report.acknowledged.len(), report.refused, report.broken), (200, 0, 0));
    assert!(report.percentile_us(50) <= report.percentile_us(99) && report.alarms_per_second() > 0.0);
    let ids: BTreeSet<String> = report.alarm_ids("L").collect();
    assert_eq!(ids.len(), 600);
    let heard = place.ear.heard("reportAlarm");
    assert_eq!(heard.len(), 200);
    let text = heard.concat();
    assert!(text.contains(&format!("<alarmId>{}</alarmId>", alarm_id("L", 1199, 2))));
    assert!(text.contains(&format!("<objectId>{}</objectId>", world.circuits[7].a_port.id)));
    place.tasks.stop().await;
}
