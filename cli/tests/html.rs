//! The report as a page: what it holds, and what must never be in it.

use keel_cli::html::render_json;
use serde_json::{Value, json};

const HOSTILE: &str = "<script>alert(1)</script> \"Bass\" & 'Sub'";

fn track(name: &str, role: &str, offset: Option<f64>, verdict: &str) -> Value {
    json!({
        "name": name, "role": role, "role_is_guess": false, "is_anchor": role == "kick", "part": null,
        "level_dbfs": -14.0, "offset_db": offset, "verdict": verdict, "edge": false,
        "deviation_db": offset.map(|_| 2.2), "move_db": if verdict == "high" { json!(-3.0) } else { Value::Null },
        "target": {"measure": "peak", "against": "kick", "low_db": -6.0, "high_db": -3.0, "source": "guide"},
        "input_peak_dbfs": -9.0, "sample_peak_dbfs": -9.0, "true_peak_dbtp": -8.9, "rms_dbfs": -20.0, "crest_db": 14.0,
        "integrated_lufs": -18.0, "loudness_range_lu": null, "gain_staging": "warm", "pan": 0.2, "pan_verdict": "off",
        "correlation": -0.8, "mono_loss_db": -10.5, "thin_in_mono": true, "low_side_db": -20.0, "note": null,
        "bands": {"level_db": [-30.0, null, -20.0], "correlation": [1.0, null, 0.5], "mono_loss_db": [0.0, null, -1.0]},
        "masking": {"by_kick": 0.05, "by_mix": 0.02, "at_risk": true, "band_hz": 120.0, "masker": "kick"},
        "whisper": {"audible": false, "phon": null, "place": null},
    })
}

fn limits(low: f64, disappears: f64, whisper: f64) -> Value {
    json!({
        "gain_staging": {"low_dbfs": low, "ok_dbfs": -12.0, "warm_dbfs": -6.0}, "mono_disappears_db": disappears,
        "mono_thin_band_db": 6.0, "low_side_db": -12.0, "whisper_db_spl": whisper,
    })
}

fn report() -> Value {
    json!({
        "schema": "keel.report/2", "profile": "guide", "limits": limits(-18.0, 10.0, 45.0), "band_hz": [55.0, 120.0, 1000.0],
        "scope": {"kind": "loudest", "from_s": 12.0, "to_s": 28.0, "from_bar": 7.0, "to_bar": 15.0},
        "reference": {"track": "kick", "state": "live", "hit_peak_dbfs": -11.25},
        "tracks": [track("kick", "kick", None, "sits"), track(HOSTILE, "bass", Some(-0.8), "high"),
            track("hats", "hats", Some(-4.0), "sits")],
        "breaks": [{"track": HOSTILE, "from_s": 32.0, "to_s": 41.0, "from_bar": 17.0, "to_bar": 22.0,
            "offset_db": 3.5, "verdict": "high", "move_db": -9.0, "cause": "the bass competes with the kick"}],
        "advice": [{"track": "hats", "kind": "pan", "text": "Pan hats a little to one side."}],
        "timeline": {"from_s": 0.0, "step_s": 1.0, "lanes": [
            {"track": "kick", "lufs": [-20.0, null, -24.0]}, {"track": HOSTILE, "lufs": [null, -30.0, -30.0]}]},
        "bus": {"sample_peak_dbfs": -3.0, "true_peak_dbtp": -2.8, "integrated_lufs": -14.0, "loudness_range_lu": 5.0,
            "correlation": 0.6, "mono_loss_db": -1.0, "low_side_db": -18.0,
            "thin_bands": [{"from_hz": 400.0, "to_hz": 1200.0, "loss_db": -7.5}], "quiet_bands": [],
            "bands": {"level_db": [-30.0, null, -20.0], "correlation": [1.0, null, -0.5], "mono_loss_db": [0.0, null, -6.0]}},
        "whisper": {"level_db_spl": 45.0, "order": ["kick", "hats"], "expected": ["kick"], "passes": false, "text": "Too soft."},
        "density": {"from_s": 0.0, "step_s": 2.0, "steps": [{"lufs": -20.0, "crest_db": 12.0, "bands": 0.5},
            {"lufs": null, "crest_db": null, "bands": null}, {"lufs": -14.0, "crest_db": 9.0, "bands": 1.0}]},
        "loud": {"harshness_db": -9.0, "target_db": -12.0, "verdict": "harsh", "text": "Too much at 2–5 kHz."},
        "notes": ["Two files are called pad."],
    })
}

