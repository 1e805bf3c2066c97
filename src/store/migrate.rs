//! The schema and its history. Migrations are append-only; both engines have the same numbers.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name, text for SQLite, text for PostgreSQL.
type Step = (i64, &'static str, &'static str, &'static str);

macro_rules! step {
    ($number:literal, $name:literal) => {
        (
            $number,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        )
    };
}

/// Every migration, oldest first.
pub(crate) const STEPS: &[Step] = &[
    step!(1, "0001_meta"),
    step!(2, "0002_alarms"),
    step!(3, "0003_resources"),
    step!(4, "0004_faults"),
    step!(5, "0005_people"),
    step!(6, "0006_figures"),
    step!(7, "0007_reports"),
    step!(8, "0008_performance"),
    step!(9, "0009_tasks"),
];

/// The migrations of SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(|(_, _, sqlite, _)| sqlite)
}

/// The migrations of PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(|(_, _, _, postgres)| postgres)
}

fn migrator(text: fn(Step) -> &'static str) -> Migrator {
    let migration =
        |step: &Step| Migration::new(step.0, step.1.into(), MigrationType::Simple, text(*step).into_sql_str(), false);
    Migrator::with_migrations(STEPS.iter().map(migration).collect())
}

#[cfg(test)]
mod tests;
