mod importing;
mod programs;
mod signing_in;
