"""What is heard of each track through the others, in numpy: bands of hearing, partial loudness, loudness levels.

Moore, Glasberg & Baer (1997) with the tables of ANSI S3.4-2007 as polynomials, ISO 226:2023, K-weighting of BS.1770-5.
"""

import numpy as np
from scipy.signal import welch

import rules

BANDS = np.arange(1, 40)
HZ = lambda number: (10 ** (number / 21.4) - 1) / 0.00437
CENTRE, EDGES = HZ(BANDS), HZ(np.arange(0.5, 40))
NORMAL, WHISPER = 75.0, 45.0  # dB SPL

ISO_HZ = [20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500,
          3150, 4000, 5000, 6300, 8000, 10000, 12500]  # fmt: skip
ISO_A = [.635, .602, .569, .537, .509, .482, .456, .433, .412, .391, .373, .357, .343, .330, .320, .311, .303, .300, .295,
         .292, .290, .290, .289, .289, .289, .293, .303, .323, .354]  # fmt: skip
ISO_L = [-31.5, -27.2, -23.1, -19.3, -16.1, -13.1, -10.4, -8.2, -6.3, -4.6, -3.2, -2.1, -1.2, -.5, 0, .4, .5, 0, -2.7,
         -4.2, -1.2, 1.4, 2.3, 1.0, -2.3, -7.2, -11.2, -10.9, -3.5]  # fmt: skip
ISO_T = [78.1, 68.7, 59.5, 51.1, 44, 37.5, 31.5, 26.5, 22.1, 17.9, 14.4, 11.4, 8.6, 6.2, 4.4, 3, 2.2, 2.4, 3.5, 1.7, -1.3,
         -4.2, -6.0, -5.4, -1.5, 6, 12.6, 13.9, 12.3]  # fmt: skip


def at_centres(table, **beyond):
    return np.interp(np.log(CENTRE), np.log(ISO_HZ), table, **beyond)


def db(power):
    return 10 * np.log10(np.maximum(power, 1e-30))


LOG = np.log10(np.maximum(CENTRE, 50))
THRESHOLD = np.where(CENTRE >= 500, 3.73, 10 ** np.polyval([0.43068811, -2.79760988, 5.07384603, -1.20606175], LOG))
K = 10 ** (np.where(CENTRE >= 1000, -3, np.polyval([4.46834214, -49.680266, 212.890919, -418.885521, 317.074664], LOG)) / 10)
GAIN_DB = 3.73 - THRESHOLD
A = np.where(GAIN_DB >= 0, 4.72096,
             np.polyval([-1.07064972e-6, -6.06484871e-5, -1.20473266e-3, -6.81904179e-3, -0.118478256, 4.71387225], GAIN_DB))  # fmt: skip
ALPHA = np.where(GAIN_DB >= 0, 0.2, np.polyval([2.68642857e-5, -2.00233571e-3, 0.199931074], GAIN_DB))
GAIN, QUIET = 10 ** (GAIN_DB / 10), 10 ** (THRESHOLD / 10)
TRANSFER = THRESHOLD - at_centres(ISO_T, right=16.0)
ERB = 24.673 * (0.004368 * CENTRE + 1)


def excitation(spl):
    level = db(spl) + TRANSFER
    sharp, at_1k = 4 * CENTRE / ERB, 4000 / (24.673 * 5.368)
    lower = np.maximum(sharp[None, :] * (1 - 0.35 / at_1k * (level[:, None] - 51)), 0.1 * sharp[None, :])
    g = (CENTRE[:, None] - CENTRE[None, :]) / CENTRE[None, :]
    x = np.where(g < 0, lower, sharp[None, :]) * np.abs(g)
    return (10 ** (level[:, None] / 10) * (1 + x) * np.exp(-x)).sum(0)


