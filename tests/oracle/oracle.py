#!/usr/bin/env python3
"""Says what a folder of stems should read, by the rules alone, and holds a Keel report (keel.report/2) against it.

    oracle.py STEMS [--report FILE] [--scope loudest|song] [--tempo BPM]

STEMS holds WAV (or, with the soundfile package, FLAC) files named as tracks. With --tempo the loudest section starts on
a bar of 4/4 from 0, else on a second. Without --scope the report's kind of scope is used. The moves of its plan are taken
from the report: here it is read what they lead to, and what breaks with them done. Exit status: 0 agree or nothing to
compare, 1 a difference, 2 wrong usage. Needs numpy and scipy.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

import breaks
import hearing
import rules
from measure import Track, lufs, read_audio

PEAK_DB, LOUDNESS_LU, OFFSET_DB, EDGE_S, RATIO = 0.01, 0.1, 0.05, 0.3, 0.02
# Another transform's windows leak otherwise between the lowest bands.
LEFT, PHON = 0.05, 2.0


def load(folder):
    """All stems by name, padded to the longest as a session plays them."""
    files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in (".wav", ".flac"))
    if not files:
        sys.exit(f"{folder}: no WAV or FLAC files")
    read = {path.stem: read_audio(path) for path in files}
    seconds = max(len(samples) / rate for samples, rate in read.values())
    tracks, audio = {}, {}
    for name, (samples, rate) in read.items():
        missing = round(seconds * rate) - len(samples)
        audio[name] = np.pad(samples, ((0, max(0, missing)), (0, 0))), rate
        tracks[name] = Track(*audio[name])
    return tracks, audio


def assess(tracks, scope_kind, grid):
    lines = rules.lines_of(tracks, grid)
    kick = rules.kick_of(lines)
    length = max(track.seconds for track in tracks.values())
    scope = (0.0, length) if scope_kind == "song" else rules.loudest_span(lines, kick, grid)
    judge(lines, scope, kick, grid)
    return lines, kick, scope


def judge(lines, scope, kick, grid):
    for line in lines:
        rules.judge(line, lines, scope, kick, grid)


def number(value, digits=2):
    return "-" if value is None or not np.isfinite(value) else f"{value:.{digits}f}"


def show(lines, scope):
    print(f"scope {scope[0]:.1f} s to {scope[1]:.1f} s")
    print(f"{'track':12} {'role':14} {'class':9} {'peak':>7} {'LUFS':>7} {'level':>7} {'offset':>7} {'LU':>7} "
          f"{'verdict':11} {'move':>4}  {'gain':8} {'pan':>5} {'':10} {'corr':>5} {'mono':>6}")  # fmt: skip
    for line in lines:
        pan, correlation, mono = line.track.stereo()
        verdict = line.verdict + ("*" if line.edge else "")
        print(f"{line.name:12} {line.role:14} {line.reading:9} {number(line.track.sample_peak()):>7} "
              f"{number(line.track.integrated()):>7} {number(line.level):>7} {number(line.offset):>7} "
              f"{number(line.loudness_offset):>7} {verdict:11} {line.move:+4.0f}  "
              f"{rules.gain_staging(line.track.sample_peak()):8} {number(pan):>5} {rules.pan_verdict(line):10} "
              f"{number(correlation):>5} {number(mono):>6}")  # fmt: skip


def show_breaks(found):
    for one in found:
        print(f"break: {one['track']} {one['verdict']} {one['from_s']:.2f}..{one['to_s']:.2f} s, "
              f"offset {one['offset_db']:+.2f}, ride {number(one['move_db'], 0)}")  # fmt: skip


class Comparison:
    def __init__(self):
        self.count, self.differences = 0, []

    def near(self, what, expected, read, tolerance):
        """Numbers agree, or neither side has one."""
        self.count += 1
        expected = None if expected is None or not np.isfinite(expected) else float(expected)
        agree = (expected is None) == (read is None)
        if agree and expected is not None:
            agree = abs(expected - read) <= tolerance + 5e-4  # the report carries three decimals
        if not agree:
            self.differences.append(f"{what}: expected {number(expected, 3)}, report says {number(read, 3)}")

    def same(self, what, expected, read):
        self.count += 1
        if expected != read:
            self.differences.append(f"{what}: expected {expected}, report says {read}")


def compare(report, lines, kick, scope):
    check = Comparison()
    check.same("schema", "keel.report/2", report["schema"])
    check.near("scope from", scope[0], report["scope"]["from_s"], 0.011)
    check.near("scope to", scope[1], report["scope"]["to_s"], 0.011)
    check.same("reference", kick and kick.name, report["reference"]["track"])
    if kick:
        level, loudness = rules.part_level(kick, scope)
        check.near("reference hit peak", level, report["reference"]["hit_peak_dbfs"], PEAK_DB)
        check.near("reference hit loudness", loudness, report["reference"]["hit_lufs"], LOUDNESS_LU)
    rows = {row["name"]: row for row in report["tracks"]}
    check.same("tracks", sorted(line.name for line in lines), sorted(rows))
    for line in lines:
        if line.name in rows:
            compare_track(check, line, rows[line.name])
    compare_bus(check, next((line for line in lines if line.role == "mix-bus"), None), report["bus"])
    return check


def compare_track(check, line, row):
    name, track = line.name, line.track
    short_term = track.short_term()
    check.same(f"{name} role", line.role, row["role"])
    check.same(f"{name} channels", track.channels, row.get("channels"))
    check.near(f"{name} sample peak", track.sample_peak(), row["sample_peak_dbfs"], PEAK_DB)
    check.near(f"{name} input peak", track.sample_peak(), row["input_peak_dbfs"], PEAK_DB)
    check.near(f"{name} integrated loudness", track.integrated(), row["integrated_lufs"], LOUDNESS_LU)
    check.near(f"{name} max short-term loudness", lufs(short_term.max(initial=0)), row["max_short_term_lufs"], LOUDNESS_LU)
    check.same(f"{name} verdict", line.verdict, row["verdict"])
    if line.verdict in ("low", "sits", "high"):
        check.same(f"{name} class", line.reading, row["class"])
        check.near(f"{name} level", line.level, row["level_dbfs"], OFFSET_DB)
        check.near(f"{name} offset", line.offset, row["offset_db"], OFFSET_DB)
        check.same(f"{name} edge", line.edge, row["edge"])
        if line.role != "kick" and line.target[2] == "peak":
            check.near(f"{name} loudness offset", line.loudness_offset, row["loudness_offset_lu"], LOUDNESS_LU)
    if line.verdict == "silent":
        return
    pan, correlation, mono = track.stereo()
    check.same(f"{name} gain staging", rules.gain_staging(track.sample_peak()), row["gain_staging"])
    check.near(f"{name} pan", pan, row["pan"], RATIO)
    check.same(f"{name} pan verdict", rules.pan_verdict(line), row["pan_verdict"])
    check.near(f"{name} correlation", correlation, row["correlation"], RATIO)
    check.near(f"{name} mono loss", mono, row["mono_loss_db"], 0.1)


def compare_after(check, lines, found, report):
    """What the report says of the mix with its plan's moves done, against gains on these lines."""
    after = {row["name"]: row for row in report["after"]}
    for line in lines if report["plan"] else []:
        row = after[line.name]
        check.same(f"{line.name} verdict after", line.verdict, row["verdict"])
        if line.verdict in ("low", "sits", "high"):
            check.near(f"{line.name} offset after", line.offset, row["offset_db"], OFFSET_DB)
            check.same(f"{line.name} edge after", line.edge, row["edge"])
    names = {row["name"]: [row["name"], row["part"]] for row in report["tracks"]}
    compare_breaks(check, found, report["breaks"], names)


