//! A singing voice by formants: a glottal saw through five resonances per vowel.

use super::osc::{Filter, Noise, Phase, amplitude, decay, gate, hz, render, scale};

/// A sung vowel: centre, bandwidth in Hz and level in dB of each formant (tenor, after Csound's table of formants).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vowel {
    A,
    E,
    O,
    U,
}

impl Vowel {
    fn formants(self) -> [[f64; 3]; 5] {
        match self {
            Self::A => {
                [[650., 80., 0.], [1080., 90., -6.], [2650., 120., -7.], [2900., 130., -8.], [3250., 140., -22.]]
            }
            Self::E => {
                [[400., 70., 0.], [1700., 80., -14.], [2600., 100., -12.], [3200., 120., -14.], [3580., 120., -20.]]
            }
            Self::O => {
                [[400., 70., 0.], [800., 80., -10.], [2600., 100., -12.], [2800., 130., -12.], [3000., 135., -26.]]
            }
            Self::U => {
                [[350., 60., 0.], [600., 60., -14.], [2700., 100., -17.], [2900., 120., -14.], [3300., 120., -26.]]
            }
        }
    }
}

/// One sung note.
#[derive(Clone, Copy, Debug)]
pub struct Sung {
    pub midi: f64,
    pub seconds: f64,
    pub vowel: Vowel,
    /// The pitch it glides in from.
    pub from_midi: f64,
}

/// A note of RMS 0.1, so that phrases keep an even loudness from vowel to vowel.
pub fn sing(rate: f64, note: Sung, seed: u32) -> Vec<f32> {
    let mut throat = Phase::default();
    let mut breath = Noise::new(seed);
    let mut tilt = Filter::default();
    let mut mouth = [Filter::default(); 5];
    let mut lips = Filter::default();
    let formants = note.vowel.formants();
    let mut sound = render(rate, note.seconds, |t| {
        let glide = (note.from_midi - note.midi) * decay(t, 0.035);
        let depth = 0.35 * ((t - 0.22) * 3.0).clamp(0.0, 1.0);
        let vibrato = depth * (t * 5.4 * std::f64::consts::TAU).sin();
        let step = throat.advance(hz(note.midi + glide + vibrato), rate);
        let air = breath.next_value();
        let source = tilt.run(throat.saw(step), 2_400.0, 0.6, rate).low + 0.02 * air;
        // Neighbouring formants in opposite polarity, so that they fill the valley between them.
        let voiced: f64 = mouth
            .iter_mut()
            .zip(formants)
            .zip([1.0, -1.0, 1.0, -1.0, 1.0])
            .map(|((filter, [centre, width, db]), sign)| {
                sign * amplitude(db) * filter.run(source, centre, centre / width, rate).band
            })
            .sum();
        let consonant = 0.05 * lips.run(air, 5_500.0, 1.0, rate).band * decay(t, 0.025);
        (voiced + consonant) * gate(t, 0.035, 0.07, note.seconds)
    });
    let mean_square = sound.iter().map(|x| f64::from(x * x)).sum::<f64>() / sound.len().max(1) as f64;
    scale(&mut sound, 0.1 / mean_square.sqrt().max(1e-9));
    sound
}
