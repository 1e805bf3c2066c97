//! How large: memory of the daemon, bytes on disk; and how slow the disk itself is.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::api::place;
use super::stand::{Load, Stand, StandSettings};
use super::table::{Demand, Table, percentile};

const MEMORY: Demand = Demand::low("memory: resident, all circuits, all active", "MiB", 200.0, 120.0);
const MEMORY_AGAIN: Demand = Demand::low("memory: resident after a restart", "MiB", 200.0, 120.0);
const READY: Demand = Demand::low("restart: ready again", "s", 5.0, 5.0);
const DISK: Demand = Demand::low("disk: alarm event without its raw message", "B", 250.0, 120.0);
const SYNCS: usize = 200;
/// About what a small commit writes.
const BLOCK: [u8; 8192] = [7; 8192];
const EVENTS: u64 = 100_000;

/// What one durable write costs here: the floor of every commit.
pub(super) fn sync_to_disk(folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = std::fs::File::create(folder.join("sync"))?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let began = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    table.tell("disk itself: write 8 KiB and sync, p50", percentile(&mut times, 50), "ms");
    table.tell("disk itself: write 8 KiB and sync, p99", percentile(&mut times, 99), "ms");
    Ok(())
}

/// Resident memory as it is, and after a restart on the same data.
pub(super) async fn memory(stand: &mut Stand, active: u64, table: &mut Table) -> anyhow::Result<()> {
    let note = format!("{} circuits, {active} active", stand.carrier.world.circuits.len());
    table.add(MEMORY, stand.daemon.memory_mib(), &note);
    stand.restart()?;
    stand.api.text("/alarms", &[]).await?;
    table.add(READY, stand.daemon.ready_after.as_secs_f64(), "");
    table.add(MEMORY_AGAIN, stand.daemon.memory_mib(), "");
    Ok(())
}

/// A fresh database that holds nothing but alarms: its size, without the raw messages.
pub(super) async fn disk(settings: &StandSettings, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    if settings.postgres.is_some() {
        return Ok(());
    }
    let mut stand = Stand::start_bare(settings, folder).await?;
    let file = folder.join("data").join("linesman.db");
    let size = || std::fs::metadata(&file).map(|data| data.len() as f64);
    stand.restart()?;
    let before = size()?;
    let load = Load {
        connections: 16,
        alarms_per_request: 100,
        requests: EVENTS / 100,
        time: Duration::from_secs(120),
        pace: Duration::ZERO,
    };
    let (_, cpu_us) = stand.send(load).await?;
    stand.stop().await?;
    let db = store::Db::open(&place(None, folder)).await?;
    let raw = store::alarm::raw_bytes(&mut db.read().await?).await? as f64;
    db.close().await?;
    let each = |bytes: f64| bytes / EVENTS as f64;
    let note = format!("and {:.1} B of raw message; touching no circuit, {cpu_us:.1} µs CPU an alarm", each(raw));
    table.add(DISK, each(size()? - before - raw), &note);
    Ok(())
}
