//! The words of instruments. A phrase of several words beats its words.

use super::Sense;

pub(super) const INSTRUMENTS: &[(Sense, &str)] = &[
    (
        Sense::Kick,
        "
        kick, kik, kck, kic, kd, bd, bass drum, kick bass, basstrommel, k in, k out, k sub, ki, ko,
        bass trommel, grosse trommel, fusstrommel, bombo, grosse caisse, grossecaisse, gc, cassa, gran cassa, grancassa,
        bumbo, basdrum, grote trom
        ",
    ),
    (
        Sense::Snare,
        "
        snare, sn, snr, sd, snt, snb, clap, clp, handclap, rim, rimshot, rim shot, sidestick, side stick, cross stick,
        crossstick, xstick, x stick, snap, s top, s bot, s btm, kleine trommel, klatschen, handklatschen, snareteppich, caja, redoblante,
        tarola, palmada, palma, caisse claire, caisseclaire, cc, claquement, rullante, caixa, kleine trom
        ",
    ),
    (
        Sense::Hats,
        "
        hat, hh, ohat, hihat, hi hat, high hat, hhat, chh, ohh, hht, hi hut, charles, charleston, charley, charly, charle,
        contratiempo, chimbal, chimbau
        ",
    ),
    (
        Sense::Cymbal,
        "
        cymbal, cym, cymb, crash, splash, china, becken, platillo, plato, cymbale, gong, piatto, piatti, tam tam, prato,
        bekken, ride cymbal, crash ride, ride bell
        ",
    ),
    (Sense::Ride, "ride, conducao"),
    (
        Sense::Pad,
        "
        pad, flache, flachen, flaeche, flaechen, colchon, nappe, vox pad, drone, string pad, tappeto
        ",
    ),
    (
        Sense::Vocal,
        "
        vox, vocal, voc, vx, vocl, voice, singer, singing, sung, rap, rapper, rapped, vo, voiceover, voice over,
        acapella, acappella, a cappella, a capella, narrator, narration, verse vox, male vox, female vox, stimme,
        stimmen, gesang, sprecher, voz, voces, canto, cantante, voix, chant, chanteur, chanteuse, voce, voci, vozes,
        zang, zanger, zangeres
        ",
    ),
    (
        Sense::LeadVocal,
        "
        lv, ldv, lvox, ldvox, ld vox, lead v, lead vocoder, vocoder lead, leadvox, hauptstimme, hauptgesang,
        voz principal, voix lead, voix principale, topline, top line, ld vx, voce principale, voce solista, hoofdzang,
        leadzang, stem lead, leadstem, zangstem
        ",
    ),
    (
        Sense::BackingVocal,
        "
        bgv, bv, bvox, bkv, bvx, bkgv, bg, bgvox, adlib, ad lib, gang vox, crowd vox, oohs, aahs, ooh, aah, ahs,
        hintergrundgesang, backgroundgesang, zweitstimme, 2 stimme, zweite stimme, segunda voz, segundas voces,
        seconda voce, seconde voci, achtergrondzang, achtergrond zang, tweede stem
        ",
    ),
    (
        Sense::Bass,
        "
        bass, bss, bs, b di, b amp, ebass, bass guitar, bass gtr, bass gt, bass git, e bass, subbass, sub bass, bassline, upright bass, double bass, reese, tb 303, 303, kontrabass,
        basslinie, guitarra baja, contrabajo, contrebasse, string bass, bass strings, bass synth, bass synthesizer,
        guitare basse, dbass, contrabass, cb, boobass, contrabbasso, contrabaixo, contrabas, basgitaar,
        bas gitaar, bass gitaar, synthbas, guitarra baixo
        ",
    ),
    (
        Sense::Low,
        "
        sub, bajo, basse, basso, baixo, bas, upright
        ",
    ),
    (
        Sense::Guitar,
        "
        guitar, gtr, gt, git, guit, egtr, agtr, acgtr, elgtr, lgtr, rgtr, gtar, banjo, mandolin, ukulele, uke, dobro,
        strat, stratocaster, tele, telecaster, les paul, nylon, 12 string, 6 string, 12 str, 6 str, twelve string,
        pedal steel, lap steel, sitar, power chord, gitarre, gitarren, egitarre, egit, agit, guitarra, charango,
        guitare, ac 30, jc 120, chug, riff, palm mute, palm muted, ebow, bouzouki, chitarra, chitarre, violao,
        viola caipira, cavaquinho, cavaco, gitaar, gitaren
        ",
    ),
    (
        Sense::Tom,
        "
        tom, tomtom, tom tom, floor tom, bass tom, tom bass, tom basse, tom bajo, standtom, hangetom, tom alto,
        tom basso, timpano, surdo, racktom, floortom
        ",
    ),
    (
        Sense::Keys,
        "
        key, kbd, keyb, keyboard, piano, pno, epiano, ep, rhodes, wurli, wurly, wurlitzer, organ, hammond, b 3, clav,
        clavinet, klav, mellotron, string, str, strg, strgs, violin, vln, vn, viola, vla, cello, celli, vc, vcl, harp,
        brass, horn, hn, french horn, english horn, cor anglais, flugelhorn, trumpet, tpt, trombone, tbn, tuba, woodwind,
        ww, wind, bassoon, bsn, contrabassoon, bass clarinet, clarinet, bass cl, b cl, clar, cl 1, cl 2, cl in, oboe, ob, accordion, harmonium, celesta,
        celeste, glock, glockenspiel, marimba, vibes, vibraphone, xylophone, xylo, harpsichord, cembalo, kalimba,
        leslie, farfisa, honky tonk, tubular bell, cp 70, cp 80, dx 7, streicher, tasten, klavier, flugel, fluegel, orgel,
        blaser, blaeser, blechblaser, holzblaser, trompete, trompeten, posaune, posaunen, geige, geigen, bratsche,
        harfe, akkordeon, cuerda, teclado, organo, metales, vientos, trompeta, violonchelo, arpa, acordeon, piano droit,
        cordes, clavier, orgue, cuivres, trompette, violon, violoncelle, harpe, accordeon, hautbois, tastiera, tastiere,
        pianoforte, archi, fiati, ottoni, tromba, trombe, violino, violini, viole, violoncello, violoncelli, corno, corni,
        fisarmonica, sanfona, acordeao, cordas, metais, toetsen, vleugel, strijkers, blazers, viool,
        violen, trompet, klarinette, bassklarinette, fagott, waldhorn, klarinet, fagot, hobo, hoorn, clarinete,
        trombon, trompa, fagote, clarinetto, clarinetti, fagotto, clarinette, basson, cor
        ",
    ),
    (
        Sense::WeakKeys,
        "
        orchestra, orch, orchestral, bell, chord, stab, seq, sequence, sequenz, akkord, akkorde, glocke, orchester,
        acorde, orquesta, accord, orchestre, accordo, accordi, orkest, secuencia
        ",
    ),
    (
        Sense::Melodic,
        "
        sax, saxophone, saxophon, saxofon, saxo, alto sax, tenor sax, bari sax, flute, fl 1, fl 2, fl 3, flote, floete, querflote, flauta,
        flauto, fluit, piccolo flute, picc, harmonica, mundharmonika, armonica, whistle, recorder, sassofono, saxofone, saxofoon,
        gaita
        ",
    ),
    (
        Sense::Percussion,
        "
        shaker, shkr, tamb, tambo, tambourine, tamborine, conga, bongo, cowbell, cajon, djembe, clave, woodblock,
        wood block, triangle, guiro, guira, maraca, cabasa, tabla, timbale, timbal, agogo, vibraslap, castanet, taiko,
        timpani, timp, wind chime, bell tree, stomp, steel drum, steeldrum, steel pan, hand drum, frame drum,
        talking drum, darbuka, darbouka, doumbek, bodhran, crotale, schellenkranz, schellenring, kuhglocke, triangel,
        rassel, pauke, pauken, pandereta, panderete, pandero, cencerro, triangulo, castanuela, tambourin, tambour,
        tamburello, triangolo, nacchere, pandeiro, ganza, cuica, atabaque, tamboerijn, koebel, orch cymbal
        ",
    ),
    (
        Sense::Perc,
        "
        perc, percussion, perk, prc, percu, percus, aux perc, aux percussion, perkussion, schlagwerk, trommel, trommeln,
        percusion, tambor, tambores, percussione, percussioni, percussao, percussie, slagwerk, sample pad, drum pad,
        spd, spdsx
        ",
    ),
    (
        Sense::Synth,
        "
        synth, syn, synthi, synthesizer, polysynth, juno, jupiter, prophet, moog, minimoog, poly, nord, supersaw,
        super saw, saw, sytrus, harmless, serum, massive, wavetable, operator, ob 6, jp 8, jp 8000, vox synth,
        vocal synth, synth vox, sint, sinte, sintetizador, synthe, synthetiseur, sintetizzatore
        ",
    ),
    (
        Sense::Backing,
        "
        backing, background, bkg, bkgd, back vox, back vocal, harm, harmony, harmonies, harmonie, harmonien, choir, gang,
        shout, whisper, response, soprano, sop, alto, tenor, vocoder, talkbox, chor, chore, mannerchor, frauenchor,
        kinderchor, hintergrund, coro, armonia, acompanamiento, choeur, choriste, cori, corista, koor, koortje,
        achtergrond, chants
        ",
    ),
    (
        Sense::KitMic,
        "
        oh, overhead, ohead, over head, ovh, ovhd, ovrhd, ovr, overs, over l, over r, over g, over d, room, rm, fok,
        front of kit, drum amb, drum ambience, kit amb, raum, raummikro, raummikrofon, aereo, sala, stairwell,
        panoramici, panoramica, kamer, ambience batterie
        ",
    ),
    (Sense::Sub808, "808, tr 808, 808 bass, bass 808, sub 808, 808 sub"),
    (
        Sense::Lead,
        "
        lead, ld, melody, mel, melodie, melodia, arp, pluck, arpeggio, vox chop, vocal chop, melodi
        ",
    ),
    (Sense::Solo, "solo, solist, solista, soliste"),
    (
        Sense::Kit,
        "
        drum, drumkit, drumset, kit, dr, drm, 909, 707, drummer, drum rack, drum machine, rhythm section,
        k s, k sn, k snare, schlagzeug, bateria, batterie, batteria, drumstel
        ",
    ),
    (
        Sense::Loop,
        "
        loop, drum loop, top loop, tops, breakbeat, drum break, break loop, amen, amen break, bucle, boucle
        ",
    ),
    (
        Sense::WeakGuitar,
        "
        acoustic, acou, acous, rhythm, rhy, rhyt, electric, elec, eg, ag, akustik, rhythmus, acustica, acoustique,
        ritmica, rythmique, elettrica, slaggitaar
        ",
    ),
    (Sense::Beat, "beat, backbeat"),
    (Sense::WeakTom, "rack, floor, flr, ft, rt, t 1, t 2, t 3, t 4"),
];
