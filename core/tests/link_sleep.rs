//! Hosts that cease to call a track while it is silent: it is judged as one that was fed the silence.

#[path = "link_sleep/host.rs"]
mod host;

use host::{Host, Part, SECOND, alike};

/// A bass in four parts, each with 30 ms to come and go.
fn bass(frame: i64) -> f32 {
    let second = frame as f64 / SECOND as f64;
    let parts = [(2.03, 9.7), (14.2, 21.0), (24.55, 33.333), (40.0, 44.01)];
    let fade = |(from, to): &(f64, f64)| ((second - from).min(to - second) / 0.03).clamp(0.0, 1.0);
    let loudness = parts.iter().map(fade).fold(0.0, f64::max);
    (0.2 * loudness * (second * 110.0 * std::f64::consts::TAU).sin()) as f32
}

/// What a host that lets silent tracks sleep makes of a pass, beside one that feeds all.
fn both(play: impl Fn(&mut Host)) -> (Host, Host) {
    let mut fed = Host::new(Part { sound: bass, sleeps: false });
    let mut asleep = Host::new(Part { sound: bass, sleeps: true });
    for host in [&mut fed, &mut asleep] {
        play(host);
    }
    assert!(asleep.slept() > 20 && fed.slept() == 0, "{} blocks", asleep.slept());
    (fed, asleep)
}

#[test]
fn sleep_in_the_song_is_silence() {
    let (fed, asleep) = both(|host| {
        host.play(0.0, 46.0);
        host.stop(1.0);
    });
    alike(&fed, &asleep);
    // Place by place, but for the last bit of a bar, and for what filters ring.
    let said = |host: &Host| {
        let cells = host.cells();
        cells.iter().map(|cell| (cell.index, cell.frames, cell.power, cell.peak, cell.flags)).collect::<Vec<_>>()
    };
    assert_eq!(said(&asleep), said(&fed));
    let off = asleep.cells().iter().zip(fed.cells()).map(|(a, b)| (a.bar - b.bar).abs()).fold(0.0, f32::max);
    assert!(off < 1e-5, "{off} bars");
}

#[test]
fn so_it_is_when_the_track_wakes_no_more() {
    let (fed, asleep) = both(|host| {
        host.play(0.0, 40.0);
        host.stop(1.0);
    });
    alike(&fed, &asleep);
    assert_eq!(asleep.cells().len(), 400);
}

#[test]
fn so_it_is_over_a_loop_and_in_a_second_pass() {
    let (fed, asleep) = both(|host| {
        host.play(0.0, 38.0);
        // A loop whose end, then whose beginning is silent.
        host.play(26.0, 39.0);
        host.play(26.0, 39.0);
        host.play(34.5, 46.0);
        host.stop(0.5);
        host.play(0.0, 46.0);
        host.stop(0.5);
    });
    alike(&fed, &asleep);
    assert_eq!(asleep.cells().len(), 460);
}

#[test]
fn a_change_of_level_is_found_in_a_pass_that_slept() {
    let (fed, asleep) = both(|host| {
        host.play(0.0, 46.0);
        host.louder(2.0);
        host.play(20.0, 32.0);
        host.stop(0.5);
    });
    assert!(fed.report().tracks[1].stale.is_some());
    alike(&fed, &asleep);
}

#[test]
fn the_place_in_the_block_and_the_cell_does_not_matter() {
    for from in 1..12 {
        let (fed, asleep) = both(|host| {
            host.play(f64::from(from) * 0.0137, 30.0 + f64::from(from) * 0.0071);
            host.stop(0.3);
        });
        alike(&fed, &asleep);
    }
}

/// Strokes of 60 ms: the host lets the track sleep before the 200 ms of a hit are over.
fn strokes(frame: i64) -> f32 {
    let into = frame.rem_euclid(SECOND * 3 / 4) as f64 / SECOND as f64;
    let level = if into < 0.06 { 0.25 * (1.0 - into / 0.06) } else { 0.0 };
    (level * (into * 1_800.0 * std::f64::consts::TAU).sin()) as f32
}

