//! Frames: 0xFFFF, a type, epoch seconds and a length, all big-endian, then the body. Existing peers hold the
//! length in a signed number, so a body has at most 32,767 bytes; more is taken for garbage. There is no way
//! to find the next frame after garbage that is safe, so it ends the session.

use bytes::{Buf, BufMut, BytesMut};

use crate::error::OmcError;

/// Longest body.
pub const BODY_MAX: usize = 32_767;
/// Bytes before the body.
pub const HEAD: usize = 9;
const START: [u8; 2] = [0xFF, 0xFF];

/// `msgType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An alarm.
    RealTimeAlarm,
    /// We log in.
    ReqLogin,
    /// Its answer.
    AckLogin,
    /// We ask for messages again.
    ReqSyncMsg,
    /// Its answer; the messages follow as alarms.
    AckSyncMsg,
    /// We ask for a list in a file.
    ReqSyncFile,
    /// It will make one, or not.
    AckSyncFile,
    /// The file is there, or failed.
    SyncFileResult,
    /// We are alive.
    ReqHeartBeat,
    /// So is it.
    AckHeartBeat,
    /// The end.
    Close,
    /// A type that nobody told us of.
    Other(u8),
}

const KINDS: [Kind; 11] = [
    Kind::RealTimeAlarm,
    Kind::ReqLogin,
    Kind::AckLogin,
    Kind::ReqSyncMsg,
    Kind::AckSyncMsg,
    Kind::ReqSyncFile,
    Kind::AckSyncFile,
    Kind::SyncFileResult,
    Kind::ReqHeartBeat,
    Kind::AckHeartBeat,
    Kind::Close,
];

/// One message of the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Type.
    pub kind: Kind,
    /// Epoch seconds, by the sender's clock.
    pub at_s: u32,
    /// Body, at most [`BODY_MAX`] bytes of UTF-8 from an honest peer.
    pub body: Vec<u8>,
}

// === impl Kind ===

impl Kind {
    /// Of a number on the wire.
    pub fn of(number: u8) -> Self {
        KINDS.get(usize::from(number)).copied().unwrap_or(Kind::Other(number))
    }

    /// The number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Kind::Other(number) => number,
            known => KINDS.iter().position(|kind| *kind == known).and_then(|at| u8::try_from(at).ok()).unwrap_or(0),
        }
    }
}

// === impl Frame ===

impl Frame {
    /// Adds it to what is to be sent; a body that is too long is cut, which ours never are.
    pub fn write(&self, out: &mut BytesMut) {
        let body = self.body.get(..BODY_MAX).unwrap_or(&self.body);
        out.put_slice(&START);
        out.put_u8(self.kind.number());
        out.put_u32(self.at_s);
        out.put_u16(u16::try_from(body.len()).unwrap_or(0));
        out.put_slice(body);
    }

    /// Takes the first frame out of what was received; `None` until all of it is there.
    ///
    /// # Errors
    /// [`OmcError::Frame`] if it does not begin like one or is too long; the bytes stay where they are.
    pub fn read(received: &mut BytesMut) -> Result<Option<Self>, OmcError> {
        if received.iter().zip(START).any(|(byte, start)| *byte != start) {
            let first: Vec<String> = received.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            return Err(OmcError::Frame { reason: format!("it begins with {}", first.join(" ")) });
        }
        let Some(mut head) = received.get(..HEAD) else { return Ok(None) };
        head.advance(START.len());
        let (kind, at_s, length) = (Kind::of(head.get_u8()), head.get_u32(), usize::from(head.get_u16()));
        if length > BODY_MAX {
            return Err(OmcError::Frame { reason: format!("its body has {length} bytes, {BODY_MAX} are allowed") });
        }
        if received.len() < HEAD + length {
            return Ok(None);
        }
        received.advance(HEAD);
        Ok(Some(Frame { kind, at_s, body: received.split_to(length).to_vec() }))
    }
}

#[cfg(test)]
mod tests;
