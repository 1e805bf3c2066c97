//! PDF: A4, fonts embedded, tagged (PDF/UA-1), with bookmarks. No browser.
//!
//! - [`fonts`]: faces, parsed once
//! - `text`: characters to glyphs, glyphs to lines
//! - `page`: marks, meanings, bookmarks: the draft
//! - `flow`, `grid`, `ribbon`, `spark`: what follows what, tables, day ribbons, a row's last months
//! - `head`, `summary`, `circuits`, `outages`, `performance`, `service`, `method`: the sections
//! - `paint`: the draft becomes bytes

mod circuits;
mod flow;
pub(crate) mod fonts;
mod grid;
mod head;
mod method;
mod outages;
mod page;
mod paint;
mod performance;
mod ribbon;
mod service;
mod spark;
mod summary;
mod text;

use flow::Flow;
use fonts::Fonts;

use crate::error::{MissingCharacters, ReportError};
use crate::format::Format;
use crate::input::{Report, Section};

/// Renders a report. The same report and fonts give the same bytes.
///
/// # Errors
/// [`ReportError::MissingCharacters`] if a text holds characters that no font has: a report never
/// shows boxes. [`ReportError::Pdf`] if the writer refuses.
pub fn pdf(report: &Report, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let format = Format::of(report);
    let mut flow = Flow::new(fonts);
    let has = |section: Section| report.template.sections.contains(&section);
    summary::print(&mut flow, report, &format);
    if has(Section::Circuits) {
        circuits::print(&mut flow, report);
    }
    if has(Section::Outages) {
        outages::print(&mut flow, report, &format);
    }
    if has(Section::Performance) {
        performance::print(&mut flow, report, &format);
    }
    if has(Section::Service) {
        service::print(&mut flow, report, &format);
    }
    if has(Section::Exclusions) {
        service::print_exclusions(&mut flow, report, &format);
    }
    if has(Section::Method) {
        method::print(&mut flow, report);
    }
    if has(Section::SignOff) {
        method::print_sign_off(&mut flow, report);
    }
    head::print(&mut flow, report, &format);
    let Flow { type_, draft, .. } = flow;
    if type_.missing.is_empty() {
        paint::paint(draft, fonts, report)
    } else {
        Err(ReportError::MissingCharacters(MissingCharacters(type_.missing)))
    }
}

#[cfg(test)]
mod tests;
