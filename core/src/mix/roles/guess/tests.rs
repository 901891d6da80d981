use std::collections::HashMap;

use super::super::vocabulary::{LONGEST_PHRASE, Sense, entries, phrases};
use super::super::words::words;
use super::super::{grammar, name};
use super::*;

/// Each line: a role, and names that mean it.
const NAMES: &[(Role, &str)] = &[
    (
        Role::Kick,
        "
        Kick, KICK, kick 1, Kick In, Kick Out, Kick Sub, SubKick, Sub Kick, KickIn, KICKOUT, BD, bd_01, Bassdrum,
        Bass Drum, BassDrum, BASS-DRUM, Kick Drum, 01_Kick.wav, 808 Kick, 909Kick, Kick 808, Kik, KD, Drums - Kick,
        Kick Room, Kick Click, Kick Trigger, Bassdrum innen, Basstrommel, Große Trommel, Grosse Caisse,
        grosse caisse in, Bombo, bombo dentro, Kick.L, Master of Puppets - Kick, Bass Drum Beater
        ",
    ),
    (
        Role::Snare,
        "
        Snare, SNARE TOP, SnareBottom, SNTOP, Snare 2, SD, sd btm, Sn, Snr, Clap, Claps, 808 Clap, Rim, Rimshot,
        Side Stick, Cross-Stick, XStick, Snap, Snare Drum, Snaredrum oben, Kleine Trommel, Caja, Caja abajo,
        Redoblante, Palmas, Caisse Claire, caisse claire dessous, Snare Room, Synth Clap
        ",
    ),
    (
        Role::Hats,
        "
        HH, HiHat, hi-hat, Hi Hats, Hihat, Hats, Hat Closed, OHH, CHH, Open Hat, high hat, 808 Hat, Charley,
        Charleston, Hi-Hat Perc, HH 2
        ",
    ),
    (
        Role::Toms,
        "
        Toms, Tom 1, Hi-Tom, HiTom, Floor Tom, FloorTom, Rack Tom 2, Tom-Tom, Bass Tom, Tom basse, Standtom,
        Hängetom, Tom de piso, Synth Tom
        ",
    ),
    (
        Role::Percussion,
        "
        Perc, PERC 3, Percussion, Shaker, Tamb, Tambourine, Congas, Bongo L, Cowbell, 808 Cowbell, Steel Drum,
        Steel Drums, Cajón, Djembe, Aux Perc, Drum Loop, Top Loop, Loop, Wood Block, Perkussion, Schellenkranz,
        Trommeln, Percusión, Pandereta, Tambourin, Triangle, Synth Perc, Wind Chimes, Perc OH
        ",
    ),
    (
        Role::Cymbals,
        "
        Cymbals, Cym, Ride, Ride Bell, Crash L, Splash, China, Overheads L, OH, OH R, OHL, OHs, Over Head, Drum OH,
        Becken, Platillos, Cymbale ride, Aéreos, Room, Drum Room, Raum, Rooms L, Drum Amb
        ",
    ),
    (
        Role::Bass,
        "
        Bass, BassDI, Bass DI 2, BASS AMP, Sub, Sub Bass, SubBass, Bass Gtr, Bass Guitar, Bassgitarre, E-Bass,
        EBass, Synth Bass, SynthBass, Bass Synth, Lead Bass, String Bass, Upright Bass, Double Bass, Kontrabass,
        Bajo, Bajo eléctrico, Contrabajo, Basse, Guitare basse, Contrebasse, Acoustic Bass, Reese, TB-303,
        Slap Bass, 07 Bass, Moog Bass
        ",
    ),
    (
        Role::Sub808,
        "
        808, 808s, TR-808, TR808, 808 Bass, Sub 808, 808 Sub, Bass 808, 808 Long, Drum 808
        ",
    ),
    (
        Role::Guitars,
        "
        Gtr, GTR1, Gtr L, GtrR, GTRL, Guitars L, Lead Gtr, Guitar Solo, E-Git., EGTR, Acoustic, Acoustic Gtr, AcGtr,
        Rhythm L, Rhythm Gtr, Harmony Guitar, Gtr Loop, 12 String, Pedal Steel, Banjo, Ukulele, Gitarre links,
        Leadgitarre, Akustikgitarre, Guitarra rítmica, Guitarras, Guitare électrique, Tom's Guitar, Gtr Room,
        Strat Clean, Backing Gtr, Perc Gtr
        ",
    ),
    (
        Role::Pads,
        "
        Pad, PADS, Pad 808, Warm Pad 2, Strings, Str, Str Hi, Keys, Keys L, Piano, E-Piano, EPiano, Rhodes, Wurli,
        Organ, Hammond B3, Brass, Horns, Trumpets, Synth, Synth 1, Synth Chords, Vox Pad, Choir Pad, Synth Choir,
        Mellotron, Violins, Cello, Bass Clarinet, Streicher, Fläche, Synthflächen, Klavier, Flügel, Orgel, Bläser,
        Cuerdas, Teclados, Nappe, Nappes synthé, Cordes, Clavier, Piano OH, Keyboard, Synth Loop
        ",
    ),
    (
        Role::LeadSynth,
        "
        Lead, Lead 1, Lead Synth, Synth Lead, LeadSynth, SynthLead, Solo, Synth Solo, Arp, Pluck, Melody, Sax,
        Sax Solo, Solo Violin, Vocal Chops, Flöte, Synthé lead, Melodía, Kickstart Lead, 808 Lead Synth
        ",
    ),
    (
        Role::LeadVocal,
        "
        LV, Lead Vox, LeadVox, LEADVOX, Lead Vocal, Vox, Vox 1, Vox Dbl, Vocals, Vocal Main, LdVox, Lead V, Vx, Rap,
        Gesang, Leadgesang, Hauptgesang, Hauptstimme, Voz, Voz principal, Voix, Voix lead, Chant, Lead Vocoder,
        Vox Chorus, 02 Lead Voc, Tom Vox, Bass Vox, Master Vox
        ",
    ),
    (
        Role::BackingVocals,
        "
        BGV, BGVs, BGV's L, BGVL, BV, BVs, Backing, Backing Vox, BG Vox, BGVox, Background Vocals, Harmony,
        Vox Harm, Harm Vox 2, Choir, Adlibs, Ad Lib, Gang Vox, Oohs, Vocoder, Lead BGV, Chor, Backgroundgesang,
        Coros, Segunda voz, Chœurs, Choeurs
        ",
    ),
    (
        Role::Other,
        "
        FX, FX 1, SFX, Riser, Snare Riser, Rückwärts, Rückwärts-Becken, Reverse Snare, Rev Cymbal, Effekte, Efectos,
        Effets, Ambience, Noise, Vinyl, Click, Metronome, Talkback, Impact, Sub Drop, Backing Track, Vox FX, Foley
        ",
    ),
    (
        Role::Group,
        "
        Drum Bus, DrumBus, DRUMBUS, Bass Bus, Drums, Drum Kit, Vox Bus, Vocal Buss, Gtr Grp, GRP Guitars, Bus 3,
        Parallel Drums, Drums NY, Parallel, Drum Crush, Drum Submix, Sub Group 1, Drum Sub, Drum Mix, Vocal Master,
        Kick Bus, Kick+Snare, Schlagzeug, Gitarrenbus, Gesangsgruppe, Batería, BATERI\u{301}A, Batterie,
        Grupo voces, Groupe basses, Acoustic Drums, Drum Summe
        ",
    ),
    (
        Role::Return,
        "
        Snare Verb, Verb, Reverb, Vox Reverb, Room Verb, Delay, Vox Dly, Echo, Plate, Hall, FX Return, FX Bus,
        Reverb Bus, Aux 1, Send A, Rtn 2, Vox Rev, Vox Throw, Slapback, Nachhall, Retorno, Réverbe, Retour délai,
        Drum Plate
        ",
    ),
    (
        Role::MixBus,
        "
        Mix, Master, MASTER, Mixdown, Mix Bus, MixBus, 2bus, 2-Bus, 2 Buss, Stereo Bus, Master Bus, Main Mix,
        Stereo Out, Premaster, Mastering, Tomorrow Master v2, My Song Mix 3, Rough Mix, Summe, Stereosumme, Mezcla,
        Mixage, Bus Master, Abmischung
        ",
    ),
];

