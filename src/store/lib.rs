//! The only SQL of the house: SQLite (default) and PostgreSQL behind one set of texts.
mod db;
mod engine;
mod error;
mod migrate;
mod tx;
mod value;

pub mod alarm;
pub mod message;
pub mod meta;
pub mod peer;

#[cfg(any(test, feature = "test-postgres"))]
pub mod testing;

pub use db::{Db, Place, Settings};
pub use error::StoreError;
pub use tx::Tx;
