//! The demo song as audio: what every listener and every meter may count on.

use keel_session::song::{self, INTENDED_BREAKS, INTENT, Stem};

fn peak(stem: &Stem) -> f32 {
    stem.channels.iter().flatten().fold(0.0, |top, x| top.max(x.abs()))
}

#[test]
fn the_song_has_the_tracks_of_its_table_in_order() {
    let stems = song::demo(8_000);
    let names: Vec<&str> = stems.iter().map(|stem| stem.name.as_str()).collect();
    let table: Vec<&str> = INTENT.iter().map(|intent| intent.track).collect();
    assert_eq!(names, table);
    assert!(INTENDED_BREAKS.iter().all(|intended| table.contains(&intended.track)));
}

#[test]
fn stems_are_long_enough_finite_and_unclipped() {
    for stem in song::demo(44_100) {
        for channel in &stem.channels {
            assert_eq!(channel.len(), 70 * 44_100, "{}", stem.name);
            assert!(channel.iter().all(|x| x.is_finite()), "{}", stem.name);
        }
        let top = peak(&stem);
        assert!(
            (0.01..0.89).contains(&top),
            "{}: peak {top}, expected audible and 1 dB or more under full scale",
            stem.name
        );
    }
}

#[test]
fn the_same_song_is_made_every_time() {
    let (first, second) = (song::demo(16_000), song::demo(16_000));
    for (a, b) in first.iter().zip(&second) {
        assert_eq!(a.channels, b.channels, "{}", a.name);
    }
}

#[test]
fn the_bus_is_the_sum_of_the_tracks() {
    let stems = song::demo(16_000);
    let (mix, tracks) = stems.split_last().expect("stems");
    for frame in (0..mix.channels[0].len()).step_by(97) {
        for side in 0..2 {
            let sum: f32 = tracks.iter().map(|stem| stem.channels[side.min(stem.channels.len() - 1)][frame]).sum();
            assert!(
                (mix.channels[side][frame] - sum).abs() < 1e-5,
                "frame {frame}: {} for {sum}",
                mix.channels[side][frame]
            );
        }
    }
}

#[test]
fn no_drum_sounds_in_the_breakdown() {
    let rate = 16_000;
    let stems = song::demo(rate);
    for name in ["Kick", "Snare"] {
        let stem = stems.iter().find(|stem| stem.name == name).expect(name);
        let break_ = &stem.channels[0][32 * rate as usize + rate as usize / 2..52 * rate as usize];
        assert!(break_.iter().all(|x| *x == 0.0), "{name} sounds in the breakdown");
    }
}

#[test]
fn stems_are_written_sample_for_sample() {
    let dir = std::env::temp_dir().join(format!("keel-song-{}", std::process::id()));
    let paths = song::write_stems(&dir, 8_000).expect("stems written");
    for (path, stem) in paths.iter().zip(song::demo(8_000)) {
        let mut reader = hound::WavReader::open(path).expect("a WAV file");
        assert_eq!(usize::from(reader.spec().channels), stem.channels.len());
        let read: Vec<f32> = reader.samples::<f32>().map(|x| x.expect("a sample")).collect();
        let made = (0..stem.channels[0].len()).flat_map(|n| stem.channels.iter().map(move |c| c[n]));
        assert!(read.iter().copied().eq(made), "{}", stem.name);
    }
    std::fs::remove_dir_all(&dir).expect("temporary folder removed");
}
