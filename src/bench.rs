//! `linesman bench`: speed, memory and disk of the real daemon, measured over its real interfaces.
//!
//! The daemon is a child process on loopback. The carrier and the load generator run in this process,
//! so both share the processors. Processor time is the daemon's alone.
//!
//! - [`stand`]: the carrier, the daemon and its API; [`daemon`]: the child; [`api`]: a reader of the API
//! - [`table`]: what is printed; one file below for each kind of measurement

mod api;
mod daemon;
mod latency;
mod performance;
mod reports;
mod resources;
mod size;
mod sla_files;
mod stand;
mod sync;
mod table;
mod throughput;
mod traps;

use std::path::Path;

use clap::ValueEnum;

use stand::Stand;
pub use stand::StandSettings;
use table::Table;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// Full resource load, with acknowledgements meanwhile.
    Load,
    /// One cut that takes many circuits down, while all others are up.
    Cut,
    /// 100 alarms a request.
    #[value(name = "soap-100")]
    Soap100,
    /// Memory with everything loaded and active.
    Memory,
    /// A page of active alarms.
    Page,
    /// Request to visible in the API, idle and under load.
    Visible,
    /// One alarm a request.
    #[value(name = "soap-1")]
    Soap1,
    /// A list of active alarms as a file.
    SyncFile,
    /// Performance data: a file of all circuits, and a circuit's month.
    Pm,
    /// Last month's PDF reports of 1,000 customers.
    Reports,
    /// Bytes on disk of an alarm event.
    Disk,
    /// SNMP traps, on a daemon of their own.
    Traps,
    /// Figures from files, without the daemon.
    SlaFiles,
    /// The figure of one circuit.
    Figure,
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The stand.
    pub stand: StandSettings,
    /// Active alarms that are there when the rest is measured.
    pub active: u64,
    /// Seconds of each throughput measurement.
    pub seconds: u64,
    /// Sections; empty = all.
    pub only: Vec<Section>,
}

/// Measures in the order of [`Section`] and prints each row when it is known, then the whole table.
///
/// # Errors
/// What could not be started, or an answer that was not expected.
pub async fn run(settings: Settings, folder: &Path) -> anyhow::Result<()> {
    let wants = |section: Section| settings.only.is_empty() || settings.only.contains(&section);
    let mut table = Table::default();
    size::sync_to_disk(folder, &mut table)?;
    if wants(Section::Disk) {
        size::disk(&settings.stand, &folder.join("disk"), &mut table).await?;
    }
    if wants(Section::Traps) && settings.stand.postgres.is_none() {
        traps::measure(&folder.join("traps"), &mut table).await?;
    }
    if wants(Section::SlaFiles) {
        sla_files::run(u64::try_from(settings.stand.circuits)?, &folder.join("sla"), &mut table)?;
    }
    let apart = [Section::Disk, Section::Traps, Section::SlaFiles];
    if !Section::value_variants().iter().any(|section| !apart.contains(section) && wants(*section)) {
        return table.print();
    }
    let mut stand = Stand::start(&settings.stand, &folder.join("main")).await?;
    resources::load(&mut stand, &mut table).await?;
    if wants(Section::Cut) {
        latency::cut(&stand, &mut table).await?;
    }
    if wants(Section::Pm) {
        performance::all(&stand, &mut table).await?;
    }
    // Nothing below is asked for: no need to fill it.
    if settings.only == [Section::Pm] {
        stand.stop().await?;
        return table.print();
    }
    throughput::fill(&mut stand, settings.active, &mut table).await?;
    if wants(Section::Memory) {
        size::memory(&mut stand, settings.active, &mut table).await?;
    }
    if wants(Section::Page) {
        latency::page(&stand, &mut table).await?;
    }
    if wants(Section::Figure) {
        latency::figure(&stand, &mut table).await?;
    }
    if wants(Section::Visible) {
        latency::visible(&mut stand, &mut table).await?;
    }
    if wants(Section::Soap1) {
        throughput::single(&mut stand, settings.seconds, &mut table).await?;
    }
    if wants(Section::SyncFile) {
        sync::file(&stand, settings.active, &mut table).await?;
    }
    if wants(Section::Reports) {
        reports::run(&stand, &mut table).await?;
    }
    stand.stop().await?;
    table.print()
}
