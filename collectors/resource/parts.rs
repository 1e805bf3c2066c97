//! A list that came in parts (contract A.5, `…-<nnn>of<mmm>.csv.gz`) is read whole or not at all: of a FULL
//! one, what an unlisted part holds would be deleted.

use std::collections::BTreeMap;

use model::code::ResultCode;

use crate::fields::Wrong;

/// Refuses a list of files that lacks parts which its names speak of. Names without parts say nothing.
///
/// # Errors
/// 5004 with the first part that is missing.
pub(crate) fn all_listed(files: &[String]) -> Result<(), Wrong> {
    let mut sets: BTreeMap<(&str, u32), Vec<u32>> = BTreeMap::new();
    for (name, part, of) in files.iter().filter_map(|file| part_of(file)) {
        sets.entry((name, of)).or_default().push(part);
    }
    for ((name, of), parts) in sets {
        // A name cannot make us count further than there are files.
        let end = of.min(u32::try_from(files.len()).unwrap_or(u32::MAX).saturating_add(1));
        if let Some(lacks) = (1..=end).find(|part| !parts.contains(part)) {
            let reason = format!(
                "fileList is {name:?} in {of} parts, and part {lacks} is not in it; announce all parts in one notice"
            );
            return Err(Wrong { code: ResultCode::CountMismatch, reason });
        }
    }
    Ok(())
}

/// Name before the part, the part, and how many there are.
fn part_of(file: &str) -> Option<(&str, u32, u32)> {
    let stem = file.split_once(".csv").map_or(file, |(stem, _)| stem);
    let (name, parts) = stem.rsplit_once('-')?;
    let (part, of) = parts.split_once("of")?;
    Some((name, part.parse().ok()?, of.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::all_listed;

    fn lacks(files: &[&str]) -> Option<String> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        all_listed(&files).err().map(|wrong| wrong.reason)
    }

    #[test]
    fn every_part_must_be_there_in_any_order() {
        assert_eq!(lacks(&["/a/RES-X-NE-FULL-20261001000000-001of001.csv.gz"]), None);
        assert_eq!(lacks(&["/a/N-2of3.csv", "/a/N-3of3.csv", "/a/N-1of3.csv"]), None);
        let reason = lacks(&["/a/N-001of003.csv.gz", "/a/N-003of003.csv.gz"]).unwrap();
        assert!(reason.contains("part 2 is not in it"), "{reason}");
        assert!(lacks(&["/a/N-1of2.csv", "/a/M-2of2.csv"]).is_some(), "parts of two lists");
    }

    #[test]
    fn names_of_other_forms_say_nothing_and_large_numbers_cost_nothing() {
        assert_eq!(lacks(&["/a/ne.csv", "/a/ne-2.csv", "/a/of-of.csv", "/a/x-1of.csv"]), None);
        assert!(lacks(&["/a/N-001of4000000000.csv"]).unwrap().contains("part 2"));
        assert_eq!(lacks(&["/a/N-1of99999999999.csv"]), None);
    }
}
