//! The functions on which the distributions stand.

mod beta;
mod erf;
mod gamma;

pub use beta::beta_inc;
pub use erf::{erf, erfc};
pub use gamma::ln_gamma;

pub(crate) use gamma::stirling_error;
