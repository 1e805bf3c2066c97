//! Calls to peers. What matters is what a failure means: refused (they understood and said no),
//! not sent (they cannot have seen it), or unknown (they may have done it).

use std::sync::Once;
use std::time::Duration;

use futures_util::StreamExt;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use model::time::{Time, Zone};
use reqwest::redirect::Policy;

use crate::contract::{Contract, Style};
use crate::envelope::Envelope;
use crate::secret::Secret;
use crate::tree::Element;
use crate::write::{XmlWriter, envelope};
use crate::{BODY_LIMIT, SOAP_11};

/// Time to connect, unless a setting says otherwise.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for a whole call, unless a peer's setting says otherwise.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// A peer that we call, with its habits.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Address of the service.
    pub url: String,
    /// Namespace of its operations.
    pub namespace: String,
    /// `SOAPAction`; `{operation}` stands for the operation's name.
    pub soap_action: String,
    /// Element of the answer that holds the result; `{operation}` stands for the operation's
    /// name. `None`: the wrapper itself (typed), or its first child (positional).
    pub result_element: Option<String>,
    /// Header style.
    pub style: Style,
    /// `serSupplier`: its system code.
    pub supplier: String,
    /// `serCaller`: ours.
    pub caller: String,
    /// `callerPwd`: ours at this peer.
    pub password: Secret,
    /// Zone of `callTime`.
    pub zone: Zone,
    /// Time for a whole call.
    pub timeout: Duration,
}

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    envelope: Envelope,
    result: u32,
}

/// What became of a call without a good answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The peer understood and refused: nothing was done.
    #[error("the peer refused with {code}: {message}")]
    Refused {
        /// Its `resultCode`, or the fault code where it gives none.
        code: String,
        /// Its words.
        message: String,
    },
    /// The peer cannot have seen it: try again at will.
    #[error("the peer could not be reached: {0}")]
    NotSent(String),
    /// The peer may have done it: find out before sending again.
    #[error("no readable answer after sending: {0}")]
    Unknown(String),
}

/// A pool of connections to peers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
}

/// What a call says. `msg_id` is for typed peers only.
pub struct Request<'a> {
    /// Operation.
    pub operation: &'a str,
    /// `msgId`, chosen by the caller: the same for a repetition.
    pub msg_id: &'a str,
    /// Our clock.
    pub now: Time,
    /// Writes what follows the header.
    pub arguments: &'a (dyn Fn(&mut XmlWriter) + Send + Sync),
}

// === impl Remote ===

impl Remote {
    /// A peer at `url` that keeps to `contract`, without names and password yet.
    pub fn new(url: &str, contract: &Contract) -> Self {
        Remote {
            url: url.to_owned(),
            namespace: contract.namespace.to_owned(),
            soap_action: String::new(),
            result_element: None,
            style: contract.style,
            supplier: String::new(),
            caller: String::new(),
            password: Secret::default(),
            zone: Zone::china(),
            timeout: CALL_TIMEOUT,
        }
    }
}

// === impl Answer ===

impl Answer {
    /// The element that holds the result: `resultCode` and payload, or the one string.
    pub fn result(&self) -> Element<'_> {
        self.envelope.element(self.result)
    }

    /// The one string of a positional answer, trimmed.
    pub fn text(&self) -> &str {
        self.result().text().trim()
    }

    /// The result code of a typed answer; empty if it has none.
    pub fn code(&self) -> &str {
        code_of(self.result()).unwrap_or_default()
    }
}

// === impl ClientError ===

impl ClientError {
    /// The peer may have done what we asked.
    pub fn is_unknown(&self) -> bool {
        matches!(self, ClientError::Unknown(_))
    }

    /// Trying again later may help.
    pub fn temporary(&self) -> bool {
        match self {
            ClientError::NotSent(_) | ClientError::Unknown(_) => true,
            ClientError::Refused { code, .. } => matches!(code.as_str(), "9001" | "9002" | "9003" | "9004"),
        }
    }
}

// === impl Client ===

