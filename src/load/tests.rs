//! Loads on both engines: the same file twice, in another order, in part, damaged, and too much gone.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::resource::{Class, Row};
use model::source::SourceId;
use store::load::{LoadProgress, add_load, count_held, load_by_id};
use store::notice::put_notice;
use store::quarantine::{QuarantineFilter, count_quarantine, quarantine_page};
use store::resource::{count_of_class, rows_of_class};
use store::staging::{Slice, Staged, apply_slice, count_slices, stage_slice};
use store::testing::{TestDb, both};

use super::*;

const NOW: Time = Time::from_ms(1_793_000_000_000);

struct Bench {
    test: TestDb,
    loader: Loader,
    folder: tempfile::TempDir,
    loads: std::cell::Cell<u32>,
}

async fn benches() -> Vec<Bench> {
    let bench = |test: TestDb| {
        let loader = Loader {
            db: test.db.clone(),
            clock: Clock::starting_at(NOW, 1.0),
            rules: Resources::default(),
            kept_until: KeptUntil::default(),
            stop: CancellationToken::new(),
        };
        Bench { test, loader, folder: tempfile::tempdir().unwrap(), loads: 0.into() }
    };
    both().await.into_iter().map(bench).collect()
}

impl Bench {
    /// Loads a text as one file of a class.
    async fn load(&self, class: Class, full: bool, text: &str) -> Load {
        self.load_bytes(class, full, "csv", text.as_bytes(), NOW).await
    }

    async fn load_at(&self, class: Class, full: bool, text: &str, at: Time) -> Load {
        self.load_bytes(class, full, "csv", text.as_bytes(), at).await
    }

    async fn load_bytes(&self, class: Class, full: bool, suffix: &str, bytes: &[u8], at: Time) -> Load {
        let path = self.write(class, suffix, bytes);
        let shown = self.begin(class, full, NOW).await;
        self.take(shown, path, at).await
    }

    /// A FULL load that is asked for at this time.
    async fn load_asked_at(&self, class: Class, text: &str, asked_at: Time) -> Load {
        let path = self.write(class, "csv", text.as_bytes());
        let shown = self.begin(class, true, asked_at).await;
        self.take(shown, path, asked_at).await
    }

