"""Keel's VST3 in minihost, file to file: untouched audio, mono and stereo, the mono check on or off.

Usage: minihost_check.py Keel.vst3
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import minihost
import numpy as np
import soundfile

RATE = 48_000
MINIHOST = [sys.executable, "-c", "import sys; from minihost.cli import main; sys.exit(main())"]


def run(*args: object) -> str:
    command = [*MINIHOST, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    line = " ".join(map(str, args))
    assert done.returncode == 0, f"minihost {line} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def check_untouched(plugin: str, folder: Path, channels: int, block: int, *options: str) -> None:
    # On a grid that float and integer files keep alike.
    generator = np.random.default_rng(channels)
    audio = generator.integers(-(2**22), 2**22, (RATE, channels)) / 2**23
    given, got = folder / "in.wav", folder / "out.wav"
    soundfile.write(given, audio, RATE, subtype="FLOAT")
    out = ["-o", got, "--bit-depth", 32, "--out-channels", channels]
    run("process", "-b", block, "-y", plugin, "-i", given, *out, *options)
    read, rate = soundfile.read(got, always_2d=True)
    what = " ".join([f"{channels} channels, blocks of {block}", *options])
    assert rate == RATE, f"{what}: came out at {rate} Hz"
    assert read.shape == audio.shape, f"{what}: {read.shape} came out of {audio.shape}"
    assert np.array_equal(read, audio), f"{what}: differs by {np.abs(read - audio).max()}"


def check_monitor_stays_out(plugin: str, block: int) -> None:
    """A render that calls itself real time, with the mono check on: as fast as it goes, from the first block."""
    generator = np.random.default_rng(block)
    audio = generator.uniform(-0.5, 0.5, (2, 10 * RATE)).astype(np.float32)
    host = minihost.Plugin(plugin, sample_rate=RATE, max_block_size=block, in_channels=2, out_channels=2)
    host.non_realtime = False
    host.set_param(host.find_param("Mono check"), 1.0)
    got = np.zeros_like(audio)
    for at in range(0, audio.shape[1], block):
        given = np.ascontiguousarray(audio[:, at : at + block])
        piece = np.zeros_like(given)
        host.process(given, piece)
        got[:, at : at + block] = piece
    host.close()
    differing = np.flatnonzero((got != audio).any(axis=0))
    assert differing.size == 0, f"blocks of {block}: the mono check is in frames {differing[0]} to {differing[-1]}"


if __name__ == "__main__":
    parameters = run("params", sys.argv[1])
    assert "trim" in parameters.lower(), f"no trim among the parameters:\n{parameters}"
    with tempfile.TemporaryDirectory() as folder:
        for channels in (1, 2):
            for block in (64, 512):
                check_untouched(sys.argv[1], Path(folder), channels, block)
                check_untouched(sys.argv[1], Path(folder), channels, block, "--non-realtime")
    for block in (64, 512, 8192):
        check_monitor_stays_out(sys.argv[1], block)
    print("minihost: output equals input, mono and stereo, in real time and not; no mono check in a render")
