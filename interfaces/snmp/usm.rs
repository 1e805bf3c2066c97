//! The security of SNMPv3 (RFC 3414 §3): a message is proved before it is decrypted, and decrypted before
//! it is read. An inform is signed for our clock, a trap for its sender's.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use async_snmp::ber::Decoder;
use async_snmp::message::{MsgFlags, MsgGlobalData, RawMsgData, RawV3Message, ScopedPdu, SecurityLevel, V3Message};
use async_snmp::pdu::{Pdu, PduType, ResponsePdu};
use async_snmp::v3::{
    DesSaltState, LocalizedKey, PersistedDesSaltState, PrivKey, SaltCounter, UsmSecurityParams,
    in_authoritative_time_window, report_oids, validate_engine_id,
};
use async_snmp::{Oid, Result, UDP_RECEIVE_LIMITS, Value, VarBind};
use bytes::Bytes;
use parking_lot::Mutex;

use crate::drops::Reason;
use crate::engine::Engine;
use crate::error::SnmpError;
use crate::gate::{FORM, Refused};
use crate::remote::Remotes;
use crate::user::User;

/// Users, our engine, and the clocks of others.
pub(crate) struct Usm {
    users: HashMap<Bytes, User>,
    engine: Engine,
    remotes: Mutex<Remotes>,
    failures: [AtomicU32; Failure::ALL.len()],
    salt: SaltCounter,
    des_salt: DesSaltState,
}

/// A message that was proved and read.
pub(crate) struct Heard {
    pub user: String,
    pub pdu: Pdu,
    pub conversation: Conversation,
}

/// What an answer must have in common with its message.
#[derive(Debug)]
pub(crate) struct Conversation {
    user: Bytes,
    level: SecurityLevel,
    msg_id: i32,
    msg_max_size: usize,
    context_engine_id: Bytes,
    context_name: Bytes,
}

/// What a sender is told of a failure, each with a counter of its own (RFC 3414 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    SecurityLevel,
    TimeWindow,
    User,
    Engine,
    Digest,
    Decryption,
}

/// The keys of a user for one engine.
struct Keys {
    auth: Option<LocalizedKey>,
    privacy: Option<PrivKey>,
}

// === impl Usm ===

impl Usm {
    pub(crate) fn new(users: Vec<User>, engine: Engine) -> std::result::Result<Self, SnmpError> {
        // The starts of our engine are counted in its file: what was salted with an earlier one was another salt.
        let before = PersistedDesSaltState::new(engine.boots_time().0).map_err(|_| SnmpError::Random)?;
        let des_salt = DesSaltState::restart(before, |_| Ok::<(), std::io::Error>(()));
        Ok(Usm {
            users: users.into_iter().map(|user| (Bytes::from(user.name.clone()), user)).collect(),
            engine,
            remotes: Mutex::default(),
            failures: Default::default(),
            salt: SaltCounter::new().map_err(|_| SnmpError::Random)?,
            des_salt: des_salt.map_err(|_| SnmpError::Random)?,
        })
    }

