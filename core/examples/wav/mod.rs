//! Reads a WAV file whole, for the examples.

/// Left and right, a mono file on both, and the sample rate.
pub fn read(path: &std::path::Path) -> Result<([Vec<f32>; 2], f64), hound::Error> {
    let mut reader = hound::WavReader::open(path)?;
    let spec = reader.spec();
    let scale = (1_i64 << (spec.bits_per_sample - 1)) as f32;
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            reader.samples::<i32>().map(|sample| Ok(sample? as f32 / scale)).collect::<Result<_, hound::Error>>()?
        }
    };
    let count = usize::from(spec.channels);
    let channel = |place: usize| samples.iter().skip(place).step_by(count).copied().collect();
    Ok(([channel(0), channel(1.min(count - 1))], f64::from(spec.sample_rate)))
}
