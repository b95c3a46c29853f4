//! The engine through its front door.

mod certificate;
mod circles;
mod comparisons;
mod errors;
mod explanations;
mod optimum;
mod oracle;
mod random;
mod rules;
mod stable;
mod stable_draft;
mod story;
