mod importing;
mod signing_in;