impl Client {
    /// A client that waits `connect_timeout` for a connection. It follows no redirect and uses no proxy.
    ///
    /// # Errors
    /// [`ClientError::NotSent`] if TLS cannot be set up on this machine.
    pub fn new(connect_timeout: Duration) -> Result<Self, ClientError> {
        install_crypto();
        let http = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("linesman/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ClientError::NotSent(chain(&error)))?;
        Ok(Client { http })
    }

    /// Calls an operation. A typed answer with another `resultCode` than 0 is [`ClientError::Refused`].
    ///
    /// # Errors
    /// [`ClientError`], by what the failure means.
    pub async fn call(&self, remote: &Remote, request: &Request<'_>) -> Result<Answer, ClientError> {
        let answer = self.ask(remote, request).await?;
        if remote.style == Style::Typed {
            check_code(answer.result())?;
        }
        Ok(answer)
    }

    /// Calls an operation whose result the caller judges by the peer's own words.
    ///
    /// # Errors
    /// [`ClientError`], by what the failure means.
    pub async fn ask(&self, remote: &Remote, request: &Request<'_>) -> Result<Answer, ClientError> {
        let body = message(remote, request);
        let action = format!("\"{}\"", remote.soap_action.replace("{operation}", request.operation));
        let sent = self
            .http
            .post(&remote.url)
            .timeout(remote.timeout)
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .header("SOAPAction", action)
            .body(body)
            .send()
            .await;
        let response = sent.map_err(|error| {
            // Without a connection (or with a wrong address) nothing can have been sent.
            let unsent = error.is_connect() || error.is_builder();
            if unsent { ClientError::NotSent(chain(&error)) } else { ClientError::Unknown(chain(&error)) }
        })?;
        let status = response.status();
        let content_type =
            response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = read_capped(response).await?;
        judge(remote, request.operation, status, Envelope::read(&body, content_type.as_deref()))
    }
}

/// Installs the TLS provider of the process, once; also for other users of rustls.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    // An error means that someone installed one before: then that one serves.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// The envelope of a call in the peer's habit.
fn message(remote: &Remote, request: &Request<'_>) -> String {
    let call_time = remote.zone.write_local(request.now);
    let header = |w: &mut XmlWriter| {
        w.text("serSupplier", &remote.supplier).text("serCaller", &remote.caller);
        w.text("callerPwd", remote.password.reveal()).text("callTime", &call_time);
    };
    envelope(|w| {
        w.nest_in(request.operation, &remote.namespace, |w| {
            match remote.style {
                Style::Typed => {
                    w.nest("header", |w| {
                        header(w);
                        w.text("msgId", request.msg_id);
                    });
                }
                Style::Positional => header(w),
            }
            (request.arguments)(w);
        });
    })
}

/// The body, up to the limit. Anything else after the request was sent is unknown.
async fn read_capped(response: reqwest::Response) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| ClientError::Unknown(chain(&error)))?;
        if body.len() + part.len() > BODY_LIMIT {
            return Err(ClientError::Unknown(format!("the answer has more than {BODY_LIMIT} bytes")));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// What an HTTP answer means.
fn judge(
    remote: &Remote,
    operation: &str,
    status: StatusCode,
    read: Result<Envelope, crate::SoapError>,
) -> Result<Answer, ClientError> {
    let envelope = match read {
        Ok(envelope) => envelope,
        // A server that does not know us or the address did not run the operation.
        Err(_) if status.is_client_error() || status.is_redirection() => {
            return Err(ClientError::Refused { code: status.as_u16().to_string(), message: format!("HTTP {status}") });
        }
        Err(error) => return Err(ClientError::Unknown(format!("HTTP {status}: {error}"))),
    };
    let content = envelope.content();
    if content.name() == "Fault" && content.namespace() == SOAP_11 {
        return Err(fault(content));
    }
    if !status.is_success() {
        return Err(ClientError::Unknown(format!("HTTP {status} with an answer that is no fault")));
    }
    let result = result_of(remote, operation, content)?.index();
    Ok(Answer { envelope, result })
}

/// A fault that says "your message" was not executed; one that says "our failure" may have been,
/// unless its code shows that it was refused at the door.
fn fault(content: Element<'_>) -> ClientError {
    let faultcode = content.value("faultcode").unwrap_or("soap:Server");
    let message = shortened(content.value("faultstring").unwrap_or("no faultstring"));
    let code = content.child("detail").and_then(|detail| detail.value("resultCode"));
    let local = faultcode.rsplit(':').next().unwrap_or_default();
    let ours = local.split('.').next() != Some("Server");
    let at_the_door = code.is_some_and(|code| !matches!(code, "1" | "9001" | "9003" | "9004"));
    if ours || at_the_door {
        return ClientError::Refused { code: code.map_or_else(|| local.to_owned(), shortened), message };
    }
    ClientError::Unknown(format!("fault {}: {message}", shortened(faultcode)))
}

/// The element with the result, by the peer's setting.
fn result_of<'a>(remote: &Remote, operation: &str, content: Element<'a>) -> Result<Element<'a>, ClientError> {
    let unreadable = |what: &str| ClientError::Unknown(format!("the answer to {operation} has no {what}"));
    if content.name() != format!("{operation}Response") {
        return Err(unreadable(&format!("{operation}Response")));
    }
    match (&remote.result_element, remote.style) {
        (Some(name), _) => {
            let name = name.replace("{operation}", operation);
            content.child(&name).ok_or_else(|| unreadable(&name))
        }
        (None, Style::Typed) => Ok(content),
        // Some peers answer nothing at all where they mean the empty string.
        (None, Style::Positional) => Ok(content.children().next().unwrap_or(content)),
    }
}

/// A result that holds no elements is the code itself: a peer's setting may name such an element.
fn code_of(result: Element<'_>) -> Option<&str> {
    if result.is_leaf() { result.own_value() } else { result.value("resultCode") }
}

fn check_code(result: Element<'_>) -> Result<(), ClientError> {
    match code_of(result) {
        Some("0") => Ok(()),
        // Failed or timed out inside, so it may have been done.
        Some(code @ ("9001" | "9003" | "9004")) => {
            let message = shortened(result.value("resultDesc").unwrap_or_default());
            Err(ClientError::Unknown(format!("resultCode {code}: {message}")))
        }
        Some(code) => {
            let message = shortened(result.value("resultDesc").unwrap_or_default());
            Err(ClientError::Refused { code: shortened(code), message })
        }
        None => Err(ClientError::Unknown("the answer has no resultCode".to_owned())),
    }
}

/// A peer's words, cut to what a log line can bear.
fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}

/// An error with its causes; reqwest's own text hides why.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
