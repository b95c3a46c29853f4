mod enrolling;
mod import_command;
mod importing;
pub mod meeting;
mod pairing;
mod programs;
mod registering;
mod signing_in;
