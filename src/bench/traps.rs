//! SNMP traps a second: each a new alarm, sent by a hundred devices, counted by the daemon as kept.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::api::counters;
use super::daemon::Daemon;
use super::table::{Demand, Table};

const STEADY: Demand = Demand::high("traps: v2c at 40,000/s for 5 s, kept", "%", 100.0, 100.0);
const BURST: Demand = Demand::high("traps: v2c, burst of 100,000, kept", "%", 99.0, 100.0);
const STEADY_RATE: f64 = 40_000.0;
const STEADY_TRAPS: u32 = 200_000;
const BURST_TRAPS: u32 = 100_000;
/// Devices on loopback.
const DEVICES: u8 = 100;
/// Interfaces have numbers from here on, so that each takes four bytes on the wire.
const FIRST_INDEX: u32 = 1 << 24;
/// Without news for so long nothing more comes.
const STILL: Duration = Duration::from_secs(10);

/// A daemon that hears these devices and nobody else.
pub(super) async fn measure(folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    std::fs::create_dir_all(folder)?;
    let web = crate::cli::demo::free_address(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    crate::cli::demo::configure(folder, web, &[])?;
    let config = folder.join("linesman.toml");
    std::fs::write(folder.join("communities"), "public\n")?;
    std::fs::write(&config, std::fs::read_to_string(&config)? + &section(free))?;
    let mut daemon = Daemon::start(&config)?;
    let mut devices = Vec::new();
    for number in 1..=DEVICES {
        let socket = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, number), 0))?;
        socket.connect(free).context("cannot reach the daemon")?;
        devices.push(socket);
    }
    let mut first = FIRST_INDEX;
    for (demand, traps, rate) in [(STEADY, STEADY_TRAPS, Some(STEADY_RATE)), (BURST, BURST_TRAPS, None)] {
        let before = kept(&daemon).await?;
        let (began, cpu) = (Instant::now(), daemon.cpu_s());
        let sent = send(&devices, first..first + traps, rate)?;
        first += traps;
        let (held, after) = settled(&daemon, before + f64::from(traps)).await?;
        let took = after.duration_since(began).as_secs_f64();
        let held = held - before;
        let cpu_us = (daemon.cpu_s() - cpu) * 1e6 / held.max(1.0);
        let speed = f64::from(traps) / sent.as_secs_f64();
        let durable = held / took;
        let note = format!("sent at {speed:.0}/s, all durable at {durable:.0}/s, {cpu_us:.1} µs CPU a trap");
        table.add(demand, held * 100.0 / f64::from(traps), &note);
    }
    daemon.stop()
}

fn section(listen: SocketAddr) -> String {
    let devices = (1..=DEVICES).map(|number| format!("\"127.0.0.{number}\" = \"NE{number}\"\n"));
    format!(
        "[log]\nlevel = \"error\"\n[snmp]\nlisten = \"{listen}\"\ncommunities_file = \"communities\"\n\
         [[snmp.group]]\nsource = \"GD_CPE\"\nspecialty = \"IP\"\n[snmp.group.devices]\n{}",
        devices.collect::<String>()
    )
}

/// Sends a trap for each interface, the devices in turn; how long it took.
fn send(devices: &[UdpSocket], indexes: std::ops::Range<u32>, rate: Option<f64>) -> anyhow::Result<Duration> {
    let began = Instant::now();
    for ((number, index), device) in (0u32..).zip(indexes).zip(devices.iter().cycle()) {
        if let Some(rate) = rate {
            let due = Duration::from_secs_f64(f64::from(number) / rate);
            // Short waits would be rounded up: the sender catches up in small steps instead.
            if let Some(early) = due.checked_sub(began.elapsed()).filter(|early| *early > Duration::from_millis(1)) {
                std::thread::sleep(early);
            }
        }
        device.send(&link_down(index))?;
    }
    Ok(began.elapsed())
}

/// Traps that the daemon keeps.
async fn kept(daemon: &Daemon) -> anyhow::Result<f64> {
    counters(&daemon.operations, "linesman_snmp_notifications_total", "outcome=\"kept\"").await
}

/// Waits until so many are kept, or nothing moves; how many are, and since when.
async fn settled(daemon: &Daemon, wanted: f64) -> anyhow::Result<(f64, Instant)> {
    let (mut held, mut since) = (kept(daemon).await?, Instant::now());
    while held < wanted && since.elapsed() < STILL {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = kept(daemon).await?;
        if now > held {
            (held, since) = (now, Instant::now());
        }
    }
    Ok((held, since))
}

/// `linkDown` of an interface, as an agent of version 2c sends it.
fn link_down(index: u32) -> Vec<u8> {
    let number = tlv(0x02, &[&index.to_be_bytes()]);
    let [a, b, c, d] = [21, 14, 7, 0].map(|shift| u8::try_from((index >> shift) & 0x7f).unwrap_or(0));
    let if_index = [0x2b, 6, 1, 2, 1, 2, 2, 1, 1, a | 0x80, b | 0x80, c | 0x80, d];
    let ticks = tlv(0x43, &[&[1, 0, 0, 0]]);
    let values = [
        tlv(0x30, &[&tlv(0x06, &[&[0x2b, 6, 1, 2, 1, 1, 3, 0]]), &ticks]),
        tlv(0x30, &[&tlv(0x06, &[&[0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0]]), &tlv(0x06, &[&[0x2b, 6, 1, 6, 3, 1, 1, 5, 3]])]),
        tlv(0x30, &[&tlv(0x06, &[&if_index]), &number]),
    ];
    let [uptime, trap, interface] = values.each_ref().map(Vec::as_slice);
    let zero = tlv(0x02, &[&[0]]);
    let pdu = tlv(0xa7, &[&number, &zero, &zero, &tlv(0x30, &[uptime, trap, interface])]);
    tlv(0x30, &[&tlv(0x02, &[&[1]]), &tlv(0x04, &[b"public"]), &pdu])
}

/// A value of BER, shorter than 256 bytes.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![tag];
    if length >= 0x80 {
        bytes.push(0x81);
    }
    bytes.push(length);
    bytes.extend(content);
    bytes
}
