use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn pack(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Unpack::new(packed, packed.len() as u64).read_to_end(&mut out).map(|_| out)
}

#[test]
fn several_members_are_one_file() {
    let packed = [pack(b"one\n"), pack(b""), pack(b"two\n")].concat();
    assert_eq!(unpack(&packed).unwrap(), b"one\ntwo\n");
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let packed = pack(b"alarmId,severity\nA1,1\nA2,2\n");
    for length in 0..packed.len() {
        assert!(unpack(&packed[..length]).is_err(), "cut at {length}");
    }
    let mut damaged = packed.clone();
    let last = damaged.len() - 6; // the CRC
    damaged[last] ^= 1;
    assert!(unpack(&damaged).is_err());
    assert!(unpack(&[packed, b"tail".to_vec()].concat()).is_err());
}

#[test]
fn a_bomb_stops_at_the_ratio() {
    let bomb = pack(&vec![b'0'; 4 << 20]);
    let mut reader = Unpack::new(bomb.as_slice(), bomb.len() as u64);
    let mut total = 0;
    let mut buffer = [0; 8192];
    let error = loop {
        match reader.read(&mut buffer) {
            Ok(0) => panic!("the bomb went off"),
            Ok(count) => total += count as u64,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(total <= bomb.len() as u64 * RATIO_MAX);
}
