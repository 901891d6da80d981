//! The session's transport, read from its tracks' hops.

use crate::dsp::{CellFlags, Hop};
use crate::link::track::{IDLE_TICKS, Pulse};
use crate::mix::{SessionTransport, TrackId};

/// A stopped track overrules playing ones that are this many ticks older: blocks of one host arrive closer together.
const STOP_LEAD_TICKS: u32 = 3;
/// Hops in a second.
const HOPS_PER_SECOND: f64 = 100.0;

/// Follows one playing track as long as it plays: hosts render tracks ahead of each other, and a mean would jitter.
#[derive(Debug, Default)]
pub(crate) struct TransportFollower {
    leader: Option<TrackId>,
    now: SessionTransport,
}

impl TransportFollower {
    pub fn now(&self) -> SessionTransport {
        self.now
    }

    pub fn update(&mut self, pulses: &[(TrackId, Pulse<'_>)]) {
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

fn playing<'a>(pulses: &'a [(TrackId, Pulse<'a>)]) -> Vec<&'a (TrackId, Pulse<'a>)> {
    let plays = |hop: &Hop| hop.flags.has(CellFlags::PLAYING);
    let stopped = pulses.iter().filter(|(_, pulse)| !plays(pulse.hop)).map(|(_, pulse)| pulse.idle_ticks).min();
    let oldest = stopped.map_or(IDLE_TICKS, |ticks| IDLE_TICKS.min(ticks.saturating_add(STOP_LEAD_TICKS)));
    pulses.iter().filter(|(_, pulse)| plays(pulse.hop) && pulse.idle_ticks < oldest).collect()
}

fn known(value: f32) -> Option<f64> {
    value.is_finite().then_some(f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAYING: CellFlags = CellFlags::PLAYING;
    const STOPPED: CellFlags = CellFlags(0);

    /// A track's newest hop, and the ticks since.
    type TestPulse = (TrackId, Hop, u32);

    fn pulse(id: u64, index: i64, flags: CellFlags, idle_ticks: u32) -> TestPulse {
        (TrackId(id), Hop { index, flags, tempo: 120.0, loop_s: [8.0, 24.0], ..Hop::default() }, idle_ticks)
    }

    fn update(transport: &mut TransportFollower, pulses_of: &[TestPulse]) {
        transport.update(
            &pulses_of
                .iter()
                .map(|pulses_of| (pulses_of.0, Pulse { hop: &pulses_of.1, idle_ticks: pulses_of.2 }))
                .collect::<Vec<_>>(),
        );
    }

    fn after(pulses_of: &[TestPulse]) -> SessionTransport {
        let mut transport = TransportFollower::default();
        update(&mut transport, pulses_of);
        transport.now()
    }

    #[test]
    fn a_playing_track_tells_position_tempo_and_loop() {
        let now = after(&[pulse(1, 250, PLAYING, 0)]);
        let expected =
            SessionTransport { playing: true, position_s: 2.5, tempo: Some(120.0), loop_s: Some((8.0, 24.0)) };
        assert_eq!(now, expected);
    }

    #[test]
    fn what_the_host_does_not_tell_is_none() {
        let mut unknown = pulse(1, 250, PLAYING, 0);
        unknown.1.tempo = f32::NAN;
        unknown.1.loop_s = [f32::NAN; 2];
        let now = after(&[unknown]);
        assert_eq!((now.tempo, now.loop_s), (None, None));
    }

    #[test]
    fn a_host_that_no_longer_calls_has_stopped() {
        assert!(after(&[pulse(1, 9, PLAYING, IDLE_TICKS - 1)]).playing);
        assert!(!after(&[pulse(1, 9, PLAYING, IDLE_TICKS)]).playing);
        assert!(!after(&[]).playing);
    }

    #[test]
    fn a_stopped_host_keeps_its_last_position() {
        let mut transport = TransportFollower::default();
        update(&mut transport, &[pulse(1, 700, PLAYING, 0)]);
        update(&mut transport, &[pulse(1, 123_456, STOPPED, 0)]);
        assert_eq!(transport.now().position_s, 7.0);
        assert!(!transport.now().playing);
        assert_eq!(transport.now().tempo, Some(120.0), "tempo comes while stopped, too");
    }

    #[test]
    fn a_stopped_track_overrules_older_playing_ones() {
        assert!(!after(&[pulse(1, 9, PLAYING, 5), pulse(2, 9, STOPPED, 0)]).playing);
        assert!(after(&[pulse(1, 9, PLAYING, 1), pulse(2, 9, STOPPED, 0)]).playing, "of the same age");
        assert!(after(&[pulse(1, 9, PLAYING, 0), pulse(2, 9, STOPPED, 400)]).playing, "long gone");
    }

    #[test]
    fn the_leader_stays_while_it_plays() {
        let mut transport = TransportFollower::default();
        update(&mut transport, &[pulse(1, 100, PLAYING, 0), pulse(2, 120, PLAYING, 0)]);
        assert_eq!(transport.now().position_s, 1.0);
        // Rendered 200 ms ahead and fresher, yet a jump to it would be a jump on the screen.
        update(&mut transport, &[pulse(1, 101, PLAYING, 1), pulse(2, 122, PLAYING, 0)]);
        assert_eq!(transport.now().position_s, 1.01);
        update(&mut transport, &[pulse(1, 101, PLAYING, IDLE_TICKS), pulse(2, 150, PLAYING, 0)]);
        assert_eq!(transport.now().position_s, 1.5, "gone silent: the next one leads");
    }
}
