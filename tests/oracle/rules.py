"""Keel's balance rules in numpy: roles, bleed, playing, scope, offsets, verdicts. See measure.py for the measures."""

import math
import re
from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np

from measure import db, gated, peak_db, typical_hits

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
    "lead vox": "lead-vocal", "lead vocal": "lead-vocal", "bgv": "backing-vocals", "organ": "pads", "mix": "mix-bus",
}  # fmt: skip
# Seconds: from one start of a section to the next, 2 bars, 8 bars.
Grid = namedtuple("Grid", "step two_bars eight_bars")
SECONDS = Grid(1.0, 4.0, 16.0)
# The gate's range; what counts for the usual level; what plays; what is silence.
HEARD_DB, USUAL_DB, PLAYS_DB, SILENCE_DB = 20, 15, 24, -80
# Bleed: hops between two hits of one stroke; dB under a track's own hits; least coincidences, their spread, how near to
# the typical distance, how far that is at least; least hits alone, how far under these a hit is no accent, how near to
# these it sounds as they do.
TOGETHER, UNDER_DB, COINCIDENCES, SPREAD_DB, NEAR_DB, DISTANT_DB = 2, 12, 8, 2, 3, 6
ALONE, SOFT_DB, ALIKE_DB = 3, 5, 1.5
# How far outside its band a track still sits; the kick, whose level is headroom.
EDGE_DB, KICK_EDGE_DB = 0.5, 1.5


def grid_of(tempo):
    return Grid(240 / tempo, 480 / tempo, 1920 / tempo) if tempo else SECONDS


@dataclass
class Line:
    """One line of the table: a track and what the rules say of it."""

    name: str
    track: object
    role: str
    members: list
    plays: object = None  # of each 400 ms window
    floor: float = -np.inf  # power in dB from which it plays, where it is read as sustained
    gain: float = 0.0  # in dB: a fader moved
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


def lines_of(tracks, grid=SECONDS):
    """Roles by name, parts (names that differ by L and R only), whose hits are bleed, and where each track plays."""
    lines = [Line(name, track, ROLE_OF_NAME.get(base_name(name), "other"), []) for name, track in tracks.items()]
    for line in lines:
        line.members = [other for other in lines if base_name(other.name) == base_name(line.name)]
        target = TARGETS[line.role]
        line.target, line.reading = target, target[4] if target else "sustained"
        level = db(line.track.window_power)
        heard = (level >= max(SILENCE_DB, level.max(initial=-np.inf) - HEARD_DB)).sum() * 0.1
        if line.reading == "hits" and heard >= 16 and line.track.onsets * 16 / heard < 8:
            line.reading = "sustained"
    drums = [line for line in lines if line.reading == "hits"]
    for line in drums:
        line.track.hits = own_hits(line, drums)
    for line in lines:
        line.plays, line.floor = plays(line.track, line.reading, grid)
    return lines


def own_hits(line, drums):
    """The hits of a track that are not another drum's."""
    hits = line.track.all_hits
    others = [below(hits, other.track.all_hits) for other in drums if other not in line.members]
    under = np.min(others, axis=0, initial=0)
    is_alone = under == 0
    if is_alone.all():
        return hits
    alone = hits[is_alone]
    typical = typical_hits(alone if len(alone) >= ALONE else hits)
    own = np.median(typical[:, 1])
    bleed = ~is_alone & (hits[:, 1] < own - UNDER_DB)
    if len(alone) < ALONE:
        return hits[~bleed]  # nothing tells bleed from drums that always play together
    # Programmed drums keep a steady distance, too, but are as loud as alone, or sound as they do alone.
    sound = lambda hits: hits[:, 2] - hits[:, 3]
    differs = np.abs(sound(hits) - np.median(sound(typical))) > ALIKE_DB
    is_other = (hits[:, 1] <= own - SOFT_DB) | differs & (hits[:, 1] < own)
    for gaps in others:
        # Where several drums are louder it is the loudest that leaks.
        source = ~is_alone & (gaps == under)
        distance = np.median(gaps[source]) if source.sum() >= COINCIDENCES else 0
        if distance <= -DISTANT_DB and np.median(np.abs(gaps[source] - distance)) < SPREAD_DB:
            bleed |= is_other & source & (np.abs(gaps - distance) <= NEAR_DB)
    return hits[~bleed]


