use model::time::Zone;

use super::*;

pub(crate) fn alarm() -> NewAlarm {
    NewAlarm {
        alarm_id: "GD_CNM_F000012-1".to_owned(),
        alarm_sta_id: "R_LOS".to_owned(),
        alarm_title: "光缆中断 <段1>".to_owned(),
        alarm_create_time: Time::parse("2026-11-07T00:00:00Z").unwrap(),
        ne_type: String::new(),
        ne_name: "广".repeat(40),
        alarm_level: Severity::Indeterminate,
        fault_no: "F000012".to_owned(),
        circuit_codes: (0..300).map(|n| format!("C{n}")).collect(),
        circuit_count: 300,
        customer_nos: vec!["K1".to_owned(), "K2".to_owned()],
        customer_level: "GOLD".to_owned(),
        service_level: "AAA".to_owned(),
        is_key_protect: true,
        sla_deadline: None,
        root_cause: "probable fibre cut".to_owned(),
        manual: false,
    }
}

#[test]
fn a_dispatch_has_its_fields_in_order_and_in_their_lengths() {
    let record = alarm().to_record(&Zone::china());
    let names: Vec<&str> = record.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "alarmId",
            "alarmStaId",
            "alarmTitle",
            "alarmCreateTime",
            "NeType",
            "neName",
            "alarmLevel",
            "faultNo",
            "circuitCodes",
            "circuitCount",
            "customerNos",
            "customerLevel",
            "serviceLevel",
            "isKeyProtect",
            "slaDeadline",
            "rootCause",
            "createType"
        ]
    );
    assert_eq!(record.get("alarmCreateTime"), "2026-11-07 08:00:00");
    assert_eq!(record.get("neName").chars().count(), 32);
    assert_eq!(record.get("NeType"), "-");
    assert_eq!(record.get("alarmLevel"), "4");
    assert_eq!(record.get("circuitCodes").split(';').count(), 300, "all of them");
    assert_eq!(record.get("circuitCount"), "300");
    assert_eq!((record.get("isKeyProtect"), record.get("createType")), ("1", "0"));
}

#[test]
fn a_list_beyond_all_measure_ends_with_a_whole_code() {
    let codes = ["北京A1", "北京A2", "北京A3"].map(str::to_owned);
    assert_eq!(listed(&codes, 100), "北京A1;北京A2;北京A3");
    assert_eq!(listed(&codes, 20), "北京A1;北京A2");
    assert_eq!(listed(&[], 20), "");
}

#[test]
fn a_dispatch_survives_being_kept_as_json() {
    let text = serde_json::to_string(&alarm()).unwrap();
    assert_eq!(serde_json::from_str::<NewAlarm>(&text).unwrap(), alarm());
    assert!(text.contains("\"alarmId\":\"GD_CNM_F000012-1\""));
}

#[test]
fn clears_say_who_cleared() {
    let clear = |staff: &str| SyncAlarm {
        alarm_id: "K".to_owned(),
        clear_time: Time::parse("2026-11-07T00:00:00Z").unwrap(),
        staff_no: staff.to_owned(),
    };
    assert_eq!(clear("").to_record(&Zone::china()).get("alarmStatus"), "1");
    assert_eq!(clear("li").to_record(&Zone::china()).get("alarmStatus"), "2");
    assert_eq!(clear("li").to_record(&Zone::china()).get("staffNo"), "li");
}

#[test]
fn the_answer_to_a_dispatch_is_understood() {
    assert_eq!(read_dispatched("sheetNo=GD-1;errList="), Some(Dispatched::Sheet("GD-1".to_owned())));
    let long = format!("sheetNo={};errList=", "工".repeat(5000));
    assert_eq!(read_dispatched(&long), Some(Dispatched::Sheet("工".repeat(80))), "an index must hold it");
    assert_eq!(read_sheet(&long).unwrap().unwrap().sheet_no, "工".repeat(80));
    assert_eq!(read_dispatched("sheetNo=;errList=alarmId already exists"), Some(Dispatched::Exists));
    assert_eq!(read_dispatched("sheetNo=;errList=告警已存在"), Some(Dispatched::Exists));
    assert_eq!(read_dispatched("sheetNo=;errList=网元不存在"), Some(Dispatched::Refused("网元不存在".to_owned())));
    assert_eq!(read_dispatched("sheetNo=;errList="), None);
    assert_eq!(read_dispatched("<html>"), None);
    assert!(says_exists("3002", "") && !says_exists("1003", "neName is missing"));
}

#[test]
fn the_answer_to_a_query_is_a_ticket_or_none_or_nothing_known() {
    let sheet = Sheet { sheet_no: "S1".to_owned(), sheet_status: "待受理".to_owned() };
    assert_eq!(read_sheet("sheetNo=S1;sheetStatus=待受理;errList="), Ok(Some(sheet)));
    assert_eq!(read_sheet("sheetNo=;sheetStatus=;errList="), Ok(None));
    assert_eq!(read_sheet("sheetNo=;sheetStatus=;errList=db down"), Err("db down".to_owned()));
    assert!(read_sheet("").is_err());
}

fn cutover(fields: &[(&str, &str)]) -> Result<Cutover, Wrong> {
    let record = fields.iter().fold(Record::default(), |record, (name, content)| record.with(name, *content));
    let habits = Habits::of_files(Zone::china(), ftp::Encoding::Utf8);
    read_cutover(&Named::new(&record, &habits), &habits)
}

#[test]
fn a_cutover_is_read_with_the_usual_omissions() {
    let read = cutover(&[("cutoverno", "C1"), ("isAffect", "0"), ("circuitCodes", "A; B；C")]).unwrap();
    assert_eq!((read.revision, read.op_type, read.is_affect), (Cutover::UNNUMBERED, OpType::Add, false));
    assert_eq!(read.circuit_codes, ["A", "B", "C"]);
    assert_eq!(read.affect, None);
}

#[test]
fn a_cutover_that_contradicts_itself_is_refused() {
    let reason = |fields: &[(&str, &str)]| cutover(fields).unwrap_err().reason;
    assert!(reason(&[("isAffect", "0")]).contains("cutoverNo is missing"));
    assert!(reason(&[("cutoverNo", "C"), ("isAffect", "maybe")]).contains("1 or 0"));
    assert!(reason(&[("cutoverNo", "C"), ("isAffect", "1")]).contains("affectStartTime"));
    let window = [("affectStartTime", "2026-11-07 02:00:00"), ("affectEndTime", "2026-11-07 01:00:00")];
    assert!(reason(&[&[("cutoverNo", "C"), ("isAffect", "1")][..], &window].concat()).contains("before"));
    assert!(reason(&[("cutoverNo", "C"), ("isAffect", "0"), ("revision", "x")]).contains("revision"));
    assert!(reason(&[("cutoverNo", "C"), ("isAffect", "0"), ("opType", "DEL")]).contains("CANCEL"));
}
