//! What the tracks play, by name: 12 s each.

const RATE: f64 = 48_000.0;
const FRAMES: usize = 12 * 48_000;

pub fn of(name: &str) -> Vec<Vec<f32>> {
    let mono = match name {
        "Kick" => drum(60.0, -11.0, 0),
        "Snare" => drum(190.0, -14.0, 12_000),
        "Bass" => tone(80.0, -16.0),
        "Pads" => tone(440.0, -19.0),
        other => panic!("nothing to play for {other}"),
    };
    vec![mono.clone(), mono]
}

/// A hit on each beat at 120 bpm, `late` frames behind it.
fn drum(hz: f64, dbfs: f64, late: usize) -> Vec<f32> {
    let shape = |n: usize| {
        let t = ((n + 24_000 - late) % 24_000) as f64 / RATE;
        (std::f64::consts::TAU * hz * t).sin() * (-t / 0.04).exp()
    };
    let loudest = (0..24_000).map(|n| shape(n).abs()).fold(0.0, f64::max);
    let scale = 10f64.powf(dbfs / 20.0) / loudest;
    (0..FRAMES).map(|n| (shape(n) * scale) as f32).collect()
}

fn tone(hz: f64, dbfs: f64) -> Vec<f32> {
    let peak = 10f64.powf(dbfs / 20.0);
    (0..FRAMES).map(|n| (peak * (std::f64::consts::TAU * hz * n as f64 / RATE).sin()) as f32).collect()
}
