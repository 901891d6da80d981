#!/usr/bin/env python3
"""Holds the report of a session played through the plug-in against that of `keel check` on the same stems.

    agree.py PLAYED.json CHECKED.json

Exit status: 0 agree, 1 a difference.
"""

import json
import sys
from pathlib import Path

PEAK_DB, OTHER_DB = 0.01, 0.05
TOLERANCES = {
    "input_peak_dbfs": PEAK_DB,
    "sample_peak_dbfs": PEAK_DB,
    "true_peak_dbtp": PEAK_DB,
    "rms_dbfs": OTHER_DB,
    "integrated_lufs": OTHER_DB,
    "max_short_term_lufs": OTHER_DB,
    "level_dbfs": OTHER_DB,
    "offset_db": OTHER_DB,
    "loudness_offset_lu": OTHER_DB,
}
SAME = ("role", "class", "verdict", "edge", "move_db", "gain_staging", "pan_verdict", "thin_in_mono", "target")


def differences(played, checked):
    rows = {track["name"]: track for track in checked["tracks"]}
    if sorted(rows) != sorted(track["name"] for track in played["tracks"]):
        yield f"tracks: {sorted(rows)} in the one, others in the other"
        return
    for track in played["tracks"]:
        other = rows[track["name"]]
        for key in SAME:
            if track[key] != other[key]:
                yield f"{track['name']} {key}: {track[key]} played, {other[key]} checked"
        for key, tolerance in TOLERANCES.items():
            one, two = track[key], other[key]
            if (one is None) != (two is None) or (one is not None and abs(one - two) > tolerance + 1e-9):
                yield f"{track['name']} {key}: {one} played, {two} checked"


def main():
    played, checked = (json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:3])
    found = list(differences(played, checked))
    for difference in found:
        print(f"DIFFERS  {difference}")
    count = len(played["tracks"]) * (len(SAME) + len(TOLERANCES))
    print(f"{count} values of {len(played['tracks'])} tracks compared, {len(found)} differ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
