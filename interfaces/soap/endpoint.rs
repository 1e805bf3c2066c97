//! One HTTP request to one HTTP response: read the envelope, dispatch on the body element, pass the
//! gate, ask the replay memory, call the service. Whoever mounts it owns the listener, its
//! deadlines and the clock.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{ALLOW, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use model::code::ResultCode;
use model::source::SourceId;
use model::time::{Time, Zone};

use crate::contract::Contract;
use crate::envelope::Envelope;
use crate::gate::{About, Gate, MessageKey, Recall, Refused, ReplayMemory, Visitor};
use crate::header::{Credentials, Header};
use crate::refused::{HEAD_LIMIT, News, Refusals, Refused as RefusedCall, Unread};
use crate::reply::{Fault, FaultCode, Reply, respond};
use crate::tree::Element;
use crate::{blank, encoding};

/// Bodies above this are parsed on the blocking pool: parsing takes milliseconds.
const INLINE_LIMIT: usize = 256 * 1024;

/// A service that peers call.
pub trait Service: Send + Sync {
    /// What it is called and what it can do.
    fn contract(&self) -> &'static Contract;

    /// Does what `call` asks. The operation is one of the contract's, the caller is authenticated.
    /// A positive reply promises that what it acknowledges is committed.
    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply>;
}

/// An authenticated call.
#[derive(Debug)]
pub struct Call {
    /// Operation, one of the contract's.
    pub operation: &'static str,
    /// The header without the password.
    pub header: Header,
    /// The peer.
    pub source: SourceId,
    /// Zone of the peer's times.
    pub zone: Zone,
    /// When the request was received.
    pub received_at: Time,
    /// Key for the replay memory; `None` in the positional style.
    pub message: Option<MessageKey>,
    /// The message as UTF-8, its password blanked: the evidence to keep.
    pub raw: Bytes,
    envelope: Envelope,
}

/// The services and the gate before them.
pub struct Endpoint {
    services: Vec<Arc<dyn Service>>,
    gate: Gate,
    memory: Arc<dyn ReplayMemory>,
    refusals: Option<Arc<dyn Refusals>>,
    scheme: &'static str,
}

/// Whose bytes they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The connection's address, never one from a header.
    pub address: IpAddr,
    /// When the request was received.
    pub received_at: Time,
}

/// A refused call as its answer needs it.
struct Turned {
    fault: Fault,
    caller: String,
}

enum Admitted {
    /// Answered without the service; `refused`: the caller is known, but its header is wrong in content.
    Answered { reply: Reply, operation: &'static str, namespace: String, refused: Option<Turned> },
    /// To be executed.
    Call(Box<Call>),
}

// === impl Call ===

impl Call {
    /// The operation's element: header and arguments.
    pub fn arguments(&self) -> Element<'_> {
        self.envelope.content()
    }
}

// === impl Endpoint ===

impl Endpoint {
    /// An endpoint without services.
    pub fn new(gate: Gate, memory: Arc<dyn ReplayMemory>) -> Self {
        Endpoint { services: Vec::new(), gate, memory, refusals: None, scheme: "http" }
    }

    /// Tells of every call that is refused before its service sees it, and of replays.
    #[must_use]
    pub fn telling(mut self, refusals: Arc<dyn Refusals>) -> Self {
        self.refusals = Some(refusals);
        self
    }

    /// Adds a service; it answers at the path that ends in its contract's name.
    #[must_use]
    pub fn service(mut self, service: Arc<dyn Service>) -> Self {
        self.services.push(service);
        self
    }

    /// The listener speaks TLS: addresses in WSDLs begin with `https`.
    #[must_use]
    pub fn over_tls(mut self) -> Self {
        self.scheme = "https";
        self
    }

