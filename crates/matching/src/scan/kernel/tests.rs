//! The forms of the kernel against each other, bit by bit.

use super::*;

#[test]
fn compiles() {}
