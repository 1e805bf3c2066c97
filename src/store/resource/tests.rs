//! Rows in, out, changed, logged; staged in slices and applied; the same twice changes nothing.

use model::resource::{Class, Row};
use model::time::Time;

use super::*;
use crate::notice::put_notice;
use crate::staging::{Applied, Slice, Staged, apply_slice, count_slices, drop_slices, stage_slice};
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn port(n: usize, name: &str) -> Row {
    let cells =
        [format!("P-{n:05}"), format!("NE-{}", n % 3), String::new(), name.to_owned(), String::new(), String::new()];
    Row { class: Class::Port, cells: cells.to_vec() }
}

async fn all(tx: &mut Tx, class: Class) -> Vec<Row> {
    let mut rows = Vec::new();
    rows_of_class(tx, class, |row| rows.push(row.clone())).await.unwrap();
    rows
}

#[tokio::test]
async fn rows_are_put_once_and_changes_are_logged() {
    for test in both().await {
        let rows: Vec<Row> = (0..2_500).map(|n| port(n, "端口")).collect();
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(put_rows(&mut tx, NOW, &rows).await.unwrap(), 2_500, "{}", test.engine);
        assert_eq!(put_rows(&mut tx, NOW, &rows).await.unwrap(), 0, "{}: fed twice", test.engine);
        let changed = [port(7, "one"), port(7, "two"), port(8, "端口")];
        assert_eq!(put_rows(&mut tx, NOW.plus_s(1), &changed).await.unwrap(), 1);
        assert_eq!(put_rows(&mut tx, NOW.plus_s(2), &[port(7, "three")]).await.unwrap(), 1);
        let keys = ["P-00007".to_owned(), "P-00009".to_owned(), "P-99999".to_owned()];
        assert_eq!(delete_rows(&mut tx, NOW.plus_s(3), Class::Port, &keys).await.unwrap(), 2);
        tx.commit().await.unwrap();

        let mut tx = test.db.read().await.unwrap();
        let kept: Vec<Row> =
            rows.iter().enumerate().filter(|(n, _)| ![7, 9].contains(n)).map(|(_, r)| r.clone()).collect();
        assert_eq!(all(&mut tx, Class::Port).await, kept, "{}", test.engine);
        assert_eq!(count_of_class(&mut tx, Class::Port).await.unwrap(), 2_498);
        let log = changes_of_row(&mut tx, (Class::Port, "P-00007"), i64::MAX, 10).await.unwrap();
        let names: Vec<(&str, bool)> = log.iter().map(|change| (change.before.get("name"), change.deleted)).collect();
        assert_eq!(names, [("three", true), ("two", false), ("端口", false)], "{}", test.engine);
        let key = "P-00008".to_owned();
        let versions = versions_of_row(&mut tx, (Class::Port, "P-00007")).await.unwrap();
        let held: Vec<(i64, i64, &str)> = versions
            .iter()
            .map(|v| (v.held.start.since(NOW) / 1000, v.held.end.since(NOW) / 1000, v.row.get("name")))
            .collect();
        assert_eq!(held, [(0, 1, "端口"), (1, 2, "two"), (2, 3, "three")], "{}", test.engine);
        let present = versions_of_row(&mut tx, (Class::Port, &key)).await.unwrap();
        assert_eq!(present, [RowVersion { held: Window::new(NOW, Time::MAX), row: port(8, "端口") }]);
        let below = rows_of_parent(&mut tx, (Class::Port, "NE-1"), "P-00004", 3).await.unwrap();
        assert_eq!(below.iter().map(Row::key).collect::<Vec<_>>(), ["P-00010", "P-00013", "P-00016"]);
        let found = rows_of_keys(&mut tx, Class::Port, &keys).await.unwrap();
        assert!(found.is_empty());
        assert_eq!(rows_of_keys(&mut tx, Class::Port, &["P-00008".to_owned()]).await.unwrap()[0].1, port(8, "端口"));
    }
}

