use model::code::ResultCode;

use super::*;

fn row(index: usize, reason: &str) -> RefusedRow {
    RefusedRow { index, code: ResultCode::BadValue, reason: reason.to_owned() }
}

#[test]
fn the_writers_rows_get_their_place_in_the_message() {
    // Row 1 of the message was refused here, so row 1 of the submission is row 2 of the message.
    let (_, ours, positions) = parted([Ok(()), Err(Wrong::missing("a")), Ok(())].into_iter());
    let all = together(ours.clone(), vec![row(1, "late")], &positions);
    assert_eq!(all.iter().map(|row| row.index).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(together(ours.clone(), ours.clone(), &positions), ours, "a remembered answer repeats ours");
}

#[test]
fn each_refusal_has_its_answer() {
    assert!(matches!(refused_as(&Refusal::Busy), Reply::Busy(_)));
    assert!(matches!(refused_as(&Refusal::Stopping), Reply::Busy(_)));
    let Reply::Fault(fault) = refused_as(&Refusal::Replayed) else { panic!() };
    assert_eq!(fault.code, ResultCode::ReplayedMsgId);
    let Reply::Fault(fault) = refused_as(&Refusal::Storage) else { panic!() };
    assert_eq!(fault.code, ResultCode::Internal);
    let Reply::Typed { code, .. } = refused_as(&Refusal::NotFound("sheet S1".to_owned())) else { panic!() };
    assert_eq!(code, ResultCode::NotFound);
}

#[test]
fn rows_are_answered_in_order() {
    let rows = row_results([row(4, "x"), row(0, "y")]);
    assert_eq!(rows.iter().map(|row| row.index).collect::<Vec<_>>(), [0, 4]);
}
