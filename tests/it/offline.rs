//! `linesman sla` with bad input: each mistake is named, and the good rows give their figures.

use std::fs;
use std::path::{Path, PathBuf};

use linesman::sla::error::SlaError;
use linesman::sla::{self, Answer, Files, Format, diff};
use tempfile::TempDir;

const CIRCUITS: &str = "\
circuitCode,customerNo,contractNo,status,inServiceTime,outOfServiceTime
C1,K1,T1,ACTIVE,2026-01-01,
C2,K1,T2,ACTIVE,2026-01-01,
C3,K1,,ACTIVE,soon,
,K1,,ACTIVE,2026-01-01,
C4,K1,,GONE,2026-01-01,
";
const CONTRACTS: &str = "contractNo,customerNo,slaPlan,startDate,endDate\nT1,K1,gold,2026-01-01,\nT2,K1,month30,,\n";
const ALARM_HEADER: &str =
    "alarmId,objectId,objectType,serviceAffecting,severity,alarmStatus,neTime,emsTime,clearTime\n";
const PLANS: &str = "[plan.gold]\nzone = \"UTC\"\n[plan.month30]\nzone = \"UTC\"\nperiod = \"30d\"\n";

/// A folder of files that are right where a test does not say otherwise.
struct Folder(TempDir);

