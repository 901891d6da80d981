"""Where in the song the balance breaks: 2 bars or more, 3 dB or more outside a track's band, with all gains in."""

import math

import numpy as np

import rules
from measure import db, peak_db, typical_hits


def breaks_of(lines, kick, grid):
    """Stretches of 2 bars or more, the kick hitting, in which a part is 3 dB or more outside its band from the kick."""
    found = []
    for line in lines:
        if kick is None or line.target is None or line is not line.members[0] or line.target[3] != "kick":
            continue
        length = line.track.seconds
        flagged = []
        for n in range(int((length - grid.two_bars) * 10 + 1e-6) + 1):
            off = stretch_deviation(line, lines, kick, (n / 10, n / 10 + grid.two_bars))
            flagged.append(off if off and abs(off[0]) >= 3 else None)
        found += runs(line, kick, flagged, grid)
    return sorted(found, key=lambda one: (one["from_s"], one["track"]))


def stretch_deviation(line, lines, kick, span):
    if len(rules.hits_in(kick, span)) < 2 or rules.is_silent(line, span):
        return None
    if line.reading == "hits" and len(rules.hits_in(line, span)) < 2:
        return None
    offset, band = rules.offset_of(line, lines, span, kick)
    return None if offset != offset else (rules.deviation(offset, band), offset, band)


def runs(line, kick, flagged, grid):
    found, first = [], None
    for n, now in enumerate(flagged + [None]):
        same = first is not None and now and (now[0] > 0) == (flagged[first][0] > 0)
        if first is not None and not same:
            found.append(trimmed(line, kick, flagged[first:n], (first / 10, (n - 1) / 10 + grid.two_bars), grid))
            first = None
        if first is None and now:
            first = n
    return [one for one in found if one]


def trimmed(line, kick, run, span, grid):
    """A run's true edges: from the first to the last place that is itself out of balance, where the kick hits."""
    offset, band, high = float(np.median([off[1] for off in run])), run[0][2], run[0][0] > 0
    kicks = rules.hits_in(kick, span)[:, 0] / 100
    hitting = (kicks[0], kicks[-1] + 0.2)
    if line.reading == "hits":
        hits = typical_hits(rules.hits_in(line, span))
        times = hits[:, 0] / 100
        offsets = [peak + line.gain - kick_around(kick, at, grid) for at, peak in zip(times, hits[:, 1])]
        own = np.array([rules.deviation(offset, band) for offset in offsets])
        times = times[(own >= 3 if high else own <= -3) & (times >= hitting[0]) & (times < hitting[1])]
        if len(times) < 2:
            return None
        edges, lasts = (times[0], times[-1]), times[-1] - times[0] + float(np.median(np.diff(times)))
    else:
        edges = cell_edges(line, span, kick, band, high, grid)
        edges = edges and (max(edges[0], hitting[0]), min(edges[1], hitting[1]))
        lasts = edges[1] - edges[0] if edges else 0
    if lasts < grid.two_bars - 0.3:
        return None
    verdict = "high" if high else "low"
    return {"track": line.name, "from_s": edges[0], "to_s": edges[1], "offset_db": offset, "verdict": verdict,
            "move_db": ride_for(offset, band)}  # fmt: skip


def ride_for(offset, band):
    """No ride is over 12 dB: there the track rests, or is not what its name says."""
    ride = rules.move_for(offset, band)
    return ride if abs(ride) <= 12 else None


def kick_around(kick, at, grid):
    """The kick's level in the 2 bars around a moment."""
    return rules.level_of(kick, (at - grid.two_bars / 2, at + grid.two_bars / 2))[0]


def cell_edges(line, span, kick, band, high, grid):
    """First and last 100 ms that play and are out of the band."""
    a, b = math.floor(span[0] * 10 + 1e-6), math.ceil(span[1] * 10 - 1e-6)
    peaks = lambda member: peak_db(np.maximum(member.track.cells(member.track.peak, np.max)[a:b], 1e-9)) + member.gain
    cells = np.max([peaks(member) for member in line.members], axis=0)
    use = np.any([cells_that_play(member)[a:b] for member in line.members], axis=0)
    kicks = np.array([kick_around(kick, (a + n + 0.5) / 10, grid) for n in range(len(cells))])
    offsets = cells - kicks
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


def cells_that_play(line):
    """The 100 ms whose own power is that of a window that plays."""
    track = line.track
    frames = track.cells(track.frames, np.sum)
    return db(track.sides * track.cells(track.ll + track.rr, np.sum) / frames) >= line.floor
