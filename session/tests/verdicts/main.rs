//! Whole songs through the analyzer, the song map and the rules: what is said must be what was written down before.

mod demo;
mod measured;
mod messy;
