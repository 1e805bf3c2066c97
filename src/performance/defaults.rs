//! The thresholds that come with the program: written once, when there never was one, and from then on the
//! operator's like all others.

use model::threshold::Threshold;
use model::time::Time;
use serde::Deserialize;
use store::performance::threshold::{add_threshold, has_had_thresholds};
use store::{Db, StoreError};

/// The data.
const TEXT: &str = include_str!("thresholds.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    threshold: Vec<Threshold>,
}

/// Writes them, if there never was a threshold. They judge what begins from now on.
///
/// # Errors
/// What the database says.
pub async fn put_defaults(db: &Db, now: Time) -> Result<(), StoreError> {
    if has_had_thresholds(&mut db.read().await?).await? {
        return Ok(());
    }
    let defaults = defaults();
    tracing::info!(thresholds.total = defaults.len(), "{} thresholds come with the program", defaults.len());
    let mut tx = db.write().await?;
    for threshold in defaults {
        add_threshold(&mut tx, &Threshold { since: now, ..threshold }).await?;
    }
    tx.commit().await
}

fn defaults() -> Vec<Threshold> {
    let file: Result<File, _> = toml::from_str(TEXT);
    file.map(|file| file.threshold).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_default_is_right_and_says_where_it_comes_from() {
        let all = defaults();
        assert!(all.len() > 20, "{}", all.len());
        for threshold in &all {
            assert_eq!(threshold.faults(), [], "{threshold:?}");
            assert!(!threshold.note.is_empty(), "{threshold:?}");
        }
        let keys: BTreeSet<_> = all.iter().map(|threshold| &threshold.key).collect();
        assert_eq!(keys.len(), all.len(), "two look at the same thing");
    }
}