    fn write(&self, class: Class, suffix: &str, bytes: &[u8]) -> std::path::PathBuf {
        self.loads.set(self.loads.get() + 1);
        let path = self.folder.path().join(format!("{}-{class}.{suffix}", self.loads.get()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn take(&self, shown: Shown, path: std::path::PathBuf, at: Time) -> Load {
        let batch = Batch {
            inputs: vec![Input::Local(path)],
            dialect: Dialect::default(),
            encoding: ftp::Encoding::Utf8,
            at,
            approved_by: String::new(),
        };
        self.loader.take(&shown, &batch).await.unwrap();
        self.stored(&shown).await
    }

    async fn begin(&self, class: Class, full: bool, asked_at: Time) -> Shown {
        let mut load = Load {
            id: 0,
            source: SourceId::new("HQ_RMS"),
            sync_req_id: format!("R-{class}-{}", self.loads.get()),
            class,
            full,
            state: RunState::Requested,
            started_at: asked_at,
            ended_at: None,
            progress: LoadProgress::default(),
        };
        let mut tx = self.test.db.write().await.unwrap();
        load.id = add_load(&mut tx, &load).await.unwrap();
        tx.commit().await.unwrap();
        Shown::new(load)
    }

    /// The load as it is stored, which must be as it is shown.
    async fn stored(&self, shown: &Shown) -> Load {
        let mut tx = self.test.db.read().await.unwrap();
        let load = load_by_id(&mut tx, shown.borrow().id).await.unwrap().unwrap();
        assert_eq!(load, *shown.borrow(), "{}", self.test.engine);
        load
    }

    async fn rows(&self, class: Class) -> Vec<String> {
        let mut rows: Vec<Row> = Vec::new();
        rows_of_class(&mut self.test.db.read().await.unwrap(), class, |row| rows.push(row.clone())).await.unwrap();
        let mut lines: Vec<String> = rows.iter().map(|row| row.cells.join(",")).collect();
        lines.sort();
        lines
    }

    async fn waiting(&self, class: Class) -> u64 {
        count_held(&mut self.test.db.read().await.unwrap(), class).await.unwrap()
    }

    async fn count(&self, class: Class) -> u64 {
        count_of_class(&mut self.test.db.read().await.unwrap(), class).await.unwrap()
    }
}

/// Added, changed, deleted, held, refused.
fn counts(load: &Load) -> [u64; 5] {
    let p = &load.progress;
    [p.added, p.changed, p.deleted, p.held, p.refused]
}

fn regions(ids: impl Iterator<Item = u32>) -> String {
    ids.fold("regionId,name\n".to_owned(), |text, id| text + &format!("R{id},区域{id}\n"))
}

#[tokio::test]
async fn a_full_file_twice_and_shuffled_changes_nothing() {
    for bench in benches().await {
        let first = bench.load(Class::Region, true, &regions(0..1300)).await;
        assert_eq!((first.state, counts(&first)), (RunState::Done, [1300, 0, 0, 0, 0]), "{}", bench.test.engine);
        let held = bench.rows(Class::Region).await;
        let again = bench.load(Class::Region, true, &regions(0..1300)).await;
        assert_eq!((again.state, counts(&again)), (RunState::Done, [0; 5]));
        let shuffled = bench.load(Class::Region, true, &regions((0..1300).rev())).await;
        assert_eq!(counts(&shuffled), [0; 5]);
        assert_eq!(bench.rows(Class::Region).await, held);
    }
}

#[tokio::test]
async fn changes_are_added_changed_and_deleted() {
    for bench in benches().await {
        bench.load(Class::Region, true, &regions(0..3)).await;
        let text = "opType,regionId,name,parentRegionId\nADD,R9,new,R0\nMOD,R1,other,R77\nDEL,R2,,\n,R0,x,\n";
        let load = bench.load(Class::Region, false, text).await;
        assert_eq!((load.state, counts(&load)), (RunState::Done, [1, 1, 1, 0, 1]), "{}", bench.test.engine);
        assert_eq!(bench.rows(Class::Region).await, ["R0,区域0,", "R1,other,R77", "R9,new,R0"]);
        let reasons: Vec<&str> = load.progress.issues.iter().map(|issue| issue.reason.as_str()).collect();
        assert_eq!(reasons, ["opType is missing", "there is no REGION R77"]);
        let mut tx = bench.test.db.read().await.unwrap();
        assert_eq!(
            quarantine_page(&mut tx, &QuarantineFilter::default(), i64::MAX, 9).await.unwrap()[0].reason,
            "1 rows were refused"
        );
    }
}

#[tokio::test]
async fn a_row_waits_for_its_mandatory_parent() {
    for bench in benches().await {
        let boards = "boardId,neId,slot\nB1,N1,1\nB2,N2,2\n";
        let ports = "portId,neId,boardId\nP1,N1,B1\nP2,N1,B77\n";
        let load = bench.load(Class::Board, true, boards).await;
        assert_eq!((load.state, counts(&load)), (RunState::Done, [0, 0, 0, 2, 0]), "{}", bench.test.engine);
        let told: Vec<&str> = load.progress.issues.iter().map(|issue| issue.reason.as_str()).collect();
        assert_eq!(told[0], "neId N1: there is no such NE; the row waits for it");
        bench.load(Class::Port, true, ports).await;
        assert_eq!((bench.waiting(Class::Board).await, bench.waiting(Class::Port).await), (2, 2));
        bench.load(Class::Ne, true, "neId,name,specialty\nN1,站点一,TRANS\n").await;
        assert_eq!(bench.rows(Class::Board).await, ["B1,N1,1,"]);
        assert_eq!(bench.count(Class::Port).await, 2, "a missing board is no reason to wait");
        assert_eq!((bench.waiting(Class::Board).await, bench.waiting(Class::Port).await), (1, 0));
        let fewer = bench.load(Class::Board, true, "boardId,neId,slot\nB1,N1,1\n").await;
        assert_eq!(counts(&fewer), [0; 5]);
        assert_eq!(bench.waiting(Class::Board).await, 0, "the file does not name it any more");
    }
}

#[tokio::test]
async fn children_of_a_deleted_parent_stay() {
    for bench in benches().await {
        bench.load(Class::Ne, true, "neId,name,specialty\nN1,a,TRANS\nN2,b,TRANS\n").await;
        bench.load(Class::Board, true, "boardId,neId\nB1,N1\nB2,N2\n").await;
        let gone = bench.load(Class::Ne, true, "neId,name,specialty\nN1,a,TRANS\n").await;
        let told: Vec<&str> = gone.progress.issues.iter().map(|issue| issue.reason.as_str()).collect();
        assert_eq!(told, ["it stays as an orphan: its NE N2 is deleted"], "{}", bench.test.engine);
        let load = bench.load(Class::Board, true, "boardId,neId,slot\nB1,N1,\nB2,N2,7\n").await;
        assert_eq!(counts(&load), [0, 1, 0, 0, 0], "{}", bench.test.engine);
        assert_eq!(bench.rows(Class::Board).await, ["B1,N1,,", "B2,N2,7,"]);
        assert_eq!(load.progress.issues[0].reason, "neId N2: there is no such NE");
    }
}

#[tokio::test]
async fn too_many_deletions_wait_for_a_person() {
    for bench in benches().await {
        bench.load(Class::Region, true, &regions(0..100)).await;
        let load = bench.load(Class::Region, true, &regions(0..70)).await;
        assert_eq!((load.state, load.ended_at), (RunState::Waiting, None), "{}", bench.test.engine);
        assert_eq!(load.progress.error, "it would delete 30 of 100 rows: approve it, or give it up");
        assert_eq!(bench.count(Class::Region).await, 100);
        bench.loader.apply(&Shown::new(load)).await.unwrap();
        assert_eq!(bench.count(Class::Region).await, 70);

        let load = bench.load(Class::Region, true, "regionId,name\n").await;
        assert_eq!(load.state, RunState::Waiting);
        let shown = Shown::new(load);
        bench.loader.end(&shown, RunState::Cancelled, "no").await.unwrap();
        assert_eq!(bench.stored(&shown).await.state, RunState::Cancelled);
        assert_eq!(bench.count(Class::Region).await, 70);
        let id = shown.borrow().id;
        assert_eq!(count_slices(&mut bench.test.db.read().await.unwrap(), id).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_changed_route_keeps_its_past() {
    for bench in benches().await {
        let route = |link: &str| {
            format!("circuitCode,segment,alternative,hop,objectType,objectId\n北京天津ANE0365NP,1,1,1,LINK,{link}\n")
        };
        bench.load(Class::Customer, true, "customerNo,name\nC1,客户\n").await;
        bench
            .load(Class::Circuit, true, "circuitCode,customerNo,inServiceTime\n北京天津ANE0365NP,C1,2026-01-01\n")
            .await;
        bench.load(Class::Route, true, &route("L1")).await;
        let load = bench.load_at(Class::Route, true, &route("L2"), NOW).await;
        assert_eq!(counts(&load), [0, 1, 0, 0, 0], "{}", bench.test.engine);
        let hops =
            [format!("北京天津ANE0365NP,1,1,1,LINK,L1,,,{NOW}"), format!("北京天津ANE0365NP,1,1,1,LINK,L2,,{NOW},")];
        assert_eq!(bench.rows(Class::Route).await, hops);
        let again = bench.load_at(Class::Route, true, &route("L2"), NOW.plus_s(9)).await;
        assert_eq!(counts(&again), [0; 5]);
        assert_eq!(bench.rows(Class::Route).await, hops);
    }
}

#[tokio::test]
async fn a_damaged_file_changes_nothing() {
    for bench in benches().await {
        bench.load(Class::Region, true, &regions(0..3)).await;
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(regions(0..5000).as_bytes()).unwrap();
        let whole = packer.finish().unwrap();
        let cut = bench.load_bytes(Class::Region, true, "csv.gz", &whole[..whole.len() / 2], NOW).await;
        assert_eq!(cut.state, RunState::Failed, "{}", bench.test.engine);
        assert!(cut.progress.error.contains("cannot be read"), "{}", cut.progress.error);
        let headless = bench.load(Class::Region, true, "id,name\nA,a\n").await;
        assert!(headless.progress.error.contains("no column regionId"), "{}", headless.progress.error);
        assert_eq!(bench.count(Class::Region).await, 3);
        assert_eq!(count_quarantine(&mut bench.test.db.read().await.unwrap()).await.unwrap(), 2);
        let good = bench.load_bytes(Class::Region, true, "csv.gz", &whole, NOW).await;
        assert_eq!((good.state, good.progress.added), (RunState::Done, 4997));
    }
}

#[tokio::test]
async fn a_stopped_load_goes_on_where_it_was() {
    for bench in benches().await {
        let shown = bench.begin(Class::Region, true, NOW).await;
        let rows: Vec<_> = (0..1200)
            .map(|i| Row { class: Class::Region, cells: vec![format!("R{i}"), "x".to_owned(), String::new()] })
            .map(Staged::Put)
            .collect();
        let id = shown.borrow().id;
        let mut tx = bench.test.db.write().await.unwrap();
        for slice in rows.chunks(500) {
            stage_slice(&mut tx, id, slice).await.unwrap();
        }
        tx.commit().await.unwrap();
        let stopped = Loader { stop: CancellationToken::new(), ..bench.loader.clone() };
        stopped.stop.cancel();
        assert!(matches!(stopped.apply(&shown).await, Err(LoadError::Stopped)), "{}", bench.test.engine);
        assert_eq!(bench.count(Class::Region).await, 0);
        // The process before us came as far as the first slice.
        let slice = Slice { load: id, class: Class::Region, asked_at: NOW, at: NOW, kept_until: Time::MIN };
        let mut tx = bench.test.db.write().await.unwrap();
        apply_slice(&mut tx, slice).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.count(Class::Region).await, 500);
        bench.loader.apply(&shown).await.unwrap();
        assert_eq!((bench.count(Class::Region).await, bench.stored(&shown).await.state), (1200, RunState::Done));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_on_the_blocking_pool() {
    let bench = benches().await.remove(0);
    let counted = bench.loader.detached(|loader| async move { hold::release(&loader).await }).await;
    assert_eq!(counted.unwrap(), 0);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_deletes_nothing() {
    for bench in benches().await {
        let nes = "neId,name,specialty\nN1,a,TRANS\nN2,b,TRANS\nN3,c,TRANS\n";
        bench.load(Class::Ne, true, nes).await;
        let bad = bench.load(Class::Ne, true, "neId,name,specialty\nN1,a,TRANS\nN2,b,MARS\n").await;
        assert_eq!(counts(&bad), [0, 0, 1, 0, 1], "N2 is there, only not well; N3 is gone: {}", bench.test.engine);
        assert_eq!(bench.count(Class::Ne).await, 2);
        let torn = bench.load(Class::Ne, true, "neId,name,specialty\nN1,a\n,b,TRANS\nN4,d,TRANS\n").await;
        assert_eq!(counts(&torn), [1, 0, 0, 0, 2], "{}", bench.test.engine);
        assert_eq!(bench.count(Class::Ne).await, 3);
        let told = torn.progress.issues.last().unwrap();
        assert_eq!(told.reason, "2 row(s) cannot be read at all, so nothing is deleted");
    }
}

#[tokio::test]
async fn a_hop_that_cannot_be_read_does_not_end() {
    for bench in benches().await {
        bench.load(Class::Customer, true, "customerNo,name\nK1,k\n").await;
        bench.load(Class::Circuit, true, "circuitCode,customerNo,inServiceTime\nC1,K1,2026-01-01 00:00:00\n").await;
        let head = "circuitCode,segment,alternative,hop,objectType,objectId\n";
        bench.load(Class::Route, true, &format!("{head}C1,1,1,1,PORT,P1\nC1,1,1,2,PORT,P2\n")).await;
        let bad = bench.load(Class::Route, true, &format!("{head}C1,1,1,1,PORT,P1\nC1,1,1,2,MARS,P2\n")).await;
        assert_eq!(counts(&bad), [0, 0, 0, 0, 1], "{}", bench.test.engine);
        assert!(bench.rows(Class::Route).await.iter().all(|row| row.ends_with(",,")), "no hop has ended");
    }
}

#[tokio::test]
async fn what_a_notice_told_since_the_request_is_newer_than_the_file() {
    for bench in benches().await {
        bench.load(Class::Region, true, &regions(0..4)).await;
        bench.load(Class::Ne, true, "neId,name,specialty\nN1,站点一,TRANS\n").await;
        // After the request and before the file is read: R1 changed, R2 went, R9 came, and B1 went too.
        let told = Row { class: Class::Region, cells: vec!["R1".into(), "told".into(), String::new()] };
        let new = Row { class: Class::Region, cells: vec!["R9".into(), "told".into(), String::new()] };
        let mut tx = bench.test.db.write().await.unwrap();
        store::resource::put_rows(&mut tx, NOW, &[told, new]).await.unwrap();
        store::resource::delete_rows(&mut tx, NOW, Class::Region, &["R2".to_owned()]).await.unwrap();
        for key in ["R1", "R2", "R9"] {
            put_notice(&mut tx, Class::Region, key, NOW).await.unwrap();
        }
        put_notice(&mut tx, Class::Board, "B1", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let load = bench.load(Class::Region, true, "regionId,name\nR0,区域0\nR1,file\nR2,file\nR3,file\n").await;
        assert_eq!(
            bench.rows(Class::Region).await,
            ["R0,区域0,", "R1,told,", "R3,file,", "R9,told,"],
            "{}",
            bench.test.engine
        );
        let mut left: Vec<&str> = load.progress.issues.iter().map(|issue| issue.key.as_str()).collect();
        left.sort_unstable();
        assert_eq!((left, load.progress.rows_applied), (vec!["R1", "R2", "R9"], 1));
        let boards = bench.load(Class::Board, true, "boardId,neId,slot\nB1,N9,1\nB2,N9,2\n").await;
        assert_eq!((counts(&boards)[3], bench.waiting(Class::Board).await), (1, 1), "B1 does not wait for its parent");
        // A file that is asked for later is newer than the notices.
        let later = bench.load_asked_at(Class::Region, &regions(0..4), NOW.plus_ms(1)).await;
        assert_eq!((later.state, bench.rows(Class::Region).await.len()), (RunState::Done, 4));
    }
}

#[tokio::test]
async fn a_hop_that_a_notice_changed_is_left_alone_with_all_its_history() {
    for bench in benches().await {
        let route = |object: &str| {
            format!(
                "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,PORT,{object}\nC1,1,1,2,PORT,Q\n"
            )
        };
        for (class, text) in [
            (Class::Customer, "customerNo,name\nK1,甲\n".to_owned()),
            (Class::Circuit, "circuitCode,customerNo,inServiceTime\nC1,K1,2026-01-01 00:00:00\n".to_owned()),
            (Class::Route, route("P1")),
        ] {
            bench.load(class, true, &text).await;
        }
        let held = bench.rows(Class::Route).await;
        let mut tx = bench.test.db.write().await.unwrap();
        put_notice(&mut tx, Class::Route, "C1|1|1|1|", NOW.plus_s(5)).await.unwrap();
        tx.commit().await.unwrap();
        let load = bench.load_at(Class::Route, true, &route("P2"), NOW.plus_s(9)).await;
        assert_eq!((load.progress.changed, load.progress.rows_applied), (1, 0), "{}", bench.test.engine);
        assert_eq!(bench.rows(Class::Route).await, held, "neither a new hop nor an end of the old one");
    }
}
