//! Marks of a changed inventory: since when each change tells otherwise, and what is marked on both engines.

use super::*;
use crate::resource::put_rows;
use crate::testing::both;
use crate::version::oldest_marks;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn at(days: i64) -> Time {
    NOW.plus_s(days * 86_400)
}

fn row(class: Class, cells: &[(&str, String)]) -> Row {
    let cell = |name: &str| cells.iter().find(|(own, _)| *own == name).map_or(String::new(), |(_, cell)| cell.clone());
    Row { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() }
}

fn hop(object: &str, from: Option<Time>, to: Option<Time>) -> Row {
    let time = |time: Option<Time>| time.map_or(String::new(), |time| time.to_string());
    let place = ["circuitCode", "segment", "alternative", "hop"].map(|name| (name, "1".to_owned()));
    let own = [("objectId", object.to_owned()), ("validFrom", time(from)), ("validTo", time(to))];
    row(Class::Route, &[&place[..], &own].concat())
}

fn circuit(name: &str, status: &str, begins: Time) -> Row {
    let cells = [("circuitCode", "1"), ("name", name), ("status", status)].map(|(name, cell)| (name, cell.to_owned()));
    row(Class::Circuit, &[&cells[..], &[("inServiceTime", begins.to_string())]].concat())
}

fn contract(plan: &str) -> Row {
    row(Class::Contract, &[("contractNo", "T".to_owned()), ("slaPlan", plan.to_owned())])
}

#[test]
fn each_change_tells_otherwise_since_its_first_instant() {
    let old = hop("L1", None, None);
    assert_eq!(since(None, Some(&hop("L1", Some(at(3)), None))), Some(at(3)), "a hop comes");
    assert_eq!(since(Some(&old), Some(&hop("L1", None, Some(at(4))))), Some(at(4)), "a hop ends");
    assert_eq!(since(Some(&hop("L1", None, Some(at(4)))), Some(&hop("L1", None, Some(at(2))))), Some(at(2)));
    assert_eq!(since(Some(&old), Some(&hop("L2", None, None))), Some(Time::MIN), "it never ran there");
    assert_eq!(since(Some(&old), None), Some(Time::MIN));
    assert_eq!(since(Some(&old), Some(&old)), None);

    let active = circuit("a", "ACTIVE", at(-9));
    assert_eq!(since(Some(&active), Some(&circuit("a", "ACTIVE", at(-5)))), Some(at(-9)));
    assert_eq!(since(Some(&active), Some(&circuit("b", "SUSPENDED", at(-9)))), None, "that acts from now on");
    assert_eq!(since(Some(&active), None), None, "what was kept of it stays");

    assert_eq!(since(None, Some(&contract("gold"))), Some(Time::MIN), "its plan was not known");
    assert_eq!(since(Some(&contract("gold")), Some(&contract("silver"))), None, "that acts from the next period");
    assert_eq!(since(Some(&contract("gold")), None), Some(Time::MIN));
}

#[test]
fn an_object_that_hangs_elsewhere_tells_otherwise_of_all_time() {
    let told = |class: Class, names: [&'static str; 3], was: [&str; 3], is: [&str; 3]| {
        let [was, is] = [was, is].map(|cells| {
            let cells: Vec<_> = names.into_iter().zip(cells.map(str::to_owned)).collect();
            row(class, &cells)
        });
        since(Some(&was), Some(&is))
    };
    let port = ["portId", "neId", "boardId"];
    assert_eq!(told(Class::Port, port, ["P1", "N1", "B1"], ["P1", "N2", "B1"]), Some(Time::MIN));
    assert_eq!(told(Class::Port, port, ["P1", "N1", "B1"], ["P1", "N1", "B2"]), Some(Time::MIN));
    assert_eq!(told(Class::Port, ["portId", "neId", "name"], ["P1", "N1", "a"], ["P1", "N1", "b"]), None);
    let link = ["linkId", "aPortId", "zPortId"];
    assert_eq!(told(Class::Link, link, ["L1", "P1", "P2"], ["L1", "P1", "P3"]), Some(Time::MIN));
    assert_eq!(told(Class::Link, ["linkId", "aPortId", "name"], ["L1", "P1", ""], ["L1", "P1", "x"]), None);
    assert_eq!(told(Class::Board, ["boardId", "neId", "slot"], ["B1", "N1", ""], ["B1", "N2", ""]), Some(Time::MIN));
    assert_eq!(told(Class::Ne, ["neId", "emsName", "name"], ["N1", "E1", ""], ["N1", "E2", ""]), Some(Time::MIN));
    assert_eq!(told(Class::Ne, ["neId", "name", "roomId"], ["N1", "a", "R1"], ["N1", "b", "R2"]), None);
}

#[tokio::test]
async fn the_circuits_of_an_object_are_marked_by_the_object() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let cells = |cells: [(&'static str, &str); 2]| cells.map(|(name, cell)| (name, cell.to_owned()));
        let board = row(Class::Board, &cells([("boardId", "B1"), ("neId", "N1")]));
        let link = row(Class::Link, &cells([("linkId", "L1"), ("aPortId", "P1")]));
        put_rows(&mut tx, NOW, std::slice::from_ref(&board)).await.unwrap();
        mark_touched(&mut tx, at(-1), Class::Board, &[(board.key(), None)]).await.unwrap();
        mark_touched(&mut tx, at(-1), Class::Link, &[(link.key(), Some(link.clone()))]).await.unwrap();
        let marks = oldest_marks(&mut tx, 9).await.unwrap();
        let objects: Vec<_> = marks.iter().map(|mark| mark.object.clone().unwrap()).collect();
        let named = |kind: ObjectType, id: &str| (kind, id.to_owned());
        assert_eq!(objects, [named(ObjectType::Ne, "N1"), named(ObjectType::Link, "L1")], "{}", test.engine);
        assert!(marks.iter().all(|mark| mark.since == Time::MIN && mark.cause == "inventory"), "{marks:?}");
    }
}

#[tokio::test]
async fn a_circuit_is_marked_once_where_figures_are_kept() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let told = [hop("L1", Some(at(-9)), None), hop("L2", Some(at(-7)), None)];
        let changes: Vec<_> = told.iter().map(|row| (row.key(), Some(row.clone()))).collect();
        for kept_until in [Time::default(), at(-10)] {
            mark_touched(&mut tx, kept_until, Class::Route, &changes).await.unwrap();
        }
        assert!(oldest_marks(&mut tx, 9).await.unwrap().is_empty(), "{}: nothing of that time is kept", test.engine);
        mark_touched(&mut tx, at(-1), Class::Route, &changes).await.unwrap();
        put_rows(&mut tx, NOW, &told).await.unwrap();
        let revision = last_of(&mut tx, Counter::Inventory).await.unwrap();
        mark_touched(&mut tx, at(-1), Class::Route, &changes).await.unwrap();
        let mark =
            Mark { circuit_code: "1".to_owned(), since: at(-9), cause: "inventory".to_owned(), ..Mark::default() };
        let marks = oldest_marks(&mut tx, 9).await.unwrap();
        assert_eq!(marks, [Mark { id: 1, revision, ..mark }], "{}: told again it changes nothing", test.engine);
    }
}
