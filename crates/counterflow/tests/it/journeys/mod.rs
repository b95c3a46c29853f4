pub mod meeting;
mod pairing;
mod importing;
mod programs;
mod signing_in;
