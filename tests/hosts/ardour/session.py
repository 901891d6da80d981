"""Ardour without its window: scan, sessions with audio in them, Lua, export."""

import os
import re
import shutil
import time
from pathlib import Path

import numpy as np
from rig import HERE, Rig, expect, read

LUA = HERE / "ardour"


def scan(rig: Rig, bundle: Path) -> None:
    """Ardour learns Keel from the home's own plug-in folder."""
    copied = rig.home / ".vst3" / bundle.name
    shutil.copytree(bundle, copied)
    # What it learnt counts only where it is newer than the plug-in, by a second.
    for file in [copied, *copied.rglob("*")]:
        os.utime(file, (time.time() - 60,) * 2)
    command = ["/usr/lib/ardour7/ardour-vst3-scanner", "-f", "-v", copied]
    status, said = rig.run(*command, LD_LIBRARY_PATH="/usr/lib/ardour7")
    found = re.search(r"VST3Info uid.*", said)
    expect(status == 0 and found, f"Ardour's scan ended with {status} and found no Keel:\n{said}")
    rig.say("scan:", found[0])


def make(rig: Rig, name: str, keel: str, sources: dict[str, Path]) -> Path:
    """A session with a source on each track, Keel on each as `make.lua` says."""
    folder = rig.folder / name
    audio = {track: read(source) for track, source in sources.items()}
    tracks = ",".join(f"{track}:{samples.shape[1]}" for track, samples in audio.items())
    env = {"SESSION_DIR": str(folder), "SESSION_NAME": name, "TRACKS": tracks, "KEEL": keel}
    status, said = rig.run("ardour7-lua", LUA / "make.lua", **env)
    file = folder / f"{name}.ardour"
    expect(status == 0 and file.is_file(), f"Ardour made no session:\n{said}")
    text = file.read_text()
    for track in sources:
        expect(f'<Connection other="{track}/audio_out 1"/>' in text, f"Ardour did not connect {track} with the master")
    ticks = int(re.search(r'superclocks-per-second="(\d+)"', text)[1]) // 48_000
    number = int(re.search(r'id-counter="(\d+)"', text)[1]) + 10
    longest = max(map(len, audio.values())) * ticks
    listed = ""
    for track, samples in audio.items():
        shutil.copy(sources[track], folder / "interchange" / name / "audiofiles")
        channels = samples.shape[1]
        used = ""
        for channel in range(channels):
            at = f'id="{number + channel}" channel="{channel}"'
            listed += f'<Source name="{track}.wav" take-id="" type="audio" flags="" {at} origin="" gain="1"/>'
            used += f' source-{channel}="{number + channel}" master-source-{channel}="{number + channel}"'
        region = _region(track, number + channels, len(samples) * ticks, channels, used)
        pattern = rf'(<Playlist id="\d+" name="{track}(?:\.\d+)?" [^>]*)/>'
        text, count = re.subn(pattern, lambda found, region=region: f"{found[1]}>{region}</Playlist>", text)
        expect(count == 1, f"{file} has {count} empty playlists for {track}")
        number += channels + 1
    text = text.replace("<Sources/>", f"<Sources>{listed}</Sources>")
    whole = f'start="a0" end="a{longest}" flags="IsSessionRange" locked="0" timestamp="0" cue="0"'
    location = f'<Locations><Location id="{number}" name="session" {whole}/></Locations>'
    text = text.replace("<Locations/>", location)
    text = re.sub(r'id-counter="\d+"', f'id-counter="{number + 10}"', text, count=1)
    # Its fades at start and stop are none of Keel's doing.
    text = text.replace('name="use-transport-fades" value="1"', 'name="use-transport-fades" value="0"')
    file.write_text(text)
    return folder


def _region(track: str, number: int, length: int, channels: int, used: str) -> str:
    off = " ".join(
        f'{name}="0"'
        for name in (
            "muted locked video-locked automatic whole-file import external sync-marked left-of-split right-of-split "
            "hidden position-locked valid-transients layering-index tags contents envelope-active default-fade-in "
            "default-fade-out fade-in-active fade-out-active"
        ).split()
    )
    off = off.replace('tags="0" contents="0"', 'tags="" contents=""')
    return (
        f'<Region name="{track}" id="{number}" type="audio" first-edit="nothing" opaque="1" {off} start="a0" '
        f'length="a{length}@a0" sync-position="a0" ancestral-start="a0" ancestral-length="a0@a0" stretch="1" shift="1" '
        f'scale-amplitude="1" channels="{channels}"{used}/>'
    )


def wrap(work: str, answer: Path) -> str:
    """Lua that does the work and leaves what it says in a file."""
    answer.unlink(missing_ok=True)
    return f'loadfile("{LUA / "say.lua"}")()("{answer}", function()\n{work}\nend)\n'


def lua(rig: Rig, session: Path, work: str) -> list[str]:
    """The lines that the work says, in the session without its window."""
    answer, script = rig.folder / "answer", rig.folder / "work.lua"
    script.write_text(wrap(work, answer))
    env = {"SESSION_DIR": str(session), "SESSION_NAME": session.name, "WORK": str(script)}
    status, said = rig.run("ardour7-lua", LUA / "open.lua", **env)
    expect(status == 0 and is_whole(answer), f"ardour7-lua ended with {status}:\n{said}")
    return lines(answer)


def is_whole(answer: Path) -> bool:
    return answer.is_file() and answer.read_text().endswith("THE END\n")


def lines(answer: Path) -> list[str]:
    found = answer.read_text().splitlines()[:-1]
    failed = [line for line in found if line.startswith("LUA FAILED")]
    expect(not failed, "; ".join(failed))
    return found


def values(found: list[str]) -> dict[str, dict[str, float]]:
    """What `parameters()` said: each track's values by parameter."""
    tracks: dict[str, dict[str, float]] = {}
    for line in found:
        track, name, value = line.split("\t")
        tracks.setdefault(track, {})[name] = round(float(value), 4)
    return tracks


def export(rig: Rig, session: Path) -> np.ndarray:
    """The master by ardour7-export. It aborts now and then as it ends, or writes silence, without Keel as well."""
    out, copy = rig.folder / f"{session.name}-export.wav", rig.folder / "copy" / session.name
    for attempt in range(1, 9):
        # What an aborted one leaves behind exports silence: each attempt has a copy of its own.
        shutil.rmtree(copy, ignore_errors=True)
        out.unlink(missing_ok=True)
        shutil.copytree(session, copy)
        status, said = rig.run("ardour7-export", "-b", "float", "-o", out, copy, session.name)
        if status == 0 and out.is_file() and (audio := read(out)).any():
            return audio
        why = "silence" if status == 0 else f"status {status}"
        rig.say(f"ardour7-export of {session.name} ended with {why} at attempt {attempt}: trying again")
    expect(False, f"ardour7-export failed eight times:\n{said}")
    return np.empty(0)
