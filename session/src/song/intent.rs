//! The written table: what is wrong with the demo song on purpose, and what a meter must therefore say of it.
//!
//! Levels are over the loudest section, the first chorus (16 s to 32 s), against the kick at -11 dBFS hit peak.

use keel_core::mix::{PanVerdict, Role, Verdict};

/// What a track of the demo song is meant to read.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    pub track: &'static str,
    pub role: Role,
    /// Tracks of one part are judged as one.
    pub part: Option<&'static str>,
    pub verdict: Verdict,
    /// Sits only by the half decibel at the band's edge.
    pub edge: bool,
    /// In dB against the kick or full scale by hit or sustained peak; for leads in LU against bed or vocal.
    pub offset_db: Option<f64>,
    /// `None`: no move to make.
    pub move_db: Option<f64>,
    pub pan: PanVerdict,
    /// Why, in a mixing engineer's words.
    pub why: &'static str,
}

/// A stretch where the balance is meant to break.
#[derive(Clone, Copy, Debug)]
pub struct IntendedBreak {
    pub track: &'static str,
    pub from_s: f64,
    pub to_s: f64,
    pub offset_db: f64,
    pub verdict: Verdict,
    pub move_db: f64,
    pub why: &'static str,
}

/// Hit peak of the kick, in the middle of its own band.
pub const KICK_DBFS: f64 = -11.0;
/// Every level of the table is met within this when synthesised, in dB or LU.
pub const TOLERANCE_DB: f64 = 0.15;

const fn sits(track: &'static str, role: Role, offset_db: f64, pan: PanVerdict, why: &'static str) -> Intent {
    let (verdict, offset_db) = (Verdict::Sits, Some(offset_db));
    Intent { track, role, part: None, verdict, edge: false, offset_db, move_db: None, pan, why }
}

/// Where one channel lies is the host's affair.
const ONE: PanVerdict = PanVerdict::Unknown;

/// One line a track, in the order of the console.
pub const INTENT: &[Intent] = &[
    sits("Kick", Role::Kick, KICK_DBFS, ONE, "the reference, within -12..-10 dBFS"),
    sits("Snare", Role::Snare, -3.0, ONE, "in the middle of -4..-2; ghost notes 19 dB lower do not count"),
    Intent {
        verdict: Verdict::Low,
        move_db: Some(3.0),
        ..sits(
            "Hats",
            Role::Hats,
            -14.6,
            PanVerdict::Off,
            "2.6 dB under -12..-8, and dead centre instead of slightly off",
        )
    },
    Intent {
        verdict: Verdict::High,
        move_db: Some(-6.0),
        ..sits("Bass", Role::Bass, 1.0, ONE, "4 dB over -6..-3: it competes with the kick all song long")
    },
    Intent {
        part: Some("Gtr L+R"),
        edge: true,
        ..sits("Gtr L", Role::Guitars, -5.7, PanVerdict::Ok, "0.3 dB over -10..-6: at the edge, still sits")
    },
    Intent {
        part: Some("Gtr L+R"),
        edge: true,
        ..sits("Gtr R", Role::Guitars, -5.7, PanVerdict::Ok, "the double of Gtr L: one part, one verdict")
    },
    sits("Pad", Role::Pads, -8.0, PanVerdict::Ok, "in the middle of -10..-6 in the chorus; see the verse"),
    sits("Lead", Role::LeadSynth, -3.5, PanVerdict::NotJudged, "3.5 LU under the vocal, within -6..-1"),
    sits("Lead Vox", Role::LeadVocal, 2.5, ONE, "2.5 LU over the loudest bed, the guitars, within 0..+6"),
    Intent {
        verdict: Verdict::NotJudged,
        offset_db: None,
        ..sits("Mix", Role::MixBus, 0.0, PanVerdict::NotJudged, "the sum of all: headroom only, no balance of its own")
    },
];

/// All breaks of the song with the plan's moves done: the moments that no fader mends. What is off throughout, as the bass
/// and the hats, has a move and no break. A break lies where the kick hits; the breakdown (32 s to 52 s) has none.
pub const INTENDED_BREAKS: &[IntendedBreak] = &[
    IntendedBreak {
        track: "Pad",
        from_s: 0.0,
        to_s: 16.0,
        offset_db: -14.5,
        verdict: Verdict::Low,
        move_db: 6.0,
        why: "fine in the chorus, 4.5 dB too low in the verse: no single move cures both, automate",
    },
    IntendedBreak {
        track: "Snare",
        from_s: 52.5,
        to_s: 67.5,
        offset_db: -8.5,
        verdict: Verdict::Low,
        move_db: 6.0,
        why: "buried in the last chorus, from its first backbeat to its last",
    },
];
