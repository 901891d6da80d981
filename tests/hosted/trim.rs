//! Turning the trim while the song plays.

use super::common::*;

/// Bass 5 dB under the kick: inside its band of -6..-3.
fn bass_that_sits() -> Vec<keel_session::stems::Stem> {
    with_kick(vec![stem("Bass", vec![sine(80.0, -16.0, 20.0); 2])])
}

#[test]
fn three_decibels_of_trim_are_three_in_the_offset_and_in_the_verdict() {
    let _turn = alone();
    let mut player = session(bass_that_sits());
    play(&mut player, 12.0);
    let (live, song) = (report(&mut player, None), report(&mut player, Some("song")));
    let before = number(track(&live, "Bass"), "offset_db");
    near("offset before the trim", before, -5.0, 0.1);
    near("over the song", number(track(&song, "Bass"), "offset_db"), -5.0, 0.1);
    assert_eq!((&track(&live, "Bass")["verdict"], &track(&song, "Bass")["verdict"]), (&"sits".into(), &"sits".into()));

    player.track("Bass").expect("bass").set_param_text("trim", "+3 dB").expect("trim");
    player.play_on(512);
    let song = report(&mut player, Some("song"));
    near("song-wide offset at once", number(track(&song, "Bass"), "offset_db"), before + 3.0, 0.1);
    assert_eq!(track(&song, "Bass")["verdict"], "high");
    near("the trim itself", number(track(&song, "Bass"), "trim_db"), 3.0, 0.01);

    // One window of a sustained track is 400 ms.
    play(&mut player, 0.4);
    let live = report(&mut player, None);
    near("live offset within a window", number(track(&live, "Bass"), "offset_db"), before + 3.0, 0.1);
    assert_eq!(track(&live, "Bass")["verdict"], "high");
    near("the move that follows", number(track(&live, "Bass"), "move_db"), -3.0, 0.0);
}

#[test]
fn a_trim_on_the_kick_moves_all_others_the_other_way() {
    let _turn = alone();
    let mut player = session(bass_that_sits());
    play(&mut player, 10.0);
    player.track("Kick").expect("kick").set_param_text("trim", "3").expect("trim");
    play(&mut player, 0.4);
    for scope in [None, Some("song")] {
        let report = report(&mut player, scope);
        near("bass against a louder kick", number(track(&report, "Bass"), "offset_db"), -8.0, 0.1);
        assert_eq!(track(&report, "Bass")["verdict"], "low", "{scope:?}");
    }
}

#[test]
fn a_trim_set_before_playing_counts_too() {
    let _turn = alone();
    let mut player = session(bass_that_sits());
    player.track("Bass").expect("bass").set_param_text("trim", "-3").expect("trim");
    play(&mut player, 10.0);
    let report = report(&mut player, Some("song"));
    near("bass", number(track(&report, "Bass"), "offset_db"), -8.0, 0.1);
    near("its peak before the trim", number(track(&report, "Bass"), "input_peak_dbfs"), -16.0, 0.01);
}
