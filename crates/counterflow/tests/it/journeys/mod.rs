mod programs;
mod signing_in;
