//! How the work of judging is done: exact sums, and work shared by threads.

pub(crate) mod budget;
mod exact_sum;
pub(crate) mod parallel;

pub(crate) use budget::Budget;
pub(crate) use exact_sum::{Sorted, Sum};
