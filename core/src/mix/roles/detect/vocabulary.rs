//! The words of track names, in English, German, Spanish and French: lower case, without accents, plurals in -s left
//! out. A phrase of several words beats its words. To teach Keel a word, add it to its list.

/// Every word and phrase with what it says.
pub(super) fn phrases() -> impl Iterator<Item = (&'static str, Sense)> {
    VOCABULARY.iter().flat_map(|(sense, list)| entries(list).map(|phrase| (phrase, *sense)))
}

/// The entries of a list, a comma or a line apart.
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// What a word says of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    // What carries other tracks, or their echo.
    Return,
    Bus,
    MixBus,
    /// An effect whatever else the name says: "reverse snare".
    Effect,
    // Instruments that decide the role wherever they are named.
    Kick,
    Snare,
    Hats,
    Cymbal,
    Pad,
    Vocal,
    LeadVocal,
    BackingVocal,
    Bass,
    Guitar,
    Tom,
    Keys,
    Percussion,
    // Words that yield to the ones above.
    Synth,
    /// Says backing vocals unless another instrument is named: "harmony", but not "harmony guitar".
    Backing,
    /// Overheads and room mics: of the kit, unless another instrument is named.
    KitMic,
    /// The drum machine's bass drum played as a bass, unless one of its other sounds is named.
    Sub808,
    /// A melody without an instrument's name.
    Lead,
    Kit,
    /// Of drums, unless an instrument is named.
    Loop,
    /// "Acoustic", "rhythm": guitars, if nothing else is said.
    WeakGuitar,
    WeakOther,
    /// Says nothing of the role, but stands in compounds: "KICKOUT".
    Neutral,
}

