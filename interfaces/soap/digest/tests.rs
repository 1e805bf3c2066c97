//! What the digest sees, and what it does not.

use super::*;
use crate::parse::parse;

fn digest_of(text: &str) -> [u8; 32] {
    digest(parse(text).unwrap().root())
}

#[test]
fn the_digest_does_not_see_how_the_message_was_written() {
    let first = digest_of("<op xmlns='u:1'><header><msgId>1</msgId></header><a>x &amp; y</a><b/></op>");
    for same in [
        "<p:op xmlns:p='u:1'><p:header><p:msgId>2</p:msgId><callTime>now</callTime></p:header>\n <p:a>x &#38; y</p:a><b></b></p:op>",
        "<op><header/><a><![CDATA[x & y]]></a><b/></op>",
        "<op><a>x &amp; y</a><!-- no header --><b/></op>",
    ] {
        assert_eq!(digest_of(same), first, "{same}");
    }
}

#[test]
fn the_digest_sees_every_difference_in_content() {
    let texts = [
        "<op><a>xy</a><b/></op>",
        "<op2><a>xy</a><b/></op2>",
        "<op><a>x</a><b>y</b></op>",
        "<op><ax>y</ax><b/></op>",
        "<op><b/><a>xy</a></op>",
        "<op><a>xy</a></op>",
        "<op><a>xy </a><b/></op>",
        "<op><b><a>xy</a></b></op>",
        "<op><a>xy</a><b xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='1'/></op>",
        "<op><a>xy</a><header/><b/></op>",
        "<op><a>xy</a><b><c/></b><d/></op>",
        "<op><a>xy</a><b/><c/><d/></op>",
    ];
    for (i, one) in texts.iter().enumerate() {
        for other in &texts[i + 1..] {
            assert_ne!(digest_of(one), digest_of(other), "{one} {other}");
        }
    }
}
