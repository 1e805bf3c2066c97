//! Tests of `encoding`.
