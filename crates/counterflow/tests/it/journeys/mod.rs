pub mod meeting;
mod pairing;
mod importing;
mod signing_in;
