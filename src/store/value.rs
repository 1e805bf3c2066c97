//! What a statement takes and gives, for both engines: argument values, rows read by column name,
//! and statements over many rows at once.

use std::borrow::Cow;
use std::sync::OnceLock;

use model::text::Text;
use model::time::Time;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{FromRow, Postgres};

use crate::local::FromLocal;

/// One argument of a statement. `None` is SQL null of that type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(&'a str),
    OptText(Option<&'a str>),
    Bytes(&'a [u8]),
    Bool(bool),
}

/// A statement over many rows: `head`, then one group of placeholders a row, then `tail`.
/// It is cut into parts of a few sizes, so that few texts exist and stay prepared. The sizes lie close, so
/// that most batches are two or three parts: each part is a way to the database and back.
pub(crate) struct Multi {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    sqlite: [OnceLock<String>; SIZES.len()],
    postgres: [OnceLock<String>; SIZES.len()],
}

/// Rows in the parts of a [`Multi`], largest first.
const SIZES: [usize; 11] = [128, 64, 32, 16, 12, 8, 6, 4, 3, 2, 1];

/// How an engine writes the placeholders of a [`Multi`]. SQLite looks numbered names up one by one,
/// which grows with the square of their count, so there they stay nameless.
#[derive(Clone, Copy)]
pub(crate) enum Placeholders {
    Nameless,
    Numbered,
}

/// A plain row struct that every driver can read by column name.
macro_rules! row {
    ($vis:vis $name:ident { $($field:ident : $ty:ty),* $(,)? }) => {
        #[derive(Debug)]
        $vis struct $name { $($field: $ty),* }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($ty: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok($name { $($field: row.try_get(stringify!($field))?),* })
            }
        }

        impl $crate::local::FromLocal for $name {
            fn from_local(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                let mut place = 0;
                Ok($name { $($field: $crate::local::field(row, &mut place, stringify!($field))?),* })
            }
        }
    };
}
pub(crate) use row;

/// The arguments of a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Value::from($value)),*] };
}
pub(crate) use args;

/// A row type that both engines can read.
pub(crate) trait FromRows: for<'r> FromRow<'r, PgRow> + FromLocal + Send + Unpin {}

impl<T: for<'r> FromRow<'r, PgRow> + FromLocal + Send + Unpin> FromRows for T {}

// === impl Value ===

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(Some(value))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Value::Int(Some(value.into()))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Value::Int(value)
    }
}

impl From<Time> for Value<'_> {
    fn from(value: Time) -> Self {
        Value::Int(Some(value.ms()))
    }
}

impl From<Option<Time>> for Value<'_> {
    fn from(value: Option<Time>) -> Self {
        Value::Int(value.map(Time::ms))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a Text> for Value<'a> {
    fn from(value: &'a Text) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Value::OptText(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Value::Bytes(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

// === impl Multi ===

impl Multi {
    /// `columns` placeholders for each row.
    pub(crate) const fn new(head: &'static str, columns: usize, tail: &'static str) -> Self {
        Multi {
            head,
            columns,
            tail,
            sqlite: [const { OnceLock::new() }; SIZES.len()],
            postgres: [const { OnceLock::new() }; SIZES.len()],
        }
    }

    /// The largest part that `rows` rows fill, with its text.
    pub(crate) fn part(&'static self, rows: usize, style: Placeholders) -> (usize, &'static str) {
        let texts = match style {
            Placeholders::Nameless => &self.sqlite,
            Placeholders::Numbered => &self.postgres,
        };
        let sized = SIZES.iter().zip(texts).find(|(size, _)| **size <= rows);
        sized.map_or((0, ""), |(size, text)| (*size, text.get_or_init(|| self.text(*size, style)).as_str()))
    }

    fn text(&self, rows: usize, style: Placeholders) -> String {
        let mut text = String::with_capacity(self.head.len() + self.tail.len() + rows * (self.columns * 6 + 3));
        text.push_str(self.head);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ",(" });
            for column in 0..self.columns {
                text.push_str(if column == 0 { "" } else { "," });
                match style {
                    Placeholders::Nameless => text.push('?'),
                    Placeholders::Numbered => text.push_str(&format!("${}", row * self.columns + column + 1)),
                }
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text
    }
}

/// A text as both engines can keep it: PostgreSQL has no NUL, and a commit must not fail because a peer
/// sent one. It becomes U+FFFD.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}

/// A prepared statement of PostgreSQL with its arguments.
pub(crate) fn bound<'v>(
    sql: &'static str,
    args: impl Iterator<Item = &'v Value<'v>>,
) -> Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query(sql);
    for value in args {
        query = match *value {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(&*storable(value)),
            Value::OptText(value) => query.bind(value.map(storable).as_deref()),
            Value::Bytes(value) => query.bind(value),
            Value::Bool(value) => query.bind(value),
        };
    }
    query
}
