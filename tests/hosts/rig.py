"""What the checks in hosts with windows share: a folder and a home of their own, processes, a screen, sources, audio.

Each is run as HOST_check.py BUNDLE KEEL FOLDER, where KEEL is the command line's binary, prints a line for each check
and ends with 1 at the first that fails.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

RATE = 48_000
SECONDS = 20
HERE = Path(__file__).resolve().parent
# Keel's window, and its button Mono in it.
SIZE = (440, 592)
MONO = (81, 568)


class Failed(Exception):
    """What a check expected and did not find, as a sentence."""


def expect(found: object, sentence: str) -> None:
    if not found:
        raise Failed(sentence)


def wait_for(what: Callable[[], object], seconds: float, sentence: str) -> object:
    """The first answer that is not empty; past the time the sentence is the failure."""
    end = time.monotonic() + seconds
    while not (answer := what()):
        expect(time.monotonic() < end, sentence)
        time.sleep(0.1)
    return answer


class Rig:
    """A host's folder, emptied, with a home in it, so that no setting of the user's is read or written."""

    def __init__(self, host: str, keel: Path, folder: Path) -> None:
        self.host = host
        self.keel = keel.resolve()
        self.folder = folder.resolve()
        self.running: list[subprocess.Popen] = []
        self.screen: "Screen | None" = None
        shutil.rmtree(self.folder, ignore_errors=True)
        home = self.folder / "home"
        places = {"CONFIG": ".config", "CACHE": ".cache", "DATA": ".local/share", "STATE": ".state", "RUNTIME": "run"}
        homes = {f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}": home / at for name, at in places.items()}
        homes["KEEL_HUB_DIR"] = home / "hub"
        for at in homes.values():
            at.mkdir(parents=True, mode=0o700)
        self.home = home
        self.env = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.env |= {name: str(at) for name, at in homes.items()}
        self.env |= {"HOME": str(home), "LC_ALL": "C.UTF-8", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}

    def say(self, *words: object) -> None:
        print(f"{self.host}:", *words, flush=True)

    def run(self, *command: object, seconds: float = 120, **env: str) -> tuple[int, str]:
        """Runs to the end: its status, and what it said."""
        with self._log(command) as log:
            host = self.start(*command, **env)
            try:
                status = host.wait(seconds)
            except subprocess.TimeoutExpired:
                raise Failed(f"{command[0]} did not end within {seconds:g} s, see {log.name}") from None
            self.running.remove(host)
        return status, Path(log.name).read_text(errors="replace")

    def start(self, *command: object, **env: str) -> subprocess.Popen:
        """Starts what `end` will end."""
        is_there = shutil.which(str(command[0]))
        expect(is_there, f"{command[0]} is not installed: these checks know Ardour 7 and qtractor 0.9")
        with self._log(command) as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                env=self.env | env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def _log(self, command: tuple) -> object:
        return open(self.folder / f"{Path(str(command[0])).name}.log", "w")

    def end(self, process: subprocess.Popen) -> None:
        for sign, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(process.pid, sign)
                process.wait(seconds)
                break
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.running.remove(process)

    def end_all(self) -> None:
        for process in reversed(self.running.copy()):
            self.end(process)

    def tracks(self) -> dict[str, str]:
        """Each track's role by its name, as `keel doctor` reads them from outside."""
        file = self.folder / "doctor.json"
        file.unlink(missing_ok=True)
        status, said = self.run(self.keel, "doctor", "--json", file)
        expect(file.is_file(), f"keel doctor ended with {status}: {said}")
        binaries = json.loads(file.read_text())["binaries"]
        return {track["name"]: track["role"] for binary in binaries for track in binary["tracks"]}


