//! Files that tell an object's counters in more than one list, as those of 3GPP do, and those that name no circuit.

use super::*;

const FILE: &str = r#"<measCollecFile><measData>
  <measInfo><granPeriod duration="PT900S" endTime="2026-10-30T20:15:00Z"/><measTypes>ES SES</measTypes>
    <measValue measObjLdn="PORT-1"><measResults>1 2</measResults></measValue></measInfo>
  <measInfo><granPeriod duration="PT900S" endTime="2026-10-30T20:15:00Z"/><measTypes>TEMP</measTypes>
    <measValue measObjLdn="PORT-1"><measResults>41.5</measResults></measValue></measInfo>
  <measInfo><granPeriod duration="PT900S" endTime="2026-10-30T20:15:00Z"/><measTypes>BBE</measTypes>
    <measValue measObjLdn="PORT-1"><measResults>7</measResults><suspect>true</suspect></measValue></measInfo>
</measData></measCollecFile>"#;

#[tokio::test(flavor = "multi_thread")]
async fn all_lists_of_a_file_count() {
    for test in both().await {
        let mut torture = Torture::new(test, 3).await;
        let settings: PmSettings =
            serde_json::from_str(r#"{ "format": "ts32435", "circuit_code": "C-{measObjLdn}" }"#).unwrap();
        let manner = Manner::new(&settings, ftp::Encoding::Utf8, Zone::utc()).unwrap();
        let period = Window::new(at(BEGIN), at(BEGIN).plus_ms(PERIOD_MS));
        let bytes: Unpacked = Box::new(std::io::Cursor::new(FILE.as_bytes()));
        torture.take(period, [1; 32], (bytes, manner)).await.unwrap().unwrap();
        let show = async |torture: &Torture| {
            let mut tx = torture.test.db.read().await.unwrap();
            let asked = (Resolution::Measured, &Zone::utc());
            let found = of_circuit(&mut tx, "C-PORT-1", period, asked).await.unwrap().remove(0).samples;
            let cells = found.params.iter().map(ToString::to_string).zip(found.values.clone());
            (found.rows.len(), found.rows[0].status, cells.filter(|(_, value)| !value.is_nan()).collect::<Vec<_>>())
        };
        let cells = [("ES", 1.0), ("SES", 2.0), ("TEMP", 41.5)].map(|(name, value)| (name.to_owned(), value)).to_vec();
        assert_eq!(show(&torture).await, (1, IntervalStatus::Valid, cells.clone()), "as slots");
        for _ in 0..6 {
            torture.judge(&[]).await;
            torture.tend().await;
        }
        assert_eq!(show(&torture).await, (1, IntervalStatus::Valid, cells), "as blocks");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_too_many_days_is_taken_as_far_as_it_goes() {
    let test = store::testing::sqlite().await;
    let torture = Torture::new(test, 3).await;
    let day = |n: i64| at("2000-01-01T00:00:00Z").plus_s(n * 86_400);
    let rows: Vec<(usize, Time, Row)> =
        (0..4100).map(|n| (0, day(n), Row { status: IntervalStatus::Valid, values: [Some(1.0), None] })).collect();
    let manner = Manner::new(&PmSettings::native(), ftp::Encoding::Utf8, Zone::china()).unwrap();
    let bytes: Unpacked = Box::new(std::io::Cursor::new(text(&rows).into_bytes()));
    let taken = torture.take(Window::new(day(0), day(5000)), [1; 32], (bytes, manner)).await.unwrap().unwrap();
    assert_eq!((taken.rows, taken.refused), (4096, 4));
    assert!(taken.reasons[0].contains("more than 4096 days"), "{:?}", taken.reasons);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_without_a_circuit_is_shown_at_the_times_that_are_asked_for() {
    for test in both().await {
        let mut torture = Torture::new(test, 3).await;
        let start = |n: i64| at(BEGIN).plus_ms(n * PERIOD_MS);
        let rows: Vec<_> =
            (0..8).map(|n| (1, start(n), Row { status: IntervalStatus::Valid, values: [Some(1.0), None] })).collect();
        let mut named = text(&rows[..1]);
        let nameless = text(&rows[1..]).replace("\nC-1,", "\n,");
        named.push_str(nameless.split_once('\n').unwrap().1);
        let manner = Manner::new(&PmSettings::native(), ftp::Encoding::Utf8, Zone::china()).unwrap();
        let bytes: Unpacked = Box::new(std::io::Cursor::new(named.into_bytes()));
        let period = Window::new(start(0), start(8));
        torture.take(period, [1; 32], (bytes, manner)).await.unwrap().unwrap();
        for _ in 0..2 {
            let mut tx = torture.test.db.read().await.unwrap();
            let own = [Window::new(start(2), start(4)), Window::new(start(4), start(8))];
            let mut show = async |resolution| {
                let found = of_port(&mut tx, ("PORT-1", &own), period, (resolution, &Zone::china())).await.unwrap();
                found.iter().flat_map(|series| &series.samples.rows).map(|row| row.start).collect::<Vec<_>>()
            };
            assert_eq!(show(Resolution::Measured).await, (2..8).map(start).collect::<Vec<_>>());
            assert_eq!(
                show(Resolution::Rolled(Stretch::Hour)).await,
                [start(4)],
                "the first hour is not wholly its own"
            );
            drop(tx);
            torture.judge(&[]).await;
            torture.tend().await;
        }
    }
}
