use model::alarm::ObjectType;
use model::resource::{Class, Row};
use model::time::{Time, Window};

use super::{CircuitIx, Inventory, Place, Subject, Touch};

pub(crate) fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let value = |name: &str| cells.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v);
    for (name, _) in cells {
        assert!(class.columns().iter().any(|c| c.name == *name), "{class} has no column {name}");
    }
    Row { class, cells: class.columns().iter().map(|c| value(c.name).to_owned()).collect() }
}

/// Two elements with a board and two ports each, two links between them, a circuit over both links
/// (the second one as protection), ending at a port, and a second circuit of the VPN.
fn network() -> Vec<Row> {
    let mut rows = vec![
        row(Class::Route, &hop("C1", "1", "1", "LINK", "L1")),
        row(Class::Route, &hop("C1", "1", "2", "LINK", "L2")),
        row(Class::Route, &hop("C1", "2", "1", "PORT", "Z-P3")),
        row(Class::Circuit, &circuit("C1", "K1")),
        row(Class::Circuit, &[("circuitCode", "C0"), ("customerNo", "U1"), ("vpnId", "V1"), ("contractNo", "K1")]),
        row(Class::Vpn, &[("vpnId", "V1"), ("customerNo", "U1")]),
        row(Class::Contract, &[("contractNo", "K1"), ("customerNo", "U1"), ("slaPlan", "gold")]),
        row(Class::Customer, &[("customerNo", "U2"), ("name", "child"), ("parentCustomerNo", "U1")]),
        row(Class::Customer, &[("customerNo", "U1"), ("name", "parent"), ("level", "GOLD")]),
    ];
    for ne in ["A", "Z"] {
        let (board, ems) = (format!("{ne}-B"), format!("EMS-{ne}"));
        rows.push(row(Class::Ne, &[("neId", ne), ("name", ne), ("emsName", &ems)]));
        rows.push(row(Class::Board, &[("boardId", &board), ("neId", ne)]));
        for port in ["1", "2", "3"] {
            let port = format!("{ne}-P{port}");
            rows.push(row(Class::Port, &[("portId", &port), ("neId", ne), ("boardId", &board), ("name", &port)]));
        }
    }
    for n in ["1", "2"] {
        let (id, a, z) = (format!("L{n}"), format!("A-P{n}"), format!("Z-P{n}"));
        rows.push(row(Class::Link, &[("linkId", &id), ("aPortId", &a), ("zPortId", &z)]));
    }
    rows
}

fn circuit<'a>(code: &'a str, contract: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("circuitCode", code),
        ("customerNo", "U2"),
        ("contractNo", contract),
        ("inServiceTime", "2026-01-01T00:00:00Z"),
        ("name", "line"),
    ]
}

fn hop<'a>(
    code: &'a str,
    segment: &'a str,
    alternative: &'a str,
    kind: &'a str,
    id: &'a str,
) -> [(&'a str, &'a str); 6] {
    [
        ("circuitCode", code),
        ("segment", segment),
        ("alternative", alternative),
        ("hop", "1"),
        ("objectType", kind),
        ("objectId", id),
    ]
}

fn places(inventory: &Inventory, kind: ObjectType, id: &str) -> Vec<(u16, u16)> {
    let mut touches = Vec::new();
    let subject = Subject { object_type: Some(kind), object_id: id, ne_id: "", circuit_codes: &[] };
    inventory.touches(&subject, &mut touches);
    let place = |touch: &Touch| match touch.place {
        Place::Whole => (0, 0),
        Place::Alternative { segment, alternative } => (segment, alternative),
    };
    touches.iter().map(place).collect()
}

#[test]
fn an_alarm_touches_its_hop_what_is_above_it_and_link_ends() {
    let (inventory, issues) = Inventory::build(&network());
    assert_eq!(issues, vec![]);
    assert_eq!(places(&inventory, ObjectType::Link, "L1"), [(1, 1)]);
    assert_eq!(places(&inventory, ObjectType::Port, "A-P2"), [(1, 2)]);
    assert_eq!(places(&inventory, ObjectType::Port, "Z-P3"), [(2, 1)]);
    assert_eq!(places(&inventory, ObjectType::Port, "A-P3"), []);
    assert_eq!(places(&inventory, ObjectType::Board, "A-B"), [(1, 1), (1, 2)]);
    assert_eq!(places(&inventory, ObjectType::Ne, "Z"), [(1, 1), (1, 2), (2, 1)]);
    assert_eq!(places(&inventory, ObjectType::Circuit, "C1"), [(0, 0)]);
    assert_eq!(places(&inventory, ObjectType::Vpn, "V1"), [(0, 0)]);
    assert_eq!(places(&inventory, ObjectType::Ems, "EMS-A"), []);
    assert_eq!(places(&inventory, ObjectType::Port, "nobody"), []);
}

