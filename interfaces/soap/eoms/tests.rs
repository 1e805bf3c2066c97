//! Tests of `eoms`.
