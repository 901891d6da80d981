//! The table as it is printed, from a report's JSON.

use keel_cli::table::{Style, WIDTH, render_json};
use serde_json::{Value, json};

fn report() -> Value {
    let track = |name: &str, role: &str, level: Option<f64>, offset: Option<f64>, verdict: &str| {
        json!({
            "name": name, "role": role, "is_anchor": role == "kick", "level_dbfs": level, "offset_db": offset,
            "target": {"measure": if role == "lead-vocal" { "loudness" } else { "peak" },
                "against": if role == "kick" { "full-scale" } else { "kick" }, "low_db": -6.0, "high_db": -3.0},
            "verdict": verdict, "edge": false, "deviation_db": null, "move_db": null, "note": null,
            "sample_peak_dbfs": level, "true_peak_dbtp": level, "rms_dbfs": null, "integrated_lufs": null,
            "gain_staging": "ok", "pan": -0.25, "correlation": 0.5, "mono_loss_db": -1.25,
        })
    };
    let after = |name: &str, offset: Option<f64>, verdict: &str| json!({"name": name, "offset_db": offset, "verdict": verdict, "edge": false, "deviation_db": null});
    let mut bass = track("bass", "bass", Some(-9.31), Some(1.94), "high");
    bass["deviation_db"] = json!(4.9);
    bass["move_db"] = json!(-6.0);
    let mut vocal = track("Lead Vox double take 3", "lead-vocal", Some(-14.0), Some(-12.75), "low");
    vocal["deviation_db"] = json!(-6.8);
    vocal["move_db"] = json!(9.0);
    let mut hats = track("hats", "hats", Some(-20.06), Some(-8.0), "sits");
    hats["edge"] = json!(true);
    let mut toms = track("toms", "toms", None, None, "silent");
    toms["note"] = json!("This track is silent here.");
    json!({
        "schema": "keel.report/2", "profile": "guide",
        "scope": {"kind": "loudest", "from_s": 12.0, "to_s": 28.4, "from_bar": 7.0, "to_bar": 15.0},
        "reference": {"track": "kick", "state": "live", "hit_peak_dbfs": -11.25},
        "tracks": [track("kick", "kick", Some(-11.25), Some(-11.25), "sits"), bass, vocal, hats, toms],
        "breaks": [{"track": "bass", "from_s": 32.0, "to_s": 41.0, "from_bar": 17.0, "to_bar": 22.0,
            "offset_db": 3.5, "verdict": "high", "move_db": -9.0, "cause": "bass competes with the kick"}],
        "plan": {"steps": []},
        "after": [after("kick", Some(-11.25), "sits"), after("bass", Some(-4.06), "sits"),
            after("vocal", Some(-3.75), "sits"), after("hats", Some(-8.0), "sits"), after("toms", None, "silent")],
        "advice": [{"track": "bass", "kind": "move-fader", "text": "Pull 6 dB bass: it competes with the kick."},
            {"track": "bass", "kind": "automate", "text": "Ride bass down 9 dB in bars 17–21."},
            {"track": "hats", "kind": "pan", "text": "Pan hats slightly left or right."}],
        "bus": {"true_peak_dbtp": -1.25, "integrated_lufs": -14.04, "correlation": 0.71},
        "notes": ["Two files are called pad."],
    })
}

