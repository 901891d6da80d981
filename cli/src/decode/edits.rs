//! The edit list of MP4 files (ISO/IEC 14496-12, 8.6.6): which part of a track is the recording, and which the
//! encoder's delay and padding. symphonia 0.6 does not read it.

use std::io::{Read, Seek, SeekFrom};

use super::problem::Problem;

/// Boxes are read this deep and this many of them: no file makes the search endless.
const MAX_BOXES: usize = 4096;
/// No box that is read here is longer.
const MAX_BODY: u64 = 1 << 16;

/// The part of an audio track that is the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edit {
    /// Where it begins, in seconds of the track.
    pub from_s: f64,
    /// How long it is, where that is said.
    pub seconds: Option<f64>,
}

/// What the search has found so far.
#[derive(Default)]
struct Search {
    boxes: usize,
    movie_scale: Option<f64>,
    track: Track,
    found: Option<Edit>,
}

#[derive(Default)]
struct Track {
    is_audio: bool,
    scale: Option<f64>,
    /// Duration in the movie's scale, begin in the track's.
    edit: Option<(u64, u64)>,
}

/// The edit of the first audio track; none where there is none, or where the file is no MP4. Leaves the file at its
/// start.
pub(super) fn of<F: Read + Seek>(file: &mut F) -> Result<Option<Edit>, Problem> {
    let mut head = [0; 8];
    let is_mp4 = file.read_exact(&mut head).is_ok() && head[4..] == *b"ftyp";
    let mut search = Search::default();
    if is_mp4 {
        let end = file.seek(SeekFrom::End(0))?;
        // A file that breaks off is the decoder's to report.
        let _ = search.walk(file, 0, end);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(search.found)
}

impl Search {
    /// Searches the boxes of `[at, end)`.
    fn walk<F: Read + Seek>(&mut self, file: &mut F, mut at: u64, end: u64) -> std::io::Result<()> {
        while at + 8 <= end && self.boxes < MAX_BOXES && self.found.is_none() {
            self.boxes += 1;
            file.seek(SeekFrom::Start(at))?;
            let mut head = [0; 16];
            file.read_exact(&mut head[..8])?;
            let (length, header) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
                0 => (end - at, 8),
                1 => {
                    file.read_exact(&mut head[8..])?;
                    (wide(&head, 8).unwrap_or(0), 16)
                }
                length => (u64::from(length), 8),
            };
            let Some(next) = at.checked_add(length).filter(|&next| length >= header && next <= end) else {
                return Ok(());
            };
            self.visit(file, [head[4], head[5], head[6], head[7]], at + header, next)?;
            at = next;
        }
        Ok(())
    }

    fn visit<F: Read + Seek>(&mut self, file: &mut F, kind: [u8; 4], at: u64, end: u64) -> std::io::Result<()> {
        match &kind {
            b"moov" | b"edts" | b"mdia" => self.walk(file, at, end)?,
            b"trak" => {
                self.track = Track::default();
                self.walk(file, at, end)?;
                self.found = self.found.or_else(|| self.track.edit(self.movie_scale));
            }
            b"mvhd" => self.movie_scale = time_scale(&body(file, at, end)?),
            b"mdhd" => self.track.scale = time_scale(&body(file, at, end)?),
            b"hdlr" => self.track.is_audio = body(file, at, end)?.get(8..12) == Some(b"soun"),
            b"elst" => self.track.edit = first_edit(&body(file, at, end)?),
            _ => {}
        }
        Ok(())
    }
}

impl Track {
    fn edit(&self, movie_scale: Option<f64>) -> Option<Edit> {
        let (duration, from) = self.edit.filter(|_| self.is_audio)?;
        let (movie, track) = movie_scale.zip(self.scale)?;
        let seconds = (duration > 0).then_some(duration as f64 / movie);
        Some(Edit { from_s: from as f64 / track, seconds })
    }
}

fn body<F: Read + Seek>(file: &mut F, at: u64, end: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut body = Vec::new();
    file.take((end - at).min(MAX_BODY)).read_to_end(&mut body)?;
    Ok(body)
}

/// Units a second, of a movie's or a track's header.
fn time_scale(header: &[u8]) -> Option<f64> {
    let at = if *header.first()? == 1 { 20 } else { 12 };
    word(header, at).filter(|&scale| scale > 0).map(f64::from)
}

/// Duration and begin of the one edit that is no empty one; a track of several is played as it is stored.
fn first_edit(list: &[u8]) -> Option<(u64, u64)> {
    let is_wide = *list.first()? == 1;
    let size = if is_wide { 20 } else { 12 };
    let entry = |at: usize| {
        let from = if is_wide { wide(list, at + 8)? as i64 } else { i64::from(word(list, at + 4)? as i32) };
        let duration = if is_wide { wide(list, at)? } else { u64::from(word(list, at)?) };
        Some((duration, from))
    };
    let count = (word(list, 4)? as usize).min(list.len() / size);
    let edits: Vec<_> = (0..count).filter_map(|k| entry(8 + k * size)).filter(|&(_, from)| from >= 0).collect();
    match edits[..] {
        [(duration, from)] => Some((duration, from as u64)),
        _ => None,
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