def compare_hearing(check, heard, rows):
    for row in rows:
        name = row["name"]
        if row["role"] in rules.BUSES:
            continue
        masking, whisper = row["masking"], row["whisper"]
        check.same(f"{name} masking", name in heard, masking is not None)
        if masking is None or name not in heard:
            continue
        left, by_kick, phon = heard[name]
        check.near(f"{name} left by the mix", left, masking["by_mix"], LEFT)
        check.near(f"{name} left by the kick", by_kick, masking["by_kick"], LEFT)
        # Near the threshold of hearing half a decibel is many phon.
        if phon == phon and phon > 10:
            check.near(f"{name} at a whisper", phon, whisper["phon"], PHON)


def compare_breaks(check, found, reported, names):
    check.same("breaks", len(found), len(reported))
    for one in found:
        mine = [other for other in reported if other["track"] in names[one["track"]] and other["verdict"] == one["verdict"]]
        near = min(mine, key=lambda other: abs(other["from_s"] - one["from_s"]), default=None)
        what = f"{one['verdict']} break of {one['track']} at {one['from_s']:.1f} s"
        if near is None:
            check.same(what, "a break", "none")
            continue
        check.near(f"{what}, from", one["from_s"], near["from_s"], EDGE_S)
        check.near(f"{what}, to", one["to_s"], near["to_s"], EDGE_S)
        check.near(f"{what}, offset", one["offset_db"], near["offset_db"], 0.2)
        check.same(f"{what}, move", one["move_db"], near["move_db"])


def compare_bus(check, line, bus):
    check.same("a bus", line is not None, bus is not None)
    if line is None or bus is None:
        return
    _, correlation, mono = line.track.stereo()
    check.near("bus sample peak", line.track.sample_peak(), bus["sample_peak_dbfs"], PEAK_DB)
    check.near("bus loudness", line.track.integrated(), bus["integrated_lufs"], LOUDNESS_LU)
    check.near("bus loudness range", line.track.loudness_range(), bus["loudness_range_lu"], 0.3)
    check.near("bus correlation", correlation, bus["correlation"], RATIO)
    check.near("bus mono loss", mono, bus["mono_loss_db"], 0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stems", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--scope", choices=("loudest", "song"))
    parser.add_argument("--tempo", type=float)
    options = parser.parse_args()
    if not options.stems.is_dir():
        parser.error(f"{options.stems}: not a folder")
    report = json.loads(options.report.read_text()) if options.report else None
    kind = options.scope or (report["scope"]["kind"] if report else "loudest")
    if kind not in ("loudest", "song"):
        parser.error(f"the report's scope is {kind!r}; only loudest and song can be compared")
    tracks, audio = load(options.stems)
    grid = rules.grid_of(options.tempo)
    lines, kick, scope = assess(tracks, kind, grid)
    show(lines, scope)
    if report is None:
        return 0
    check = compare(report, lines, kick, scope)
    compare_hearing(check, hearing.hear(lines, audio, scope), report["tracks"])
    moves = {row["name"]: row["move_db"] or 0.0 for row in report["tracks"]}
    for line in lines:
        line.gain = moves.get(line.name, 0.0)
    judge(lines, scope, kick, grid)
    found = breaks.breaks_of(lines, kick, grid)
    show_breaks(found)
    compare_after(check, lines, found, report)
    for difference in check.differences:
        print(f"DIFFERS  {difference}")
    print(f"{check.count} values compared, {len(check.differences)} differ")
    return 1 if check.differences else 0


if __name__ == "__main__":
    sys.exit(main())
