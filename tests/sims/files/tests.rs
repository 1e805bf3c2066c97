use model::resource::{Cell, Class, Row};
use model::time::{Time, Zone};

use super::{FileFault, Publisher, Table};
use crate::testing::Place;
use crate::world::{World, WorldSettings};

fn world() -> World {
    let now = Time::parse("2026-11-22T01:00:00Z").unwrap();
    World::generate(WorldSettings { customers: 20, circuits: 200, ..WorldSettings::demo(3, now) })
}

/// A row as whoever reads the file would make it: times become instants again.
fn read_back(class: Class, cells: &csv::StringRecord, zone: &Zone) -> Row {
    let columns = class.columns().iter();
    let cell = |(cell, text): (Cell, &str)| match (cell, text) {
        (Cell::Time, text) if !text.is_empty() => zone.read_local(text).unwrap().to_string(),
        (_, text) => text.to_owned(),
    };
    Row { class, cells: columns.map(|column| column.cell).zip(cells).map(cell).collect() }
}

#[test]
fn every_class_reads_back_as_it_was() {
    let (world, zone) = (world(), Zone::china());
    for class in Class::ALL {
        let rows = world.rows(*class);
        let bytes = Table::of_class(*class, &rows, &zone).encode("x.csv").unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let read: Vec<Row> = reader.records().map(|record| read_back(*class, &record.unwrap(), &zone)).collect();
        assert_eq!(read, rows, "{class}");
    }
}

#[tokio::test]
async fn a_file_is_fetched_and_every_fault_is_noticed() {
    let place = Place::new().await;
    let table = Table::of_class(Class::Ne, &world().rows(Class::Ne), &Zone::china());
    let publisher = Publisher::new(place.site.root());
    let faults = [FileFault::NoControl, FileFault::WrongDigest, FileFault::WrongCount, FileFault::Truncated];
    publisher.publish("/GD_RMS/RES/20261122/good.csv.gz", &table, FileFault::None).unwrap();
    assert_eq!(place.fetch("/GD_RMS/RES/20261122/good.csv.gz").await.unwrap(), table.rows.len() as u64);
    for fault in faults {
        let path = format!("/GD_RMS/RES/20261122/{fault:?}.csv.gz");
        publisher.publish(&path, &table, fault).unwrap();
        assert!(place.fetch(&path).await.is_err(), "{fault:?}");
    }
    place.tasks.stop().await;
}

#[tokio::test]
async fn the_site_knows_its_accounts() {
    let place = Place::new().await;
    let site = ftp::Site::new(&place.site.url(), "cnm", "guessed").unwrap();
    let refused = ftp::Session::open(&site, ftp::Limits::default()).await.map(drop).unwrap_err();
    assert_eq!(refused.code().number(), 5001, "{refused}");
    place.tasks.stop().await;
}
