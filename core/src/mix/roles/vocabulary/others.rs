//! The words of all that is no instrument: buses, returns, effects, and the words around an instrument's.

use super::Sense;

pub(super) const OTHERS: &[(Sense, &str)] = &[
    (
        Sense::Return,
        "
        verb, reverb, reeverb, rvb, rev, vrb, delay, dly, ddl, echo, plate, slapback, return, rtn, ret, send, aux, throw,
        ping pong, hall, chamber, spring reverb, slap delay, nachhall, hallfahne, effektweg, rever, reverberacion, eco,
        retorno, envio, reverbe, reverberation, retour, fx bus, fx group, fx send, fx return, fx aux, fx rtn, fx ret,
        fx channel, riverbero, galm
        ",
    ),
    (
        Sense::Bus,
        "
        bus, buss, buses, busses, grp, group, sub group, subgroup, sub mix, submix, sub master, parallel, ny,
        new york, vca, drum sub, drums sub, vox sub, gtr sub, drum crush, drum smash, gruppe, subgruppe, grupo,
        subgrupo, paralelo, groupe, sous groupe, parallele, gruppo, sottogruppo, groep
        ",
    ),
    (
        Sense::MixBus,
        "
        mix bus, mixbus, mix buss, master bus, bus master, 2 bus, 2 buss, two bus, 2 mix, stereo bus, stereo mix,
        main bus, main mix, main out, master out, stereo out, stereo output, output bus, premaster, pre master,
        rough mix, full mix, mix print, stereosumme, stereo summe, summenbus, hauptsumme, gesamtmix, bus maestro,
        salida principal, bus principal, bus general, sortie stereo
        ",
    ),
    (
        Sense::Mix,
        "
        mix, master, mastering, sum, abmischung, summe, mezcla, mixage, missaggio, mixagem, eindmix
        ",
    ),
    (
        Sense::Print,
        "
        mixdown, mix down, bounce, bounced, main, rough
        ",
    ),
    (
        Sense::Effect,
        "
        fx, sfx, efx, effect, riser, uplifter, downlifter, sweep, whoosh, reverse, reversed, rev cymbal, rev cym,
        rev crash, rev snare, rev piano, rev gtr, rev vox, sub drop, sub boom, bass drop, backing track, backtrack,
        playback, effekt, effekte, ruckwarts, rueckwaerts, efecto, invertido, effet, inverse, montee, effetto, effetti,
        efeito
        ",
    ),
    (
        Sense::Build,
        "
        build, buildup, build up, fill, break
        ",
    ),
    (
        Sense::Trigger,
        "
        sc, sidechain, side chain, side chained, trigger, trig, ghost, kick key, sc trig, pump trigger, duck trigger
        ",
    ),
    (
        Sense::Bed,
        "
        other, misc, accompaniment, instrumental, instrumentals, instr, inst mix, music, karaoke, minus one, rest,
        begleitung, musik, instrumentale, accompagnement, musique, acompanamento, accompagnamento, musica, overig
        ",
    ),
    (
        Sense::Noise,
        "
        impact, noise, foley, vinyl, sample, smpl, click, metronome, talkback, ambience, amb, ambient, scratch,
        transition, crowd, applause, timecode, smpte, room tone, rauschen, klick, metronom, atmo, gerausch, ubergang,
        ruido, claqueta, ambiente, metronomo, bruit, ambiance, rumore, ruis, atmos
        ",
    ),
    (
        Sense::Without,
        "
        no, non, without, minus, w o, less, ohne, kein, keine, sin, sans, senza, sem, zonder
        ",
    ),
    (Sense::Dry, "dry, trocken, seco, seca, sec, droog, asciutto"),
    (Sense::With, "with, w, mit, con, avec, com, met, incl, plus, for"),
    (Sense::And, "and, und, y, et, e, ed, en, n, i"),
    (
        Sense::Neutral,
        "
        in, out, top, btm, bot, bottom, di, amp, mic, dbl, hi, lo, mid, low, high, left, right, st, haupt, spur, mikro,
        track, channel, audio, insert, l, r, stem, print, comp, take, edit, edited, final, mono, stereo, wet, the, tuned,
        consolidated, freeze, frozen, glued, render, rendered, bip, version, copy, dup, new, old, raw, clean, layer, satz
        ",
    ),
];
