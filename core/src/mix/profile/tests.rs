use super::*;
use crate::units::{Dbfs, Dbtp};

const BUILT_IN: &[&str] = &["guide", "stems", "research-pop", "research-rock", "research-edm"];

fn guide_toml() -> &'static str {
    built_in::text(GUIDE).expect("the guide is built in")
}

fn user(text: &str) -> Profile {
    Profile::parse("mine", text).unwrap_or_else(|error| panic!("{error}"))
}

/// The error of a broken profile as "line:column message".
fn error(text: &str) -> String {
    let error = Profile::parse("mine", text).expect_err("the profile is broken");
    format!("{}:{} {}", error.line.unwrap_or(0), error.column.unwrap_or(0), error.message)
}

#[test]
fn the_guide_holds_the_table_of_the_rules() {
    use Measure::{Loudness, Peak};
    use TargetAgainst::{Bed, FullScale, Kick, LeadVocal};
    use TargetSource::{Guide, Keel};
    let table = [
        (Role::Kick, Peak, FullScale, -12.0, -10.0, Guide),
        (Role::Snare, Peak, Kick, -4.0, -2.0, Guide),
        (Role::Hats, Peak, Kick, -12.0, -8.0, Guide),
        (Role::Toms, Peak, Kick, -6.0, -2.0, Keel),
        (Role::Percussion, Peak, Kick, -6.0, -2.0, Keel),
        (Role::Cymbals, Peak, Kick, -12.0, -6.0, Keel),
        (Role::Bass, Peak, Kick, -6.0, -3.0, Guide),
        (Role::Sub808, Peak, Kick, -6.0, -3.0, Keel),
        (Role::Guitars, Peak, Kick, -10.0, -6.0, Guide),
        (Role::Pads, Peak, Kick, -10.0, -6.0, Guide),
        (Role::LeadSynth, Loudness, LeadVocal, -6.0, -1.0, Keel),
        (Role::LeadVocal, Loudness, Bed, 0.0, 6.0, Keel),
        (Role::BackingVocals, Loudness, LeadVocal, -6.0, -2.0, Keel),
    ];
    let guide = Profile::guide();
    for (role, measure, against, low, high, source) in table {
        let (low_db, high_db) = (Db(low), Db(high));
        let expected = Target { measure, against, low_db, high_db, source, together: false, spread_db: None };
        assert_eq!(guide.target(role), Some(expected), "{role:?}");
        assert_eq!(guide.role(role).loudness, None, "{role:?}: the guide judges no second band");
    }
    for role in [Role::Other, Role::Group, Role::Return, Role::MixBus] {
        assert_eq!(guide.target(role), None, "{role:?}");
    }
    assert_eq!(table.len() + 4, Role::ALL.len());
}

#[test]
fn the_guide_holds_the_pan_rules() {
    let guide = Profile::guide();
    let pan = |role| guide.role(role).pan;
    for role in [Role::Kick, Role::Bass, Role::Sub808, Role::LeadVocal] {
        assert_eq!(pan(role), PanRule::Centre { within: 0.10 }, "{role:?}");
    }
    assert_eq!(pan(Role::Snare), PanRule::Centre { within: 0.25 });
    assert_eq!(pan(Role::Hats), PanRule::Slight { from: 0.10, to: 0.40 });
    assert_eq!(pan(Role::Guitars), PanRule::Wide { beyond: 0.5, correlation: 0.7 });
    assert_eq!(pan(Role::Pads), PanRule::Wide { beyond: 0.5, correlation: 0.7 });
    assert!(matches!(pan(Role::BackingVocals), PanRule::LeftRight { .. }));
    for role in [Role::LeadSynth, Role::Toms, Role::Percussion, Role::Cymbals, Role::Other, Role::Group] {
        assert_eq!(pan(role), PanRule::Free, "{role:?}");
    }
    assert_eq!(guide.role(Role::BackingVocals).pan_source, TargetSource::Guide);
}