#[test]
fn a_report_prints_as_agreed() {
    let expected = "\
Keel · profile guide · loudest section 0:12–0:28 (bars 7–14)
Reference: kick, hits at −11.3 dBFS
track            role            offset      target  verdict          move after
kick             Kick        −11.3 dBFS       −6…−3  ● sits                −11.3
bass             Bass           +1.9 dB       −6…−3  ▼ 4.9 too loud     −6  −4.1
Lead Vox double… Lead vocal    −12.8 LU       −6…−3  ▲ 6.8 too quiet    +9  −3.8
hats             Hi-hats        −8.0 dB       −6…−3  ● sits (edge)          −8.0
toms             Toms                 –       −6…−3  ○ silent

over all sound           peak   true    RMS   LUFS input      pan  corr  in mono
kick                    −11.3  −11.3      –      – ok       −0.25  0.50     −1.3
bass                     −9.3   −9.3      –      – ok       −0.25  0.50     −1.3
Lead Vox double take 3  −14.0  −14.0      –      – ok       −0.25  0.50     −1.3
hats                    −20.1  −20.1      –      – ok       −0.25  0.50     −1.3
toms                        –      –      –      – ok       −0.25  0.50     −1.3
Mix bus: true peak −1.3 dBTP, loudness −14.0 LUFS, correlation 0.71

breaks from – to bars        track                   offset verdict
0:32–0:41        17–21       bass                   +3.5 dB ▼ too loud, move −9
    bass competes with the kick

What to do, in this order
  Pull 6 dB bass: it competes with the kick.

Then ride
  Ride bass down 9 dB in bars 17–21.

Also
  Pan hats slightly left or right.

Notes
  Two files are called pad.
  toms: This track is silent here.
";
    let printed = render_json(&report(), Style::PLAIN);
    assert_eq!(printed, expected, "printed:\n{printed}");
}

#[test]
fn a_report_of_before_there_were_plans_prints_without_one() {
    let mut old = report();
    old["schema"] = json!("keel.report/1");
    for key in ["plan", "after"] {
        old.as_object_mut().expect("a report").remove(key);
    }
    let printed = render_json(&old, Style::PLAIN);
    assert!(printed.contains("▼ 4.9 too loud     −6\n"), "{printed}");
    assert!(printed.contains("Pull 6 dB bass"), "{printed}");
}

#[test]
fn a_view_shows_so_much_and_says_how_many_more_there_are() {
    let mut report = report();
    let lines = |kind: &str, count: usize| -> Vec<Value> {
        (0..count).map(|at| json!({"track": "", "kind": kind, "text": format!("{kind} number {at}.")})).collect()
    };
    let moves: Vec<Value> =
        lines("move-fader", 30).into_iter().chain(lines("automate", 14)).chain(lines("pan", 18)).collect();
    report["advice"] = json!(moves);
    report["breaks"] = json!(vec![report["breaks"][0].clone(); 20]);
    let printed = render_json(&report, Style::PLAIN);
    let count = |what: &str| printed.matches(what).count();
    assert_eq!((count("move-fader number"), count("automate number"), count("pan number")), (30, 12, 15), "{printed}");
    for more in ["And 2 more to ride", "And 3 more of lesser weight", "And 8 more moments"] {
        assert!(printed.contains(more), "expected \"{more}\" in\n{printed}");
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let coloured = render_json(&report(), Style { colour: true, ..Style::PLAIN });
    assert!(coloured.contains("\u{1b}[33m"), "high is coloured");
    let mut plain = String::new();
    let mut parts = coloured.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, text)| text));
    }
    assert_eq!(plain, render_json(&report(), Style::PLAIN));
}

