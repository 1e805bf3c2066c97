//! From a datagram to a notification: who may send, in which form, and is it proved.

use std::collections::HashSet;
use std::net::IpAddr;

use async_snmp::message::{CommunityMessage, CommunityPdu};
use async_snmp::pdu::{Pdu, PduType, TrapV1Pdu};
use async_snmp::{Community, DecodeConfig, Oid, Value, VarBind};

use crate::drops::Reason;
use crate::engine::Engine;
use crate::error::SnmpError;
use crate::fair::Datagram;
use crate::notification::{Inform, Notification, Version, Way, digest_of};
use crate::user::User;
use crate::usm::Usm;

/// Variables of one notification; a device that has more to say is broken.
const VALUES_MAX: usize = 256;
/// `snmpTrapAddress.0`: the device in whose name somebody forwards.
const TRAP_ADDRESS: [u32; 10] = [1, 3, 6, 1, 6, 3, 18, 1, 3, 0];
/// `snmpTrapCommunity.0`: the community that a forwarder was told it with. It is a secret, and says nothing.
const TRAP_COMMUNITY: [u32; 10] = [1, 3, 6, 1, 6, 3, 18, 1, 4, 0];
/// Odd numbers of old agents are read as far as they can be. What follows a message is not: it is not
/// covered by its digest.
pub(crate) const FORM: DecodeConfig = {
    let mut form = DecodeConfig::DEFAULT;
    form.trailing_bytes = false;
    form
};

/// Who may send what.
#[derive(Debug)]
pub struct Gate {
    allow: HashSet<IpAddr>,
    communities: Vec<Community>,
    pub(crate) usm: Usm,
}

/// A datagram that was not taken.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// What its sender is told of it, where the protocol says so: the first step of every conversation.
    pub(crate) report: Option<Vec<u8>>,
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Refused { reason, report: None }
    }
}

// === impl Gate ===

impl Gate {
    /// These addresses may send with these communities (versions 1 and 2c) or as these users (3).
    ///
    /// # Errors
    /// [`SnmpError::Random`] if the system has no random numbers.
    pub fn new(
        allow: HashSet<IpAddr>,
        communities: &[String],
        users: Vec<User>,
        engine: Engine,
    ) -> Result<Self, SnmpError> {
        let communities = communities.iter().map(|community| Community::from(community.as_bytes().to_vec())).collect();
        Ok(Gate { allow, communities, usm: Usm::new(users, engine)? })
    }

    /// May this address send? Asked first, since it costs least.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allow.contains(&address.to_canonical())
    }

    /// Reads a datagram.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn read(&self, datagram: &Datagram) -> Result<Notification, Refused> {
        if !self.allows(datagram.from.ip()) {
            return Err(Reason::Address.into());
        }
        match version_of(&datagram.bytes) {
            Some(0 | 1) => Ok(self.read_community(datagram)?),
            Some(3) => self.read_user(datagram),
            _ => Err(Reason::Malformed.into()),
        }
    }

    fn read_community(&self, datagram: &Datagram) -> Result<Notification, Reason> {
        let message = CommunityMessage::decode(datagram.bytes.clone(), FORM).map_err(|_| Reason::Malformed)?.value;
        let theirs = message.community().as_bytes();
        if !self.communities.iter().any(|ours| ours.matches(theirs)) {
            return Err(Reason::Community);
        }
        let (_, community, pdu) = message.into_parts();
        match pdu {
            CommunityPdu::TrapV1(trap) => of_trap_v1(datagram, &trap),
            CommunityPdu::Standard(pdu) => {
                let way = Way::Community(community.as_bytes().to_vec().into());
                of_pdu(datagram, (Version::V2c, String::new()), pdu, way)
            }
        }
    }

    fn read_user(&self, datagram: &Datagram) -> Result<Notification, Refused> {
        let heard = self.usm.hear(&datagram.bytes)?;
        let way = Way::User(Box::new(heard.conversation));
        Ok(of_pdu(datagram, (Version::V3, heard.user), heard.pdu, way)?)
    }
}

/// The number of the version, which all messages begin with.
fn version_of(bytes: &[u8]) -> Option<i32> {
    let mut decoder = async_snmp::ber::Decoder::from_slice(bytes);
    decoder.read_sequence().ok()?.read_integer().ok()
}

fn of_trap_v1(datagram: &Datagram, trap: &TrapV1Pdu) -> Result<Notification, Reason> {
    let agent = IpAddr::from(trap.agent_addr());
    let notification = Notification {
        from: datagram.from,
        received_at: datagram.at,
        version: Version::V1,
        user: String::new(),
        agent: (!agent.is_unspecified()).then_some(agent),
        uptime: trap.time_stamp(),
        trap: trap.v2_trap_oid().map_err(|_| Reason::Malformed)?,
        values: values_of(trap.varbinds())?,
        digest: [0; 16],
        inform: None,
    };
    Ok(Notification { digest: digest_of(&notification, None), ..notification })
}

fn of_pdu(datagram: &Datagram, (version, user): (Version, String), pdu: Pdu, way: Way) -> Result<Notification, Reason> {
    let is_inform = match pdu.pdu_type() {
        PduType::TrapV2 => false,
        PduType::InformRequest => true,
        _ => return Err(Reason::NoNotification),
    };
    let request_id = pdu.request_id();
    let varbinds = pdu.into_varbinds();
    let [uptime, trap, rest @ ..] = varbinds.as_slice() else { return Err(Reason::Malformed) };
    let (Value::TimeTicks(uptime), Value::ObjectIdentifier(trap)) = (&uptime.value, &trap.value) else {
        return Err(Reason::Malformed);
    };
    let (uptime, trap, values) = (*uptime, trap.clone(), values_of(rest)?);
    let agent = values.iter().find(|(oid, _)| is_trap_address(oid)).and_then(|(_, value)| value.as_ip());
    let notification = Notification {
        from: datagram.from,
        received_at: datagram.at,
        version,
        user,
        agent: agent.map(IpAddr::from),
        uptime,
        trap,
        values,
        digest: [0; 16],
        inform: is_inform.then_some(Inform { request_id, varbinds, way }),
    };
    Ok(Notification { digest: digest_of(&notification, Some(request_id)), ..notification })
}

fn is_trap_address(oid: &Oid) -> bool {
    oid.arcs() == TRAP_ADDRESS
}

fn values_of(varbinds: &[VarBind]) -> Result<Vec<(Oid, Value)>, Reason> {
    if varbinds.len() > VALUES_MAX {
        return Err(Reason::Malformed);
    }
    let told = varbinds.iter().filter(|varbind| varbind.oid.arcs() != TRAP_COMMUNITY);
    Ok(told.map(|varbind| (varbind.oid.clone(), varbind.value.clone())).collect())
}

#[cfg(test)]
mod tests;
