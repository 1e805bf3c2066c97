//! The header that every operation begins with, in both styles.

use crate::contract::Style;
use crate::tree::Element;

/// Names of the positional header, in order.
const POSITIONS: [&str; 4] = ["serSupplier", "serCaller", "callerPwd", "callTime"];

/// Who calls, without the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// `serSupplier`: who serves.
    pub supplier: String,
    /// `serCaller`: who calls.
    pub caller: String,
    /// `callTime` as it was written.
    pub call_time: String,
    /// `msgId`; empty in the positional style.
    pub msg_id: String,
}

/// A header still in the message: the password stays there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Credentials<'a> {
    pub(crate) supplier: Option<Element<'a>>,
    pub(crate) caller: Option<Element<'a>>,
    pub(crate) password: Option<Element<'a>>,
    pub(crate) call_time: Option<Element<'a>>,
    pub(crate) msg_id: Option<Element<'a>>,
}

// === impl Credentials ===

impl<'a> Credentials<'a> {
    /// Finds the header of an operation. Absent parts are `None`: the gate refuses them in its order.
    pub(crate) fn find(operation: Element<'a>, style: Style) -> Self {
        let named = |parent: Element<'a>| Credentials {
            supplier: parent.child("serSupplier"),
            caller: parent.child("serCaller"),
            password: parent.child("callerPwd"),
            call_time: parent.child("callTime"),
            msg_id: parent.child("msgId"),
        };
        match style {
            Style::Typed => header_of(operation).map(named).unwrap_or_default(),
            // Some systems put the four strings into a <header>, as the typed services have it.
            Style::Positional if header_of(operation).is_some() => {
                Credentials { msg_id: None, ..header_of(operation).map(named).unwrap_or_default() }
            }
            Style::Positional if operation.children().any(|child| POSITIONS.contains(&child.name())) => {
                Credentials { msg_id: None, ..named(operation) }
            }
            // Some stacks name arguments in0, arg0, …: then the position says what it is.
            Style::Positional => {
                let mut arguments = operation.children();
                Credentials {
                    supplier: arguments.next(),
                    caller: arguments.next(),
                    password: arguments.next(),
                    call_time: arguments.next(),
                    msg_id: None,
                }
            }
        }
    }

    pub(crate) fn header(&self) -> Header {
        let text = |element: Option<Element<'a>>| text_of(element).chars().take(64).collect();
        Header {
            supplier: text(self.supplier),
            caller: text(self.caller),
            call_time: text(self.call_time),
            msg_id: text(self.msg_id),
        }
    }
}

/// The `<header>` of a typed operation: its first child.
pub(crate) fn header_of(operation: Element<'_>) -> Option<Element<'_>> {
    operation.children().next().filter(|first| first.name() == "header")
}

/// Trimmed text, empty if absent.
pub(crate) fn text_of(element: Option<Element<'_>>) -> &str {
    element.and_then(Element::own_value).unwrap_or_default()
}
