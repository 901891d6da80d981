//! Everything but WAV: containers and codecs by symphonia, without the samples that encoders add at both ends.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::Path;

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{
    FORMAT_ID_ADTS, FORMAT_ID_AIFF, FORMAT_ID_CAF, FORMAT_ID_FLAC, FORMAT_ID_MP3,
};
use symphonia::core::formats::{FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::packet::Packet;
use symphonia::core::units::Duration;

use super::Blocks;
use super::edits::Edit;
use super::problem::Problem;
use super::remark::{Length, Remark};
use super::repair::Mended;

/// Damaged places are silent for as long as this in all; beyond it what follows moves up.
const MOST_SILENCE_S: u64 = 60;
/// Frames of silence at a time.
const SILENCE: u64 = 4096;
/// So many packets in a row without one that can be read are the end.
const MOST_FAULTS: usize = 4096;
/// No packet of any codec here is longer, in frames.
const LONGEST_PACKET: u64 = 1 << 16;
/// Lossy codecs pad what they hold, by less than this part of a second.
const SLACK: u64 = 10;
/// Encoders pad by fewer packets than this.
const MOST_PADDING: usize = 2;

/// The samples of a file of packets.
pub(super) struct Packets {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    pub sample_rate: u32,
    pub channels: usize,
    length: Length,
    /// Frames that are still to be dropped, the encoder's delay.
    delay: u64,
    /// Frames of the recording that are still to come, where the container says.
    left: u64,
    /// Packets name their place exactly, so that a lost one leaves a gap.
    has_places: bool,
    /// Frames given out, or dropped, so far.
    place: u64,
    /// Frames of silence that are still to come, and that may come at all.
    silence: u64,
    most_silence: u64,
    /// Packets behind the length that the file names, and that there are more than those.
    is_mp3: bool,
    behind: VecDeque<Packet>,
    is_longer: bool,
    /// A packet that waits for the silence ahead of it.
    waiting: Option<Packet>,
    /// Frames that were lost.
    damaged: u64,
    /// A recording of another kind follows.
    other_behind: bool,
    /// The last thing that was wrong.
    fault: Option<Problem>,
}

impl Packets {
    pub fn open(
        source: Box<dyn MediaSource>,
        path: &Path,
        edit: Option<Edit>,
        mended: Option<Mended>,
    ) -> Result<Self, Problem> {
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
        let (track_id, kind) = (track.id, format.format_info().format);
        // Where no tag names it, the length of an MP3 is a guess from its bit rate, and that of plain AAC always.
        let is_guess = kind == FORMAT_ID_ADTS || kind == FORMAT_ID_MP3 && track.delay.is_none();
        let declared = track.num_frames.filter(|&frames| frames > 0 && !is_guess);
        let (decoder, channels, sample_rate) = decoder_of(track)?;
        let (delay, left, declared) = recording(edit, sample_rate, declared);
        let is_exact = matches!(kind, FORMAT_ID_FLAC | FORMAT_ID_AIFF | FORMAT_ID_CAF);
        let slack = if is_exact { 0 } else { u64::from(sample_rate) / SLACK };
        let length = match mended {
            Some(mended) => mended.length(declared),
            None => Length { expected: declared, said: declared, slack, ..Length::default() },
        };
        Ok(Self {
            format,
            decoder,
            track_id,
            sample_rate,
            channels,
            length,
            delay,
            left,
            has_places: kind == FORMAT_ID_FLAC,
            place: 0,
            silence: 0,
            most_silence: MOST_SILENCE_S * u64::from(sample_rate),
            is_mp3: kind == FORMAT_ID_MP3,
            behind: VecDeque::new(),
            is_longer: false,
            waiting: None,
            damaged: 0,
            other_behind: false,
            fault: None,
        })
    }

    /// The next packet of the track; none at the end, which is where nothing more can be read. Packets that lie behind
    /// the length that an MP3 names are the encoder's padding, unless more follow than any encoder pads.
    fn next_packet(&mut self) -> Result<Option<Packet>, Problem> {
        while self.behind.len() <= MOST_PADDING && !self.is_longer {
            match self.read_packet()? {
                Some(packet) if self.is_mp3 && packet.trim_end >= packet.dur => self.behind.push_back(packet),
                Some(packet) => return Ok(Some(packet)),
                None => return Ok(None),
            }
        }
        self.is_longer = true;
        let packet = match self.behind.pop_front() {
            Some(packet) => Some(packet),
            None => self.read_packet()?,
        };
        Ok(packet.map(|mut packet| {
            packet.trim_end = Duration::ZERO;
            packet
        }))
    }

    fn read_packet(&mut self) -> Result<Option<Packet>, Problem> {
        for _ in 0..MOST_FAULTS {
            match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track_id => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                // How some containers end where the file does.
                Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
                Err(Error::IoError(error)) => return Err(error.into()),
                Err(Error::ResetRequired) => {
                    if !self.go_on()? {
                        self.other_behind = true;
                        return Ok(None);
                    }
                }
                Err(error) => self.fault = Some(problem_of(error)),
            }
        }
        Ok(None)
    }

    /// Another recording follows in the same file, as in chained Ogg; false where it is of another kind.
    fn go_on(&mut self) -> Result<bool, Problem> {
        let Some(track) = self.format.default_track(TrackType::Audio) else { return Ok(false) };
        let Ok((decoder, channels, sample_rate)) = decoder_of(track) else { return Ok(false) };
        if (channels, sample_rate) != (self.channels, self.sample_rate) {
            return Ok(false);
        }
        (self.track_id, self.decoder) = (track.id, decoder);
        // What was said was said of the first.
        self.length.said = None;
        Ok(true)
    }

    /// So many frames are lost here.
    fn lose(&mut self, frames: u64) {
        let silence = frames.min(self.most_silence);
        self.most_silence -= silence;
        self.silence += silence;
        self.damaged += frames;
    }

    /// Frames between where the packet belongs and where the last one ended.
    fn gap(&self, packet: &Packet) -> u64 {
        let from = u64::try_from(packet.pts.get()).unwrap_or(0);
        let is_inside = self.length.expected.is_none_or(|frames| from < frames);
        if self.has_places && is_inside { from.saturating_sub(self.place) } else { 0 }
    }
}

