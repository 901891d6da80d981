"""Keel's VST3 in minihost, file to file: untouched audio, mono and stereo.

Usage: minihost_check.py Keel.vst3
"""

import subprocess
import sys
import tempfile
from pathlib import Path

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


if __name__ == "__main__":
    parameters = run("params", sys.argv[1])
    assert "trim" in parameters.lower(), f"no trim among the parameters:\n{parameters}"
    with tempfile.TemporaryDirectory() as folder:
        for channels in (1, 2):
            for block in (64, 512):
                check_untouched(sys.argv[1], Path(folder), channels, block)
                check_untouched(sys.argv[1], Path(folder), channels, block, "--non-realtime")
    print("minihost: output equals input, mono and stereo, in real time and not")