#[test]
fn circuit_codes_touch_the_whole_circuit_once_and_unknown_ones_nothing() {
    let (inventory, _) = Inventory::build(&network());
    let codes = ["C1".to_owned(), "C1".to_owned(), "C9".to_owned()];
    let subject = Subject { object_type: Some(ObjectType::Circuit), object_id: "C1", ne_id: "", circuit_codes: &codes };
    let mut touches = Vec::new();
    inventory.touches(&subject, &mut touches);
    let c1 = inventory.circuit_ix("C1").unwrap();
    assert_eq!(touches, [Touch { circuit: c1, place: Place::Whole, valid: Window::ALWAYS }]);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut rows = network();
    let (forward, _) = Inventory::build(&rows);
    rows.reverse();
    let (backward, _) = Inventory::build(&rows);
    let read = |inventory: &Inventory| {
        let circuits: Vec<String> = inventory.circuits().map(|(ix, c)| format!("{ix:?} {c:?}")).collect();
        (circuits, format!("{:?}", inventory.routes(CircuitIx(1))))
    };
    assert_eq!(read(&forward), read(&backward));
}

#[test]
fn versions_of_a_route_keep_their_validity_and_overlaps_count_once() {
    let (t1, t2) = ("2026-10-10T00:00:00Z", "2026-10-20T00:00:00Z");
    let mut rows = network();
    rows.retain(|row| row.class != Class::Route);
    let version = |number: &str, object: &str, from: &str, to: &str| {
        let mut cells = hop("C1", "1", "1", "LINK", object).to_vec();
        cells[3] = ("hop", number);
        cells.extend([("validFrom", from), ("validTo", to)]);
        row(Class::Route, &cells)
    };
    rows.extend([version("1", "L1", "", t2), version("1", "L2", t2, ""), version("2", "L1", t1, "")]);
    let (inventory, issues) = Inventory::build(&rows);
    assert_eq!(issues, vec![]);
    let mut touches = Vec::new();
    let subject = |id| Subject { object_type: Some(ObjectType::Link), object_id: id, ne_id: "", circuit_codes: &[] };
    inventory.touches(&subject("L1"), &mut touches);
    assert_eq!(touches.iter().map(|t| t.valid).collect::<Vec<_>>(), [Window::ALWAYS]);
    inventory.touches(&subject("L2"), &mut touches);
    let from = Time::parse(t2).unwrap();
    assert_eq!(touches.iter().map(|t| t.valid).collect::<Vec<_>>(), [Window::new(from, Time::MAX)]);
    assert_eq!(inventory.routes(CircuitIx(1))[0].exists(), [Window::ALWAYS]);
}

#[test]
fn dangling_references_load_with_an_issue() {
    let mut rows = network();
    rows.push(row(Class::Circuit, &circuit("C2", "K9")));
    rows.push(row(Class::Circuit, &circuit("C3", "")));
    rows.push(row(Class::Route, &hop("C2", "1", "1", "LINK", "L9")));
    rows.push(row(Class::Route, &hop("C9", "1", "1", "LINK", "L1")));
    rows.push(row(Class::Route, &hop("C2", "x", "1", "LINK", "L1")));
    rows.push(row(Class::Port, &[("portId", "P9"), ("neId", "A"), ("boardId", "B9")]));
    let (inventory, issues) = Inventory::build(&rows);
    let told: Vec<(Class, &str)> = issues.iter().map(|issue| (issue.class, issue.key.as_str())).collect();
    assert_eq!(
        told,
        [
            (Class::Route, "C2|x|1|1|"),
            (Class::Port, "P9"),
            (Class::Link, "L9"),
            (Class::Circuit, "C2"),
            (Class::Circuit, "C3"),
            (Class::Route, "C9"),
        ]
    );
    assert_eq!(places(&inventory, ObjectType::Link, "L9"), [(1, 1)]);
    assert_eq!(inventory.object(ObjectType::Port, "P9").unwrap().ne_id, "A");
    let known =
        |kind, id| inventory.knows(&Subject { object_type: Some(kind), object_id: id, ne_id: "A", circuit_codes: &[] });
    assert!(known(ObjectType::Shelf, "any") && known(ObjectType::Ems, "any") && !known(ObjectType::Board, "B0"));
}

