//! A keep-alive HTTP/1.1 connection that reads no more of an answer than it must.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest answer.
const ANSWER_LIMIT: usize = 256 * 1024;

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

// === impl Connection ===

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and waits for its answer. `true`: acknowledged with result code 0 and no
    /// refused row.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> io::Result<bool> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = whole_length(&self.buffer)? {
                break end;
            }
            self.read_more().await?;
        };
        while self.buffer.len() < end {
            self.read_more().await?;
        }
        let ok = self.buffer.starts_with(b"HTTP/1.1 200") && holds(&self.buffer, b"<resultCode>0</resultCode>");
        Ok(ok && !holds(&self.buffer, b"<results>"))
    }

    async fn read_more(&mut self) -> io::Result<()> {
        if self.buffer.len() > ANSWER_LIMIT {
            return Err(io::Error::other("the answer is too long"));
        }
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Length of head and body, once the head is there.
fn whole_length(answer: &[u8]) -> io::Result<Option<usize>> {
    let Some(head_end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = answer.get(..head_end).unwrap_or_default();
    let head = std::str::from_utf8(head).map_err(io::Error::other)?;
    let length = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.ok_or_else(|| io::Error::other("the answer has no Content-Length"))?;
    Ok(Some(head_end + 4 + length))
}

fn holds(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|part| part == wanted)
}