def specific(signal, noise):
    grown = lambda e: (e * GAIN + A) ** ALPHA
    threshold = K * noise + QUIET
    heard = grown(signal + noise) - A**ALPHA - (grown(noise + threshold) - grown(QUIET)) * (threshold / signal) ** 0.3
    faint = (2 * signal / (signal + threshold)) ** 1.5 * (grown(QUIET) - A**ALPHA)
    faint *= (grown(signal + noise) - grown(noise)) / (grown(noise + threshold) - grown(noise))
    return np.where(signal >= threshold, heard, faint)


def listen(voice, rest, spl_gain):
    """What is left of a voice's loudness, 0 to 1, and its loudness level in phon."""
    signal, noise = excitation(voice * spl_gain), excitation(rest * spl_gain)
    quiet, left = specific(signal, np.zeros(39)), specific(signal, noise)
    exponent, transfer, threshold = at_centres(ISO_A), at_centres(ISO_L), at_centres(ISO_T)
    level = db(voice * spl_gain)
    grown = lambda level: 10 ** (exponent * (level + transfer) / 10)
    loud = (grown(level) - grown(threshold)) / 4e-10 ** (0.3 - exponent) + 10**0.072
    score = np.where(level > threshold, np.maximum(loud, 1e-9) ** (10 / 3), 0)
    score = (score * np.clip(left / quiet, 0, 1) ** np.log2(10)).sum()
    return left.sum() / quiet.sum(), 10 * np.log10(score) if score > 1e-3 else np.nan


def loudness(powers):
    s, w, q, high = 2j * np.pi * CENTRE, 2 * np.pi * 1681.974450955533, 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    shelf = (high * s * s + high**0.4996667741545416 * w * s / q + w * w) / (s * s + w * s / q + w * w)
    w, q = 2 * np.pi * 38.13547087602444, 0.5003270373238773
    return -0.691 + db((powers * np.abs(shelf * 1.004995 * s * s / (s * s + w * s / q + w * w)) ** 2).sum())


def spectrum(samples, rate, span):
    """Power of both channels in each band over a span; one channel counts on both sides."""
    part = samples[round(span[0] * rate) : round(span[1] * rate)]
    size = 1 << round(np.log2(rate * 0.17))
    hz, density = welch(part, rate, nperseg=min(size, len(part)), axis=0, detrend=False)
    step, density = hz[1] - hz[0], density.mean(1) * 2
    low, high = hz - step / 2, hz + step / 2
    inside = np.minimum(high, EDGES[1:, None]) - np.maximum(low, EDGES[:-1, None])
    return (np.maximum(inside, 0) * density).sum(1)


def voices(lines, audio, scope):
    """For each part that sounds: its members, mean spectrum, and the spectrum where it sounds."""
    found = []
    for line in lines:
        if line is not line.members[0] or line.role in rules.BUSES:
            continue
        mean = sum(spectrum(*audio[member.name], scope) for member in line.members)
        level = rules.part_level(line, scope)[1]
        silent = rules.is_silent(line, scope)
        boost = 0.0 if silent or level != level else 10 ** (np.clip(level - loudness(mean), 0, 20) / 10)
        found.append((line, mean, mean * boost))
    return found


def hear(lines, audio, scope):
    """By track: what the mix leaves, what the kick leaves, the loudness level at a whisper."""
    found = voices(lines, audio, scope)
    total = sum(mean for _, mean, _ in found)
    kick = next((mean for line, mean, _ in found if line.role == "kick"), None)
    at = lambda spl: 10 ** ((spl - loudness(total)) / 10)
    heard = {}
    for line, mean, sounding in found:
        if not sounding.any():
            continue
        rest = np.maximum(total - mean, 0)
        by_kick = None if kick is None or line.role == "kick" else listen(sounding, kick, at(NORMAL))[0]
        result = (listen(sounding, rest, at(NORMAL))[0], by_kick, listen(sounding, rest, at(WHISPER))[1])
        heard.update({member.name: result for member in line.members})
    return heard
