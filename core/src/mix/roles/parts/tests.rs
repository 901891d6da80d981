use super::super::detect;
use super::*;

/// The parts of tracks whose roles their names give, as "name: indices".
fn parts(names: &[&str]) -> Vec<String> {
    let roles: Vec<Role> = names.iter().map(|name| detect(name).expect("the name tells a role")).collect();
    parts_of(&names.iter().copied().zip(roles).collect::<Vec<_>>())
}

fn parts_of(tracks: &[(&str, Role)]) -> Vec<String> {
    let text = |part: &Part| {
        let members: Vec<String> = part.members.iter().map(usize::to_string).collect();
        format!("{}: {}", part.name, members.join(" "))
    };
    group(tracks).iter().map(text).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn sides_are_a_part() {
    assert_eq!(parts(&["Gtr L", "Kick", "Gtr R"]), ["Gtr L+R: 0 2"]);
    assert_eq!(parts(&["GtrL", "GtrR"]), ["Gtr L+R: 0 1"]);
    assert_eq!(parts(&["GTRL", "GTRR"]), ["GTR L+R: 0 1"]);
    assert_eq!(parts(&["L Gtr", "R Gtr"]), ["Gtr L+R: 0 1"]);
    assert_eq!(parts(&["OHL", "OHR"]), ["OH L+R: 0 1"]);
    assert_eq!(parts(&["Gitarre links", "Gitarre rechts"]), ["Gitarre links+rechts: 0 1"]);
    assert_eq!(parts(&["Chitarra sx", "Chitarra dx"]), ["Chitarra sx+dx: 0 1"]);
    assert_eq!(parts(&["Violão esq", "Violão direita"]), ["Violão esq+direita: 0 1"]);
    assert_eq!(parts(&["03_Rhythm-Gtr_L", "04_Rhythm-Gtr_R"]), ["Rhythm-Gtr L+R: 0 1"]);
    assert_eq!(parts(&["12 String L", "12 String R"]), ["12 String L+R: 0 1"]);
    assert_eq!(parts(&["Lead L", "Lead R"]), ["Lead L+R: 0 1"]);
}

#[test]
fn microphones_are_a_part() {
    assert_eq!(parts(&["Kick In", "Kick Out", "Kick Sub"]), ["Kick In+Out+Sub: 0 1 2"]);
    assert_eq!(parts(&["KICKIN", "KickOut", "SubKick"]), ["KICK IN+Out+Sub: 0 1 2"]);
    assert_eq!(parts(&["Snare Top", "Snare Btm"]), ["Snare Top+Btm: 0 1"]);
    assert_eq!(parts(&["Snare", "Snare Bottom", "Hats"]), ["Snare+Bottom: 0 1"]);
    assert_eq!(parts(&["Bass DI", "Bass Amp", "Bass Mic"]), ["Bass DI+Amp+Mic: 0 1 2"]);
    assert_eq!(parts(&["Caja arriba", "Caja abajo"]), ["Caja arriba+abajo: 0 1"]);
    assert_eq!(parts(&["Bassdrum innen", "Bassdrum außen"]), ["Bassdrum innen+außen: 0 1"]);
}

#[test]
fn doubles_are_a_part() {
    assert_eq!(parts(&["Gtr", "Gtr Dbl"]), ["Gtr+Dbl: 0 1"]);
    assert_eq!(parts(&["Lead Vox", "Lead Vox Double"]), ["Lead Vox+Double: 0 1"]);
    assert_eq!(parts(&["Bass", "Double Bass"]), NONE, "a double bass is an instrument");
}

#[test]
fn one_and_two_are_a_part_but_never_leads() {
    assert_eq!(parts(&["Gtr 1", "Gtr 2"]), ["Gtr 1+2: 0 1"]);
    assert_eq!(parts(&["Gtr_01", "Gtr_02"]), ["Gtr 01+02: 0 1"]);
    assert_eq!(parts(&["Lead 1", "Lead 2"]), NONE);
    assert_eq!(parts(&["Vox 1", "Vox 2"]), NONE);
    assert_eq!(parts(&["Tom 1", "Tom 2", "Tom 3"]), NONE, "a series is not a pair");
    assert_eq!(parts(&["Perc 2", "Perc 3"]), NONE);
    assert_eq!(parts(&["Kick", "Kick 2"]), NONE, "a copy is not a second half");
    assert_eq!(parts(&["Gtr", "Gtr L", "Gtr R"]), ["Gtr L+R: 1 2"]);
    assert_eq!(parts(&["Gtr 1 L", "Gtr 1 R", "Gtr 2 L", "Gtr 2 R"]), ["Gtr: 0 1 2 3"]);
    assert_eq!(parts(&["Gtr 1 L", "Gtr 1 R", "Gtr 2 L", "Gtr 2 R", "Gtr 3"]), ["Gtr 1 L+R: 0 1", "Gtr 2 L+R: 2 3"]);
}

#[test]
fn roles_and_stems_keep_tracks_apart() {
    assert_eq!(parts_of(&[("Gtr L", Role::Guitars), ("Gtr R", Role::Other)]), NONE);
    assert_eq!(parts_of(&[("Kick Sub", Role::Bass), ("Kick In", Role::Kick)]), NONE, "the user's role stands");
    assert_eq!(parts(&["Gtr Clean L", "Gtr Dist R"]), NONE);
    assert_eq!(parts(&["Loop", "Top Loop"]), NONE);
    assert_eq!(parts(&["Gtr L", "Gtr L"]), NONE, "twice the same name is no part");
    assert_eq!(parts(&["Drum Bus L", "Drum Bus R", "Verb L", "Verb R"]), NONE, "buses are not judged");
    assert_eq!(parts_of(&[("L", Role::Guitars), ("R", Role::Guitars), ("", Role::Guitars)]), NONE);
    assert_eq!(parts(&["808 Kick", "909 Kick"]), NONE);
}

#[test]
fn parts_come_in_the_order_of_the_tracks_and_members_in_one() {
    let names = ["Pad R", "Gtr 1", "Bass DI", "Pad L", "Gtr 2", "Snare Top", "Bass Amp", "Snare Bot"];
    assert_eq!(parts(&names), ["Pad R+L: 0 3", "Gtr 1+2: 1 4", "Bass DI+Amp: 2 6", "Snare Top+Bot: 5 7"]);
}
