//! Where nothing could be judged: why, and the option that would change it.

use keel_core::mix::{Measure, MixReport, ReferenceState, Role, TargetAgainst, TrackReport, Verdict};

/// A sentence or two; none where any track got a verdict, and of a mixdown, which has none to get.
pub fn unjudged(report: &MixReport) -> Option<String> {
    let is_mixdown = report.tracks.iter().all(|track| track.role == Role::MixBus);
    (!report.judges() && !is_mixdown).then(|| format!("Nothing could be judged: {}", why(report)))
}

fn why(report: &MixReport) -> String {
    let counted: Vec<&TrackReport> = report.tracks.iter().filter(|track| !track.is_bus() && !track.is_out).collect();
    let aims = |track: &&TrackReport, at: TargetAgainst| track.target.is_some_and(|target| target.against == at);
    if report.reference.state == ReferenceState::Conflict {
        return format!(
            "{} are all called the kick. Give --reference FILE once.",
            report.reference.claimed_by.join(", ")
        );
    }
    if counted.len() < 2 {
        return "one track alone has nothing to be judged against. Add the other stems of its song.".into();
    }
    if counted.iter().all(|track| track.target.is_none() && !track.is_reference) {
        let name = &counted[0].name;
        return format!("no name says what its track is. Say it with --role FILE=ROLE, as in --role \"{name}=bass\".");
    }
    if counted.iter().all(|track| matches!(track.verdict, Verdict::Silent | Verdict::Waiting | Verdict::NotJudged)) {
        return "nothing that has a target sounds in the part that was judged. Try --scope song.".into();
    }
    if !counted.iter().any(|track| aims(track, TargetAgainst::Kick)) {
        return "nothing sounds together with what it would be judged against. Add the other stems of the song.".into();
    }
    let can = |track: &&&TrackReport| {
        aims(track, TargetAgainst::Kick) && track.target.is_some_and(|target| target.measure == Measure::Peak)
    };
    let stand_in = counted
        .iter()
        .find(can)
        .map_or(String::new(), |track| format!(", or --reference \"{0}\" to let {0} stand in for it", track.name));
    format!("there is no kick. Add --profile stems to judge each track against the mix{stand_in}.")
}