    /// Contracts of the services, in the order in which they were added.
    pub fn contracts(&self) -> impl Iterator<Item = &'static Contract> {
        self.services.iter().map(|service| service.contract())
    }

    /// Answers one request. `remote` is the connection's address, never one from a header.
    pub async fn handle(&self, request: Request<Bytes>, remote: IpAddr, received_at: Time) -> Response<Bytes> {
        let name = request.uri().path().rsplit('/').next().unwrap_or_default();
        let Some(service) = self.services.iter().find(|service| service.contract().name == name) else {
            return respond(StatusCode::NOT_FOUND, Fault::client(ResultCode::NotFound, "no such service").to_xml());
        };
        match *request.method() {
            Method::GET | Method::HEAD => self.describe(service.contract(), &request),
            Method::POST => self.post(service.as_ref(), request, Sender { address: remote, received_at }).await,
            _ => not_allowed(),
        }
    }

    /// Refuses a message that was not read to its end.
    pub fn refuse(&self, request: &http::request::Parts, unread: Unread, sender: Sender) -> Response<Bytes> {
        let name = request.uri.path().rsplit('/').next().unwrap_or_default();
        let service = self.services.iter().find(|service| service.contract().name == name);
        if let Some(service) = service {
            let message =
                Message { bytes: &unread.head, content_type: content_type(&request.headers), size: unread.size };
            let turned = Turned { fault: unread.fault.clone(), caller: String::new() };
            self.note(service.contract(), &turned, &message, sender);
        }
        unread.fault.to_response()
    }

    /// The WSDL, with the address it was asked at.
    fn describe(&self, contract: &Contract, request: &Request<Bytes>) -> Response<Bytes> {
        let query = request.uri().query().unwrap_or_default();
        if !query.split('&').any(|part| part.split('=').next().unwrap_or_default().eq_ignore_ascii_case("wsdl")) {
            return not_allowed();
        }
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or(request.uri().authority().map(http::uri::Authority::as_str)).unwrap_or("localhost");
        let address = format!("{}://{host}{}", self.scheme, request.uri().path());
        respond(StatusCode::OK, contract.wsdl(&address))
    }

    async fn post(&self, service: &dyn Service, request: Request<Bytes>, sender: Sender) -> Response<Bytes> {
        let contract = service.contract();
        let whole = Message::of(&request);
        match self.admit(contract, &request, sender).await {
            Err(turned) => {
                self.note(contract, &turned, &whole, sender);
                turned.fault.to_response()
            }
            Ok(Admitted::Answered { reply, operation, namespace, refused }) => {
                if let Some(turned) = refused {
                    self.note(contract, &turned, &whole, sender);
                }
                reply.into_response(contract.style, operation, &namespace)
            }
            Ok(Admitted::Call(call)) => {
                let (operation, namespace) = (call.operation, call.arguments().namespace().to_owned());
                let caller = call.header.caller.clone();
                let reply = service.call(*call).await;
                // Two messages under one id at the same time are settled by the writer.
                if let Reply::Fault(fault @ Fault { fault: FaultCode::Client, .. }) = &reply {
                    self.note(contract, &Turned { fault: fault.clone(), caller }, &whole, sender);
                }
                reply.into_response(contract.style, operation, &namespace)
            }
        }
    }

    /// Tells of a refused call, and logs it unless the like was told lately.
    fn note(&self, contract: &'static Contract, turned: &Turned, message: &Message<'_>, sender: Sender) {
        let Turned { fault, caller } = turned;
        let log = || {
            tracing::info!(service = contract.name, peer.address = %sender.address, code = %fault.code,
                "SOAP request refused: {}", fault.message);
        };
        let Some(refusals) = &self.refusals else { return log() };
        let refused = RefusedCall {
            received_at: sender.received_at,
            address: sender.address,
            service: contract.name,
            caller: caller.clone(),
            code: fault.code,
            reason: fault.message.clone(),
            size: message.size,
        };
        let head = || {
            // A secret that the cut would part is seen whole before it.
            let text =
                encoding::head(message.bytes, message.content_type.and_then(encoding::charset_of), 2 * HEAD_LIMIT);
            let mut text = self.gate.without_secrets(&text);
            text = blank::blank_named(&text, contract.style);
            text.truncate(text.floor_char_boundary(HEAD_LIMIT));
            text
        };
        // A flood of bad calls is no flood of the log.
        if refusals.note(refused, &head) == News::Fresh {
            log();
        }
    }

    /// From bytes to a call that may be executed.
    async fn admit(
        &self,
        contract: &'static Contract,
        request: &Request<Bytes>,
        sender: Sender,
    ) -> Result<Admitted, Turned> {
        let Sender { address, received_at } = sender;
        let unread = |fault: Fault| Turned { fault, caller: String::new() };
        let envelope = read(request).await.map_err(unread)?;
        let content = envelope.content();
        let caller = || self.gate.without_secrets(&Credentials::find(content, contract.style).header().caller);
        let turned = |fault: Fault| Turned { fault, caller: caller() };
        let operation = self.dispatch(contract, content).map_err(turned)?;
        let namespace = content.namespace().to_owned();
        let refused = |why: Refused| match why {
            Refused::Fault(fault) => Err(turned(fault)),
            Refused::Content(code, text) => Ok(Admitted::Answered {
                reply: Reply::coded(code, text.clone()),
                operation,
                namespace: namespace.clone(),
                refused: Some(turned(Fault::client(code, text))),
            }),
        };
        let visitor = match self.gate.check(contract, &envelope, address, received_at) {
            Ok(visitor) => visitor,
            Err(why) => return refused(why),
        };
        if let Some(reply) = self.recall(&visitor).await.map_err(turned)? {
            return Ok(Admitted::Answered { reply, operation, namespace, refused: None });
        }
        if let Some(why) = visitor.stale {
            return refused(why);
        }
        let raw = envelope.evidence(request.body(), Credentials::find(content, contract.style).password);
        Ok(Admitted::Call(Box::new(Call {
            operation,
            header: visitor.header,
            source: visitor.peer.source.clone(),
            zone: visitor.peer.zone.clone(),
            received_at,
            message: visitor.message,
            raw,
            envelope,
        })))
    }

    /// The operation of the body element, by namespace and name. `SOAPAction` is not looked at.
    fn dispatch(&self, contract: &'static Contract, content: Element<'_>) -> Result<&'static str, Fault> {
        let namespace = content.namespace();
        let ours = namespace == contract.namespace || self.gate.knows_namespace(namespace);
        let found = if ours { contract.operation(content.name()) } else { None };
        found.ok_or_else(|| {
            let namespace: String = namespace.chars().take(100).collect();
            let message =
                format!("{} has no operation {{{namespace}}}{}; its WSDL is at ?wsdl", contract.name, content.name());
            Fault::client(ResultCode::UnknownOperation, message)
        })
    }

    /// The first answer to the same message, if there was one.
    async fn recall(&self, visitor: &Visitor<'_>) -> Result<Option<Reply>, Fault> {
        let Some(key) = &visitor.message else { return Ok(None) };
        if self.memory.about() == About::Stale && visitor.stale.is_none() {
            return Ok(None);
        }
        match self.memory.recall(&visitor.peer.source, key).await {
            Recall::Unknown => Ok(None),
            Recall::Answered(reply) => Ok(Some(reply)),
            Recall::OtherBody => Err(replayed(&key.msg_id)),
        }
    }
}

