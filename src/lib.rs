//! linesman
