"""Audio in, numbers out: the measures of BS.1770-5, EBU Tech 3342 and Keel's hit gate, in numpy.

Written from the rules alone, without the Rust code at hand, so that the two can be held against each other.
"""

import struct
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

HOPS_PER_SECOND = 100
CELL = 10  # hops
WINDOW = 4  # cells: 400 ms


def read_audio(path):
    """Samples as (frames, channels) and the rate."""
    path = Path(path)
    if path.suffix.lower() == ".wav":
        return read_wav(path)
    import soundfile  # only for what is not WAV

    return soundfile.read(path, always_2d=True, dtype="float64")


def read_wav(path):
    data = path.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError(f"{path}: not a RIFF WAVE file")
    at, form, body = 12, None, None
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        if name == b"fmt ":
            form = data[at + 8 : at + 8 + size]
        elif name == b"data":
            body = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if kind == 0xFFFE:
        kind = struct.unpack("<H", form[24:26])[0]
    if kind == 3:
        flat = np.frombuffer(body, "<f4" if bits == 32 else "<f8").astype(float)
    elif bits == 24:
        raw = np.frombuffer(body, np.uint8).reshape(-1, 3).astype(np.int32)
        flat = ((raw[:, 0] | raw[:, 1] << 8 | raw[:, 2] << 16) << 8 >> 8) / 2.0**23
    else:
        flat = np.frombuffer(body, f"<i{bits // 8}") / 2.0 ** (bits - 1)
    return flat[: len(flat) // channels * channels].reshape(-1, channels), rate


def k_weighting(rate):
    """Both stages of BS.1770-5 Annex 1 for any rate, from the analogue filters behind the 48 kHz table."""
    k = np.tan(np.pi * 1681.974450955533 / rate)
    vh, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    vb, a0 = vh**0.4996667741545416, 1 + k / q + k * k
    shelf = (
        np.array([vh + vb * k / q + k * k, 2 * (k * k - vh), vh - vb * k / q + k * k]) / a0,
        np.array([a0, 2 * (k * k - 1), 1 - k / q + k * k]) / a0,
    )
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return shelf, (np.array([1.0, -2.0, 1.0]), np.array([a0, 2 * (k * k - 1), 1 - k / q + k * k]) / a0)


def db(power):
    with np.errstate(divide="ignore"):
        return 10 * np.log10(power)


def peak_db(peak):
    return 2 * db(peak)


def lufs(k_power):
    return -0.691 + db(k_power)


class Track:
    """One stem on the 10 ms grid: hop k begins at frame ceil(k * rate / 100).

    `k` is as BS.1770 reads the channels there are. Verdicts count one channel on both sides: there `k` times `sides`.
    """

    def __init__(self, samples, rate):
        self.rate, self.channels = rate, samples.shape[1]
        self.mono = self.channels == 1
        self.sides = 2 if self.mono else 1
        self.seconds = len(samples) / rate
        count = -(-len(samples) * HOPS_PER_SECOND // rate)
        self.starts = np.array([-(-k * rate // HOPS_PER_SECOND) for k in range(count)])
        left, right = samples[:, 0], samples[:, -1]
        weighted = samples
        for b, a in k_weighting(rate):
            weighted = lfilter(b, a, weighted, axis=0)
        hop = lambda x: np.add.reduceat(x, self.starts)
        self.frames = np.diff(np.append(self.starts, len(samples)))
        self.peak = np.maximum.reduceat(np.abs(samples).max(1), self.starts)
        self.ll = hop(left * left)
        self.rr = np.zeros_like(self.ll) if self.mono else hop(right * right)
        self.lr = np.zeros_like(self.ll) if self.mono else hop(left * right)
        self.k = hop((weighted**2).sum(1))
        frames = self.windows(self.frames.astype(float), np.sum)
        self.window_peaks = self.windows(self.peak, np.max)
        self.window_power = self.sides * self.windows(self.ll + self.rr, np.sum) / frames
        self.window_k = self.windows(self.k, np.sum) / frames
        self.all_hits = self.find_hits()
        self.hits = self.all_hits  # without what is another drum's, once the others are known

    def find_hits(self):
        """(onset hop, peak dBFS, LUFS as verdicts count it, unweighted power in dB) of each hit."""
        level = db((self.ll + self.rr) / self.frames)
        onsets, loudest = [], -np.inf
        for n, now in enumerate(level):
            loudest = max(loudest, now)
            before = level[max(0, n - 3) : n].max() if n else -np.inf
            rises = now > -np.inf and now >= before + 6 and now >= loudest - 20
            if rises and (not onsets or n - onsets[-1] >= 10):
                onsets.append(n)
        ends = [min(n + 20, following) for n, following in zip(onsets, onsets[1:] + [len(level)])]
        power = [(self.ll + self.rr)[a:b].sum() / self.frames[a:b].sum() for a, b in zip(onsets, ends)]
        self.onsets = len(onsets)
        # What counted only because nothing louder had come yet does not count once the song is known.
        return np.array(
            [
                (a, peak_db(self.peak[a:b].max()), lufs(self.sides * self.k[a:b].sum() / self.frames[a:b].sum()), db(p))
                for a, b, p in zip(onsets, ends, power)
                if p >= max(power) / 100
            ]
        ).reshape(-1, 4)

    def hits_in(self, span):
        times = self.hits[:, 0] / HOPS_PER_SECOND
        return self.hits[(times >= span[0] - 1e-9) & (times < span[1] - 1e-9)]

    def windows(self, values, fold):
        """Values of the hops folded over each 400 ms window, one each 100 ms."""
        cells = self.cells(values, fold)
        if len(cells) < WINDOW:
            return np.zeros(0)
        return fold(np.lib.stride_tricks.sliding_window_view(cells, WINDOW), axis=1)

    def cells(self, values, fold):
        """Values of the hops folded over each 100 ms."""
        whole = len(values) // CELL * CELL
        return fold(values[:whole].reshape(-1, CELL), axis=1)

    def sample_peak(self):
        return peak_db(self.peak.max(initial=0))

    def integrated(self):
        return gated(self.window_k)

    def short_term(self):
        """3 s loudness, every 10 ms, as mean K-weighted power."""
        if len(self.k) < 300:
            return np.zeros(0)
        k, n = np.cumsum(np.insert(self.k, 0, 0)), np.cumsum(np.insert(self.frames, 0, 0))
        return (k[300:] - k[:-300]) / (n[300:] - n[:-300])

    def loudness_range(self):
        """EBU Tech 3342: 10th to 95th percentile of short-term loudness over -70 LUFS and -20 LU."""
        power = self.short_term()[::10]
        power = power[lufs(power) > -70]
        if not len(power):
            return np.nan
        kept = lufs(power[lufs(power) > lufs(power.mean()) - 20])
        return np.percentile(kept, 95) - np.percentile(kept, 10)

    def stereo(self):
        """Pan position, correlation, mono loss over all that was heard; where one channel is panned nobody knows."""
        ll, rr, lr = self.ll.sum(), self.rr.sum(), self.lr.sum()
        if self.mono:
            return (np.nan, 1.0, 0.0) if ll else (np.nan,) * 3
        if ll + rr == 0:
            return (np.nan,) * 3
        pan = np.arctan2(np.sqrt(rr), np.sqrt(ll)) / (np.pi / 4) - 1
        correlation = lr / np.sqrt(ll * rr) if ll * rr else np.nan
        return pan, correlation, db((1 + 2 * lr / (ll + rr)) / 2)


def gated(powers):
    """Gated loudness of block powers (BS.1770-5): -70 LUFS absolute, then -10 LU relative."""
    powers = powers[lufs(powers) > -70]
    if not len(powers):
        return np.nan
    powers = powers[lufs(powers) > lufs(powers.mean()) - 10]
    return lufs(powers.mean())


def typical_hits(hits):
    """The hits within 8 dB of the 90th percentile of their peaks."""
    return hits[hits[:, 1] >= np.percentile(hits[:, 1], 90) - 8]