/// The bytes of a message, as far as they are there.
struct Message<'r> {
    bytes: &'r [u8],
    content_type: Option<&'r str>,
    size: u64,
}

// === impl Message ===

impl<'r> Message<'r> {
    fn of(request: &'r Request<Bytes>) -> Self {
        let bytes = request.body();
        Message { bytes, content_type: content_type(request.headers()), size: bytes.len() as u64 }
    }
}

/// The fault of a message id that came before with another body; also for the writer, which
/// settles two that arrive at once.
pub fn replayed(msg_id: &str) -> Fault {
    Fault::client(ResultCode::ReplayedMsgId, format!("msgId {msg_id:?} was used before with another body"))
}

async fn read(request: &Request<Bytes>) -> Result<Envelope, Fault> {
    let content_type = content_type(request.headers()).map(str::to_owned);
    if request.body().len() <= INLINE_LIMIT {
        return Ok(Envelope::read(request.body(), content_type.as_deref())?);
    }
    let body = request.body().clone();
    let parse = move || {
        let envelope = Envelope::read(&body, content_type.as_deref())?;
        envelope.digest();
        Ok::<_, crate::SoapError>(envelope)
    };
    let parsed = tokio::task::spawn_blocking(parse).await;
    Ok(parsed.map_err(|_| Fault::server(ResultCode::Internal, "the message could not be read"))??)
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

fn not_allowed() -> Response<Bytes> {
    let fault = Fault::client(ResultCode::BadXml, "send a SOAP 1.1 message by POST, or GET ?wsdl");
    let mut response = respond(StatusCode::METHOD_NOT_ALLOWED, fault.to_xml());
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

#[cfg(test)]
mod tests;
