//! The session's transport, read from its tracks' hops.

use super::heard::{IDLE_TICKS, Pulse};
use crate::dsp::{CellFlags, Hop};
use crate::mix::{SessionTransport, TrackId};

/// A stopped track overrules playing ones that are this many ticks older: blocks of one host arrive closer together.
const STOP_LEAD_TICKS: u32 = 3;
/// Hops in a second.
const HOPS_PER_SECOND: f64 = 100.0;

/// Follows one playing track as long as it plays: hosts render tracks ahead of each other, and a mean would jitter.
#[derive(Debug, Default)]
pub(super) struct Transport {
    leader: Option<TrackId>,
    now: SessionTransport,
}

impl Transport {
    pub fn now(&self) -> SessionTransport {
        self.now
    }

    pub fn update(&mut self, pulses: &[(TrackId, Pulse)]) {
        let playing = playing(pulses);
        let leader = playing.iter().copied().find(|(id, _)| Some(*id) == self.leader);
        let leader = leader.or_else(|| playing.iter().copied().min_by_key(|(_, pulse)| pulse.idle_ticks));
        self.leader = leader.map(|(id, _)| *id);
        self.now.playing = leader.is_some();
        if let Some((_, pulse)) = leader {
            self.now.position_s = pulse.hop.index as f64 / HOPS_PER_SECOND;
        }
        // Tempo and loop can change while the transport stands.
        let freshest = pulses.iter().min_by_key(|(_, pulse)| pulse.idle_ticks);
        if let Some((_, pulse)) = leader.or(freshest) {
            self.now.tempo = known(pulse.hop.tempo);
            self.now.loop_s = known(pulse.hop.loop_s[0]).zip(known(pulse.hop.loop_s[1]));
        }
    }
}

fn playing(pulses: &[(TrackId, Pulse)]) -> Vec<&(TrackId, Pulse)> {
    let plays = |hop: &Hop| hop.flags.has(CellFlags::PLAYING);
    let stopped = pulses.iter().filter(|(_, pulse)| !plays(&pulse.hop)).map(|(_, pulse)| pulse.idle_ticks).min();
    let oldest = stopped.map_or(IDLE_TICKS, |ticks| IDLE_TICKS.min(ticks.saturating_add(STOP_LEAD_TICKS)));
    pulses.iter().filter(|(_, pulse)| plays(&pulse.hop) && pulse.idle_ticks < oldest).collect()
}

fn known(value: f32) -> Option<f64> {
    value.is_finite().then_some(f64::from(value))
}
