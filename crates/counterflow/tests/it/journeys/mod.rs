mod import_command;
mod importing;
mod programs;
mod signing_in;
