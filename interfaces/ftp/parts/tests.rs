use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The texts of the parts, read to the end or to an error.
fn parts(name: &str, bytes: &[u8]) -> Result<(Vec<String>, Proof), FtpError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let stored = Stored { path: file.into_temp_path(), bytes: bytes.len() as u64, sha256: String::new() };
    let path = RemotePath::parse(name).unwrap();
    let mut found = Vec::new();
    let proof = each_part(&path, &stored, |part| {
        let mut text = Vec::new();
        let read = part.read_to_end(&mut text);
        read.map_err(|error| FtpError::Format { file: name.to_owned(), reason: error.to_string() })?;
        found.push(String::from_utf8_lossy(&text).into_owned());
        Ok(())
    })?;
    Ok((found, proof))
}

#[test]
fn each_file_of_a_zip_is_a_part_and_a_plain_file_proves_nothing() {
    let packed = zipped(&[("a.txt", b"one"), ("b/c.txt", b"two")]);
    assert_eq!(parts("/x.zip", &packed).unwrap(), (vec!["one".to_owned(), "two".to_owned()], Proof::Whole));
    assert_eq!(parts("/x.txt", b"one").unwrap(), (vec!["one".to_owned()], Proof::Nothing));
}

#[test]
fn a_zip_that_is_cut_or_damaged_anywhere_gives_no_other_text() {
    let text = b"{\"alarmId\":\"A1\"}\n{\"alarmId\":\"A2\"}\n";
    let packed = zipped(&[("a.txt", text)]);
    for length in 0..packed.len() {
        assert!(parts("/x.zip", &packed[..length]).is_err(), "cut at {length}");
    }
    for at in 0..packed.len() {
        let mut damaged = packed.clone();
        damaged[at] ^= 0x55;
        if let Ok((found, _)) = parts("/x.zip", &damaged) {
            assert!(found.is_empty() || found == [String::from_utf8_lossy(text)], "damaged at {at}: {found:?}");
        }
    }
}

#[test]
fn bombs_stop() {
    let zeros = vec![b'0'; 4 << 20];
    assert!(parts("/x.zip", &zipped(&[("a", &zeros)])).unwrap_err().to_string().contains("unpacks to more"));
    // A tiny limit is shared by all: a file that packs badly makes room for one bomb, not for two.
    let noise: Vec<u8> = (0..40_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let bomb = &vec![b'0'; 20 << 20];
    assert!(parts("/x.zip", &zipped(&[("noise", &noise), ("a", bomb)])).is_ok());
    assert!(parts("/x.zip", &zipped(&[("noise", &noise), ("a", bomb), ("b", bomb)])).is_err());
    let names: Vec<String> = (0..=ENTRIES_MAX).map(|number| format!("{number}")).collect();
    let crowd: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    assert!(parts("/x.zip", &zipped(&crowd)).unwrap_err().to_string().contains("101 files"));
}
