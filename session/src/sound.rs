//! The sum of the session into the sound card.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant};

/// Blocks waiting for the card: enough to ride out a hiccup, little enough that the meters match what is heard.
#[cfg(feature = "sound")]
const BLOCKS_AHEAD: usize = 4;
/// A card that takes nothing for this long has gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// The audio thread's end of the sound card: interleaved stereo blocks.
#[derive(Debug)]
pub struct Feed {
    blocks: SyncSender<Vec<f32>>,
}

impl Feed {
    /// Hands a block over as soon as there is room. False when the card has gone.
    pub(crate) fn push(&mut self, [left, right]: [&[f32]; 2], stop: &AtomicBool) -> bool {
        let mut block = Vec::with_capacity(2 * left.len());
        for (left, right) in left.iter().zip(right) {
            block.extend([left.clamp(-1.0, 1.0), right.clamp(-1.0, 1.0)]);
        }
        let began = Instant::now();
        while !stop.load(Ordering::Acquire) {
            match self.blocks.try_send(block) {
                Ok(()) => return true,
                Err(TrySendError::Disconnected(_)) => return false,
                Err(TrySendError::Full(_)) if began.elapsed() > PATIENCE => return false,
                Err(TrySendError::Full(back)) => block = back,
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }
}

#[cfg(feature = "sound")]
pub use card::{Card, open};

#[cfg(feature = "sound")]
mod card {
    use std::fmt;
    use std::sync::mpsc::{Receiver, sync_channel};

    use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
    use cpal::{BufferSize, SampleFormat, StreamConfig};

    use super::{BLOCKS_AHEAD, Feed};

    /// The running stream; sound ends with it.
    pub struct Card {
        _stream: cpal::Stream,
        pub name: String,
    }

    impl fmt::Debug for Card {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Card").field("name", &self.name).finish()
        }
    }

    /// Opens the default output at the session's rate, or says why there is no sound.
    pub fn open(sample_rate: u32) -> Result<(Card, Feed), String> {
        if !may_have_a_card() {
            return Err("this machine has no sound card".into());
        }
        let device = cpal::default_host().default_output_device().ok_or("there is no sound output")?;
        let configs = device.supported_output_configs().map_err(|error| error.to_string())?;
        let fits = |range: &cpal::SupportedStreamConfigRange| {
            range.sample_format() == SampleFormat::F32
                && (range.min_sample_rate()..=range.max_sample_rate()).contains(&sample_rate)
        };
        let channels = configs
            .filter(fits)
            .map(|range| range.channels())
            .min_by_key(|&channels| channels.abs_diff(2))
            .ok_or_else(|| format!("the sound output does not run at {sample_rate} Hz"))?;
        let config = StreamConfig { channels, sample_rate, buffer_size: BufferSize::Default };
        let (blocks, waiting) = sync_channel(BLOCKS_AHEAD);
        let mut source = Source { waiting, block: Vec::new(), at: 0 };
        let stream = device
            .build_output_stream(
                config,
                move |data: &mut [f32], _| source.fill(data, usize::from(channels)),
                |error| eprintln!("sound: {error}"),
                None,
            )
            .map_err(|error| error.to_string())?;
        stream.play().map_err(|error| error.to_string())?;
        let name = device.description().map_or_else(|_| "sound output".into(), |about| about.name().to_owned());
        Ok((Card { _stream: stream, name }, Feed { blocks }))
    }

    /// Without this check ALSA fills the terminal with its own words on a machine that has no sound at all.
    fn may_have_a_card() -> bool {
        if !cfg!(target_os = "linux") {
            return true;
        }
        let kernel = std::fs::read_dir("/dev/snd").is_ok_and(|mut entries| entries.next().is_some());
        let run = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from).unwrap_or_default();
        let server = std::env::var_os("PULSE_SERVER").is_some()
            || ["pulse/native", "pipewire-0"].iter().any(|socket| run.join(socket).exists());
        kernel || server
    }

    /// The card's end: what has come, silence where nothing has.
    struct Source {
        waiting: Receiver<Vec<f32>>,
        block: Vec<f32>,
        at: usize,
    }

    impl Source {
        fn fill(&mut self, data: &mut [f32], channels: usize) {
            for frame in data.chunks_mut(channels) {
                let [left, right] = self.next_frame();
                if let [mono] = frame {
                    *mono = 0.5 * (left + right);
                } else {
                    frame.fill(0.0);
                    frame[..2].copy_from_slice(&[left, right]);
                }
            }
        }

        fn next_frame(&mut self) -> [f32; 2] {
            if self.at >= self.block.len() {
                self.block = self.waiting.try_recv().unwrap_or_default();
                self.at = 0;
            }
            let frame = self.block.get(self.at..self.at + 2).map_or([0.0; 2], |frame| [frame[0], frame[1]]);
            self.at += 2;
            frame
        }
    }

    #[cfg(test)]
    mod tests {
        use std::sync::atomic::AtomicBool;

        use super::*;

        #[test]
        fn blocks_come_out_in_order_and_silence_after_them() {
            let (blocks, waiting) = sync_channel(BLOCKS_AHEAD);
            let mut feed = Feed { blocks };
            let mut source = Source { waiting, block: Vec::new(), at: 0 };
            let stop = AtomicBool::new(false);
            assert!(feed.push([&[0.1, 0.2], &[0.3, 0.4]], &stop));
            assert!(feed.push([&[0.5], &[2.0]], &stop));
            let mut data = [9.0; 12];
            source.fill(&mut data, 3);
            assert_eq!(data, [0.1, 0.3, 0.0, 0.2, 0.4, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0]);
        }

        #[test]
        fn a_card_that_went_away_is_noticed() {
            let (blocks, waiting) = sync_channel(BLOCKS_AHEAD);
            drop(waiting);
            assert!(!Feed { blocks }.push([&[0.0], &[0.0]], &AtomicBool::new(false)));
        }
    }
}

/// Built without sound.
#[cfg(not(feature = "sound"))]
#[derive(Debug)]
pub struct Card {
    pub name: String,
}

#[cfg(not(feature = "sound"))]
pub fn open(_sample_rate: u32) -> Result<(Card, Feed), String> {
    Err("this keel-session was built without sound".into())
}
