//! Keel's core: metering, balance rules and the link between instances.
//!
//! One way for the data: slices of samples go through [`dsp::Analyzer`], which makes a [`dsp::Hop`] each 10 ms and a
//! [`dsp::Cell`] each 100 ms; [`link`] carries them off the audio thread into a [`mix::SongMap`] for each track;
//! [`mix::assess`] turns the maps of a session into a [`mix::MixReport`]. Knows no plugin and no window.

#![deny(missing_docs)]

pub mod dsp;
pub mod link;
pub mod mix;
pub mod units;