#[test]
fn hits_are_whole_though_the_track_sleeps_between_them() {
    let [fed, asleep] = [false, true].map(|sleeps| {
        let mut host = Host::new(Part { sound: strokes, sleeps });
        host.play(0.0, 40.0);
        host.stop(1.0);
        host.until(400);
        assert_eq!(host.cells().len(), 400);
        host
    });
    assert!(asleep.slept() > 2_000);
    let hits = |host: &Host| {
        let hits = host.cells().into_iter().filter_map(|cell| cell.hit());
        hits.map(|hit| (hit.onset, hit.peak, hit.power)).collect::<Vec<_>>()
    };
    let (all, kept) = (hits(&fed), hits(&asleep));
    // The last one, and those after which the calls cease just at the edge of a cell, have none to be in.
    assert!(all.len() == 54 && kept.len() >= 49, "of {} hits {}", all.len(), kept.len());
    for hit in &kept {
        let same = all.iter().find(|fed| (fed.0, fed.1) == (hit.0, hit.1));
        assert!(same.is_some_and(|fed| (fed.2 / hit.2 - 1.0).abs() < 1e-3), "{hit:?} for {same:?}");
    }
    let level = |host: &Host| host.report().tracks[1].level_dbfs;
    assert_eq!(level(&asleep), level(&fed));
}

#[test]
fn a_track_that_is_bypassed_while_it_sounds_was_not_heard() {
    let mut host = Host::new(Part { sound: bass, sleeps: false });
    host.play(0.0, 5.0);
    host.skip(true);
    host.go_on(12.0);
    host.skip(false);
    host.go_on(18.0);
    host.stop(0.5);
    let cells = host.cells();
    assert!(cells.iter().all(|cell| cell.index < 50 || cell.index >= 119), "nothing stands for what it did not hear");
}

#[test]
fn silence_never_takes_the_place_of_sound() {
    let mut host = Host::new(Part { sound: bass, sleeps: false });
    host.play(0.0, 30.0);
    // Muted in a rest, by a host that then calls it no more.
    host.play(10.0, 12.0);
    host.skip(true);
    host.go_on(23.0);
    host.skip(false);
    host.go_on(30.0);
    host.stop(0.5);
    let sounding = host.cells().iter().filter(|cell| (142..210).contains(&cell.index) && cell.power[0] > 0.0).count();
    assert_eq!(sounding, 68);
}

#[test]
fn a_render_of_another_track_alone_says_nothing_of_this_one() {
    let mut host = Host::new(Part { sound: bass, sleeps: true });
    host.play(0.0, 12.0);
    host.rest();
    // The kick alone, from where all stood and from the start, which the bass has not heard to the end.
    host.freeze_kick(12.0, 48.0);
    host.freeze_kick(0.0, 48.0);
    let report = host.report();
    assert!(host.cells().iter().all(|cell| cell.index < 120), "{:?}", host.cells().last());
    assert_eq!(report.tracks[0].heard_cells, 480);
}

#[test]
fn a_track_that_lags_in_a_render_loses_nothing() {
    let mut host = Host::new(Part { sound: bass, sleeps: false });
    let mut fed = Host::new(Part { sound: bass, sleeps: false });
    fed.play(0.0, 46.0);
    fed.stop(0.5);
    // Two seconds behind the kick, in whose rounds all tracks are collected.
    host.play_behind(0.0, 46.0, 2.0);
    host.stop(0.5);
    alike(&fed, &host);
    assert_eq!(host.cells(), fed.cells());
}

#[test]
fn a_stopped_transport_rolls_for_no_track() {
    let mut host = Host::new(Part { sound: bass, sleeps: true });
    host.play(0.0, 12.0);
    host.stop(10.0);
    host.until(120);
    assert_eq!(host.cells().last().map(|cell| cell.index), Some(119));
    // It goes on elsewhere: what lies between was not heard.
    host.play(40.0, 44.0);
    host.stop(0.5);
    assert!(host.cells().iter().all(|cell| !(121..399).contains(&cell.index)));
}

#[test]
fn while_the_others_roll_on_a_sleeping_track_is_silent_behind_them() {
    let mut host = Host::new(Part { sound: bass, sleeps: true });
    host.play(7.0, 9.9);
    // From here on as time passes.
    let mut now = 9.9;
    while host.cells().last().is_none_or(|cell| cell.index < 104) {
        assert!(now < 60.0, "the bass was not given its silence: {:?}", host.cells().last());
        std::thread::sleep(std::time::Duration::from_millis(20));
        now += 0.02;
        host.go_on(now);
    }
    // Awake again, and what it hears holds.
    let until = (now + 1.0).max(16.0);
    host.go_on(until);
    let mut fed = Host::new(Part { sound: bass, sleeps: false });
    fed.play(7.0, until);
    let sound = |host: &Host| host.cells().iter().map(|cell| (cell.index, cell.peak)).collect::<Vec<_>>();
    assert_eq!(sound(&host), sound(&fed));
}