#[test]
fn customers_observers_and_subject_keys() {
    let (inventory, _) = Inventory::build(&network());
    let (parent, child) = (inventory.customer_ix("U1").unwrap(), inventory.customer_ix("U2").unwrap());
    assert_eq!(inventory.family_of_customer(parent), [parent, child]);
    assert_eq!(inventory.family_of_customer(child), [child]);
    let c1 = inventory.circuit_ix("C1").unwrap();
    assert_eq!(inventory.circuits_of_customer(child), [c1]);
    assert_eq!(inventory.circuit(c1).unwrap().sla_plan, "gold");
    assert_eq!(inventory.observers_of(c1), ["EMS-A", "EMS-Z"]);
    assert_eq!(inventory.observed_by("EMS-A"), [c1]);
    let keys: Vec<String> = inventory.subject_keys(c1).into_iter().map(|(_, id)| id).collect();
    assert_eq!(keys, ["A", "Z", "A-B", "Z-B", "A-P1", "A-P2", "Z-P1", "Z-P2", "Z-P3", "L1", "L2", "C1"]);
    let link = inventory.object(ObjectType::Link, "L1").unwrap();
    assert_eq!(link.ends, ["A-P1", "Z-P1"]);
}

#[test]
fn a_hundred_thousand_circuits_fit_in_sixty_mebibytes() {
    let mut builder = super::Builder::new();
    for ne in 0..2_000 {
        let ne_id = format!("NE{ne:05}");
        builder.add(&row(Class::Ne, &[("neId", &ne_id), ("name", &ne_id)]));
        for board in 0..4 {
            let board_id = format!("{ne_id}-B{board}");
            builder.add(&row(Class::Board, &[("boardId", &board_id), ("neId", &ne_id)]));
            for port in 0..16 {
                let port_id = format!("{board_id}-P{port}");
                let cells = [("portId", port_id.as_str()), ("neId", &ne_id), ("boardId", &board_id)];
                builder.add(&row(Class::Port, &cells));
            }
        }
    }
    for link in 0..40_000 {
        let end = |n: usize| format!("NE{:05}-B{}-P{}", n % 2_000, n / 2_000 % 4, n / 8_000 % 16);
        let (id, a, z) = (format!("LK{link:06}"), end(link * 3), end(link * 3 + 1));
        builder.add(&row(Class::Link, &[("linkId", &id), ("aPortId", &a), ("zPortId", &z)]));
    }
    for n in 0..100_000usize {
        let code = format!("北京天津ANE{n:06}NP");
        let (name, address) = (format!("某某银行某某支行专线{n}"), format!("某市某区某路{n}号"));
        let cells = [("circuitCode", code.as_str()), ("customerNo", "U"), ("name", &name), ("aAddress", &address)];
        builder.add(&row(Class::Circuit, &cells));
        for (segment, alternative) in [("1", "1"), ("2", "1"), ("2", "2"), ("3", "1")] {
            for number in 0..2 {
                let link = format!("LK{:06}", (n * 7 + number) % 40_000);
                let mut cells = hop(&code, segment, alternative, "LINK", &link).to_vec();
                let number = (number + 1).to_string();
                cells[3] = ("hop", &number);
                builder.add(&row(Class::Route, &cells));
            }
        }
    }
    let (inventory, _) = builder.finish();
    let mib = inventory.bytes() as f64 / 1_048_576.0;
    println!("100,000 circuits, 800,000 hops: {mib:.1} MiB");
    assert!(mib < 60.0, "{mib:.1} MiB");
}

#[test]
fn a_port_is_a_circuits_own_while_no_other_ends_there() {
    let at = |text: &str| Time::parse(text).unwrap();
    let circuit = |code: &'static str, a: &'static str, z: &'static str, from: &'static str, to: &'static str| {
        row(
            Class::Circuit,
            &[("circuitCode", code), ("aPortId", a), ("zPortId", z), ("inServiceTime", from), ("outOfServiceTime", to)],
        )
    };
    let (inventory, _) = Inventory::build(&[
        circuit("C1", "P1", "P2", "2026-01-01T00:00:00Z", ""),
        circuit("C2", "P1", "", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        circuit("C3", "P3", "P3", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
    ]);
    let ends = |code: &str| inventory.ends_of(inventory.circuit_ix(code).unwrap());
    let window = |from: &str, to: Time| Window::new(at(from), to);
    let first = window("2026-01-01T00:00:00Z", at("2026-03-01T00:00:00Z"));
    let rest = ends("C1")[0].1[1];
    assert_eq!(ends("C1")[0], ("P1", vec![first, Window { start: at("2026-04-01T00:00:00Z"), ..rest }]));
    assert_eq!((ends("C1")[1].0, ends("C1")[1].1.len()), ("P2", 1));
    assert_eq!(ends("C2"), [("P1", vec![])]);
    assert_eq!(ends("C3"), [("P3", vec![window("2026-01-01T00:00:00Z", at("2026-02-01T00:00:00Z"))])]);
}