#[test]
fn no_line_is_wider_than_the_page() {
    let mut report = report();
    for key in ["name", "note"] {
        report["tracks"][1][key] = json!("very long indeed, ".repeat(20));
    }
    report["tracks"][1]["offset_db"] = json!(-123.4);
    report["tracks"][1]["deviation_db"] = json!(-100.5);
    report["tracks"][1]["target"] = json!({"low_db": -12.25, "high_db": -10.75});
    report["profile"] = json!("p".repeat(200));
    report["breaks"][0]["from_s"] = json!(7_200.0);
    report["advice"][0]["text"] = json!("words and words ".repeat(30));
    for line in render_json(&report, Style::PLAIN).lines() {
        assert!(line.chars().count() <= WIDTH, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn every_state_of_the_reference_is_said() {
    for (reference, expected) in [
        (json!({"state": "none", "track": null}), "Reference: none, there is no kick to judge against"),
        (
            json!({"state": "virtual", "track": "bass", "hit_peak_dbfs": -9.0}),
            "bass stands in for an absent kick at −9.0 dBFS",
        ),
        (json!({"state": "held", "track": "kick", "last_hit_s": 75.0}), "kick, held since its last hit at 1:15"),
        (json!({"state": "conflict", "claimed_by": ["kick", "BD"]}), "more than one track claims it: kick, BD"),
    ] {
        let mut report = report();
        report["reference"] = reference;
        let printed = render_json(&report, Style::PLAIN);
        assert!(printed.contains(expected), "expected \"{expected}\" in\n{printed}");
    }
}

#[test]
fn a_report_that_lacks_everything_still_prints() {
    assert!(render_json(&json!({}), Style::PLAIN).contains("Reference: none"));
}

/// A mixdown's report as `keel check` makes it, with everything that bands show.
fn mixdown() -> Value {
    let bands = |value: f64| vec![json!(value); 39];
    json!({
        "schema": "keel.report/1", "profile": "guide", "scope": {"kind": "loudest"},
        "limits": {"mono_thin_band_db": 6.0, "low_side_db": -12.0, "whisper_db_spl": 45.0},
        "tracks": [{"name": "Midnight Drive", "role": "mix-bus", "verdict": "not-judged", "max_short_term_lufs": -9.96}],
        "reference": {"state": "none"},
        "band_hz": (0..39).map(|band| (10f64.powf((f64::from(band) + 1.0) / 21.4) - 1.0) / 0.00437).collect::<Vec<_>>(),
        "bus": {
            "sample_peak_dbfs": -6.04, "true_peak_dbtp": -5.9, "integrated_lufs": -14.2, "loudness_range_lu": 6.3,
            "correlation": 0.71, "mono_loss_db": -1.25, "low_side_db": -21.0, "crest_db": 11.4, "harshness_db": -13.3,
            "bands": {"level_db": bands(-30.0), "correlation": bands(0.5), "mono_loss_db": bands(-1.25)},
            "thin_bands": [{"from_hz": 900.0, "to_hz": 1_400.0, "loss_db": -7.0}],
            "quiet_bands": [{"from_hz": 26.0, "to_hz": 54.0}, {"from_hz": 12_000.0, "to_hz": 15_000.0}],
            "tonal": {"reference": "pop hits (Pestana et al. 2013)", "over_db": bands(1.5)},
        },
        "loud": {"harshness_db": -13.3, "target_db": -13.2, "verdict": "ok", "text": ""},
        "density": {"from_s": 0.0, "step_s": 4.0, "steps": [
            {"lufs": -20.0, "crest_db": 14.0, "bands": 0.5}, {"lufs": null, "crest_db": null, "bands": null},
            {"lufs": -10.0, "crest_db": 9.0, "bands": 1.0},
        ]},
        "notes": ["Facts of the mix alone: verdicts on tracks need their stems, or a Keel on each track."],
    })
}

#[test]
fn a_mixdown_prints_facts_of_the_bus_alone() {
    let printed = render_json(&mixdown(), Style::PLAIN);
    let (head, rest) = printed.split_once("\n\n").expect("paragraphs");
    assert_eq!(head, "Keel · mixdown · Midnight Drive");
    let facts = "\
Headroom               6.0 dB (sample peak −6.0 dBFS)
True peak              −5.9 dBTP
Loudness               −14.2 LUFS, at most −10.0 LUFS over 3 s, range 6.3 LU
Crest factor           11.4 dB
Correlation            0.71
Lost in mono           −1.3 dB; by 6 dB and more: 900 Hz–1.4 kHz
Low end, below 120 Hz  centred, side −21.0 dB against the mid
Share of 2–5 kHz       −13.3 dB, balanced (published music −13.2)
Quiet at 45 dB SPL     not audible: 26 Hz–54 Hz, 12 kHz–15 kHz

bands                     level  correlation  in mono  over curve
26 Hz–87 Hz               −25.2         0.50     −1.3         1.5
";
    assert!(rest.starts_with(facts), "{printed}");
    assert!(printed.contains("Curve: pop hits (Pestana et al. 2013), laid through"), "{printed}");
    let density = "\
Density from 0:00 to 0:12, 4 s a column
loudness, LUFS         −20.0 to −10.0
▁·█
crest, dB              9.0 to 14.0
█·▁
bands that sound       50 % to 100 %
▁·█
";
    assert!(printed.contains(density), "{printed}");
    assert!(printed.contains("verdicts on tracks need their stems"), "{printed}");
    for absent in ["Reference", "breaks", "offset", "target"] {
        assert!(!printed.contains(absent), "a mixdown has no {absent}: {printed}");
    }
}

#[test]
fn a_mixdown_is_told_by_the_limits_that_it_was_judged_by() {
    let mut report = mixdown();
    report["limits"] = json!({"mono_thin_band_db": 4.0, "low_side_db": -24.0, "whisper_db_spl": 40.0});
    let printed = render_json(&report, Style::PLAIN);
    for expected in ["by 4 dB and more: 900", "not centred, side −21.0 dB", "Quiet at 40 dB SPL "] {
        assert!(printed.contains(expected), "expected \"{expected}\" in\n{printed}");
    }
    report["limits"] = Value::Null;
    let printed = render_json(&report, Style::PLAIN);
    for expected in ["mono           −1.3 dB; most: 900", "120 Hz  side −21.0 dB", "Quiet at a whisper "] {
        assert!(printed.contains(expected), "a report without limits: expected \"{expected}\" in\n{printed}");
    }
}

#[test]
fn a_mixdown_without_bands_still_prints() {
    let mut report = mixdown();
    for key in ["bands", "tonal", "crest_db", "harshness_db", "low_side_db", "quiet_bands", "thin_bands"] {
        report["bus"][key] = Value::Null;
    }
    report["density"] = Value::Null;
    let printed = render_json(&report, Style::PLAIN);
    assert!(
        printed.contains("Quiet at 45 dB SPL     –\n") && printed.contains("Crest factor           –\n"),
        "{printed}"
    );
    assert!(!printed.contains("over curve") && !printed.contains("Density"), "{printed}");
}

/// Stems of one song under long names.
fn long_names() -> Value {
    let mut report = report();
    let names =
        ["Kick", "Bass", "Lead Vox double take 3 (telephone) left", "Lead Vox double take 3 (telephone) right", "Toms"];
    let roles = ["kick", "bass", "lead-vocal", "lead-vocal", "toms"];
    for (track, (name, role)) in
        report["tracks"].as_array_mut().expect("tracks").iter_mut().zip(names.iter().zip(roles))
    {
        track["name"] = json!(format!("Midnight Drive 2024 - {name}_v2"));
        track["role"] = json!(role);
        track["role_is_guess"] = json!(true);
    }
    report["breaks"][0]["track"] = json!("Midnight Drive 2024 - Bass_v2");
    report
}

#[test]
fn names_take_the_room_that_the_terminal_has_and_no_two_are_alike() {
    let [short, left, right] =
        ["Bass", "Lead Vox double take 3 (telephone) left", "Lead Vox double take 3 (telephone) right"];
    for (width, named) in [
        (40, [short, "Lead Vox d… left", "Lead Vox d…right"]),
        (80, [short, "Lead Vox d… left", "Lead Vox d…right"]),
        (90, [short, "Lead Vox double t…ne) left", "Lead Vox double t…e) right"]),
        (200, [short, left, right]),
    ] {
        let printed = render_json(&long_names(), Style { width, ..Style::PLAIN });
        let lines: Vec<&str> = printed.lines().collect();
        let table = &lines[2..8];
        for name in named {
            assert!(
                table.iter().any(|line| line.starts_with(&format!("{name} "))),
                "{width} columns, {name}:\n{printed}"
            );
        }
        assert!(printed.contains("17–21       Bass "), "{width}: the breaks have it, too:\n{printed}");
        let widest = lines.iter().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width.max(WIDTH)), "{width}: {widest:?} columns:\n{printed}");
        let sentences = lines.iter().filter(|line| line.starts_with("  ") && !line.contains("…"));
        assert!(
            sentences.clone().count() > 2 && sentences.clone().all(|line| line.chars().count() <= width),
            "{printed}"
        );
        assert!(printed.contains("Mix bus"), "{printed}");
    }
}
