mod import_command;
mod importing;
mod enrolling;
mod programs;
mod registering;
pub mod meeting;
mod pairing;
mod signing_in;
