//! What a planned number of people can show: the probability that a test sees an effect of a given size, the smallest
//! effect that it sees often enough, and how many people it takes. All tests are two-sided.
//!
//! These are statements about a plan, made before there is data, and they rest on assumptions (a spread, a share) that
//! have to be shown with them. The power of an effect that was observed says nothing that its interval does not say
//! better (Hoenig and Heisey 2001, The American Statistician 55, 19-24).

pub mod events;
pub mod paired;
pub mod proportions;
pub mod simulation;
pub mod two_sample;
