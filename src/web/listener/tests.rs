//! Slow and greedy clients on real sockets.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::routing::{get, post};
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

fn quick() -> Limits {
    Limits {
        first_byte: Duration::from_millis(300),
        header: Duration::from_millis(300),
        idle: Duration::from_millis(1200),
        stall: Duration::from_millis(600),
        body: Duration::from_millis(300),
        body_rate: 1000,
        linger: Duration::from_millis(900),
        linger_bytes: 8 << 20,
        connections: 50,
        connections_per_ip: 5,
        grace: Duration::from_millis(500),
        ..Limits::default()
    }
}

fn router() -> Router {
    let echo = |body: Result<Bytes, BytesRejection>| async move {
        body.map_or(http::StatusCode::REQUEST_TIMEOUT, |_| http::StatusCode::OK)
    };
    let endless = || async {
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        Body::from_stream(stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone())))
    };
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(250)).await }))
        .route("/echo", post(echo))
        .route("/no", post(|| async { (http::StatusCode::PAYLOAD_TOO_LARGE, "too large") }))
        .route("/endless", get(endless))
}

async fn start(limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(run(listener, router(), limits, stop.clone()));
    Running { address, stop, tasks }
}

/// How long until the server closes the connection.
async fn time_to_close(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await;
    began.elapsed()
}

async fn read_some(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 4096];
    let n = stream.read(&mut buffer).await.unwrap_or(0);
    String::from_utf8_lossy(&buffer[..n]).into_owned()
}

fn within(took: Duration, low_ms: u64, high_ms: u64) {
    assert!(took >= Duration::from_millis(low_ms) && took <= Duration::from_millis(high_ms), "took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_is_closed() {
    let server = start(quick()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    within(time_to_close(&mut client).await, 200, 1100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dribbled_head_is_closed_though_bytes_keep_coming() {
    let server = start(quick()).await;
    let client = TcpStream::connect(server.address).await.unwrap();
    let (mut read, mut write) = client.into_split();
    let mut dribble = JoinSet::new();
    dribble.spawn(async move {
        for byte in b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
            if write.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let began = Instant::now();
    let mut bytes = Vec::new();
    let _ = read.read_to_end(&mut bytes).await;
    within(began.elapsed(), 200, 1100);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_lives_longer_than_a_half_head_but_not_for_ever() {
    let server = start(quick()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    assert!(read_some(&mut client).await.ends_with("hello"));
    tokio::time::sleep(Duration::from_millis(700)).await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    assert!(read_some(&mut client).await.ends_with("hello"), "kept alive beyond the header limit");
    within(time_to_close(&mut client).await, 1000, 2500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_below_the_minimum_rate_is_refused() {
    let server = start(quick()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(b"POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\nabc").await.unwrap();
    let began = Instant::now();
    assert!(read_some(&mut client).await.contains("408"), "the handler sees the failed body");
    within(began.elapsed(), 200, 1100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stalls_loses_its_connection() {
    let server = start(Limits { connections_per_ip: 1, ..quick() }).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    // Nothing is read: the place of this connection becomes free only when the server gives up.
    let began = Instant::now();
    loop {
        let mut other = TcpStream::connect(server.address).await.unwrap();
        other.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        if read_some(&mut other).await.ends_with("hello") {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(8), "the stalled reader was never reclaimed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() >= Duration::from_millis(400));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_gets_its_share_and_no_more() {
    let server = start(quick()).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut client = TcpStream::connect(server.address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        assert!(read_some(&mut client).await.ends_with("hello"));
        held.push(client);
    }
    let mut sixth = TcpStream::connect(server.address).await.unwrap();
    within(time_to_close(&mut sixth).await, 0, 150);
    held.clear();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut again = TcpStream::connect(server.address).await.unwrap();
    again.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    assert!(read_some(&mut again).await.ends_with("hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_finishes_what_is_in_flight_and_cuts_what_never_ends() {
    let mut server = start(quick()).await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    let mut endless = TcpStream::connect(server.address).await.unwrap();
    endless.write_all(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    server.stop.cancel();
    assert!(read_some(&mut slow).await.contains("200 OK"));
    server.tasks.join_next().await;
    within(began.elapsed(), 300, 1500);
}

/// Sends a body of so many bytes before it reads anything, as simple clients do; what it gets.
async fn write_then_read(address: SocketAddr, head: &str, bytes: usize) -> std::io::Result<String> {
    let mut client = TcpStream::connect(address).await?;
    client.write_all(format!("POST /no HTTP/1.1\r\nHost: here\r\n{head}\r\n").as_bytes()).await?;
    let part = vec![b'x'; 64 * 1024];
    for _ in 0..bytes.div_ceil(part.len()) {
        client.write_all(&part).await?;
    }
    let mut answer = String::new();
    client.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_writes_first_gets_the_early_answer_every_time() {
    let server = start(quick()).await;
    let bytes = 6 << 20;
    for round in 0..100 {
        let announced = format!("Content-Length: {bytes}\r\n");
        let answer = write_then_read(server.address, &announced, bytes).await;
        let answer = answer.unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert!(answer.starts_with("HTTP/1.1 413") && answer.ends_with("too large"), "{answer}");
        assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_body_is_not_read_for_ever() {
    let server = start(quick()).await;
    // More than is thrown away: the server gives up, and the client sees it.
    let endless = format!("Content-Length: {}\r\n", 1usize << 40);
    let began = Instant::now();
    let sent = write_then_read(server.address, &endless, 1 << 30).await;
    assert!(sent.is_err(), "a gigabyte was read");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    // A client that sends nothing more is let go after a while.
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(b"POST /no HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n").await.unwrap();
    within(time_to_close(&mut client).await, 400, 3000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_first_is_told_before_it_sends_its_body() {
    let server = start(quick()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /no HTTP/1.1\r\nHost: here\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    assert!(read_some(&mut client).await.starts_with("HTTP/1.1 413"), "the answer, not 100 Continue");
    let mut read = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    read.write_all(head.as_bytes()).await.unwrap();
    assert!(read_some(&mut read).await.starts_with("HTTP/1.1 100"), "who will be read is told to go on");
    read.write_all(b"abc").await.unwrap();
    assert!(read_some(&mut read).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_was_read_leaves_the_connection_open() {
    let server = start(quick()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..2 {
        client.write_all(b"POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc").await.unwrap();
        let answer = read_some(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 200") && !answer.to_ascii_lowercase().contains("close"), "{answer}");
    }
}