#[tokio::test]
async fn a_load_is_applied_in_slices_in_order() {
    for test in both().await {
        let mut changes: Vec<Staged> = (0..50).map(|n| Staged::Put(port(n, "new"))).collect();
        changes.push(Staged::Delete("P-00003".to_owned()));
        changes.push(Staged::Put(port(3, "again")));
        changes.push(Staged::Delete("P-00004".to_owned()));
        let mut tx = test.db.write().await.unwrap();
        for slice in changes.chunks(20) {
            stage_slice(&mut tx, 1, slice).await.unwrap();
            stage_slice(&mut tx, 2, slice).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut slices = Vec::new();
        loop {
            let mut tx = test.db.write().await.unwrap();
            let slice = Slice { load: 1, class: Class::Port, asked_at: NOW, at: NOW, kept_until: Time::MIN };
            let applied = apply_slice(&mut tx, slice).await.unwrap();
            tx.commit().await.unwrap();
            let Some(applied) = applied else { break };
            slices.push(applied.rows);
        }
        assert_eq!(slices, [20, 20, 13], "{}", test.engine);
        let mut tx = test.db.write().await.unwrap();
        let rows = all(&mut tx, Class::Port).await;
        assert_eq!(rows.len(), 49, "{}", test.engine);
        assert_eq!(rows[3], port(3, "again"));
        assert_eq!(count_slices(&mut tx, 2).await.unwrap(), 3);
        assert_eq!(drop_slices(&mut tx, 2, 2).await.unwrap(), 2);
        assert_eq!(drop_slices(&mut tx, 2, 2).await.unwrap(), 1);
        assert_eq!(count_slices(&mut tx, 1).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn what_a_notice_told_since_the_load_was_asked_for_stays() {
    for test in both().await {
        let changes = [Staged::Put(port(1, "file")), Staged::Put(port(2, "file")), Staged::Put(port(3, "file"))];
        let deletes = [Staged::Delete("P-00004".to_owned()), Staged::Delete("P-00005".to_owned())];
        let mut tx = test.db.write().await.unwrap();
        put_rows(&mut tx, NOW, &[port(1, "before"), port(4, "told"), port(5, "gone")]).await.unwrap();
        stage_slice(&mut tx, 1, &changes).await.unwrap();
        stage_slice(&mut tx, 1, &deletes).await.unwrap();
        put_notice(&mut tx, Class::Port, "P-00001", NOW.plus_s(-1)).await.unwrap();
        put_notice(&mut tx, Class::Port, "P-00002", NOW).await.unwrap();
        put_notice(&mut tx, Class::Port, "P-00004", NOW.plus_s(1)).await.unwrap();
        let slice = Slice { load: 1, class: Class::Port, asked_at: NOW, at: NOW, kept_until: Time::MIN };
        let puts = apply_slice(&mut tx, slice).await.unwrap();
        let superseded = ["P-00002".to_owned()].into();
        assert_eq!(puts, Some(Applied { rows: 2, superseded }), "{}", test.engine);
        let deletes = apply_slice(&mut tx, slice).await.unwrap();
        let superseded = ["P-00004".to_owned()].into();
        assert_eq!(deletes, Some(Applied { rows: 1, superseded }), "{}", test.engine);
        assert_eq!(all(&mut tx, Class::Port).await, [port(1, "file"), port(3, "file"), port(4, "told")]);
        assert_eq!(apply_slice(&mut tx, slice).await.unwrap(), None);
    }
}

#[tokio::test]
async fn hops_are_found_by_their_circuit() {
    for test in both().await {
        let hop = |circuit: &str, hop: usize| {
            let cells = [circuit, "1", "1", &hop.to_string(), "PORT", "P-1", "", "", ""];
            Row { class: Class::Route, cells: cells.map(str::to_owned).to_vec() }
        };
        let circuits = ["C", "C1", "C|1", "广州C", "B}"];
        let rows: Vec<Row> = circuits.iter().flat_map(|circuit| (1..=3).map(|n| hop(circuit, n))).collect();
        let mut tx = test.db.write().await.unwrap();
        put_rows(&mut tx, NOW, &rows).await.unwrap();
        for circuit in circuits {
            let mut found = rows_of_parent(&mut tx, (Class::Route, circuit), "", 2).await.unwrap();
            let after = found.last().unwrap().key();
            found.extend(rows_of_parent(&mut tx, (Class::Route, circuit), &after, 2).await.unwrap());
            assert_eq!(found, [hop(circuit, 1), hop(circuit, 2), hop(circuit, 3)], "{}", test.engine);
        }
        assert_eq!(rows_of_parent(&mut tx, (Class::Route, "D"), "", 9).await.unwrap(), []);
    }
}
