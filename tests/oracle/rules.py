"""Keel's balance rules in numpy: roles, scope, offsets, verdicts, moves, breaks. See measure.py for the measures."""

import math
import re
from dataclasses import dataclass, field

import numpy as np

from measure import gated, peak_db, typical_hits

# role: low, high, measure, against, reading
TARGETS = {
    "kick": (-12, -10, "peak", "full-scale", "hits"),
    "snare": (-4, -2, "peak", "kick", "hits"),
    "hats": (-12, -8, "peak", "kick", "hits"),
    "toms": (-6, -2, "peak", "kick", "hits"),
    "percussion": (-6, -2, "peak", "kick", "hits"),
    "cymbals": (-12, -6, "peak", "kick", "sustained"),
    "bass": (-6, -3, "peak", "kick", "sustained"),
    "guitars": (-10, -6, "peak", "kick", "sustained"),
    "pads": (-10, -6, "peak", "kick", "sustained"),
    "lead-vocal": (0, 6, "loudness", "bed", "sustained"),
    "lead-synth": (-6, -1, "loudness", "lead-vocal", "sustained"),
    "backing-vocals": (-6, -2, "loudness", "lead-vocal", "sustained"),
    "other": None,
    "mix-bus": None,
}
BEDS = ("guitars", "pads")
BUSES = ("mix-bus",)
ROLE_OF_NAME = {
    "kick": "kick", "snare": "snare", "hats": "hats", "toms": "toms", "cymbals": "cymbals", "bass": "bass",
    "gtr": "guitars", "guitars": "guitars", "pad": "pads", "pads": "pads", "lead": "lead-synth",
    "lead vox": "lead-vocal", "mix": "mix-bus",
}  # fmt: skip
SCOPE_S, BREAK_S, SILENT_DB = 16.0, 4.0, 40.0


@dataclass
class Line:
    """One line of the table: a track and what the rules say of it."""

    name: str
    track: object
    role: str
    members: list
    reading: str = "sustained"
    span: tuple = None
    level: float = None
    offset: float = None
    loudness_offset: float = None
    verdict: str = ""
    edge: bool = False
    move: float = 0.0
    target: tuple = None
    extra: dict = field(default_factory=dict)


def base_name(name):
    return re.sub(r"[ _-]+[lr]$", "", name.lower())


def lines_of(tracks):
    """Roles by name, and parts: names that differ by L and R only."""
    lines = [Line(name, track, ROLE_OF_NAME.get(base_name(name), "other"), []) for name, track in tracks.items()]
    for line in lines:
        line.members = [other for other in lines if base_name(other.name) == base_name(line.name)]
        target = TARGETS[line.role]
        line.target, line.reading = target, target[4] if target else "sustained"
        sounding = (sounding_windows(line.track)).sum() * 0.1
        if line.reading == "hits" and sounding >= 16 and line.track.onsets * 16 / sounding < 8:
            line.reading = "sustained"
    return lines


def sounding_windows(track):
    """400 ms windows within 40 dB of the track's loudest in the song."""
    peaks = track.window_peaks()
    top = peaks.max(initial=0)
    return peaks >= top * 10 ** (-SILENT_DB / 20) if top > 0 else np.zeros(len(peaks), bool)


def window_slice(span, count):
    """Indices of the 400 ms windows that lie inside a span."""
    first = math.ceil(span[0] * 10 - 1e-6)
    return slice(first, max(first, min(count, math.floor(span[1] * 10 + 1e-6) - 3)))


def is_silent(track, span):
    sounding = sounding_windows(track)
    return not sounding[window_slice(span, len(sounding))].any()


def level_of(line, span):
    """Hit peak or sustained peak in dBFS, and loudness in LUFS, of one track; nan without an answer."""
    track = line.track
    if line.reading == "hits":
        hits = track.hits_in(span)
        if not len(hits):
            return np.nan, np.nan
        typical = typical_hits(hits)
        return np.median(typical[:, 1]), np.median(typical[:, 2])
    sounding, inside = sounding_windows(track), None
    inside = window_slice(span, len(sounding))
    peaks = track.window_peaks()[inside][sounding[inside]]
    if not len(peaks):
        return np.nan, np.nan
    return np.percentile(peak_db(peaks), 95), gated(track.window_k()[inside])


def part_level(line, span):
    """The loudest member's peak level; the power sum of the members' loudness."""
    levels = [level_of(member, span) for member in line.members]
    peaks, loudness = [p for p, _ in levels if p == p], [q for _, q in levels if q == q]
    total = 10 * np.log10(sum(10 ** (q / 10) for q in loudness)) if loudness else np.nan
    return max(peaks, default=np.nan), total


def part_windows(line):
    """K-weighted power and sounding of the part's 400 ms windows."""
    power = sum(member.track.window_k() for member in line.members)
    return power, np.any([sounding_windows(member.track) for member in line.members], axis=0)


