//! The world and its past as a folder of interface files: what `linesman import` and `linesman sla`
//! read, and what a person can look at.

use std::path::Path;

use model::resource::Class;
use model::time::Zone;

use crate::error::SimError;
use crate::files::{FileFault, Publisher, Table};
use crate::history::History;
use crate::world::World;
use crate::world::plans::PLANS_TOML;

/// Writes `<CLASS>.csv` for every class, `ALARMS.csv`, `CUTOVERS.csv` and `plans.toml`.
///
/// # Errors
/// [`SimError`] if one of them cannot be written.
pub fn export(world: &World, history: &History, folder: &Path, zone: &Zone) -> Result<(), SimError> {
    let publisher = Publisher::new(folder);
    for class in Class::ALL {
        let table = Table::of_class(*class, &world.rows(*class), zone);
        publisher.publish(&format!("{class}.csv"), &table, FileFault::NoControl)?;
    }
    publisher.publish("ALARMS.csv", &history.alarm_table(zone), FileFault::NoControl)?;
    publisher.publish("CUTOVERS.csv", &history.cutover_table(zone), FileFault::NoControl)?;
    let path = folder.join("plans.toml");
    std::fs::write(&path, PLANS_TOML).map_err(|source| SimError::Write { path: path.display().to_string(), source })
}