/// The page without its style sheet.
fn body(page: &str) -> &str {
    page.split_once("</style>").expect("a style sheet").1
}

fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn nothing_leaves_the_page() {
    let page = render_json(&report());
    for reach in ["http:", "https:", "src=", "url(", "@import", "<script", "<link", "<img", "<iframe", "javascript:"] {
        let found = page.find(reach).map(|at| &page[at.saturating_sub(40)..(at + 40).min(page.len())]);
        assert_eq!(found, None, "{reach}");
    }
    assert!(page.contains("default-src 'none'"), "the page forbids itself every request");
    for link in attributes(&page, "href") {
        assert!(link.starts_with('#'), "a link leaves the page: {link}");
    }
}

#[test]
fn names_cannot_write_markup() {
    let page = render_json(&report());
    assert!(!page.contains("<script>alert"));
    assert_eq!(
        page.matches("&lt;script&gt;alert(1)&lt;/script&gt;").count(),
        6,
        "in five tables and the list of breaks"
    );
}

#[test]
fn every_part_is_named_and_linked_once() {
    let page = render_json(&report());
    let ids = attributes(&page, "id");
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| other == &id).count(), 1, "id {id}");
    }
    for reference in attributes(&page, "aria-labelledby") {
        assert!(ids.contains(&reference), "{reference} names nothing");
    }
    for link in attributes(&page, "href") {
        assert!(ids.contains(&&link[1..]), "{link} leads nowhere");
    }
    let parts = ["balance", "todo", "song", "levels", "stereo", "spectra", "bus", "density", "listening", "notes"];
    assert!(parts.iter().all(|part| ids.contains(part)), "{ids:?}");
}

#[test]
fn pictures_are_told_in_words_too() {
    let page = render_json(&report());
    assert_eq!(page.matches("<svg").count(), page.matches("aria-hidden=\"true\"").count() - decorations(&page));
    for words in
        ["▼ 2.2 too loud", "● sits", "! masked", "! disappears", "! off", "! lost", "! harsh", "400 Hz–1.2 kHz"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count(), "every table says what it shows");
}

/// What else is hidden from screen readers: clocks, shapes and dashes that words beside them repeat.
fn decorations(page: &str) -> usize {
    page.matches("<span aria-hidden=\"true\"").count()
        + page.matches("<span class=\"clock\" aria-hidden=\"true\"").count()
}

#[test]
fn the_limits_are_those_of_the_report() {
    let guide = render_json(&report());
    for words in ["up to −18 low, −12 ok", "! disappears", "Loses 6 dB or more in mono", "Whisper, 45 dB SPL"] {
        assert!(guide.contains(words), "{words}");
    }
    let mut other = report();
    other["limits"] = limits(-24.0, 12.0, 40.0);
    other["bus"]["quiet_bands"] = json!([{"from_hz": 26.0, "to_hz": 54.0}]);
    let page = render_json(&other);
    for words in ["up to −24 low, −12 ok", "! thinner", "hearing at 40 dB SPL", "Whisper, 40 dB SPL"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("! disappears"));
    other["limits"] = Value::Null;
    let page = render_json(&other);
    assert!(
        !body(&page).contains("zone-") && page.contains("Loses much in mono"),
        "a report of an older Keel has no limits"
    );
}

#[test]
fn a_mixdown_has_no_balance_and_an_empty_report_is_still_a_page() {
    let mut mixdown = report();
    mixdown["tracks"] = json!([track("master", "mix-bus", None, "not-judged")]);
    let page = render_json(&mixdown);
    let text = body(&page);
    assert!(text.contains("Mixdown report") && text.contains("id=\"bus\"") && !text.contains("id=\"balance\""));
    for about_tracks in ["id=\"song\"", "id=\"stereo\"", "Reference:", "does not break", "masked"] {
        assert!(!text.contains(about_tracks), "a mixdown says {about_tracks}");
    }
    assert!(text.contains("need the stems"));
    let page = render_json(&json!({}));
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
    assert!(!body(&page).contains("<table"));
}

#[test]
fn what_was_not_measured_is_a_dash_and_never_a_number() {
    let mut bare = report();
    let empty = json!({"name": "pad", "role": "pads", "verdict": "waiting", "sample_peak_dbfs": -60.0});
    bare["tracks"] = json!([empty]);
    bare["timeline"] = Value::Null;
    let page = render_json(&bare);
    let text = body(&page);
    assert!(text.contains("not measured") && !text.contains("NaN") && !text.contains("inf"), "{text}");
}