def below(hits, others):
    """Level of each hit less that of the louder hit nearest to it in another track, 0 where none falls with it."""
    gaps = np.zeros(len(hits))
    for n, (onset, peak) in enumerate(hits[:, :2]):
        near = others[np.abs(others[:, 0] - onset) <= TOGETHER]
        if len(near):
            gaps[n] = min(0, peak - near[np.argmin(np.abs(near[:, 0] - onset)), 1])
    return gaps


def plays(track, reading, grid):
    """In which 400 ms windows a track plays, and from which power; elsewhere it rests, whatever leaks into it."""
    if reading == "hits":
        ends = np.arange(len(track.window_power)) / 10 + 0.4
        onsets = np.append(-np.inf, track.hits[:, 0] / 100)
        return ends - onsets[np.searchsorted(onsets, ends - 1e-9) - 1] <= grid.two_bars + 1e-9, -np.inf
    return plays_sustained(db(track.window_power))


def plays_sustained(level):
    """The same of the levels of a sustained track's windows."""
    heard = level[level >= SILENCE_DB]
    usual = np.median(heard[heard >= np.percentile(heard, 99) - USUAL_DB]) if len(heard) else np.inf
    floor = max(SILENCE_DB, usual - PLAYS_DB)
    return level >= floor, floor


def part_plays(line):
    """Where a part plays: by the sum of its members, or where any of them is read by hits and plays."""
    sustained = [member for member in line.members if member.reading == "sustained"]
    by_hits = [member.plays for member in line.members if member.reading == "hits"]
    found = [plays_sustained(db(sum(member.track.window_power for member in sustained)))[0]] if sustained else []
    return np.any(found + by_hits, axis=0)


def hits_in(line, span):
    """Own hits of the part's member that has most of them."""
    return max((member.track.hits_in(span) for member in line.members), key=len)


def window_slice(span, count):
    """Indices of the 400 ms windows that lie inside a span."""
    first = math.ceil(span[0] * 10 - 1e-6)
    return slice(first, max(first, min(count, math.floor(span[1] * 10 + 1e-6) - 3)))


def is_silent(line, span):
    """Whether a part plays nowhere in a span; one read by hits needs a hit there, else there is nothing to measure."""
    if all(member.reading == "hits" for member in line.members):
        return not len(hits_in(line, span))
    plays = part_plays(line)
    return not plays[window_slice(span, len(plays))].any()


def level_of(line, span):
    """Hit peak or sustained peak in dBFS, and loudness in LUFS, of one track after its gain; nan without an answer."""
    peak, loudness = level_before_gain(line, span)
    return peak + line.gain, loudness + line.gain


def level_before_gain(line, span):
    track = line.track
    if line.reading == "hits":
        hits = track.hits_in(span)
        if not len(hits):
            return np.nan, np.nan
        typical = typical_hits(hits)
        return np.median(typical[:, 1]), np.median(typical[:, 2])
    inside = window_slice(span, len(line.plays))
    use = line.plays[inside]
    if not use.any():
        return np.nan, np.nan
    power = track.sides * track.window_k[inside][use]
    return np.percentile(peak_db(track.window_peaks[inside][use]), 95), gated(power)


def part_level(line, span):
    """The loudest member's peak level; the power sum of the members' loudness."""
    levels = [level_of(member, span) for member in line.members]
    peaks, loudness = [p for p, _ in levels if p == p], [q for _, q in levels if q == q]
    total = 10 * np.log10(sum(10 ** (q / 10) for q in loudness)) if loudness else np.nan
    return max(peaks, default=np.nan), total


def part_windows(line):
    """K-weighted power of the part's 400 ms windows, and where it plays."""
    power = sum(10 ** (member.gain / 10) * member.track.sides * member.track.window_k for member in line.members)
    return power, part_plays(line)


def loudness_against(line, other, span, both):
    """Gated loudness of a part where it plays (or both do) over another's where both play."""
    (mine, i_play), (theirs, they_play) = part_windows(line), part_windows(other)
    inside = window_slice(span, len(mine))
    together = (i_play & they_play)[inside]
    if not together.any():
        return np.nan
    return gated(mine[inside][together if both else i_play[inside]]) - gated(theirs[inside][together])


def kick_of(lines):
    return next((line for line in lines if line.role == "kick"), None)