/// A decoder for a track, its channels and its rate.
fn decoder_of(track: &Track) -> Result<(Box<dyn AudioDecoder>, usize, u32), Problem> {
    let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or(Problem::NotAudio)?;
    if params.codec == CODEC_ID_OPUS {
        return Err(Problem::Unsupported("Opus".to_owned()));
    }
    let options = AudioDecoderOptions::default();
    let decoder = symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(problem_of)?;
    // What the container leaves out, the codec knows.
    let known = decoder.codec_params();
    let channels = params.channels.as_ref().or(known.channels.as_ref()).map_or(0, |channels| channels.count());
    let sample_rate = params.sample_rate.or(known.sample_rate).unwrap_or(0);
    Ok((decoder, channels, sample_rate))
}

impl Blocks for Packets {
    fn fill(&mut self, block: &mut Vec<Vec<f32>>) -> Result<bool, Problem> {
        loop {
            if self.silence > 0 {
                let frames = self.silence.min(SILENCE);
                self.silence -= frames;
                block.iter_mut().for_each(|channel| {
                    channel.clear();
                    channel.resize(frames as usize, 0.0);
                });
                if self.trim(block, frames) {
                    return Ok(true);
                }
                continue;
            }
            let packet = match self.waiting.take() {
                Some(packet) => packet,
                None => match self.next_packet()? {
                    Some(packet) => packet,
                    None => return Ok(false),
                },
            };
            let gap = self.gap(&packet);
            if gap > 0 && self.most_silence > 0 {
                self.lose(gap);
                self.place += gap;
                self.waiting = Some(packet);
                continue;
            }
            let decoded = match self.decoder.decode(&packet) {
                Ok(decoded) => decoded,
                // Beyond what the decoder can do at all, rather than a fault of this packet.
                Err(error @ Error::Unsupported(_)) => return Err(problem_of(error)),
                Err(error) => {
                    self.fault = Some(problem_of(error));
                    self.lose(packet.dur.get().min(LONGEST_PACKET));
                    self.place += packet.dur.get();
                    continue;
                }
            };
            if decoded.num_planes() != self.channels || decoded.spec().rate() != self.sample_rate {
                self.other_behind = true;
                return Ok(false);
            }
            let frames = decoded.frames() as u64;
            decoded.copy_to_vecs_planar(block);
            self.place += frames;
            if self.trim(block, frames) {
                return Ok(true);
            }
        }
    }

    fn remarks(&self) -> Vec<Remark> {
        let seconds = self.damaged as f64 / f64::from(self.sample_rate);
        let damaged = (self.damaged > 0).then_some(Remark::Damaged { seconds });
        damaged.into_iter().chain(self.other_behind.then_some(Remark::OtherBehind)).collect()
    }

    fn fault(&self) -> Option<Problem> {
        self.fault.clone()
    }

    fn length(&self) -> Length {
        self.length
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

/// What a decoder says, in words for the person who named the file.
fn problem_of(error: Error) -> Problem {
    match error {
        Error::IoError(error) => error.into(),
        Error::Unsupported("isomp4: missing moov atom") => {
            Problem::Malformed("its end is missing, where it lists what it holds".to_owned())
        }
        Error::Unsupported("aac: aac too complex") => {
            Problem::Unsupported("AAC beyond stereo and the LC profile".to_owned())
        }
        Error::Unsupported(_) => Problem::Unsupported("in a coding of its own".to_owned()),
        Error::LimitError(_) => Problem::Malformed("a part of it claims to be larger than any can be".to_owned()),
        _ => Problem::Malformed("what it holds breaks the rules of its format".to_owned()),
    }
}
