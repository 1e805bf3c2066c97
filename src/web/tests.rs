//! The whole room over a real store: requests go through the same router as in production.

mod access;
mod alarms;
mod audit;
mod corrections;
mod credits;
mod figures;
mod isolation;
mod lists;
mod mount;
mod operations;
mod pm_day;
mod reports;
mod streams;
mod support;
mod thresholds;