    /// Proves, decrypts and reads a message.
    pub(crate) fn hear(&self, bytes: &Bytes) -> std::result::Result<Heard, Refused> {
        let raw = RawV3Message::decode(bytes.clone(), FORM).map_err(|_| Reason::Malformed)?.value;
        let sent = UsmSecurityParams::decode(raw.security_params().clone(), FORM).map_err(|_| Reason::Malformed)?.value;
        let fail = |failure, key: Option<&LocalizedKey>| Err(self.fail(failure, &raw, &sent, key));
        if validate_engine_id(sent.engine_id()).is_err() {
            return fail(Failure::Engine, None);
        }
        let Some(user) = self.users.get(sent.username()) else { return fail(Failure::User, None) };
        let level = raw.security_level();
        if level != user.level {
            return fail(Failure::SecurityLevel, None);
        }
        let Ok(keys) = user.keys_for(sent.engine_id()) else { return fail(Failure::SecurityLevel, None) };
        let is_ours = sent.engine_id() == self.engine.id();
        if let Some(key) = &keys.auth {
            if !is_proved(key, bytes) {
                return fail(Failure::Digest, None);
            }
            let clock = (sent.engine_boots(), sent.engine_time());
            if is_ours {
                let (boots, time) = self.engine.boots_time();
                if !in_authoritative_time_window(boots, time, clock.0, clock.1) {
                    return fail(Failure::TimeWindow, Some(key));
                }
            } else if !self.remotes.lock().accepts(sent.engine_id(), clock, Instant::now()) {
                return Err(Reason::TimeWindow.into());
            }
        }
        let Some(plain) = decrypt(&raw, &sent, keys.privacy.as_ref()) else {
            return fail(Failure::Decryption, None);
        };
        let mut decoder = Decoder::new(plain).with_decode_config(FORM);
        // What was decrypted with a wrong key makes no sense.
        let senseless = if keys.privacy.is_some() { Reason::Decryption } else { Reason::Malformed };
        let scoped = ScopedPdu::decode(&mut decoder).map_err(|_| senseless)?;
        // The receiver of an inform is the one whose clock counts: whoever made it for another engine is told ours.
        if scoped.pdu.pdu_type() == PduType::InformRequest && !is_ours {
            return fail(Failure::Engine, None);
        }
        let conversation = Conversation {
            user: sent.username().clone(),
            level,
            msg_id: raw.msg_id(),
            msg_max_size: raw.global_data().msg_max_size().as_usize(),
            context_engine_id: scoped.context_engine_id,
            context_name: scoped.context_name,
        };
        Ok(Heard { user: user.name.clone(), pdu: scoped.pdu, conversation })
    }

    /// The answer to an inform, signed with our clock of now; `None` if it is larger than its sender takes.
    pub(crate) fn answer(&self, to: &Conversation, response: ResponsePdu) -> Result<Option<Vec<u8>>> {
        let scoped = ScopedPdu::new(to.context_engine_id.clone(), to.context_name.clone(), response.into_raw());
        let user = self.users.get(&to.user);
        let keys =
            user.and_then(|user| user.keys_for(self.engine.id()).ok()).unwrap_or(Keys { auth: None, privacy: None });
        let message = self.encode(to.msg_id, to.level, &to.user, scoped, &keys)?;
        Ok((message.len() <= to.msg_max_size).then_some(message))
    }

    fn fail(
        &self,
        failure: Failure,
        raw: &RawV3Message,
        sent: &UsmSecurityParams,
        key: Option<&LocalizedKey>,
    ) -> Refused {
        let count = self.failures.get(failure as usize).map_or(0, |count| count.fetch_add(1, Ordering::Relaxed) + 1);
        let wanted = raw.global_data().msg_flags().to_byte() & REPORTABLE != 0;
        let report = wanted.then(|| self.report(failure, count, (raw.msg_id(), sent.username()), key).ok()).flatten();
        Refused { reason: failure.reason(), report }
    }

    fn report(
        &self,
        failure: Failure,
        count: u32,
        (msg_id, user): (i32, &Bytes),
        key: Option<&LocalizedKey>,
    ) -> Result<Vec<u8>> {
        let told = VarBind::new(failure.oid(), Value::Counter32(count));
        let scoped =
            ScopedPdu::new(self.engine.id().clone(), Bytes::new(), ResponsePdu::report(0, vec![told])?.into_raw());
        let level = if key.is_some() { SecurityLevel::AuthNoPriv } else { SecurityLevel::NoAuthNoPriv };
        self.encode(msg_id, level, user, scoped, &Keys { auth: key.cloned(), privacy: None })
    }

