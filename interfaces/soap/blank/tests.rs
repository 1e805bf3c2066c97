//! Passwords in every place where a peer may have put one.

use super::*;

fn typed(text: &str) -> String {
    blank_named(text, Style::Typed)
}

#[test]
fn a_password_goes_and_its_neighbours_stay() {
    let text = "<h><serCaller>A</serCaller><callerPwd>geheim</callerPwd><callTime>T</callTime></h>";
    assert_eq!(typed(text), "<h><serCaller>A</serCaller><callerPwd*******</callerPwd><callTime>T</callTime></h>");
    let twice = "<a:Password x='1'>one</a:Password><PASSWORD>two</PASSWORD><b>stays</b>";
    let blanked = typed(twice);
    assert!(!blanked.contains("one") && !blanked.contains("two") && blanked.contains("stays"), "{blanked}");
}

#[test]
fn whatever_the_message_looks_like_the_password_is_not_in_it() {
    let forms = [
        "<callerPwd>geheim",
        "<callerPwd>geheim</calle",
        "<callerPwd><![CDATA[geheim</b]]>geheim</callerPwd>",
        "<callerPwd><x>geheim</x></callerPwd>",
        "<callerPwd>ge</heim geheim</callerPwd>",
        "<callerPwd\n>geheim</callerPwd>",
        "<header callerPwd=\"geheim\"/>",
        "<h callerPwd = 'geheim' x=''>",
        "{\"callerPwd\": \"geheim\"}",
        "user=a&password=geheim",
        "+ADw-callerPwd+AD4-geheim+ADw-/callerPwd+AD4-",
        "&lt;callerPwd&gt;geheim&lt;/callerPwd&gt;<callerPwd>geheim</callerPwd>",
    ];
    for text in forms {
        let blanked = typed(text);
        assert!(!blanked.contains("heim"), "{text}: {blanked}");
    }
}

#[test]
fn what_is_no_password_stays() {
    for text in
        ["<a>one</a>", "<callerPwd/><callTime>T</callTime>", "<t>the pwd was wrong</t><a>one</a>", "", "密码<a>甲</a>"]
    {
        assert_eq!(typed(text), text);
    }
}

#[test]
fn without_names_in_the_positional_style_every_text_goes() {
    let text = "<m><in0>GD_CNM</in0><in1>EOMS</in1><in2>geheim</in2></m>";
    assert_eq!(blank_named(text, Style::Positional), "<m><in0>******</in0><in1>****</in1><in2>******</in2></m>");
    let named = "<m><serCaller>EOMS</serCaller><callerPwd>geheim</callerPwd><callTime>T</callTime></m>";
    let blanked = blank_named(named, Style::Positional);
    assert!(blanked.contains("EOMS") && blanked.contains("<callTime>T") && !blanked.contains("geheim"), "{blanked}");
}

#[test]
fn a_known_secret_goes_wherever_it_stands() {
    let mut text = "a ge<heim>& b ge&lt;heim&gt;&amp; c".to_owned();
    blank_known(&mut text, "ge<heim>&");
    assert_eq!(text, "a *** b *** c");
    blank_known(&mut text, "");
    assert_eq!(text, "a *** b *** c");
}
