//! A customer's monthly report: one plain input, three forms.
//!
//! - [`input`]: what a report is made of
//! - [`pdf()`], [`xlsx()`], [`csv()`]: the forms; the same input gives the same bytes
//! - [`standing`]: a month over all customers, as XLSX and CSV
//! - [`Fonts`]: parsed once, shared by every PDF
//! - [`digest()`]: matches a printed report with its input; [`parts`]: which part of it is another than before
//! - `format`, `words`, `plain`: how figures, words and foreign texts are written, in all three forms

mod csv;
mod digest;
mod error;
mod format;
pub mod input;
pub mod parts;
mod pdf;
mod plain;
#[cfg(test)]
mod poppler;
#[cfg(test)]
mod sample;
pub mod standing;
mod table;
#[cfg(test)]
mod tests;
mod words;
mod xlsx;

#[cfg(test)]
extern crate self as report;

pub use crate::csv::csv;
pub use crate::digest::digest;
pub use crate::error::{MissingCharacters, ReportError};
pub use crate::pdf::fonts::Fonts;
pub use crate::pdf::pdf;
pub use crate::xlsx::xlsx;
