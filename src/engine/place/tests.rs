use model::resource::Class;

use super::*;
use crate::small_net::row;

/// A link from Beijing to Tianjin, and a port of an element of which nobody knows where it stands.
fn network() -> Inventory {
    let mut rows = vec![
        row(Class::Region, &[("regionId", "BJ"), ("name", "北京")]),
        row(Class::Region, &[("regionId", "TJ"), ("name", "天津")]),
        row(Class::Room, &[("roomId", "R1"), ("name", "望京机房"), ("regionId", "BJ")]),
        row(Class::Room, &[("roomId", "R2"), ("name", "河西机房"), ("regionId", "TJ")]),
        row(Class::Link, &[("linkId", "L1"), ("name", "京津一"), ("aPortId", "P1"), ("zPortId", "P2")]),
        row(Class::Link, &[("linkId", "L2"), ("aPortId", "P3"), ("zPortId", "P9")]),
        row(Class::Circuit, &[("circuitCode", "C1"), ("customerNo", "U"), ("inServiceTime", "2026-01-01T00:00:00Z")]),
    ];
    for (ne, room, port) in [("N1", "R1", "P1"), ("N2", "R2", "P2"), ("N3", "", "P3")] {
        let board = format!("{ne}-B");
        rows.push(row(Class::Ne, &[("neId", ne), ("name", &format!("网元{ne}")), ("roomId", room)]));
        rows.push(row(Class::Board, &[("boardId", &board), ("neId", ne), ("slot", "4")]));
        rows.push(row(Class::Port, &[("portId", port), ("neId", ne), ("boardId", &board), ("name", "GE1")]));
    }
    for (segment, kind, id) in [("1", "PORT", "P3"), ("2", "LINK", "L1")] {
        let place = [("segment", segment), ("alternative", "1"), ("hop", "1")];
        let hop = [("circuitCode", "C1"), ("objectType", kind), ("objectId", id)];
        rows.push(row(Class::Route, &[&place[..], &hop].concat()));
    }
    // In any order.
    rows.reverse();
    Inventory::build(&rows).0
}

fn said(kind: ObjectType, id: &str) -> [String; 4] {
    let inventory = network();
    let Location { for_staff, for_customer } = locate(&inventory, inventory.circuit_ix("C1").unwrap(), kind, id);
    [for_staff.zh, for_staff.en, for_customer.zh, for_customer.en]
}

#[test]
fn a_link_is_between_two_places() {
    assert_eq!(
        said(ObjectType::Link, "L1"),
        [
            "链路 京津一：望京机房 网元N1 GE1 至 河西机房 网元N2 GE1（第 2 段）",
            "link 京津一, 望京机房 网元N1 GE1 to 河西机房 网元N2 GE1 (segment 2)",
            "北京至天津的传输线路",
            "the line between 北京 and 天津",
        ]
    );
    assert_eq!(said(ObjectType::Link, "L2")[1..], ["link L2, 网元N3 GE1 to P9", "传输线路", "a transmission line"]);
}

#[test]
fn a_board_is_in_an_element_at_a_place_and_the_customer_hears_of_the_region_only() {
    let board = said(ObjectType::Board, "N1-B");
    assert_eq!(board[0], "网元N1 板卡 4，望京机房（第 2 段）");
    assert_eq!(board[1], "board 4 of 网元N1, 望京机房 (segment 2)");
    assert_eq!(board[2..], ["北京的设备板卡", "a card of the equipment at 北京"]);
    assert_eq!(said(ObjectType::Ne, "N2")[1..3], ["element 网元N2, 河西机房 (segment 2)", "天津的传输设备"]);
    let nowhere = said(ObjectType::Port, "P3");
    assert_eq!(
        nowhere[1..],
        ["port GE1 of 网元N3 (segment 1)", "运营商设备端口", "a port of the equipment of the carrier"]
    );
}

#[test]
fn what_nobody_knows_has_no_place_and_no_name_for_a_customer() {
    assert_eq!(
        said(ObjectType::Port, "X")[1..],
        ["port X", "运营商设备端口", "a port of the equipment of the carrier"]
    );
    assert_eq!(said(ObjectType::Circuit, "C1")[1], "the circuit as a whole");
}
