mod import_command;
mod importing;
mod enrolling;
mod programs;
mod registering;
mod signing_in;