/// Words that only look like a role's.
const FALSE_FRIENDS: &str = "
    Ohm, Strom, Tomorrow, Tomato, Kickstart, Track 1, Audio 3, Inst 2, MIDI 01, 01, Basement, Basic, Submarine,
    Subway, Padlock, Keystone, Hatch, Snapshot, Rider, Sampler, Leader, Voxel, Rapid, Reverie, Plateau, Busker,
    Mixolydian, Clapham, Drumstick, Spur 1, Pista 4, Piste 2, Stamp, Lautsprecher, 日本語, 🥁
    ";

/// Each name of the table with its role.
fn names() -> impl Iterator<Item = (Role, &'static str)> {
    NAMES.iter().flat_map(|(role, list)| entries(list).map(|name| (*role, name)))
}

#[test]
fn names_tell_their_role() {
    assert!(names().count() >= 150, "{} names", names().count());
    let wrong: Vec<String> = names()
        .map(|(role, name)| (name, role, detect(name)))
        .filter(|(_, role, found)| *found != Some(*role))
        .map(|(name, role, found)| format!("{name}: expected {role:?}, read {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn case_numbers_and_separators_do_not_matter() {
    let plain = |name: &str| name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == ' ');
    // Words told apart by their capitals alone, as in "DIBass", are one word in capitals.
    let glued = |name: &str| {
        name.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    };
    let (mut count, mut wrong) = (0, Vec::new());
    for (role, name) in names().filter(|(_, name)| plain(name) && !glued(name)) {
        let spellings = [
            name.to_uppercase().replace(' ', "_"),
            format!("03 - {}", name.to_lowercase()),
            format!("{} 2", name.to_lowercase().replace(' ', ".")),
            format!("  {name}_(edit)"),
        ];
        for spelling in spellings {
            wrong.extend((detect(&spelling) != Some(role)).then(|| format!("{spelling}: {:?}", detect(&spelling))));
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 1000, "{count} spellings");
}

#[test]
fn false_friends_tell_nothing() {
    for name in entries(FALSE_FRIENDS).chain(["", " ", "--"]) {
        assert_eq!(detect(name), None, "{name}");
    }
}

#[test]
fn every_role_can_be_found_by_name() {
    for role in Role::ALL {
        assert!(names().any(|(known, _)| known == role), "no name for {role:?}");
    }
}

#[test]
fn the_vocabulary_is_folded_and_without_doubles() {
    let mut seen = HashMap::new();
    for (phrase, sense) in phrases() {
        assert!(phrase.split(' ').count() <= LONGEST_PHRASE, "{phrase} is longer than LONGEST_PHRASE");
        let folded: Vec<String> = name::runs(phrase).into_iter().map(|run| run.folded).collect();
        assert_eq!(folded.join(" "), phrase, "{phrase} could never match");
        assert_eq!(seen.insert(phrase, sense), None, "{phrase} stands twice");
    }
}

#[test]
fn every_sense_leads_somewhere() {
    for (phrase, sense) in phrases().filter(|(_, sense)| *sense < Sense::Without) {
        let reading = grammar::read(&tokens(phrase));
        assert!(reading.role.is_some(), "{phrase}: {sense:?}");
    }
}

#[test]
fn no_name_is_too_strange() {
    const PIECES: [&str; 12] =
        ["Kick", "\u{df}", "\u{130}", "\u{301}", "L", "808", " ", "_", "\u{e9}T", "\u{1f941}", "\u{1c5}", ""];
    let pairs = PIECES.iter().flat_map(|a| PIECES.iter().map(move |b| [*a, *b].concat()));
    let names = pairs.flat_map(|pair| PIECES.iter().map(move |c| format!("{pair}{c}")));
    for name in names.flat_map(|name| [format!("{name}bus"), name]) {
        let places: Vec<_> = words(&name).into_iter().map(|word| word.place).collect();
        assert!(places.iter().all(|place| name.get(place.clone()).is_some_and(|text| !text.is_empty())), "{name:?}");
        assert!(places.windows(2).all(|pair| pair[0].end <= pair[1].start), "{name:?}");
        let tracks = [(name.as_str(), Role::Bass), ("Bass R", Role::Bass)];
        assert!(super::super::parts::group(&tracks).len() <= 1, "{name:?}");
        assert_eq!(detect(&name), detect(&format!(" {name}\t")), "{name:?}");
    }
}
