use std::net::UdpSocket;

use super::{Lost, dropped};

#[test]
fn the_number_stands_at_the_end_of_our_line() {
    let list = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
        10: 00000000:00A2 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 88\n";
    assert_eq!(dropped(list, 4711), Some(88));
    assert_eq!(dropped(list, 471), None);
}

#[test]
fn what_the_system_drops_is_counted() {
    let (ours, theirs) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let mut lost = Lost::new(&ours);
    for _ in 0..20_000 {
        theirs.send_to(&[0; 1000], ours.local_addr().unwrap()).unwrap();
    }
    lost.looked -= super::EVERY;
    assert!(lost.look() > 0, "nobody read the socket, and its buffer is not that large");
    lost.looked -= super::EVERY;
    assert_eq!(lost.look(), 0, "told once");
}