const VOCABULARY: &[(Sense, &str)] = &[
    (
        Sense::Return,
        "
        verb, reverb, rvb, rev, vrb, delay, dly, ddl, echo, plate, slapback, return, rtn, ret, send, aux, throw,
        ping pong, hall, nachhall, effektweg, rever, reverberacion, eco, retorno, envio, reverbe, reverberation,
        retour, fx bus, fx group, fx send, fx return, fx aux, fx rtn, fx ret
        ",
    ),
    (
        Sense::Bus,
        "
        bus, buss, buses, busses, grp, group, sub group, subgroup, sub mix, submix, sub master, parallel, ny,
        new york, vca, drum sub, drums sub, vox sub, gtr sub, drum crush, drum smash, gruppe, subgruppe, grupo,
        subgrupo, paralelo, groupe, sous groupe, parallele
        ",
    ),
    (
        Sense::MixBus,
        "
        mix, master, mixdown, mix down, mix bus, mixbus, mix buss, master bus, bus master, 2 bus, 2 buss, two bus,
        2 mix, stereo bus, stereo mix, main bus, main mix, main out, master out, stereo out, stereo output,
        output bus, premaster, pre master, mastering, rough mix, full mix, bounce, sum, abmischung, summe,
        stereosumme, stereo summe, summenbus, hauptsumme, gesamtmix, mezcla, bus maestro, salida principal, mixage,
        bus principal, bus general, sortie stereo
        ",
    ),
    (
        Sense::Effect,
        "
        fx, sfx, efx, effect, riser, uplifter, downlifter, sweep, whoosh, reverse, reversed, rev cymbal, rev cym,
        rev crash, rev snare, rev piano, rev gtr, rev vox, sub drop, sub boom, bass drop, backing track, backtrack,
        playback, effekt, effekte, ruckwarts, rueckwaerts, efecto, invertido, effet, inverse, montee
        ",
    ),
    (
        Sense::Kick,
        "
        kick, kik, kck, kic, kd, bd, bass drum, kick bass, kick drum, basstrommel,
        bass trommel, grosse trommel, fusstrommel, bombo, grosse caisse, grossecaisse, gc
        ",
    ),
    (
        Sense::Snare,
        "
        snare, sn, snr, sd, clap, clp, handclap, rim, rimshot, rim shot, sidestick, side stick, cross stick,
        crossstick, xstick, x stick, snap, kleine trommel, klatschen, caja, redoblante, tarola, palmada, palma,
        caisse claire, caisseclaire, cc, claquement
        ",
    ),
    (
        Sense::Hats,
        "
        hat, hh, hihat, hi hat, high hat, hhat, chh, ohh, hht, hi hut, charles, charleston, charley, charly,
        contratiempo
        ",
    ),
    (
        Sense::Cymbal,
        "
        cymbal, cym, cymb, ride, crash, splash, china, becken, platillo, plato, cymbale, gong
        ",
    ),
    (
        Sense::Pad,
        "
        pad, flache, flachen, flaeche, flaechen, colchon, nappe, vox pad, drone, string pad
        ",
    ),
    (
        Sense::Vocal,
        "
        vox, vocal, voc, vx, vocl, voice, singer, singing, sung, rap, rapper, stimme, stimmen, gesang, voz, voces,
        canto, cantante, voix, chant, chanteur, chanteuse
        ",
    ),
    (
        Sense::LeadVocal,
        "
        lv, ldv, lvox, ldvox, ld vox, lead v, lead vocoder, vocoder lead, leadvox, hauptstimme, hauptgesang,
        voz principal, voix lead, voix principale, topline, top line
        ",
    ),
    (
        Sense::BackingVocal,
        "
        bgv, bv, bvox, bkv, bvx, bkgv, bg, bgvox, adlib, ad lib, gang vox, crowd vox, oohs, aahs, ooh, aah, ahs,
        hintergrundgesang, backgroundgesang, zweitstimme, segunda voz, segundas voces
        ",
    ),
    (
        Sense::Bass,
        "
        bass, bss, ebass, sub, subbass, sub bass, bassline, upright, double bass, reese, tb 303, 303, kontrabass,
        basslinie, bajo, guitarra baja, contrabajo, basse, contrebasse, string bass, bass strings, bass synth
        ",
    ),
    (
        Sense::Guitar,
        "
        guitar, gtr, gt, git, guit, egtr, agtr, acgtr, elgtr, lgtr, rgtr, banjo, mandolin, ukulele, uke, dobro,
        strat, telecaster, les paul, nylon, 12 string, 6 string, pedal steel, lap steel, sitar, power chord,
        gitarre, gitarren, egitarre, guitarra, charango, guitare
        ",
    ),
    (
        Sense::Tom,
        "
        tom, tomtom, tom tom, floor tom, bass tom, tom bass, tom basse, tom bajo, standtom, hangetom, tom alto
        ",
    ),
    (
        Sense::Keys,
        "
        key, kbd, keyb, keyboard, piano, pno, epiano, ep, rhodes, wurli, wurlitzer, organ, hammond, b 3, clav,
        clavinet, mellotron, string, str, strg, strgs, orchestra, orch, violin, vln, viola, vla, cello, celli, harp,
        brass, horn, trumpet, tpt, trombone, tbn, woodwind, wind, bassoon, bass clarinet, clarinet, oboe, accordion,
        harmonium, celesta, bell, glock, glockenspiel, marimba, vibes, vibraphone, xylophone, chord, stab,
        streicher, tasten, klavier, flugel, fluegel, orgel, blaser, blaeser, trompete, trompeten, posaune, posaunen,
        geige, geigen, bratsche, harfe, akkord, akkorde, akkordeon, orchester, cuerda, teclado, organo, metales,
        vientos, trompeta, violonchelo, arpa, acorde, acordeon, orquesta, cordes, clavier, orgue, cuivres,
        trompette, violon, violoncelle, harpe, accord, accordeon, orchestre
        ",
    ),
    (
        Sense::Percussion,
        "
        perc, percussion, perk, prc, shaker, shkr, tamb, tambo, tambourine, conga, bongo, cowbell, cajon, djembe,
        clave, woodblock, wood block, triangle, guiro, maraca, cabasa, tabla, timbale, timbal, agogo, vibraslap,
        castanet, taiko, timpani, wind chime, bell tree, stomp, steel drum, steeldrum, steel pan, hand drum,
        frame drum, talking drum, aux perc, aux percussion, perkussion, schlagwerk, trommel, trommeln,
        schellenkranz, kuhglocke, triangel, rassel, pauke, pauken, percusion, pandereta, cencerro, triangulo,
        tambor, tambores, castanuela, tambourin, tambour
        ",
    ),
    (
        Sense::Synth,
        "
        synth, syn, synthi, synthesizer, juno, jupiter, prophet, moog, poly, vox synth, vocal synth, synth vox,
        sint, sinte, sintetizador, synthe, synthetiseur
        ",
    ),
    (
        Sense::Backing,
        "
        backing, background, bkg, bkgd, back vox, back vocal, harm, harmony, harmonies, harmonie, harmonien, choir,
        vocoder, talkbox, chor, chore, mannerchor, frauenchor, kinderchor, hintergrund, coro, armonia,
        acompanamiento, choeur, choriste
        ",
    ),
    (
        Sense::KitMic,
        "
        oh, overhead, over head, ovh, ovhd, ovrhd, room, rm, drum amb, drum ambience, kit amb, raum,
        aereo, sala
        ",
    ),
    (Sense::Sub808, "808, tr 808, 808 bass, bass 808, sub 808, 808 sub"),
    (
        Sense::Lead,
        "
        lead, ld, solo, melody, mel, melodie, melodia, arp, pluck, arpeggio, vox chop, vocal chop, sax, saxophone,
        saxophon, saxofon, saxo, flute, flote, floete, flauta, harmonica, mundharmonika, armonica, whistle
        ",
    ),
    (
        Sense::Kit,
        "
        drum, drumkit, drumset, kit, dr, drm, beat, backbeat, 909, 707, schlagzeug, bateria, batterie
        ",
    ),
    (Sense::Loop, "loop, drum loop, top loop, breakbeat, bucle, boucle"),
    (
        Sense::WeakGuitar,
        "
        acoustic, acou, acous, rhythm, rhy, rhyt, akustik, rhythmus, acustica, acoustique, ritmica, rythmique
        ",
    ),
    (
        Sense::WeakOther,
        "
        impact, noise, foley, vinyl, sample, smpl, click, metronome, talkback, ambience, amb, ambient, scratch,
        transition, crowd, applause, timecode, smpte, other, misc, rauschen, klick, metronom, atmo, gerausch,
        ubergang, ruido, claqueta, ambiente, metronomo, bruit, ambiance
        ",
    ),
    (
        Sense::Neutral,
        "
        in, out, top, btm, bot, bottom, di, amp, mic, dbl, hi, lo, mid, low, high, left, right, st, haupt, spur,
        mikro, track, l, r
        ",
    ),
];