def main(host: str, check: Callable[[Rig, Path], None]) -> None:
    """Runs a check with what it was called with; whatever it started has ended when this returns."""
    if len(sys.argv) != 4:
        sys.exit(f"Usage: {Path(sys.argv[0]).name} BUNDLE KEEL FOLDER")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    rig = Rig(host, Path(sys.argv[2]), Path(sys.argv[3]))
    started = time.monotonic()
    try:
        check(rig, Path(sys.argv[1]).resolve())
    except Failed as failure:
        if rig.screen:
            rig.screen.shot("failed")
        sys.exit(f"{host}: FAILED: {failure}")
    finally:
        rig.end_all()
    rig.say(f"all in {time.monotonic() - started:.0f} s")


class Screen:
    """The rig's X display, with a window manager, looked at and clicked into from outside."""

    def __init__(self, rig: Rig, width: int, height: int) -> None:
        self.rig = rig
        number = rig.folder / "display"
        with open(number, "w") as out:
            fd = os.dup(out.fileno())
            command = ["Xvfb", "-displayfd", str(fd), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            rig.running.append(subprocess.Popen(command, pass_fds=[fd], start_new_session=True, **quiet))
            os.close(fd)
        rig.env["DISPLAY"] = ":" + str(wait_for(lambda: number.read_text().strip(), 10, "Xvfb opened no display"))
        rig.start("openbox")
        rig.screen = self

    def _xdotool(self, *words: object) -> str:
        command = ["xdotool", *map(str, words)]
        return subprocess.run(command, env=self.rig.env, capture_output=True, text=True, timeout=30).stdout.strip()

    def windows(self, name: str) -> list[str]:
        """The visible windows whose title this expression matches."""
        return self._xdotool("search", "--onlyvisible", "--name", name).split()

    def window(self, name: str, seconds: float = 15) -> str:
        found = wait_for(lambda: self.windows(name), seconds, f"no window called {name} within {seconds:g} s")
        return found[-1]

    def activate(self, window: str) -> None:
        self._xdotool("windowactivate", window)
        time.sleep(0.4)

    def move(self, window: str, x: int, y: int) -> None:
        self._xdotool("windowmove", window, x, y)
        time.sleep(0.5)

    def click(self, window: str, x: int, y: int, button: int = 1, times: int = 1) -> None:
        self._xdotool("mousemove", "--window", window, x, y)
        time.sleep(0.2)
        self._xdotool("click", "--repeat", times, "--delay", 80, button)
        time.sleep(0.3)

    def key(self, *keys: str) -> None:
        for key in keys:
            self._xdotool("key", key)
            time.sleep(0.3)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", 20, text)
        time.sleep(0.3)

    def _import(self, window: str, to: str) -> bytes:
        command = ["import", "-silent", "-window", window, "-depth", "8", to]
        done = subprocess.run(command, env=self.rig.env, capture_output=True, timeout=30)
        expect(done.returncode == 0, f"no screenshot of {window}: {done.stderr.decode()}")
        return done.stdout

    def shot(self, name: str, window: str = "root") -> None:
        """Keeps what is seen, and says where."""
        path = self.rig.folder / f"{name}.png"
        self._import(window, str(path))
        self.rig.say("screenshot", path)

    def pixels(self, window: str) -> np.ndarray:
        head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", raw := self._import(window, "ppm:-"))
        expect(head, "a screenshot came in an unknown format")
        width, height = int(head[1]), int(head[2])
        return np.frombuffer(raw[head.end() :], np.uint8).reshape(height, width, 3).astype(int)

    def keel(self) -> str:
        return self.window("^Keel$")

    def check_keel(self, name: str) -> None:
        """Keel's window has its size and is drawn in every part; a picture is kept."""
        window = self.keel()
        self.shot(name, window)
        seen = self.pixels(window)
        size = seen.shape[1::-1]
        expect(size == SIZE, f"Keel's window is {size[0]} by {size[1]} and not {SIZE[0]} by {SIZE[1]}")
        for row in range(4):
            part = seen[row * size[1] // 4 : (row + 1) * size[1] // 4].reshape(-1, 3)
            colours = len(np.unique(part, axis=0))
            expect(colours > 20, f"quarter {row + 1} of Keel's window has {colours} colours: it is not drawn")
        self.rig.say(f"Keel's window: {size[0]} by {size[1]}, drawn in every part")

    def is_mono(self) -> bool:
        """The button Mono is lit: its edge is bright violet."""
        x, y = MONO
        edge = self.pixels(self.keel())[y - 20 : y - 12, x - 40 : x + 40].reshape(-1, 3)
        return bool(((edge[:, 2] > 220) & (edge[:, 2] > edge[:, 1] + 40)).sum() > 40)

    def switch_mono_on(self, title: str) -> None:
        """By a click into Keel's window, which is inside the window of this title."""
        self.activate(self.window(title))
        if not self.is_mono():
            self.click(self.keel(), *MONO)
        wait_for(self.is_mono, 5, "Mono does not light up when it is clicked")


def make_sources(folder: Path) -> dict[str, Path]:
    """Kick, bass, pad with a side of its own, and a mono vocal, on a grid: sums are exact in any order."""
    t = np.arange(RATE * SECONDS) / RATE
    random = np.random.default_rng(7)

    def noise(low: float, high: float) -> np.ndarray:
        spectrum, f = np.fft.rfft(random.standard_normal(t.size)), np.fft.rfftfreq(t.size, 1 / RATE)
        spectrum[(f < low) | (f > high)] = 0
        audio = np.fft.irfft(spectrum, t.size)
        return audio / np.abs(audio).max()

    beat = t % 0.5
    kick = 0.28 * np.exp(-beat / 0.08) * np.sin(2 * np.pi * (50 * beat + 6 * (1 - np.exp(-40 * beat))))
    bass = 0.12 * np.sin(2 * np.pi * 55 * t) * (0.7 + 0.3 * np.sin(2 * np.pi * 2 * t))
    vocal = 0.25 * noise(250, 3500) * (0.5 + 0.5 * np.sin(2 * np.pi * 0.7 * t)) ** 2
    # Each has a side from its first frame to its last, so that a fold to mono shows wherever it is.
    hum = 0.01 * np.sin(2 * np.pi * 220 * t)
    sides = {"Kick": 0.002 * noise(500, 5000), "Bass": hum, "Pad": 0.12 * noise(300, 6000)}
    mids = {"Kick": kick, "Bass": bass, "Pad": 0.2 * noise(200, 4000), "Vocal": vocal}
    folder.mkdir(parents=True)
    for name, mid in mids.items():
        channels = [mid + sides[name], mid - sides[name]] if name in sides else [mid]
        write(folder / f"{name}.wav", np.round(np.stack(channels, 1) * 2**22) / 2**22)
    return {name: folder / f"{name}.wav" for name in mids}


def write(path: Path, audio: np.ndarray) -> None:
    soundfile.write(path, audio, RATE, subtype="FLOAT")


def read(path: Path) -> np.ndarray:
    audio, rate = soundfile.read(path, always_2d=True)
    expect(rate == RATE, f"{path} is at {rate} Hz and not at {RATE}")
    return audio


def side_dbfs(audio: np.ndarray) -> float:
    power = np.mean((audio[:, 0] - audio[:, -1]) ** 2) / 4
    return 10 * np.log10(max(power, 1e-30))


def expect_same(rig: Rig, what: str, source: np.ndarray, got: np.ndarray) -> None:
    """Bit by bit; a mono source may have become two channels of the same."""
    expect(len(got) == len(source), f"{what}: {len(got)} frames came of {len(source)}")
    differing = np.flatnonzero((source != got).any(1))
    sides = f"side {side_dbfs(source):.2f} dBFS before and {side_dbfs(got):.2f} dBFS after"
    if differing.size:
        where = f"differs in {differing.size} of {len(source)} frames, from {differing[0]} to {differing[-1]}"
        raise Failed(f"{what}: {where}; {sides}")
    rig.say(f"{what}: bit-exact" + (f"; {sides}" if source.shape[1] == 2 else ""))