#[test]
fn the_guide_holds_every_number_of_the_rules() {
    let (_, _, patch) = File::read(guide_toml()).expect("the guide parses").into_parts();
    assert_eq!(patch.missing(), [""; 0], "settings that guide.toml leaves out");
    let rules = Profile::guide().rules;
    assert_eq!((rules.verdict.edge, rules.verdict.step, rules.verdict.check_over), (Db(0.5), Db(3.0), Db(12.0)));
    assert_eq!((rules.level.sounding, rules.level.hit_range, rules.level.min_hits), (Db(24.0), Db(8.0), 8));
    assert_eq!((rules.level.usual_percentile, rules.level.usual_range), (99.0, Db(15.0)));
    assert_eq!((rules.level.bleed_under, rules.level.bleed_spread), (Db(12.0), Db(3.0)));
    assert_eq!((rules.scope.bars, rules.scope.seconds.0, rules.scope.kick_hits), (8.0, 16.0, 8));
    assert_eq!((rules.breaks.beyond, rules.breaks.bars, rules.breaks.seconds.0), (Db(3.0), 2.0, 4.0));
    let zones = rules.gain_staging;
    assert_eq!((zones.low, zones.ok, zones.warm), (Dbfs(-18.0), Dbfs(-12.0), Dbfs(-6.0)));
    assert_eq!((rules.mono.thin, rules.mono.disappears, rules.mono.low_side), (Db(3.0), Db(10.0), Db(-12.0)));
    assert_eq!(rules.bus.true_peak, Dbtp(-1.0));
    let hearing = rules.hearing;
    assert_eq!((hearing.normal, hearing.masked, hearing.whisper, hearing.audible), (75.0, 0.10, 45.0, 10.0));
    assert_eq!((hearing.harshness, hearing.harshness_within), (Db(-13.3), Db(6.0)));
}

#[test]
fn a_user_profile_inherits_and_what_it_changes_is_the_users() {
    let mine = user("[roles.bass]\nlow = -4\nhigh = -2.0\n[verdict]\nedge = 1\n");
    let bass = mine.target(Role::Bass).expect("a target");
    assert_eq!((bass.low_db, bass.high_db, bass.source), (Db(-4.0), Db(-2.0), TargetSource::User));
    assert_eq!((bass.measure, bass.against), (Measure::Peak, TargetAgainst::Kick));
    assert_eq!(mine.role(Role::Bass).pan, PanRule::Centre { within: 0.10 });
    assert_eq!(mine.role(Role::Snare), Profile::guide().role(Role::Snare));
    assert_eq!((mine.rules.verdict.edge, mine.rules.verdict.step), (Db(1.0), Db(3.0)));
    assert_eq!(mine.name, "mine");
    assert_eq!(user("").target(Role::Bass), Profile::guide().target(Role::Bass));
}

#[test]
fn the_guide_copied_whole_stays_the_guides_until_it_is_changed() {
    let copy = user(guide_toml());
    assert_eq!(copy, Profile { name: "mine".into(), ..Profile::guide() });
    let changed = user(&guide_toml().replacen("low = -4.0", "low = -5.0", 1));
    assert_eq!(changed.target(Role::Snare).map(|target| target.source), Some(TargetSource::User));
    assert_eq!(changed.target(Role::Bass).map(|target| target.source), Some(TargetSource::Guide));
}

#[test]
fn a_user_profile_can_judge_more_or_less() {
    let mine = user("[roles.hats]\njudged = false\n[roles.other]\nlow = -20\nhigh = -10\nloudness = [-9, -3.5]\n");
    assert_eq!(mine.target(Role::Hats), None);
    let other = mine.target(Role::Other).expect("a target");
    assert_eq!((other.measure, other.against), (Measure::Peak, TargetAgainst::Kick));
    assert_eq!(mine.role(Role::Other).loudness, Some(Band { low: Db(-9.0), high: Db(-3.5) }));
}

#[test]
fn pan_rules_follow_the_profiles_limits() {
    let mine = user("[pan]\nwide = 0.8\n[roles.toms]\npan = \"wide\"\n");
    assert_eq!(mine.role(Role::Toms).pan, PanRule::Wide { beyond: 0.8, correlation: 0.7 });
    assert_eq!(mine.role(Role::Toms).pan_source, TargetSource::User);
    assert_eq!(mine.role(Role::Guitars).pan, PanRule::Wide { beyond: 0.8, correlation: 0.7 });
}

