//! What the system dropped because its buffer for our socket was full. It tells nobody; the number stands
//! in its list of sockets.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// How often the list is read.
const EVERY: Duration = Duration::from_secs(1);
/// The lists of sockets.
const LISTS: [&str; 2] = ["/proc/net/udp", "/proc/net/udp6"];
/// Where the number of a socket stands in its line.
const INODE: usize = 9;

/// What was dropped up to the last look.
pub(crate) struct Lost {
    inode: u64,
    known: u64,
    looked: Instant,
}

// === impl Lost ===

impl Lost {
    /// Of a socket.
    pub(crate) fn new(socket: &UdpSocket) -> Self {
        let inode = rustix::fs::fstat(socket).map_or(0, |status| status.st_ino);
        Lost { inode, known: 0, looked: Instant::now() }
    }

    /// How many were dropped since the last look; it looks once a second.
    pub(crate) fn look(&mut self) -> u64 {
        if self.looked.elapsed() < EVERY {
            return 0;
        }
        self.looked = Instant::now();
        // Without such a list, on another system, nothing is known.
        let dropped = LISTS.iter().find_map(|list| dropped(&std::fs::read_to_string(list).ok()?, self.inode));
        let new = dropped.unwrap_or(self.known).saturating_sub(self.known);
        self.known += new;
        new
    }
}

fn dropped(list: &str, inode: u64) -> Option<u64> {
    let inode = inode.to_string();
    let ours = list.lines().find(|line| line.split_whitespace().nth(INODE) == Some(&inode))?;
    ours.split_whitespace().last()?.parse().ok()
}

#[cfg(test)]
mod tests;
