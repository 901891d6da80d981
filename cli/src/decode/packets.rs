//! Everything but WAV: containers and codecs by symphonia, without the samples that encoders add at both ends.

use std::io::ErrorKind;
use std::path::Path;

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::FORMAT_ID_MP3;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};

use super::Blocks;
use super::edits::Edit;
use super::problem::Problem;

/// The samples of a file of packets.
pub(super) struct Packets {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    pub sample_rate: u32,
    pub channels: usize,
    /// Frames that the header names.
    pub declared: Option<u64>,
    /// Frames that are still to be dropped, the encoder's delay.
    delay: u64,
    /// Frames of the recording that are still to come, where the container says.
    left: u64,
}

impl Packets {
    pub fn open(source: Box<dyn MediaSource>, path: &Path, edit: Option<Edit>) -> Result<Self, Problem> {
        let mut hint = Hint::new();
        if let Some(ending) = path.extension().and_then(|ending| ending.to_str()) {
            hint.with_extension(ending);
        }
        let stream = MediaSourceStream::new(source, Default::default());
        let probe = symphonia::default::get_probe();
        let format =
            probe.probe(&hint, stream, Default::default(), Default::default()).map_err(|error| match error {
                // The probe's way of saying that it found no known format.
                Error::Unsupported(what) if what.starts_with("core (probe)") => Problem::NotAudio,
                error => problem_of(error),
            })?;
        let track = format.default_track(TrackType::Audio).ok_or(Problem::NotAudio)?;
        let track_id = track.id;
        // Without a tag that names it, the length of an MP3 is a guess from its bit rate.
        let is_guess = format.format_info().format == FORMAT_ID_MP3 && track.delay.is_none();
        let declared = track.num_frames.filter(|_| !is_guess);
        let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or(Problem::NotAudio)?;
        if params.codec == CODEC_ID_OPUS {
            return Err(Problem::Unsupported("Opus: convert it to WAV or FLAC".to_owned()));
        }
        let options = AudioDecoderOptions::default();
        let decoder = symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(problem_of)?;
        // What the container leaves out, the codec knows.
        let known = decoder.codec_params();
        let channels = params.channels.as_ref().or(known.channels.as_ref()).map_or(0, |channels| channels.count());
        let sample_rate = params.sample_rate.or(known.sample_rate).unwrap_or(0);
        let (delay, left, declared) = recording(edit, sample_rate, declared);
        Ok(Self { format, decoder, track_id, sample_rate, channels, declared, delay, left })
    }
}

impl Blocks for Packets {
    fn fill(&mut self, block: &mut Vec<Vec<f32>>) -> Result<bool, Problem> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(false),
                // How some containers end where the file does.
                Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(problem_of(error)),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            let decoded = self.decoder.decode(&packet).map_err(problem_of)?;
            if decoded.num_planes() != self.channels || decoded.spec().rate() != self.sample_rate {
                return Err(Problem::Malformed("the channels or the sample rate change on the way".to_owned()));
            }
            let frames = decoded.frames();
            decoded.copy_to_vecs_planar(block);
            if self.trim(block, frames as u64) {
                return Ok(true);
            }
        }
    }
}

impl Packets {
    /// Leaves of a block what belongs to the recording; false where that is nothing.
    fn trim(&mut self, block: &mut [Vec<f32>], frames: u64) -> bool {
        let dropped = frames.min(self.delay);
        let kept = (frames - dropped).min(self.left);
        self.delay -= dropped;
        self.left -= kept;
        if kept < frames {
            for channel in block {
                channel.truncate((dropped + kept) as usize);
                channel.drain(..dropped as usize);
            }
        }
        kept > 0
    }
}

/// Delay, length and promised length in frames, of a track with this edit.
fn recording(edit: Option<Edit>, sample_rate: u32, stored: Option<u64>) -> (u64, u64, Option<u64>) {
    let Some(edit) = edit else { return (0, u64::MAX, stored) };
    let frames = |seconds: f64| (seconds * f64::from(sample_rate)).round() as u64;
    let delay = frames(edit.from_s);
    let after_delay = stored.map(|stored| stored.saturating_sub(delay));
    // An edit is counted in the movie's coarser time: it may end a little after what is stored.
    let length = edit.seconds.map(frames);
    let declared = match (length, after_delay) {
        (Some(length), Some(stored)) => Some(length.min(stored)),
        (length, stored) => length.or(stored),
    };
    (delay, length.unwrap_or(u64::MAX), declared)
}

fn problem_of(error: Error) -> Problem {
    match error {
        Error::IoError(error) => error.into(),
        Error::DecodeError(what) | Error::LimitError(what) => Problem::Malformed(what.to_owned()),
        Error::Unsupported("isomp4: missing moov atom") => {
            Problem::Malformed("it ends before the list of its contents".to_owned())
        }
        Error::Unsupported("aac: aac too complex") => {
            Problem::Unsupported("AAC beyond stereo and the LC profile".to_owned())
        }
        Error::Unsupported(what) => Problem::Unsupported(what.to_owned()),
        Error::SeekError(_) | Error::ResetRequired => Problem::Malformed("the stream changes on the way".to_owned()),
        _ => Problem::Malformed("unknown to the decoder".to_owned()),
    }
}
