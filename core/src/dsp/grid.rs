//! The song's 10 ms grid.

/// Hops in a second.
const HOPS_PER_SECOND: f64 = 100.0;

/// First frame of hop `index`: `ceil(index * fs / 100)`, so that rates that are no multiple of 100 Hz keep the grid.
pub fn hop_start(index: i64, sample_rate: f64) -> i64 {
    (index as f64 * sample_rate / HOPS_PER_SECOND).ceil() as i64
}

/// The hop that holds `frame`, as long as f64 counts frames exactly: to 2^53.
pub fn hop_at(frame: i64, sample_rate: f64) -> i64 {
    let guess = (frame as f64 * HOPS_PER_SECOND / sample_rate).floor() as i64;
    // The ceiling of `hop_start`, or rounding, can put the guess one hop off either way.
    if hop_start(guess, sample_rate) > frame {
        guess - 1
    } else if hop_start(guess + 1, sample_rate) <= frame {
        guess + 1
    } else {
        guess
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_lies_in_the_hop_that_holds_it() {
        for rate in [8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 192_000.0, 768_000.0, 47_952.047_952] {
            for frame in (-3_000..3_000).chain((-5..5).map(|k| 40_000_000_000 + k)) {
                let hop = hop_at(frame, rate);
                assert!(hop_start(hop, rate) <= frame && frame < hop_start(hop + 1, rate), "{frame} at {rate}");
            }
        }
    }

    #[test]
    fn hops_begin_at_the_ceiling_of_their_time() {
        assert_eq!(hop_start(1, 11_025.0), 111);
        assert_eq!(hop_start(4, 11_025.0), 441);
        assert_eq!(hop_start(-1, 11_025.0), -110);
        assert_eq!(hop_start(-3, 48_000.0), -1440);
    }
}