impl Folder {
    fn new(alarms: &str) -> Self {
        let files = Folder(tempfile::tempdir().unwrap());
        files.write("CUSTOMER.csv", "customerNo,name\nK1,Bank\n");
        files.write("CIRCUIT.csv", CIRCUITS);
        files.write("CONTRACT.csv", CONTRACTS);
        files.write("ALARMS.csv", &format!("{ALARM_HEADER}{alarms}"));
        files.write("plans.toml", PLANS);
        files
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn files(&self) -> Files {
        let path = |name: &str| self.0.path().join(name);
        Files {
            inventory: self.0.path().to_owned(),
            alarms: path("ALARMS.csv"),
            cutovers: None,
            tickets: None,
            corrections: None,
            plans: path("plans.toml"),
            period: "2026-10".to_owned(),
            zone: "UTC".to_owned(),
            as_of: None,
        }
    }
}

fn text(answer: &Answer, format: Format) -> String {
    let mut out = Vec::new();
    answer.write(format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn issues(answer: &Answer) -> Vec<String> {
    answer.issues.kept().iter().map(ToString::to_string).collect()
}

fn error(files: &Files) -> SlaError {
    sla::run(files, None).err().expect("this cannot be run")
}

#[test]
fn the_command_prints_what_the_library_answers() {
    let folder = Folder::new("A1,C1,CIRCUIT,Y,1,CLEARED,2026-10-05 10:00:00,,2026-10-05 10:10:00\n");
    let files = folder.files();
    let command = |more: &[&str]| {
        let mut command = std::process::Command::new(crate::daemon::program());
        command.arg("sla").arg("--inventory").arg(&files.inventory).arg("--alarms").arg(&files.alarms);
        command.args(["--period", "2026-10", "--zone", "UTC"]).args(more).output().unwrap()
    };
    let without_plans = command(&[]);
    assert!(!without_plans.status.success());
    assert!(String::from_utf8_lossy(&without_plans.stderr).contains("plans"), "it says what is missing");
    let plans = files.plans.to_str().unwrap();
    let answer = sla::run(&files, None).unwrap();
    for (word, format) in [("csv", Format::Csv), ("json", Format::Json), ("table", Format::Table)] {
        let said = command(&["--plans", plans, "--format", word]);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        assert_eq!(String::from_utf8(said.stdout).unwrap(), text(&answer, format), "{word}");
    }
    let one = sla::run(&files, Some("C1")).unwrap();
    let said = command(&["--plans", plans, "--circuit", "C1"]);
    assert_eq!(String::from_utf8(said.stdout).unwrap(), text(&one, Format::Table));
}

#[test]
fn bad_rows_are_listed_and_good_rows_count() {
    let files = Folder::new(
        "A1,C1,CIRCUIT,Y,1,ACTIVE,2026-10-02 00:00:00,,\n\
         A1,C1,CIRCUIT,Y,1,CLEARED,2026-10-02 00:00:00,,2026-10-02 01:00:00\n\
         A2,C1,CIRCUIT,Y,1,ACTIVE,,,\n\
         A3,C1,RACK,Y,1,ACTIVE,2026-10-02 00:00:00,,\n\
         A4,C1,CIRCUIT,Y,7,ACTIVE,2026-10-02 00:00:00,,\n\
         A5,C1,CIRCUIT,Y,1,,2026-10-02 00:00:00,,\n\
         A6,C1,CIRCUIT,Y,1,CLEARED,2026-10-02 00:00:00,,\n\
         A7,C1,CIRCUIT,Y,1,ACTIVE,2 October,,\n\
         A8,C1\n\
         A9,P1,PORT,Y,1,CLEARED,2026-10-02 01:00:00,,2026-10-02 00:00:00\n",
    );
    let answer = sla::run(&files.files(), None).unwrap();
    let found = issues(&answer);
    let expected = [
        "ALARMS.csv:4: has neither neTime nor emsTime",
        "ALARMS.csv:5: objectType \"RACK\" is not a known word",
        "ALARMS.csv:6: severity \"7\" is not a known word",
        "ALARMS.csv:7: alarmStatus is empty",
        "ALARMS.csv:8: is CLEARED without clearTime or emsTime",
        "ALARMS.csv:9: neTime \"2 October\" is not a time",
        "ALARMS.csv:10: has 2 cells where the header line has 9",
        "alarm:A9@2026-10-02T01:00:00Z: is cleared before it is raised",
        "alarm:A9@2026-10-02T01:00:00Z: PORT \"P1\" is not in the inventory",
        "CIRCUIT.csv:4: inServiceTime \"soon\" is not a time",
        "CIRCUIT.csv:5: circuitCode is empty",
        "CIRCUIT.csv:6: status \"GONE\" is none of ACTIVE, SUSPENDED, TERMINATED",
    ];
    for start in expected {
        assert!(found.iter().any(|issue| issue.starts_with(start)), "{start} in {found:#?}");
    }
    let csv = text(&answer, Format::Csv);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 3, "{csv}");
    assert!(
        rows[1].starts_with("C1,gold,2026-11-01T00:00:00Z,2678400000,3600000,0,0,0,0,0,99.86559,99.86559,1,"),
        "{csv}"
    );
    assert!(rows[0].ends_with(",completeness") && rows[1].ends_with(",100.00000"), "{csv}");
    assert!(rows[2].starts_with("C2,month30,"), "{csv}");
    let table = text(&answer, Format::Table);
    assert!(table.contains("99.865") && table.contains("1:00:00") && table.contains("data complete %"), "{table}");
}

#[test]
fn odd_times_have_a_defined_result() {
    let files = Folder::new(
        "A1,C1,CIRCUIT,Y,1,CLEARED,2026-10-25 01:00:00,,2026-10-25 04:00:00\n\
         A2,C1,CIRCUIT,Y,1,CLEARED,2026-10-25 02:30:00,,2026-10-25 05:00:00\n\
         A3,C1,CIRCUIT,Y,1,CLEARED,2026-10-27 23:59:60,,2026-10-28 00:00:59\n\
         A4,C1,CIRCUIT,Y,1,CLEARED,2026-03-29 01:00:00,,2026-03-29 04:00:00\n",
    );
    files.write("plans.toml", "[plan.gold]\nzone = \"Europe/Berlin\"\n");
    let asked = |period: &str| Files { period: period.to_owned(), zone: "Europe/Berlin".to_owned(), ..files.files() };
    let row = |answer: &Answer| text(answer, Format::Csv).lines().nth(1).unwrap().to_owned();
    let october = sla::run(&asked("2026-10"), Some("C1")).unwrap();
    // 1:00 to 5:00 is five hours on the day of 25; the leap second is the second before it.
    let expected = "C1,gold,2026-10-31T23:00:00Z,2682000000,18060000,";
    assert!(row(&october).starts_with(expected), "{} {:#?}", row(&october), issues(&october));
    let march = row(&sla::run(&asked("2026-03"), Some("C1")).unwrap());
    assert!(march.starts_with("C1,gold,2026-03-31T22:00:00Z,2674800000,7200000,"), "a day of 23 hours: {march}");
    files.write("plans.toml", "[plan.silver]\n");
    let without = sla::run(&asked("2026-10"), Some("C1")).unwrap();
    assert!(row(&without).starts_with("C1,default,2026-10-31T16:00:00Z,2678400000,"), "{}", row(&without));
    let told = "CIRCUIT C1: plan \"gold\" is not in the plan file; the plan \"default\" applies";
    assert!(issues(&without).iter().any(|issue| issue == told), "{:#?}", issues(&without));
}

#[test]
fn a_period_may_not_fit_every_contract() {
    let files = Folder::new("");
    let answer = sla::run(&Files { period: "2026-10-31".to_owned(), ..files.files() }, None).unwrap();
    assert_eq!(text(&answer, Format::Csv).lines().count(), 2, "C1 alone has a calendar month");
    assert!(
        issues(&answer).iter().any(|issue| issue.starts_with("CIRCUIT C2: ") && issue.ends_with("it gets no figure"))
    );
}

#[test]
fn a_running_period_is_evaluated_up_to_as_of() {
    let files = Folder::new("A1,C1,CIRCUIT,Y,1,ACTIVE,2026-10-02 00:00:00,,\n");
    for as_of in ["2026-10-02 06:00:00", "2026-10-02T14:00:00+08:00"] {
        let asked = Files { as_of: Some(as_of.to_owned()), ..files.files() };
        let csv = text(&sla::run(&asked, Some("C1")).unwrap(), Format::Csv);
        let row = csv.lines().nth(1).unwrap();
        assert!(row.starts_with("C1,gold,2026-10-02T06:00:00Z,108000000,21600000,0,"), "{row}");
        assert!(row.contains(",0,,,,2678400,-18921600,"), "not counted yet, the budget is of the whole month: {row}");
        assert!(
            row.ends_with(",,,0,0,false,1000.00,1000.00,200.00,0,100.00000"),
            "burns a thousand times too fast: {row}"
        );
    }
}

#[test]
fn mistakes_of_a_whole_run_say_what_to_do() {
    let files = Folder::new("");
    let says = |args: &Files, expected: &str| {
        let error = error(args);
        let cause = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
        let text = format!("{error}: {cause}");
        assert!(text.contains(expected), "{expected:?} in {text:?}");
    };
    says(&Files { period: "October".to_owned(), ..files.files() }, "use 2026-10, 2026-Q4, 2026");
    says(&Files { zone: "Mars".to_owned(), ..files.files() }, "Asia/Shanghai");
    says(&Files { as_of: Some("now".to_owned()), ..files.files() }, "--as-of \"now\"");
    let unknown = sla::run(&files.files(), Some("C9")).err().unwrap().to_string();
    assert_eq!(unknown, "circuit \"C9\" is not in CIRCUIT.csv");
    says(
        &Files { alarms: Path::new("/nowhere/ALARMS.csv").to_owned(), ..files.files() },
        "cannot read /nowhere/ALARMS.csv",
    );
    says(&Files { inventory: Path::new("/nowhere").to_owned(), ..files.files() }, "/nowhere/CIRCUIT.csv");
    let plans = |text: &str| Files { plans: files.write("bad.toml", text), ..files.files() };
    says(&plans("[plan.a]\ntarget = 101"), "plan.a.target: must be above 0 and at most 100");
    says(&plans("[plan.a]\nnotice_h = -1\nmerge_gap_s = -1"), "2 fault(s)");
    says(&plans("[plan.a]\nclock = \"sheet\""), "unknown variant `sheet`");
    says(&plans("[plan.a]\ntaget = 99"), "taget");
    files.write("ALARMS.csv", "a,b\n1,2\n");
    says(&files.files(), "column alarmId is missing");
}

#[test]
fn two_answers_are_compared_circuit_by_circuit() {
    let before = Folder::new("A1,C1,CIRCUIT,Y,1,CLEARED,2026-10-02 00:00:00,,2026-10-02 00:10:00\n");
    let after = Folder::new("A1,C1,CIRCUIT,Y,1,CLEARED,2026-10-02 00:00:00,,2026-10-02 00:30:00\n");
    let answer = |folder: &Folder| {
        let json = text(&sla::run(&folder.files(), None).unwrap(), Format::Json);
        folder.write("answer.json", &json)
    };
    let (first, second) = (answer(&before), answer(&after));
    let compare = |before: &Path, after: &Path, format| {
        let (before, after) = (before.to_owned(), after.to_owned());
        let mut out = Vec::new();
        diff::run(&diff::Args { before, after, format, zone: "UTC".to_owned() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let told = compare(&first, &second, diff::Format::Table);
    assert!(told.starts_with("C1\n") && told.contains("2026-10-02 00:10:00 to 2026-10-02 00:30:00"), "{told}");
    assert!(told.contains("up → down") && !told.contains("C2"), "{told}");
    assert_eq!(compare(&first, &first, diff::Format::Table), "no figure differs\n");
    let json: serde_json::Value = serde_json::from_str(&compare(&first, &second, diff::Format::Json)).unwrap();
    assert_eq!((&json[0]["before"]["downMs"], &json[0]["after"]["downMs"]), (&600_000.into(), &1_800_000.into()));
    let one: serde_json::Value = serde_json::from_str(&fs::read_to_string(&first).unwrap()).unwrap();
    let kept = before.write("kept.json", &serde_json::json!({ "version": {}, "figure": one[0] }).to_string());
    let single = before.write("single.json", &one[0].to_string());
    assert_eq!(compare(&kept, &single, diff::Format::Table), "no figure differs\n", "a kept version and a figure");
    let other = before.write("other.json", "{\"circuitCode\": \"C1\"}");
    let args = diff::Args { before: other, after: first, format: diff::Format::Table, zone: "UTC".to_owned() };
    let error = diff::run(&args, &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("is no answer of linesman sla"), "{error}");
}
