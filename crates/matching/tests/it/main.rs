//! The engine through its front door.

mod any_criteria;
mod certificate;
mod circles;
mod comparisons;
mod errors;
mod exceptions;
mod explanations;
mod grid;
mod limits;
mod metamorphic;
mod optimum;
mod oracle;
mod random;
mod resolve;
mod rules;
mod stable;
mod stable_draft;
mod story;
mod what_if;
