use super::*;

fn brief(down_ms: i64, outages: u32) -> Brief {
    Brief { down_ms, outages, met: Some(down_ms < 500), chronic: outages > 2 }
}

#[test]
fn a_customer_of_twenty_circuits() {
    let mut briefs: Vec<Brief> = (0..18).map(|_| brief(0, 0)).collect();
    briefs.extend([brief(100, 1), brief(1_000, 3)]);
    briefs.push(Brief { met: None, ..brief(9_999, 9) });
    let summary = Summary::of(briefs.iter().copied());
    assert_eq!((summary.circuits, summary.met, summary.chronic, summary.outages), (20, 19, 1, 4));
    assert_eq!((summary.mean_down_ms, summary.faults_per_circuit), (Some(55), Some(200)));
    assert_eq!(summary.without_down.map(Share::to_decimal).as_deref(), Some("90.00000"));
    assert_eq!(summary.p95_down_ms, Some(100), "19 of 20 were down no longer");
    briefs.reverse();
    assert_eq!(Summary::of(briefs), summary);
}

#[test]
fn one_and_none() {
    assert_eq!(Summary::of([brief(7, 1)]).p95_down_ms, Some(7));
    assert_eq!(Summary::of([]), Summary::default());
    assert_eq!(Summary::of([Brief { met: None, ..brief(7, 1) }]), Summary::default(), "not applicable");
}
