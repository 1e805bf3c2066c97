//! The relay as it is configured: how the connection is encrypted, whose certificate is believed, who we are.

use std::time::Duration;

use anyhow::{Context, ensure};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, Tokio1Executor};

use crate::config::{Mail, MailTls, read_capped};

/// How long the relay may take for one step.
const PATIENCE: Duration = Duration::from_secs(60);

/// A relay that mail can be given to.
pub(crate) type Relay = AsyncSmtpTransport<Tokio1Executor>;

/// The configured relay; nothing is connected yet.
///
/// # Errors
/// Which file cannot be used.
pub(crate) fn relay(settings: &Mail) -> anyhow::Result<Relay> {
    let tls = match settings.tls {
        MailTls::None => Tls::None,
        MailTls::Starttls => Tls::Required(believed(settings)?),
        MailTls::Implicit => Tls::Wrapper(believed(settings)?),
    };
    let usual = if settings.tls == MailTls::Implicit { 465 } else { 25 };
    let mut relay = Relay::builder_dangerous(&settings.host).port(settings.port.unwrap_or(usual)).tls(tls);
    if let Some((user, password)) = settings.user.clone().zip(settings.password()?) {
        relay = relay.credentials(Credentials::new(user, password));
    }
    Ok(relay.timeout(Some(PATIENCE)).build())
}

/// Whose certificates are believed: those of the configured file alone, else the public authorities'.
fn believed(settings: &Mail) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.ca_file {
        let what = || format!("reports.mail.ca_file {}", file.display());
        let text = read_capped(file).with_context(what)?;
        ensure!(text.contains("BEGIN CERTIFICATE"), "{} holds no certificate in PEM", what());
        let certificate = Certificate::from_pem(text.as_bytes()).with_context(what)?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build_rustls().context("reports.mail: TLS")
}
