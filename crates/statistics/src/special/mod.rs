//! The functions on which the distributions stand.

mod beta;
mod erf;
mod gamma;
mod gamma_inc;

pub use beta::beta_inc;
pub use erf::{erf, erfc};
pub use gamma::ln_gamma;
pub use gamma_inc::{gamma_lower, gamma_upper, ln_gamma_upper};

pub(crate) use gamma::{deviance, stirling_error};