def loudness_against(line, other, span, both):
    """Gated loudness of a part over another's, in the windows where it (or both) sound."""
    (mine, my_sound), (theirs, their_sound) = part_windows(line), part_windows(other)
    inside = window_slice(span, len(mine))
    use = my_sound[inside] & (their_sound[inside] if both else True)
    if not use.any():
        return np.nan
    return gated(mine[inside][use]) - gated(theirs[inside][use])


def kick_of(lines):
    return next((line for line in lines if line.role == "kick"), None)


def starts_of(lines, step):
    length = max(line.track.seconds for line in lines)
    return [k * step for k in range(int((length - SCOPE_S) / step + 1e-9) + 1)] or [0.0]


def loudest_span(lines, kick, step, of=None):
    """The loudest 16 s with at least 8 kick hits, by K-weighted power; ties go to the earliest."""
    power = sum(line.track.k for line in (of or lines) if line.role not in BUSES)
    best = None
    for start in starts_of(lines, step):
        span = (start, start + SCOPE_S)
        if kick and len(kick.track.hits_in(span)) < 8:
            continue
        total = power[round(start * 100) : round(span[1] * 100)].sum()
        if best is None or total > best[0] * (1 + 1e-12):
            best = (total, span)
    return best[1] if best else (0.0, max(line.track.seconds for line in lines))


def primary_lead(lines, span):
    """The vocal; in a song without one the loudest lead, which takes the vocal's rule."""
    for role in ("lead-vocal", "lead-synth"):
        leads = [line for line in lines if line.role == role and line.track.peak.max(initial=0) > 0]
        if role == "lead-vocal" and len(leads) == 1:
            return leads[0]
        leads = [(part_level(line, span)[1], line) for line in leads]
        leads = [(loudness, line) for loudness, line in leads if loudness == loudness]
        if leads:
            return max(leads, key=lambda pair: pair[0])[1]
    return None


def offset_of(line, lines, span, kick):
    """Offset in the target's measure, and the band it is judged in."""
    low, high, measure, against, _ = line.target
    if against == "full-scale":
        return part_level(line, span)[0], (low, high)
    if measure == "peak":
        return part_level(line, span)[0] - part_level(kick, span)[0], (low, high)
    first = primary_lead(lines, span)
    if line.members[0] is (first.members[0] if first else None) or line.role == "lead-vocal":
        rivals = [other for other in lines if other.role in BEDS + ("lead-synth",) and other not in line.members]
        gaps = [loudness_against(line, other, span, both=False) for other in rivals]
        gaps = [gap for gap in gaps if gap == gap]
        return min(gaps, default=np.nan), TARGETS["lead-vocal"][:2]
    return loudness_against(line, first, span, both=True) if first else np.nan, (low, high)


def deviation(offset, band):
    outside = offset - band[0] if offset < band[0] else max(0.0, offset - band[1])
    return round(outside * 10 + math.copysign(1e-9, outside)) / 10


def move_for(offset, band):
    """The smallest multiple of 3 dB that lands within half a decibel of the band."""
    for size in range(0, 121, 3):
        for move in (size, -size):
            if abs(deviation(offset + move, band)) <= 0.5:
                return float(move)
    return 0.0


def judge(line, lines, scope, kick, step):
    if line.target is None or line.role in BUSES:
        line.verdict = "not-judged"
        return
    sounds = [member for member in line.members if member.track.peak.max(initial=0) > 0]
    if not sounds:
        line.verdict = "silent"
        return
    if kick is None:
        line.verdict = "no-reference"
        return
    line.span = scope
    if all(is_silent(member.track, scope) for member in sounds):
        line.span = loudest_span(lines, kick, step, of=line.members)
    line.level = part_level(line, line.span)[0]
    line.offset, band = offset_of(line, lines, line.span, kick)
    line.loudness_offset = part_level(line, line.span)[1] - part_level(kick, line.span)[1]
    if line.offset != line.offset:
        line.verdict, line.offset = "not-judged", None
        return
    off = deviation(line.offset, band)
    line.verdict = "sits" if abs(off) <= 0.5 else "high" if off > 0 else "low"
    line.edge = line.verdict == "sits" and off != 0
    line.move = 0.0 if line.verdict == "sits" else move_for(line.offset, band)


def pan_verdict(line):
    if line.role in ("lead-synth", "toms", "percussion", "cymbals", "other", "mix-bus"):
        return "not-judged"
    pan, correlation, _ = line.track.stereo()
    if pan != pan:
        return "not-judged"
    if line.role in ("kick", "bass", "lead-vocal"):
        good = abs(pan) <= 0.10
    elif line.role == "snare":
        good = abs(pan) <= 0.25
    elif line.role == "hats":
        good = 0.10 <= abs(pan) <= 0.40
    else:
        pans = [member.track.stereo()[0] for member in line.members]
        good = min(pans) <= -0.5 and max(pans) >= 0.5 or len(pans) == 1 and not line.track.mono and correlation < 0.7
    return "ok" if good else "off"


