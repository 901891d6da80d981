//! What stands where in a hub file. The first 32 bytes keep their meaning in every version.
//!
//! ```text
//!        0  head: magic, layout, Keel's version | process, scope, token, checksum; written once
//!       64  two tips, written in turn: generation, which table is valid, how far the log goes
//!     4096  two tables, written in turn: tracks, their sessions' shared settings, whose log is read
//!   167936  the log, a ring: batches of hops, cells and pages of history
//! ```

use super::bytes::{In, Out, checksum};

pub const MAGIC: u64 = u64::from_le_bytes(*b"KEELHUB\0");
/// Raised with every change of the bytes below the first 32.
pub const LAYOUT: u32 = 6;
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
const VERSION_BYTES: usize = 16;

pub const HEAD: usize = 64;
pub const TIP: usize = 64;
pub const TIPS_AT: u64 = 64;
pub const TABLES_AT: u64 = 4096;
pub const TABLE: usize = 80 * 1024;
pub const LOG_AT: u64 = TABLES_AT + 2 * TABLE as u64;
/// Bytes of the ring: 1.6 s of 64 tracks in real time.
pub const LOG: usize = 1 << 20;
/// Bytes that one tick may put into the ring: a reader that comes one tick late still finds everything.
pub const MOST_A_TICK: usize = 400 * 1024;
pub const FILE: u64 = LOG_AT + LOG as u64;

/// Who writes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The same in all binaries of one process.
    pub process: u64,
    /// The same in all processes that belong together.
    pub scope: u64,
    /// Names the file.
    pub token: u64,
}

/// Why a head was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoHead {
    /// No file of any Keel, or a broken one.
    Broken,
    /// Another Keel, of this version.
    Version(String),
}

impl Head {
    pub fn write(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.u64(MAGIC);
        out.u32(LAYOUT);
        out.u32(0);
        let version = &VERSION.as_bytes()[..VERSION.len().min(VERSION_BYTES)];
        out.0.extend(version);
        out.pad(HEAD / 2);
        for value in [self.process, self.scope, self.token] {
            out.u64(value);
        }
        out.u64(checksum(&out.0));
        out.0
    }

    /// The version of the Keel that wrote this head, of any layout.
    pub fn version(bytes: &[u8]) -> Option<String> {
        let mut read = In(bytes);
        let magic = read.u64()?;
        read.u64()?;
        let version = read.bytes(VERSION_BYTES)?;
        (magic == MAGIC).then(|| printable(version))
    }

    pub fn read(bytes: &[u8]) -> Result<Self, NoHead> {
        let mut read = In(bytes);
        let (magic, layout, _) = (read.u64(), read.u32(), read.u32());
        let version = read.bytes(VERSION_BYTES).ok_or(NoHead::Broken)?;
        if magic != Some(MAGIC) {
            return Err(NoHead::Broken);
        }
        if layout != Some(LAYOUT) {
            return Err(NoHead::Version(printable(version)));
        }
        let values = [read.u64(), read.u64(), read.u64(), read.u64()];
        let [Some(process), Some(scope), Some(token), Some(sum)] = values else { return Err(NoHead::Broken) };
        let is_whole = bytes.get(..HEAD - 8).is_some_and(|bytes| checksum(bytes) == sum);
        if is_whole { Ok(Self { process, scope, token }) } else { Err(NoHead::Broken) }
    }
}

fn printable(version: &[u8]) -> String {
    let known = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-+".contains(byte);
    let text: String = version.iter().take_while(known).map(|&byte| char::from(byte)).collect();
    if text.is_empty() { "unknown".into() } else { text }
}

/// The state of a file at one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tip {
    /// Grows with every tick that wrote.
    pub generation: u64,
    /// Grows with every table; its parity says which of the two it is. 0 before the first.
    pub table: u64,
    pub table_len: u32,
    pub table_sum: u64,
    /// Bytes ever put into the log.
    pub log: u64,
}

impl Tip {
    pub fn write(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.u64(self.generation);
        out.u64(self.table);
        out.u32(self.table_len);
        out.u32(0);
        out.u64(self.table_sum);
        out.u64(self.log);
        out.pad(TIP / 2);
        out.0.resize(TIP - 8, 0);
        out.u64(checksum(&out.0));
        out.0
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut read = In(bytes.get(..TIP)?);
        let generation = read.u64()?;
        let table = read.u64()?;
        let table_len = read.u32()?;
        read.u32()?;
        let (table_sum, log) = (read.u64()?, read.u64()?);
        let sum = In(&bytes[TIP - 8..TIP]).u64()?;
        let sound = sum == checksum(&bytes[..TIP - 8]) && table_len as usize <= TABLE && log % 8 == 0;
        (sound && generation > 0).then_some(Self { generation, table, table_len, table_sum, log })
    }

    /// The newer of the two tips that is whole.
    pub fn newest(bytes: &[u8]) -> Option<Self> {
        let tips = [Self::read(bytes), bytes.get(TIP..).and_then(Self::read)];
        tips.into_iter().flatten().max_by_key(|tip| tip.generation)
    }

    pub fn place(&self) -> u64 {
        TIPS_AT + (self.generation & 1) * TIP as u64
    }

    pub fn table_place(&self) -> u64 {
        TABLES_AT + (self.table & 1) * TABLE as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD_OF_ONE: Head = Head { process: 1, scope: 2, token: 3 };

    #[test]
    fn a_head_comes_back_and_every_wrong_bit_shows() {
        let bytes = HEAD_OF_ONE.write();
        assert_eq!(bytes.len(), HEAD);
        assert_eq!(Head::read(&bytes), Ok(HEAD_OF_ONE));
        for bit in 0..HEAD * 8 {
            let mut torn = bytes.clone();
            torn[bit / 8] ^= 1 << (bit % 8);
            assert!(Head::read(&torn).is_err(), "bit {bit}");
        }
        for len in 0..HEAD {
            assert!(Head::read(&bytes[..len]).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn other_layouts_tell_their_version() {
        let mut other = HEAD_OF_ONE.write();
        other[8] = 9;
        other[16..32].copy_from_slice(b"12.3.4-beta\0\x1b[2J");
        assert_eq!(Head::read(&other), Err(NoHead::Version("12.3.4-beta".into())));
        assert_eq!(Head::read(&other[..32]), Err(NoHead::Version("12.3.4-beta".into())), "whatever follows");
    }

    #[test]
    fn of_two_tips_the_newer_whole_one_counts() {
        let tip = |generation| Tip { generation, table: 4, table_len: 80, table_sum: 5, log: 64 };
        let mut both = [tip(8).write(), tip(9).write()].concat();
        assert_eq!(both.len(), 2 * TIP);
        assert_eq!(Tip::newest(&both), Some(tip(9)));
        both[TIP + 40] ^= 1;
        assert_eq!(Tip::newest(&both), Some(tip(8)), "the newer is being written");
        both[3] ^= 1;
        assert_eq!(Tip::newest(&both), None);
        assert_eq!(Tip::read(&Tip { table_len: TABLE as u32 + 1, ..tip(1) }.write()), None);
    }
}
