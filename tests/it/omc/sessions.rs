//! The session: half frames, garbage, silence, a login that is refused.

use super::{Place, SOURCE};
use crate::daemon::wait_for;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_a_session_the_next_one_goes_on() {
    let place = Place::start(None).await;
    let mut logins = place.omc.asked().logins;
    type Way<'a> = (&'a str, &'a dyn Fn(&Place));
    let ways: [Way<'_>; 3] = [
        ("a cut in the body", &|place| place.omc.cut(40)),
        ("garbage", &|place| place.omc.garble(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
        ("a body that is too long", &|place| place.omc.garble(&[0xFF, 0xFF, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0x7B])),
    ];
    for (what, way) in ways {
        place.raise(2);
        way(&place);
        // Nobody hears of this one.
        place.omc.set_habits(|habits| habits.losing = true);
        place.raise(1);
        place.omc.set_habits(|habits| habits.losing = false);
        place.asked(what, |asked| asked.logins > logins).await;
        place.agrees(what).await;
        logins = place.omc.asked().logins;
    }
    // It hears nothing and says nothing: the heartbeat finds out.
    place.omc.set_habits(|habits| (habits.deaf, habits.losing) = (true, true));
    place.raise(1);
    place.asked("the login after the silence", |asked| asked.logins > logins).await;
    place.omc.set_habits(|habits| (habits.deaf, habits.losing) = (false, false));
    place.raise(1);
    place.agrees("the alarms after the silence").await;
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_said_and_tried_again() {
    let place = Place::start(None).await;
    place.omc.set_habits(|habits| habits.refusing_login = true);
    place.omc.cut(0);
    wait_for("the reason in the log", async || {
        place.daemon.log().contains("refuses the login of \"linesman\"").then_some(())
    })
    .await;
    let config = place.daemon.config();
    let check =
        || std::process::Command::new(crate::daemon::program()).arg("check").arg("--config").arg(&config).output();
    let said = check().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(!said.status.success() && text.contains("refuses the login"), "{text}");
    place.omc.set_habits(|habits| habits.refusing_login = false);
    place.raise(1);
    place.agrees("the alarm after the login").await;
    assert_eq!(place.api.get(&place.daemon, SOURCE).await["state"], "live");
    let said = check().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && text.contains("logged in"), "{text}");
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_alarm_is_put_aside_and_its_neighbours_are_kept() {
    let place = Place::start(None).await;
    place.raise(1);
    place.agrees("the first alarm").await;
    let bad = br#"{"alarmSeq":2,"alarmId":"A","alarmStatus":7,"origSeverity":1,"eventTime":""}"#;
    let mut frame = bytes::BytesMut::new();
    omc::Frame { kind: omc::Kind::RealTimeAlarm, at_s: 1, body: bad.to_vec() }.write(&mut frame);
    place.omc.garble(&frame);
    place.omc.count_after(2);
    place.raise(1);
    place.agrees("its neighbours").await;
    let aside = place.api.all(&place.daemon, "/api/v1/quarantine?kind=row&source=GD_OMC").await;
    assert!(aside.iter().any(|row| row["reason"].as_str().unwrap().contains("alarmStatus is \"7\"")), "{aside:?}");
    assert_eq!(place.omc.asked().messages, Vec::<u32>::new(), "a bad alarm is not missing");
    place.stop().await;
}
