//! A peer on loopback that gives one prepared answer and shows what it was asked.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use soap::{Client, Remote};

use crate::cases::peer;

/// A listener with one answer.
pub(crate) struct Canned {
    listener: TcpListener,
    url: String,
}

impl Canned {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/service", listener.local_addr().unwrap());
        Canned { listener, url }
    }

    /// A client of this peer, of a kind and with more settings.
    pub(crate) fn client(&self, kind: &str, more: &str) -> (Client, Remote) {
        let text = format!(
            "caller = \"GD_PEER\"\nkind = \"{kind}\"\nurl = \"{}\"\npassword_file = \"x\"\ntimeout_s = 2\n{more}",
            self.url
        );
        let (peer, secrets) = peer(&text);
        let client = Client::new(std::time::Duration::from_secs(2)).unwrap();
        (client, peer.remote(&secrets, "GD_CNM").unwrap())
    }

    /// Answers one request with `body` inside an envelope; returns the request.
    pub(crate) async fn answer(&self, body: &str) -> String {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
        );
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut request = Vec::new();
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(&request).contains("</soap:Envelope>") {
            let count = stream.read(&mut piece).await.unwrap();
            assert!(count > 0, "the request ended early");
            request.extend_from_slice(&piece[..count]);
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            envelope.len()
        );
        stream.write_all(format!("{head}{envelope}").as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    }
}
