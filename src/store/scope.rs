//! Whose data a customer query may touch. A scope is made from a live session or token row, or for a
//! job that the house itself runs; nothing that a client sends can make or widen one.

use crate::session::Session;
use crate::token::Token;
use crate::user::Role;

/// Customers between one and its topmost parent; more is a loop in the data.
const DEPTH_MAX: usize = 32;

/// One customer and those below it in the customer tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomerScope {
    customer_no: String,
}

// === impl CustomerScope ===

impl CustomerScope {
    /// Of a live session; `None` unless it is a customer's.
    pub fn from_session_row(session: &Session) -> Option<Self> {
        Self::of(session.role, session.customer_no.as_deref())
    }

    /// Of a live token; `None` unless it is a customer's.
    pub fn from_token_row(token: &Token) -> Option<Self> {
        Self::of(token.role, token.customer_no.as_deref())
    }

    /// For work that the house does for a customer, such as a report.
    pub fn for_job(customer_no: &str) -> Self {
        CustomerScope { customer_no: customer_no.to_owned() }
    }

    fn of(role: Role, customer_no: Option<&str>) -> Option<Self> {
        match (role, customer_no) {
            (Role::Customer, Some(number)) if !number.is_empty() => Some(Self::for_job(number)),
            _ => None,
        }
    }

    /// The customer at the top of the scope.
    pub fn customer_no(&self) -> &str {
        &self.customer_no
    }

    /// May it see this customer: itself, or one below it by `parent_of`?
    pub fn covers<'a>(&self, customer_no: &'a str, parent_of: impl Fn(&'a str) -> Option<&'a str>) -> bool {
        let mut at = Some(customer_no);
        for _ in 0..DEPTH_MAX {
            match at {
                Some(number) if number == self.customer_no => return true,
                Some(number) => at = parent_of(number),
                None => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests;