#[test]
fn typing_errors_are_told_with_their_place_and_a_remedy() {
    for (text, told) in [
        ("[roles.base]\nlow = -6\n", "1:8 unknown role \"base\": did you mean \"bass\"?"),
        ("\n[roles.bass]\nlwo = -6\n", "3:1 unknown key \"lwo\": did you mean \"low\"?"),
        ("[rolls.bass]\nlow = -6\n", "1:2 unknown key \"rolls\": did you mean \"roles\"?"),
        ("[verdict]\nsteps = 3\n", "2:1 unknown key \"steps\": did you mean \"step\"?"),
        ("[roles.bass]\nmeasure = \"loudnes\"\n", "2:11 unknown value \"loudnes\": did you mean \"loudness\"?"),
        ("[roles.bass]\nagainst = \"the moon\"\n", "2:11 unknown value \"the moon\": write one of kick, full-scale"),
        ("[roles.bass]\npan = \"center\"\n", "2:7 unknown value \"center\": did you mean \"centre\"?"),
    ] {
        assert!(error(text).starts_with(told), "{text}\nexpected: {told}\nread:     {}", error(text));
    }
}

#[test]
fn numbers_that_cannot_be_are_told() {
    for (text, told) in [
        ("[roles.bass]\nlow = -2\nhigh = -5\n", "2:7 low = -2 is over high = -5: swap them"),
        ("[roles.bass]\nhigh = -9\n", "2:8 low = -6 is over high = -9"),
        ("[roles.bass]\nlow = \"-6\"\n", "2:7 invalid type: string \"-6\", expected a number without quotes"),
        ("[roles.bass]\nlow = true\n", "2:7 invalid type: boolean `true`, expected a number"),
        ("[roles.bass]\n  low = nan\n", "2:9 this is not a number that can be measured against"),
        ("[roles.bass]\nlow = -inf\n", "2:7 this is not a number that can be measured against"),
        ("[roles.bass]\nlow = -600\n", "2:7 -600 dB is out of reach: give a number from -60 to 60"),
        ("[roles.kick]\nhigh = 3\n", "2:8 3 dB is out of reach: give a number from -60 to 0"),
        ("[roles.bass]\nlow = -4.5\n", "2:7 the band -4.5 to -3 of bass is too narrow for moves of 3 dB: make it 2 dB"),
        ("[verdict]\nstep = 6\n", "2:8 the band -12 to -10 of kick is too narrow for moves of 6 dB"),
        ("[roles.other]\nlow = -9\n", "1:1 other has no band yet: give it both low and high, high is missing"),
        ("[roles.kick]\nagainst = \"kick\"\n", "2:11 kick cannot be counted from itself"),
        (
            "[roles.lead-vocal]\nmeasure = \"peak\"\n",
            "1:1 lead-vocal is counted from the bed or a lead in loudness only",
        ),
        ("[roles.pads]\nagainst = \"bed\"\n", "2:11 pads is counted from the bed or a lead in loudness only"),
        ("[roles.bass]\nloudness = [-3, -6]\n", "2:12 low = -3 is over high = -6"),
        ("[level]\nmin-hits = 2.5\n", "2:12 min-hits = 2.5 is a count: give a whole number"),
        ("[gain-staging]\nok = -20\n", "2:6 low = -18 must not be over ok = -20"),
        ("[pan]\nwide = 50\n", "2:8 wide = 50 is out of range: give a number from 0 to 1"),
        ("base = \"loud\"\n", "1:8 base = \"loud\": write one of guide, stems, research-pop"),
        ("[roles.pads]\nagainst = \"mix\"\n", "2:11 pads is counted from the mix in loudness only"),
        ("[roles.lead-vocal]\nagainst = \"mix\"\n", "1:1 6 dB is out of reach: give a number from -60 to 0"),
        ("[roles.bass]\ntogether = true\n", "1:1 bass counts together against the mix only"),
        ("[drums]\nlow = -9\n", "1:1 drums has no band yet: give it both low and high"),
    ] {
        assert!(error(text).starts_with(told), "{text}\nexpected: {told}\nread:     {}", error(text));
    }
}

