//! A file as a decoder should see it: without what lies around it, and with its header's sizes put right.

use std::io::{Read, Result, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

/// Places from a file's start, and what is read there.
pub(super) type Patches = Vec<(u64, Vec<u8>)>;

/// A part of a file, in which some bytes read otherwise than they stand.
#[derive(Debug)]
pub(super) struct View<F> {
    file: F,
    start: u64,
    end: u64,
    /// Where reading goes on, from the file's start.
    at: u64,
    patches: Patches,
}

impl<F: Read + Seek> View<F> {
    /// The bytes of `[start, end)`.
    pub fn new(mut file: F, start: u64, end: u64, patches: Patches) -> Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        Ok(Self { file, start, end: end.max(start), at: start, patches })
    }
}

impl<F: Read + Seek> Read for View<F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let wanted = self.end.saturating_sub(self.at).min(buffer.len() as u64) as usize;
        let got = self.file.read(&mut buffer[..wanted])?;
        for (place, bytes) in &self.patches {
            for (k, &byte) in (*place..).zip(bytes) {
                if let Some(at) = k.checked_sub(self.at).filter(|&at| at < got as u64) {
                    buffer[at as usize] = byte;
                }
            }
        }
        self.at += got as u64;
        Ok(got)
    }
}

impl<F: Read + Seek> Seek for View<F> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let place = match to {
            SeekFrom::Start(from_start) => self.start.checked_add(from_start),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        let place = place.filter(|&place| place >= self.start);
        self.at = self.file.seek(SeekFrom::Start(place.ok_or(std::io::ErrorKind::InvalidInput)?))?;
        Ok(self.at - self.start)
    }
}

impl<F: Read + Seek + Send + Sync> MediaSource for View<F> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.end - self.start)
    }
}
