//! The audio thread: all processors, block by block over the stems.

use std::sync::Arc;

use crate::host::{HostError, Processor, Transport};
use crate::stems::StemSet;

/// Plays the stems through their processors. Lives on the audio thread.
#[derive(Debug)]
pub struct Engine {
    set: Arc<StemSet>,
    voices: Vec<Voice>,
    transport: Transport,
    /// The song's end in frames.
    end: u64,
    /// The sum of what is heard, left and right.
    sum: [Vec<f32>; 2],
    block: usize,
}

#[derive(Debug)]
struct Voice {
    /// The stem's place in the set.
    stem: usize,
    processor: Processor,
    input: Vec<Vec<f32>>,
    output: Vec<Vec<f32>>,
    /// A bus carries tracks that are heard themselves.
    is_heard: bool,
}

impl Engine {
    /// `block` is the largest block, in frames; it must fit the processors.
    pub(crate) fn new(set: Arc<StemSet>, transport: Transport, end: u64, block: usize) -> Self {
        Self { set, voices: Vec::new(), transport, end, sum: [vec![0.0; block], vec![0.0; block]], block }
    }

    /// Puts a processor on the set's next stem.
    pub(crate) fn add(&mut self, processor: Processor, is_heard: bool) {
        let buffers = vec![vec![0.0; self.block]; processor.channels()];
        self.voices.push(Voice {
            stem: self.voices.len(),
            processor,
            input: buffers.clone(),
            output: buffers,
            is_heard,
        });
    }

    pub(crate) fn into_processors(self) -> Vec<Processor> {
        self.voices.into_iter().map(|voice| voice.processor).collect()
    }

    pub fn position(&self) -> u64 {
        self.transport.position
    }

    pub fn sample_rate(&self) -> f64 {
        self.transport.sample_rate
    }

    pub fn is_at_end(&self) -> bool {
        self.transport.position >= self.end
    }

    /// Plays the next block, to the song's end at most, and gives its frames.
    pub fn play_block(&mut self) -> Result<usize, HostError> {
        let frames = (self.block as u64).min(self.end - self.transport.position.min(self.end)) as usize;
        self.run(frames, self.transport)?;
        self.transport.position += frames as u64;
        Ok(frames)
    }

    /// One block of silence with the transport standing, as a host gives it between songs.
    pub fn stand(&mut self) -> Result<usize, HostError> {
        self.run(self.block, self.transport.stopped())?;
        Ok(self.block)
    }

    /// What is heard of the last block.
    pub fn sum(&self, frames: usize) -> [&[f32]; 2] {
        [&self.sum[0][..frames], &self.sum[1][..frames]]
    }

    fn run(&mut self, frames: usize, transport: Transport) -> Result<(), HostError> {
        for side in &mut self.sum {
            side[..frames].fill(0.0);
        }
        if frames == 0 {
            return Ok(());
        }
        for voice in &mut self.voices {
            voice.run(&self.set.stems[voice.stem].channels, frames, &transport)?;
            if voice.is_heard {
                voice.add_to(&mut self.sum, frames);
            }
        }
        Ok(())
    }
}

impl Voice {
    fn run(&mut self, stem: &[Vec<f32>], frames: usize, transport: &Transport) -> Result<(), HostError> {
        for (input, stem) in self.input.iter_mut().zip(stem) {
            let from = if transport.playing { (transport.position as usize).min(stem.len()) } else { stem.len() };
            let sounding = &stem[from..stem.len().min(from + frames)];
            input[..sounding.len()].copy_from_slice(sounding);
            input[sounding.len()..frames].fill(0.0);
        }
        // Two references at most: mono and stereo are all there is.
        let mut inputs: [&[f32]; 2] = [&[]; 2];
        let mut outputs: [&mut [f32]; 2] = [&mut [], &mut []];
        for (slot, channel) in inputs.iter_mut().zip(&self.input) {
            *slot = &channel[..frames];
        }
        for (slot, channel) in outputs.iter_mut().zip(&mut self.output) {
            *slot = &mut channel[..frames];
        }
        let channels = self.processor.channels();
        self.processor.process(&inputs[..channels], &mut outputs[..channels], Some(transport))
    }

    /// Mono sounds in the middle, as a stem after its pan knob does.
    fn add_to(&self, sum: &mut [Vec<f32>; 2], frames: usize) {
        for (side, sum) in sum.iter_mut().enumerate() {
            let channel = self.output.get(side).or(self.output.first());
            for (to, from) in sum[..frames].iter_mut().zip(channel.into_iter().flatten()) {
                *to += from;
            }
        }
    }
}
