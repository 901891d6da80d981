"""Keel's CLAP in qtractor: loaded, its window, exports with Mono on, before anything has played and after.

Usage: qtractor_check.py Keel.clap KEEL FOLDER
"""

import shutil
import time
from pathlib import Path

import numpy as np
from rig import HERE, RATE, Rig, Screen, expect, expect_same, main, make_sources, read, wait_for

FILES = HERE / "qtractor"
BLOCK = 1024
CONFIG = r"""[Options]
Display\ConfirmRemove=false
Display\ConfirmArchive=false
Plugins\OpenEditor=0
Plugins\QueryEditorType=false
Audio\CaptureExportType=wav
Audio\ExportFormat=3
Audio\CaptureFormat=3

[Shortcuts]
qtractorMainForm\trackExportAudioAction=Ctrl+Alt+A
qtractorMainForm\transportPlayAction=F7
"""
PLUGIN = (
    '<plugin type="CLAP"><filename>{}</filename><index>0</index><label>Keel</label><preset></preset>'
    "<direct-access-param>-1</direct-access-param><activated>1</activated></plugin>"
)
# Where things lie in the main window and in the export's dialog as they first open, in qtractor 0.9.31.
PLUGIN_SLOT = (181, 182)
WHOLE_SESSION, EXPORT = (265, 148), (297, 347)
KEEL_TITLE = "Keel - "


class Qtractor:
    """JACK on its dummy driver, and qtractor with a session of one track."""

    def __init__(self, rig: Rig, screen: Screen, name: str, source: Path, clap: Path | None) -> None:
        self.rig, self.screen = rig, screen
        self.folder = rig.folder / name
        self.folder.mkdir()
        shutil.copy(source, self.folder / "Pad.wav")
        text = (FILES / "session.qtr").read_text()
        plugin = PLUGIN.format(clap) if clap else ""
        for place, given in {"FOLDER": self.folder, "FRAMES": len(read(source)), "PLUGIN": plugin}.items():
            text = text.replace(f"@{place}@", str(given))
        self.session = self.folder / f"{name}.qtr"
        self.session.write_text(text)
        # Always of one name: JACK knows eight, and forgets none that was killed until its name comes again.
        jack = {"JACK_NO_AUDIO_RESERVATION": "1", "JACK_DEFAULT_SERVER": (server := "keel-hosts")}
        self.jack = rig.start("jackd", "-n", server, "-r", "-d", "dummy", "-r", RATE, "-p", BLOCK, **jack)
        status, said = rig.run("jack_wait", "-s", server, "-w", "-t", 10, **jack)
        expect(self.jack.poll() is None, f"jackd does not start (jack_wait: {status}):\n{said}")
        self.process = rig.start("qtractor", self.session, **jack, **sequencer(rig))
        wait_for(self._is_shown, 40, "qtractor's window does not come")
        time.sleep(2)

    def _is_shown(self) -> list[str]:
        self.expect_alive("opening")
        return self.screen.windows(self.session.name)

    def expect_alive(self, step: str) -> None:
        log = self.rig.folder / "qtractor.log"
        expect(self.process.poll() is None, f"qtractor has ended ({self.process.returncode}) at: {step}; see {log}")

    def lives(self, step: str) -> None:
        time.sleep(1)
        self.expect_alive(step)
        self.rig.say(f"{step}: qtractor lives")

    def activate(self) -> str:
        main = self.screen.window(self.session.name)
        self.screen.activate(main)
        return main

    def open_keel(self) -> None:
        """By a double click on its entry in the track's list."""
        main = self.activate()
        self.screen.click(main, *PLUGIN_SLOT, times=2)
        self.screen.keel()
        self.screen.move(self.screen.window(KEEL_TITLE), 1700, 20)

    def play_or_stop(self) -> None:
        self.activate()
        self.screen.key("F7")

    def play(self, seconds: float) -> None:
        self.play_or_stop()
        time.sleep(seconds)
        self.play_or_stop()
        time.sleep(1)

    def export(self) -> np.ndarray:
        """Track > Export Tracks > Audio, of the whole session."""
        for old in self.folder.glob("*export*.wav"):
            old.unlink()
        self.activate()
        self.screen.key("ctrl+alt+a")
        dialog = self.screen.window("Export Audio")
        self.screen.activate(dialog)
        self.screen.click(dialog, *WHOLE_SESSION)
        self.screen.click(dialog, *EXPORT)
        file = wait_for(self._exported, 60, "qtractor wrote no export")
        wait_for(lambda: not self.screen.windows("Export Audio"), 60, "the export's dialog stays open")
        time.sleep(1)
        self.expect_alive("the end of an export")
        return read(file)

    def _exported(self) -> Path | None:
        """Once it has stopped growing."""
        self.expect_alive("export")
        files = list(self.folder.glob("*export*.wav"))
        if not files or not (size := files[0].stat().st_size):
            return None
        time.sleep(1)
        return files[0] if files[0].stat().st_size == size else None

    def end(self) -> None:
        self.rig.end(self.process)
        self.rig.end(self.jack)


def sequencer(rig: Rig) -> dict[str, str]:
    """Nothing where the kernel has an ALSA sequencer, else a silent one."""
    if Path("/dev/snd/seq").exists():
        return {}
    library = rig.folder / "silent_sequencer.so"
    if not library.exists():
        status, said = rig.run("gcc", "-shared", "-fPIC", "-w", "-o", library, FILES / "silent_sequencer.c")
        expect(status == 0, f"gcc failed on the silent sequencer:\n{said}")
    return {"LD_PRELOAD": str(library)}


def check(rig: Rig, bundle: Path) -> None:
    clap = rig.home / ".clap" / bundle.name
    clap.parent.mkdir()
    shutil.copy(bundle, clap)
    config = rig.home / ".config" / "rncbc.org"
    config.mkdir()
    for name in ("Qtractor.conf", "qtractor.conf"):
        (config / name).write_text(CONFIG)
    source = make_sources(rig.folder / "sources")["Pad"]
    screen = Screen(rig, 2300, 1000)

    host = Qtractor(rig, screen, "without", source, None)
    without = host.export()
    # Its first block fades in, but not once it has played.
    host.play(4)
    without_played = host.export()
    host.end()

    host = Qtractor(rig, screen, "untouched", source, clap)
    tracks = wait_for(rig.tracks, 10, "keel doctor sees no instance in qtractor")
    rig.say("load: keel doctor reads", ", ".join(f"{name} ({role})" for name, role in tracks.items()))
    expect_same(rig, "export untouched, against one without Keel", without, host.export())
    host.end()

    host = Qtractor(rig, screen, "fresh", source, clap)
    host.open_keel()
    screen.check_keel("fresh")
    screen.shot("screen")
    screen.switch_mono_on(KEEL_TITLE)
    screen.shot("fresh-mono", screen.keel())
    host.lives("Mono by its button, nothing has played")
    expect_same(rig, "export with Mono on, nothing has played", without, host.export())
    host.end()

    host = Qtractor(rig, screen, "played", source, clap)
    host.open_keel()
    host.play_or_stop()
    time.sleep(5)
    screen.check_keel("playing")
    screen.switch_mono_on(KEEL_TITLE)
    time.sleep(2)
    screen.shot("playing-mono", screen.keel())
    host.play_or_stop()
    host.lives("Mono by its button while it plays, then stop")
    expect(screen.is_mono(), "Mono went off when the transport stopped")
    expect_same(rig, "export with Mono on, after playing", without_played, host.export())
    screen.check_keel("after-export")
    host.lives("export after playing")
    host.end()


if __name__ == "__main__":
    main("qtractor", check)