def gain_staging(peak_dbfs):
    if peak_dbfs >= 20 * math.log10(0.9999):
        return "clipping"
    return next(word for limit, word in ((-18, "low"), (-12.0, "ok"), (-6.0, "warm"), (1, "hot"))
                if peak_dbfs < limit or peak_dbfs == limit and word in ("ok", "warm"))  # fmt: skip


# Breaks over the song


def breaks_of(lines, kick):
    """Stretches of 2 bars or more, the kick hitting, in which a part is 3 dB or more outside its band from the kick."""
    found = []
    for line in lines:
        if kick is None or line.target is None or line is not line.members[0] or line.target[3] != "kick":
            continue
        length = line.track.seconds
        flagged = []
        for n in range(int((length - BREAK_S) * 10 + 1e-6) + 1):
            off = stretch_deviation(line, lines, kick, (n / 10, n / 10 + BREAK_S))
            flagged.append(off if off and abs(off[0]) >= 3 else None)
        found += runs(line, kick, flagged)
    return sorted(found, key=lambda one: (one["from_s"], one["track"]))


def stretch_deviation(line, lines, kick, span):
    if len(kick.track.hits_in(span)) < 2:
        return None
    if line.reading == "hits" and max(len(member.track.hits_in(span)) for member in line.members) < 2:
        return None
    if all(is_silent(member.track, span) for member in line.members):
        return None
    offset, band = offset_of(line, lines, span, kick)
    return None if offset != offset else (deviation(offset, band), offset, band)


def runs(line, kick, flagged):
    found, first = [], None
    for n, now in enumerate(flagged + [None]):
        same = first is not None and now and (now[0] > 0) == (flagged[first][0] > 0)
        if first is not None and not same:
            found.append(trimmed(line, kick, flagged[first:n], (first / 10, (n - 1) / 10 + BREAK_S)))
            first = None
        if first is None and now:
            first = n
    return [one for one in found if one]


def trimmed(line, kick, run, span):
    """A run's true edges: from the first to the last place that is itself out of balance, where the kick hits."""
    offset, band, high = float(np.median([off[1] for off in run])), run[0][2], run[0][0] > 0
    kicks = kick.track.hits_in(span)[:, 0] / 100
    hitting = (kicks[0], kicks[-1] + 0.2)
    if line.reading == "hits":
        hits = typical_hits(line.track.hits_in(span))
        times = hits[:, 0] / 100
        own = np.array([deviation(peak - kick_around(kick, at), band) for at, peak in zip(times, hits[:, 1])])
        times = times[(own >= 3 if high else own <= -3) & (times >= hitting[0]) & (times < hitting[1])]
        if len(times) < 2:
            return None
        edges, lasts = (times[0], times[-1]), times[-1] - times[0] + float(np.median(np.diff(times)))
    else:
        edges = cell_edges(line, span, kick, band, high)
        edges = edges and (max(edges[0], hitting[0]), min(edges[1], hitting[1]))
        lasts = edges[1] - edges[0] if edges else 0
    if lasts < BREAK_S - 0.3:
        return None
    verdict = "high" if high else "low"
    return {"track": line.name, "from_s": edges[0], "to_s": edges[1], "offset_db": offset, "verdict": verdict,
            "move_db": move_for(offset, band)}  # fmt: skip


def kick_around(kick, at):
    """The kick's level in the 2 bars around a moment."""
    return level_of(kick, (at - BREAK_S / 2, at + BREAK_S / 2))[0]


def cell_edges(line, span, kick, band, high):
    """First and last 100 ms that sound and are out of the band."""
    a, b = math.floor(span[0] * 10 + 1e-6), math.ceil(span[1] * 10 - 1e-6)
    cells = np.max([member.track.cell_peaks()[a:b] for member in line.members], axis=0)
    top = max(member.track.peak.max() for member in line.members)
    use = cells >= top * 10 ** (-SILENT_DB / 20)
    kicks = np.array([kick_around(kick, (a + n + 0.5) / 10) for n in range(len(cells))])
    offsets = peak_db(np.maximum(cells, 1e-9)) - kicks
    if high:
        use &= offsets >= band[1] + 2.95
    else:
        # A low stretch ends where the track first comes up, even if it dips now and then beyond.
        place, middle = np.arange(len(cells)), len(cells) // 2
        loud = np.flatnonzero(offsets > band[0] - 2.95)
        use &= place > loud[loud < middle].max(initial=-1)
        use &= place < loud[loud >= middle].min(initial=len(cells))
    at = np.flatnonzero(use)
    return ((a + at[0]) / 10, (a + at[-1] + 1) / 10) if len(at) else None