def stretches(lines, kick, grid):
    """All stretches of 8 bars with at least 8 kick hits; where there are none, those with the most."""
    length = max(line.track.seconds for line in lines)
    starts = range(int((length - grid.eight_bars) / grid.step + 1e-9) + 1) if length >= grid.eight_bars else []
    spans = [(k * grid.step, k * grid.step + grid.eight_bars) for k in starts]
    counts = [len(hits_in(kick, span)) if kick else 0 for span in spans]
    return [span for span, count in zip(spans, counts) if count >= min(8, max(counts))]


def powers_over(line, spans):
    """K-weighted power of a part over each span."""
    power = sum(member.track.sides * member.track.k for member in line.members)
    return np.array([power[round(a * 100) : round(b * 100)].sum() for a, b in spans])


def loudest_span(lines, kick, grid):
    """The stretch in which the units together are loudest, each by its share of its own loudest stretch."""
    spans = stretches(lines, kick, grid)
    if not spans:
        return (0.0, max(line.track.seconds for line in lines))
    units = [line for line in lines if line.role not in BUSES and line is line.members[0]]
    powers = [powers_over(line, spans) for line in units]
    return first_highest(spans, sum((power / power.max() for power in powers if power.max() > 0), np.zeros(len(spans))))


def own_loudest_span(line, lines, kick, grid):
    """The stretch in which one part is loudest, of those in which it plays."""
    spans = [span for span in stretches(lines, kick, grid) if not is_silent(line, span)]
    return first_highest(spans, powers_over(line, spans)) if spans else (0.0, line.track.seconds)


def first_highest(spans, values):
    return spans[np.flatnonzero(values >= values.max() * (1 - 1e-12))[0]]


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
    offset = round(offset, 6)
    outside = offset - band[0] if offset < band[0] else max(0.0, offset - band[1])
    return round(outside * 10 + math.copysign(1e-9, outside)) / 10


def move_for(offset, band):
    """The smallest multiple of 3 dB that lands within half a decibel of the band."""
    for size in range(0, 121, 3):
        for move in (size, -size):
            if abs(deviation(offset + move, band)) <= EDGE_DB:
                return float(move)
    return 0.0


def judge(line, lines, scope, kick, grid):
    if line.target is None or line.role in BUSES:
        line.verdict = "not-judged"
        return
    if is_silent(line, (0, line.track.seconds)):
        line.verdict = "silent"
        return
    if kick is None:
        line.verdict = "no-reference"
        return
    line.span = scope
    if is_silent(line, scope):
        line.span = own_loudest_span(line, lines, kick, grid)
    line.level = part_level(line, line.span)[0]
    line.offset, band = offset_of(line, lines, line.span, kick)
    line.loudness_offset = part_level(line, line.span)[1] - part_level(kick, line.span)[1]
    if line.offset != line.offset:
        line.verdict, line.offset = "not-judged", None
        return
    off = deviation(line.offset, band)
    margin = KICK_EDGE_DB if line.role == "kick" else EDGE_DB
    line.verdict = "sits" if abs(off) <= margin else "high" if off > 0 else "low"
    line.edge = line.verdict == "sits" and off != 0
    line.move = 0.0 if line.verdict == "sits" else move_for(line.offset, band)


def pan_verdict(line):
    if line.role in ("lead-synth", "toms", "percussion", "cymbals", "other", "mix-bus"):
        return "not-judged"
    pan, correlation, _ = line.track.stereo()
    if pan != pan:
        return "unknown" if line.track.mono and line.track.peak.max(initial=0) > 0 else "not-judged"
    if line.role in ("kick", "bass", "lead-vocal"):
        good = abs(pan) <= 0.10
    elif line.role == "snare":
        good = abs(pan) <= 0.25
    elif line.role == "hats":
        good = 0.10 <= abs(pan) <= 0.40
    else:
        pans = [member.track.stereo()[0] for member in line.members]
        good = np.nanmin(pans) <= -0.5 and np.nanmax(pans) >= 0.5 or len(pans) == 1 and correlation < 0.7
    return "ok" if good else "off"


def gain_staging(peak_dbfs):
    if peak_dbfs >= 20 * math.log10(0.9999):
        return "clipping"
    return next(word for limit, word in ((-18, "low"), (-12.0, "ok"), (-6.0, "warm"), (1, "hot"))
                if peak_dbfs < limit or peak_dbfs == limit and word in ("ok", "warm"))  # fmt: skip