    fn encode(
        &self,
        msg_id: i32,
        level: SecurityLevel,
        user: &Bytes,
        scoped: ScopedPdu,
        keys: &Keys,
    ) -> Result<Vec<u8>> {
        let (boots, time) = self.engine.boots_time();
        let mut params = UsmSecurityParams::new(self.engine.id().clone(), boots, time, user.clone())?;
        if let Some(key) = &keys.auth {
            params = params.with_auth_placeholder(key.mac_len())?;
        }
        let head = MsgGlobalData::new(msg_id, UDP_RECEIVE_LIMITS.advertised(), MsgFlags::new(level, false))?;
        let message = match &keys.privacy {
            None => V3Message::new(head, params.encode()?, scoped)?,
            Some(key) => {
                let plain = scoped.encode_to_bytes()?;
                // Which of the two a key is for, it knows itself.
                let (sealed, salt) = key
                    .encrypt_aes(&plain, boots, time, &self.salt)
                    .or_else(|_| key.encrypt_des_family(&plain, &self.des_salt))
                    .map_err(|error| Box::new(async_snmp::Error::Privacy(error)))?;
                let params = params.with_priv_params(salt)?;
                V3Message::new_with_opaque_encrypted_scoped_pdu(head, params.encode()?, sealed)?
            }
        };
        let mut bytes = message.encode()?.to_vec();
        if let Some(key) = &keys.auth {
            sign(key, &mut bytes);
        }
        Ok(bytes)
    }
}

impl std::fmt::Debug for Usm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usm").field("users", &self.users.len()).field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// The flag of a message whose sender wants to be told of failures.
const REPORTABLE: u8 = 0x04;

// === impl User ===

impl User {
    /// Its keys for an engine: a digest or two.
    fn keys_for(&self, engine: &[u8]) -> std::result::Result<Keys, async_snmp::v3::CryptoError> {
        let Some(keys) = &self.keys else { return Ok(Keys { auth: None, privacy: None }) };
        let (auth, privacy) = keys.localize(engine)?;
        Ok(Keys { auth: Some(auth), privacy })
    }
}

// === impl Failure ===

impl Failure {
    const ALL: [Failure; 6] = [
        Failure::SecurityLevel,
        Failure::TimeWindow,
        Failure::User,
        Failure::Engine,
        Failure::Digest,
        Failure::Decryption,
    ];

    const fn reason(self) -> Reason {
        match self {
            Failure::SecurityLevel => Reason::SecurityLevel,
            // A sender that has not learnt our clock yet, or learnt it before our last start: it is told.
            Failure::TimeWindow => Reason::Discovery,
            Failure::User => Reason::User,
            Failure::Engine => Reason::Discovery,
            Failure::Digest => Reason::Digest,
            Failure::Decryption => Reason::Decryption,
        }
    }

    fn oid(self) -> Oid {
        match self {
            Failure::SecurityLevel => report_oids::unsupported_sec_levels(),
            Failure::TimeWindow => report_oids::not_in_time_windows(),
            Failure::User => report_oids::unknown_user_names(),
            Failure::Engine => report_oids::unknown_engine_ids(),
            Failure::Digest => report_oids::wrong_digests(),
            Failure::Decryption => report_oids::decryption_errors(),
        }
    }
}

/// Does the digest in a message prove it? It is computed with zeros in its place.
fn is_proved(key: &LocalizedKey, bytes: &[u8]) -> bool {
    let Some((at, length)) = UsmSecurityParams::find_auth_params_offset(bytes) else { return false };
    let Some(digest) = bytes.get(at..at + length) else { return false };
    let mut blank = bytes.to_vec();
    if let Some(place) = blank.get_mut(at..at + length) {
        place.fill(0);
    }
    key.verify_hmac(&blank, digest).unwrap_or(false)
}

fn sign(key: &LocalizedKey, bytes: &mut [u8]) {
    let Some((at, length)) = UsmSecurityParams::find_auth_params_offset(bytes) else { return };
    let Ok(digest) = key.compute_hmac(bytes) else { return };
    if let Some(place) = bytes.get_mut(at..at + length).filter(|place| place.len() == digest.len()) {
        place.copy_from_slice(&digest);
    }
}

/// The part of a message that says something; `None` if it cannot be decrypted.
fn decrypt(raw: &RawV3Message, sent: &UsmSecurityParams, key: Option<&PrivKey>) -> Option<Bytes> {
    match raw.msg_data() {
        RawMsgData::Plaintext { data, .. } => Some(data.clone()),
        RawMsgData::Encrypted(sealed) => {
            key?.decrypt(sealed, sent.engine_boots(), sent.engine_time(), sent.priv_params()).ok()
        }
    }
}
