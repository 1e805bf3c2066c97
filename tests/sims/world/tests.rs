use std::collections::{BTreeMap, BTreeSet};

use model::resource::{Cell, Class, Row};
use model::time::Time;

use super::{World, WorldSettings};

fn world(seed: u64) -> World {
    World::generate(WorldSettings::demo(seed, Time::parse("2026-11-22T01:00:00Z").unwrap()))
}

fn keys(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().map(Row::key).collect()
}

fn check_cell(row: &Row, cell: &str, kind: Cell) {
    match kind {
        Cell::Code => assert!(cell.chars().count() <= 64, "{row:?}"),
        Cell::Text => assert!(cell.chars().count() <= 4000),
        Cell::Number => assert!(cell.parse::<u64>().is_ok(), "{row:?}"),
        Cell::Ordinal => assert!(cell.parse::<u16>().is_ok_and(|place| place > 0), "{row:?}"),
        Cell::Decimal => assert!(cell.parse::<f64>().is_ok(), "{row:?}"),
        Cell::Time => assert!(Time::parse(cell).is_ok(), "{row:?}"),
        Cell::Date => assert_eq!(cell.len(), 10, "{row:?}"),
        Cell::OneOf(words) => assert!(words.contains(&cell), "{row:?}"),
    }
}

#[test]
fn every_reference_holds_for_several_seeds() {
    for seed in [1, 7, 42] {
        let world = world(seed);
        let held: BTreeMap<Class, Vec<Row>> = Class::ALL.iter().map(|class| (*class, world.rows(*class))).collect();
        let held_keys: BTreeMap<Class, BTreeSet<String>> =
            held.iter().map(|(class, rows)| (*class, keys(rows))).collect();
        for (class, rows) in &held {
            assert_eq!(held_keys[class].len(), rows.len(), "keys of {class} are unique");
            for row in rows {
                assert_eq!(row.cells.len(), class.columns().len(), "{row:?}");
                for (column, cell) in class.columns().iter().zip(&row.cells) {
                    assert!(!(column.mandatory && cell.is_empty()), "{} of {row:?}", column.name);
                    if cell.is_empty() {
                        continue;
                    }
                    check_cell(row, cell, column.cell);
                    if let Some(to) = column.refers {
                        assert!(held_keys[&to].contains(cell), "{} of {row:?}", column.name);
                    }
                }
                if *class == Class::Route {
                    let to = Class::from_word(row.get("objectType")).unwrap();
                    assert!(held_keys[&to].contains(row.get("objectId")), "{row:?}");
                }
            }
        }
        assert_eq!(held[&Class::Customer].len(), 200);
        assert_eq!(held[&Class::Circuit].len(), 3000);
        assert!(held[&Class::Route].len() > 15_000);
    }
}

#[test]
fn a_seed_gives_one_world_and_another_seed_another() {
    let (first, again, other) = (world(42), world(42), world(43));
    assert_eq!(first.rows(Class::Route), again.rows(Class::Route));
    assert_eq!(first.rows(Class::Customer), again.rows(Class::Customer));
    assert_ne!(first.rows(Class::Customer), other.rows(Class::Customer));
}

#[test]
fn a_cut_of_a_busy_cable_hits_hundreds_and_spares_the_protected() {
    for seed in [1, 7, 42] {
        let world = world(seed);
        let cables = world.cables_by_impact();
        let impact = world.impact_of(&cables[2]);
        println!("seed {seed}: {} down, {} degraded", impact.down.len(), impact.degraded.len());
        assert!((150..=400).contains(&impact.down.len()), "{}", impact.down.len());
        assert!(impact.degraded.len() >= 50);
    }
}

#[test]
fn protected_ways_share_no_cable() {
    let world = world(7);
    let cable_of = |id: &str| world.network.links.iter().find(|link| link.id == id).unwrap().cable.clone();
    for circuit in world.circuits.iter().filter(|circuit| circuit.is_protected()) {
        for segment in &circuit.segments {
            let mut seen = BTreeSet::new();
            for way in &segment.alternatives {
                let now = way.iter().filter(|hop| hop.valid_to.is_none()).filter_map(|hop| hop.link_id());
                let cables: BTreeSet<String> = now.map(cable_of).collect();
                assert!(cables.is_disjoint(&seen), "{}", circuit.code);
                seen.extend(cables);
            }
        }
    }
}

#[test]
fn each_manager_observes_its_own_elements() {
    let world = world(1);
    let north = world.ems_names("SH_TNMS");
    let south = world.ems_names("GD_TNMS");
    assert!(!north.is_empty() && north.iter().all(|name| !south.contains(name)));
    for row in world.rows(Class::Ne) {
        assert!(north.iter().chain(&south).any(|name| name == row.get("emsName")));
    }
}
