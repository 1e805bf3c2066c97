use std::io::{Read, Write};

use super::*;

#[tokio::test]
async fn a_refused_login_does_not_repeat_the_key() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let omc = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut asked = [0; 200];
        let count = socket.read(&mut asked).unwrap();
        let told = String::from_utf8_lossy(&asked[..count]).replace(';', ",");
        let mut answer = BytesMut::new();
        let body = format!("ackLoginAlarm;result=fail;resDesc=no such login: {told}").into_bytes();
        Frame { kind: Kind::AckLogin, at_s: 1, body }.write(&mut answer);
        socket.write_all(&answer).unwrap();
    });
    let settings = Settings {
        address,
        user: "linesman".to_owned(),
        key: "hush-hush".to_owned(),
        connect: Duration::from_secs(5),
        heartbeat: Duration::from_secs(60),
        silence: Duration::from_secs(180),
        now: Arc::new(|| Time::from_ms(0)),
    };
    let Err(refused) = Session::open(settings).await else { panic!("it let us in") };
    omc.join().unwrap();
    let said = refused.to_string();
    assert!(said.contains("no such login") && said.contains("user=linesman") && !said.contains("hush"), "{said}");
}
