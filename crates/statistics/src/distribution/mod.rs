//! Distributions: tails, and quantiles where something needs them. Tails are computed on their own side, so that a small
//! one keeps all its digits.

pub mod beta;
pub mod binomial;
pub mod chi_squared;
pub mod f;
pub mod gamma;
pub mod noncentral_t;
pub mod normal;
pub mod student_t;