#[test]
fn broken_toml_is_told_with_its_place() {
    assert!(error("[roles.bass]\nlow = −6\n").starts_with("2:7 this minus sign is a typeset one"));
    assert!(error("[roles.bass\nlow = -6\n").starts_with("1:12 "), "{}", error("[roles.bass\nlow = -6\n"));
    assert!(error("[roles.bass]\nlow = -6\nlow = -5\n").starts_with("3:1 "));
    let shown = Profile::parse("mine", "[roles.basse]\n").expect_err("unknown role").to_string();
    assert_eq!(shown, "profile mine, line 1, column 8: unknown role \"basse\": did you mean \"bass\"?");
}

#[test]
fn bands_as_wide_as_a_move_needs_are_taken() {
    assert!(Profile::parse("mine", "[roles.bass]\nlow = -5\n").is_ok(), "2 dB and two edges of 0.5 hold a step of 3");
    assert!(Profile::parse("mine", "[roles.bass]\nlow = -4\n[verdict]\nstep = 2\n").is_ok());
}

#[test]
fn profiles_are_found_by_name_and_by_path() {
    let folder = std::env::temp_dir().join(format!("keel-targets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("techno.toml"), "[roles.bass]\nlow = -5.0\n").expect("a file");
    std::fs::write(folder.join("ambient.toml"), "[roles.bas]\n").expect("a file");
    std::fs::write(folder.join("binary.toml"), [0xff, 0xfe]).expect("a file");
    std::fs::write(folder.join("notes.txt"), "no profile").expect("a file");
    let load = |name: &str| Profile::load_from(name, Some(&folder));
    assert_eq!(Profile::list_from(Some(&folder)), [BUILT_IN, &["ambient", "binary", "techno"]].concat());
    let techno = load("techno").expect("techno loads");
    assert_eq!((techno.name.as_str(), techno.target(Role::Bass).map(|t| t.low_db)), ("techno", Some(Db(-5.0))));
    let path = folder.join("techno.toml");
    assert_eq!(Profile::load_from(&path.to_string_lossy(), None), Ok(techno));
    assert_eq!(load("guide"), Ok(Profile::guide()));
    let broken = load("ambient").expect_err("an unknown role");
    assert_eq!((broken.line, broken.column), (Some(1), Some(8)));
    let absent = load("jazz").expect_err("there is none").to_string();
    assert!(absent.contains("jazz.toml") && absent.ends_with(", research-edm, ambient, binary, techno"), "{absent}");
    assert!(load("binary").expect_err("no text").message.contains("UTF-8"));
    std::fs::write(&path, vec![b'#'; 1 << 21]).expect("a file");
    assert!(load("techno").expect_err("2 MB of it").message.contains("too large"));
    assert!(load(&format!("{}/", folder.display())).expect_err("a folder").message.contains("no file"));
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    assert_eq!(Profile::list_from(Some(&folder)), BUILT_IN, "an absent folder holds none");
}

#[test]
fn the_users_folder_is_keels_own() {
    let folder = Profile::config_dir().expect("a home folder");
    assert!(folder.ends_with("keel/targets"), "{}", folder.display());
}

#[test]
fn every_number_of_the_guides_file_says_whose_it_is() {
    let (roles, rules) = guide_toml().split_once("[verdict]").expect("the rules follow the roles");
    for line in rules.lines().filter(|line| line.contains(" = ")) {
        assert!(line.contains("(G)") || line.contains("(K)"), "{line}");
    }
    for role in roles.split("\n[roles.").skip(1).filter(|role| role.contains("\nlow = ")) {
        assert!(role.contains("\nsource = ") && role.contains("\npan-source = "), "{role}");
    }
    assert_eq!(roles.matches("\n[roles.").count(), Role::ALL.len());
}

/// A project may name anything as its profile: nothing of it hangs the host or fills its memory.
#[test]
#[cfg(target_os = "linux")]
fn devices_are_no_profiles() {
    for device in ["/dev/zero", "/dev/tty"] {
        assert!(Profile::load(device).expect_err("no profile").message.contains("cannot read"), "{device}");
    }
}

#[test]
fn a_learnt_band_carries_its_distribution_and_is_the_users() {
    let text = "[roles.bass]\nlow = -6\nhigh = -3\nmedian = -4.6\nspread = 1.4\nsongs = 7\n";
    let bass = user(text).role(Role::Bass).clone();
    assert_eq!(bass.learnt, Some(Learnt { median: Db(-4.6), spread: Db(1.4), songs: 7 }));
    assert_eq!(bass.target.map(|target| target.source), Some(TargetSource::User), "the guide's numbers, but learnt");
    assert_eq!(user("").role(Role::Bass).learnt, None);
    assert!(error("[roles.bass]\nmedian = -4.6\n").starts_with("2:10 a learnt band has median, spread and songs"));
    assert!(error("[roles.bass]\nmedian = -4\nspread = -1\nsongs = 2\n").starts_with("3:10 -1 is out of range"));
}

#[test]
fn every_measured_number_says_who_measured_it_and_how_far_people_differ() {
    for name in &BUILT_IN[1..] {
        let profile = Profile::load_from(name, None).unwrap_or_else(|error| panic!("{error}"));
        assert!(profile.about.is_some() && profile.name == *name, "{name}");
        let roles = Role::ALL.map(|role| (role.id(), profile.role(role)));
        let mut measured = 0;
        for (role, asked) in roles.into_iter().chain([("drums", &profile.drums)]) {
            let Some(target) = asked.target else { continue };
            if target.source != TargetSource::Research {
                let guide = Role::from_id(role).and_then(|role| Profile::guide().target(role));
                assert_eq!(Some(target), guide, "{name}: {role} is neither measured nor the guide's");
                continue;
            }
            measured += 1;
            let learnt = asked.learnt.unwrap_or_else(|| panic!("{name}: {role} has no spread"));
            assert!(asked.who.is_some() && learnt.songs >= 8, "{name}: {role}");
            assert_eq!((target.against, target.spread_db), (TargetAgainst::Mix, Some(learnt.spread)), "{name}: {role}");
            let ends = (learnt.median.0 - learnt.spread.0, learnt.median.0 + learnt.spread.0);
            assert!(
                (target.low_db.0 - ends.0).abs() < 0.06 && (target.high_db.0 - ends.1).abs() < 0.06,
                "{name}: {role}"
            );
        }
        assert!(measured > 0, "{name} measures nothing");
    }
}

#[test]
fn a_profile_may_build_on_any_built_in_one() {
    let mine = user("base = \"stems\"\n[roles.bass]\nlow = -9.0\nhigh = -6.0\n");
    let stems = Profile::load_from("stems", None).expect("it is built in");
    assert_eq!((mine.drums.clone(), mine.role(Role::Pads)), (stems.drums.clone(), stems.role(Role::Pads)));
    let bass = mine.target(Role::Bass).expect("a target");
    assert_eq!((bass.against, bass.together, bass.source), (TargetAgainst::Mix, true, TargetSource::User));
    assert_eq!((bass.spread_db, mine.role(Role::Bass).learnt), (None, None), "the user's band was not measured");
    let panned = user("base = \"stems\"\n[roles.bass]\npan = \"free\"\n");
    assert_eq!(panned.target(Role::Bass), stems.target(Role::Bass), "its band is as measured");
}

#[test]
fn a_file_of_the_users_goes_before_a_built_in_profile_of_its_name() {
    let folder = std::env::temp_dir().join(format!("keel-own-stems-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("stems.toml"), "[roles.bass]\nlow = -5.0\n").expect("a file");
    let own = Profile::load_from("stems", Some(&folder)).expect("it loads");
    assert_eq!(own.target(Role::Bass).map(|target| target.low_db), Some(Db(-5.0)));
    assert_eq!(Profile::list_from(Some(&folder)), BUILT_IN, "its name is listed once");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}

#[test]
fn a_deviation_within_half_of_what_people_differ_by_is_taste() {
    let bass = Profile::load_from("stems", None).expect("it is built in").target(Role::Bass).expect("a target");
    assert!(bass.is_taste(Db(1.5)) && bass.is_taste(Db(-1.5)) && !bass.is_taste(Db(1.6)));
    assert!(!Profile::guide().target(Role::Bass).expect("a target").is_taste(Db(0.1)), "the guide knows no spread");
}
