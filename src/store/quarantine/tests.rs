//! What was refused on both engines: kept in part, counted when it comes again, and never without end.

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

const ALL: QuarantineFilter = QuarantineFilter { kind: None, source: None };

fn of(kind: Kind) -> QuarantineFilter {
    QuarantineFilter { kind: Some(kind), source: None }
}

fn refused(kind: Kind, name: &str, reason: &str) -> Quarantined {
    let once = Quarantined::once(kind, &SourceId::new("GD_RMS"), NOW);
    Quarantined { name: name.to_owned(), reason: reason.to_owned(), size: 5, ..once }
}

#[tokio::test]
async fn refused_things_are_kept_in_part() {
    for test in both().await {
        let what = Quarantined { size: CONTENT_MAX as u64 + 1, ..refused(Kind::File, "a.csv.gz", "sha256 differs") };
        let other = refused(Kind::Row, "m1", "severity is bad");
        let mut tx = test.db.write().await.unwrap();
        let id = put_quarantine(&mut tx, &what, &vec![7; CONTENT_MAX + 1]).await.unwrap();
        let second = put_quarantine(&mut tx, &other, b"small").await.unwrap();
        let page = quarantine_page(&mut tx, &ALL, second, 5).await.unwrap();
        assert_eq!(page, [Quarantined { id, ..what.clone() }], "{}", test.engine);
        assert_eq!(quarantine_page(&mut tx, &of(Kind::File), i64::MAX, 5).await.unwrap(), page);
        assert_eq!(quarantine_page(&mut tx, &of(Kind::Caller), i64::MAX, 5).await.unwrap(), []);
        assert_eq!(quarantine_content(&mut tx, id).await.unwrap().unwrap().len(), CONTENT_MAX);
        assert_eq!(quarantine_content(&mut tx, second).await.unwrap().unwrap(), b"small");
    }
}

#[tokio::test]
async fn refused_things_are_found_by_their_sender() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let mut ids = Vec::new();
        for (source, kind) in [("GD_TNMS", Kind::Row), ("GD_RMS", Kind::Row), ("GD_TNMS", Kind::File)] {
            let what = Quarantined { source: SourceId::new(source), ..refused(kind, source, "bad") };
            ids.push(put_quarantine(&mut tx, &what, b"x").await.unwrap());
        }
        let of = |kind| QuarantineFilter { kind, source: Some(SourceId::new("GD_TNMS")) };
        for (filter, wanted) in [(of(None), vec![ids[2], ids[0]]), (of(Some(Kind::Row)), vec![ids[0]])] {
            let page = quarantine_page(&mut tx, &filter, i64::MAX, 9).await.unwrap();
            assert_eq!(page.iter().map(|one| one.id).collect::<Vec<_>>(), wanted, "{} {filter:?}", test.engine);
        }
        let next = quarantine_page(&mut tx, &of(None), ids[2], 9).await.unwrap();
        assert_eq!(next.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[0]], "{}: the next page", test.engine);
        assert_eq!(quarantined_by_id(&mut tx, ids[1]).await.unwrap().unwrap().source, SourceId::new("GD_RMS"));
        assert_eq!(quarantined_by_id(&mut tx, 999).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_comes_again_is_counted() {
    for test in both().await {
        let what = refused(Kind::Row, "m1", "row 3: severity is \"x\"");
        let mut tx = test.db.write().await.unwrap();
        let id = put_quarantine(&mut tx, &what, b"first").await.unwrap();
        let later = NOW.plus_s(60);
        let again = Quarantined {
            at: later,
            last_at: later,
            repeats: 4,
            ..refused(Kind::Row, "m2", "row 17: severity is \"x\"")
        };
        assert_eq!(put_quarantine(&mut tx, &again, b"again").await.unwrap(), id, "{}", test.engine);
        let page = quarantine_page(&mut tx, &ALL, i64::MAX, 5).await.unwrap();
        assert_eq!(page, [Quarantined { id, repeats: 5, last_at: later, ..what.clone() }]);
        assert_eq!(quarantine_content(&mut tx, id).await.unwrap().unwrap(), b"first");
        let next_hour = NOW.plus_ms(FOLD_MS + 1);
        let much_later = Quarantined { at: next_hour, last_at: next_hour, ..what };
        assert_ne!(put_quarantine(&mut tx, &much_later, b"").await.unwrap(), id, "a sample every hour");
    }
}

#[tokio::test]
async fn of_each_kind_the_oldest_fall_out() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let file = put_quarantine(&mut tx, &refused(Kind::File, "old", ""), b"").await.unwrap();
        let mut last = 0;
        for word in 0..2200u32 {
            // A reason of its own, without digits.
            let reason: String = format!("{word:012b}").replace('0', "a").replace('1', "b");
            last = put_quarantine(&mut tx, &refused(Kind::Message, "", &reason), b"").await.unwrap();
        }
        purge_quarantine(&mut tx).await.unwrap();
        assert_eq!(count_quarantine(&mut tx).await.unwrap(), 2001, "{}", test.engine);
        let newest = quarantine_page(&mut tx, &of(Kind::Message), i64::MAX, 1).await.unwrap();
        assert_eq!(newest[0].id, last);
        assert_eq!(
            quarantine_page(&mut tx, &of(Kind::File), i64::MAX, 9).await.unwrap()[0].id,
            file,
            "another kind stays"
        );
        for number in 0..70 {
            put_quarantine(&mut tx, &refused(Kind::File, &format!("large {number}"), ""), &vec![7; CONTENT_MAX])
                .await
                .unwrap();
        }
        purge_quarantine(&mut tx).await.unwrap();
        let files = quarantine_page(&mut tx, &of(Kind::File), i64::MAX, 1000).await.unwrap();
        assert_eq!(files.len(), 64, "64 MiB of files");
        assert_eq!(files[0].name, "large 69");
    }
}

#[test]
fn two_things_are_alike_when_a_person_would_say_so() {
    let alike = |one: &Quarantined, other: &Quarantined| one.likeness() == other.likeness();
    let malformed = refused(Kind::Message, "CnmForTransport", "not well-formed near byte 17");
    assert!(alike(&malformed, &refused(Kind::Message, "CnmForTransport", "not well-formed near byte 1024")));
    assert!(!alike(&malformed, &refused(Kind::Message, "CnmForTransport", "a DTD near byte 17")));
    assert!(!alike(&malformed, &Quarantined { address: "192.0.2.1".to_owned(), ..malformed.clone() }));
    assert!(!alike(&malformed, &Quarantined { source: SourceId::new("X"), ..malformed.clone() }));
    assert!(!alike(&refused(Kind::File, "ALM-1.csv", ""), &refused(Kind::File, "ALM-2.csv", "")));
    assert!(alike(&refused(Kind::Row, "m1", "row 1"), &refused(Kind::Row, "m2", "row 2")));
    assert!(!alike(&refused(Kind::Unknown, "C1", "alarm 1"), &refused(Kind::Unknown, "C2", "alarm 1")));
    assert!(alike(&refused(Kind::Unknown, "C1", "alarm 1"), &refused(Kind::Unknown, "C1", "alarm 2")));
}
