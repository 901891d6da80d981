//! Sixteen frames at a time: what the kernels run on, whatever the host's block.

/// Frames in a group. Groups begin at a hop's first frame, and the hop's last group is as short as it must be.
pub(super) const GROUP: usize = 16;
/// Louder samples are read as this, +300 dBFS: their squares and their sums stay finite in f32.
const LOUDEST: f32 = 1e15;
/// Quieter samples are read as silence, -300 dBFS: their squares never are denormal in f32.
const QUIETEST: f32 = 1e-15;

/// The samples that wait for their group to fill.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// Zero from `len` on when the kernels see it.
    pub samples: [[f32; GROUP]; 2],
    pub len: usize,
}

impl Group {
    /// Appends equally many frames of both channels, of the left alone for one channel. Says whether any was not finite.
    pub fn append(&mut self, left: &[f32], right: Option<&[f32]>) -> bool {
        let place = self.len..self.len + left.len();
        let mut non_finite = clean(&mut self.samples[0][place.clone()], left);
        match right {
            Some(right) => non_finite |= clean(&mut self.samples[1][place], right),
            None => self.samples[1][place].fill(0.0),
        }
        self.len += left.len();
        non_finite
    }

    /// Silences what lies past the end, for kernels that always run over the whole group.
    pub fn pad(&mut self) {
        for channel in &mut self.samples {
            channel[self.len..].fill(0.0);
        }
    }
}

/// Copies samples into the range that f32 arithmetic bears. Says whether any was not finite.
fn clean(to: &mut [f32], from: &[f32]) -> bool {
    let mut odd = false;
    for (to, &sample) in to.iter_mut().zip(from) {
        let size = sample.abs();
        let bearable = size <= LOUDEST;
        *to = if bearable && size >= QUIETEST { sample } else { 0.0 };
        odd |= !bearable;
    }
    odd && clamp_the_finite(to, from)
}

/// The rare other half of [`clean`]: finite samples beyond the range keep their sign, the others stay silent.
#[cold]
fn clamp_the_finite(to: &mut [f32], from: &[f32]) -> bool {
    let mut non_finite = false;
    for (to, &sample) in to.iter_mut().zip(from) {
        if !sample.is_finite() {
            non_finite = true;
        } else if sample.abs() > LOUDEST {
            *to = LOUDEST.copysign(sample);
        }
    }
    non_finite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn non_finite_samples_read_as_silence_and_are_told() {
        let mut group = Group::default();
        assert!(group.append(&[0.5, f32::NAN, f32::INFINITY, -0.25], None));
        assert_eq!(group.samples[0][..4], [0.5, 0.0, 0.0, -0.25]);
    }

    #[test]
    fn finite_samples_out_of_range_are_clamped_and_not_told() {
        let mut group = Group::default();
        assert!(!group.append(&[1e30, -f32::MAX, 1e-40, -1e-20], None));
        assert_eq!(group.samples[0][..4], [LOUDEST, -LOUDEST, 0.0, 0.0]);
    }
}
