"""Ardour's window: Lua typed into its own Lua window, actions by name, and the few clicks that nothing else does."""

import socket
import time
from pathlib import Path

import numpy as np
from ardour.session import is_whole, lines, values, wrap
from rig import Rig, Screen, expect, read, wait_for

OSC_PORT = 3819
OSC = (
    '<Protocol name="Open Sound Control (OSC)" feedback="0" active="1" debugmode="0" address-only="1" '
    'remote-port="3820" banksize="0" striptypes="159" gainmode="0"/>'
)
CONFIG = f"""<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <Config>
    <Option name="try-autostart-engine" value="1"/>
    <Option name="hide-dummy-backend" value="0"/>
    <Option name="show-plugin-scan-window" value="0"/>
    <Option name="discover-plugins-on-start" value="0"/>
    <Option name="processor-usage" value="1"/>
    <Option name="osc-port" value="{OSC_PORT}"/>
  </Config>
  <ControlProtocols>{OSC}</ControlProtocols>
  <Extra><AudioMIDISetup><EngineStates>
    <State backend="None (Dummy)" driver="Normal Speed" device="Silence" input-device="Silence" output-device="Silence"
      sample-rate="48000" buffer-size="1024" n-periods="0" input-latency="0" output-latency="0" lm-input="" lm-output=""
      active="1" use-buffered-io="0" midi-option="1 in, 1 out, Silence" lru="1"><MIDIDevices/></State>
  </EngineStates></AudioMIDISetup></Extra>
</Ardour>
"""
UI_CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<Ardour><UI><UI>
<Option name="check-announcements" value="0"/>
<Option name="open-gui-after-adding-plugin" value="0"/>
<Option name="show-plugin-scan-window" value="0"/>
</UI></UI></Ardour>
"""
# An export as float, for `Session:simple_export()`.
PRESET_ID = "6b65656c-0000-4000-8000-000000000001"
PRESET = f"""<?xml version="1.0" encoding="UTF-8"?>
<ExportPreset id="{PRESET_ID}" name="Float">
  <ExportFormat id="20b4ab09-6452-4cb3-bd66-b921cdbd2942"/>
  <ExportFilename><Folder relative="1" path="export"/><Field name="timespan" enabled="1"/></ExportFilename>
</ExportPreset>
"""
# Where things lie in the window as it first opens, in Ardour 7.3: Keel's slot on each strip of the mixer, rows and
# regions of the editor, Run in the Lua window.
SLOTS = {"Kick": (329, 229), "Bass": (439, 229), "Pad": (549, 229), "Vocal": (661, 239)}
ROW, REGION, PITCH = (38, 344), (734, 360), 68
RUN = (18, 348)
KEEL_TITLE = "by Keel Audio"


def osc(path: str, text: str) -> None:
    def padded(part: str) -> bytes:
        raw = part.encode()
        return raw + bytes(4 - len(raw) % 4)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(padded(path) + padded(",s") + padded(text), ("127.0.0.1", OSC_PORT))


# Of 40 exports without Keel 11 ended like that, with Keel 10.
EXPORTER = ". Ardour 7.3's exporter frees memory twice in one export of four, without Keel, too: try again"


class Window:
    def __init__(self, rig: Rig, screen: Screen, session: Path) -> None:
        self.rig, self.screen, self.session = rig, screen, session
        config = rig.home / ".config" / "ardour7"
        (config / "export").mkdir(parents=True, exist_ok=True)
        (config / ".a7").touch()  # Without it, it asks its questions of a first start.
        (config / "config").write_text(CONFIG)
        (config / "ui_config").write_text(UI_CONFIG)
        (config / "export" / "float.preset").write_text(PRESET)
        file = session / f"{session.name}.ardour"
        text = file.read_text().replace('<Protocol name="Open Sound Control (OSC)" active="0"/>', OSC)
        file.write_text(text)
        command = ["ardour", "--no-splash", "--no-announcements", session, session.name]
        self.process = rig.start(*command, ARDOUR_TRY_AUTOSTART_ENGINE="1")
        wait_for(self._is_shown, 60, "Ardour's window does not come")
        time.sleep(2)
        screen.move(self.main(), 20, 60)
        osc("/access_action", "Window/toggle-luawindow")
        self.lua_window = screen.window("Lua - Ardour")
        screen.move(self.lua_window, 1640, 780)
        self.script = rig.folder / "typed.lua"
        self.count = 0
        screen.activate(self.lua_window)
        screen.click(self.lua_window, 300, 200)
        screen.key("ctrl+End")
        screen.type(f'loadfile("{self.script}")()')

    def _is_shown(self) -> list[str]:
        self.expect_alive("opening")
        return self.screen.windows(f"{self.session.name} - Ardour")

    def expect_alive(self, step: str) -> None:
        hint = EXPORTER if "export" in step else ""
        log = self.rig.folder / "ardour.log"
        expect(self.process.poll() is None, f"Ardour has ended at: {step}; see {log}{hint}")

    def lives(self, step: str) -> None:
        time.sleep(0.5)
        self.expect_alive(step)
        self.rig.say(f"{step}: Ardour lives")

    def quit(self) -> None:
        osc("/access_action", "Common/Quit")
        wait_for(lambda: self.process.poll() is not None, 20, "Ardour does not quit")
        expect(self.process.returncode == 0, f"Ardour ended with {self.process.returncode} as it quit")
        self.rig.running.remove(self.process)

    def lua(self, work: str, seconds: float = 20) -> list[str]:
        """The lines that the work says."""
        answer = self._begin(work)
        sentence = f"Ardour's Lua does not come to the end of: {work}"
        wait_for(lambda: self.expect_alive(work) or is_whole(answer), seconds, sentence)
        return lines(answer)

    def _begin(self, work: str) -> Path:
        """Clicks Run until the work has begun, which leaves an empty file of answers."""
        self.count += 1
        answer = self.rig.folder / "answer"
        once = f"if Counted == {self.count} then return end Counted = {self.count} -- A second click does nothing.\n"
        self.script.write_text(once + wrap(work, answer))
        for _ in range(3):
            self.expect_alive(work)
            self.screen.activate(self.lua_window)
            self.screen.click(self.lua_window, *RUN)
            end = time.monotonic() + 2
            while time.monotonic() < end:
                if answer.is_file():
                    return answer
                time.sleep(0.05)
        expect(False, f"Ardour's Lua window does not run: {work}")
        return answer

    def ask(self, group: str, name: str) -> None:
        """An action that opens a dialog, and does not end before that."""
        self._begin(f'Editor:access_action("{group}", "{name}")')
        time.sleep(1.5)

    def action(self, group: str, name: str) -> None:
        self.lua(f'Editor:access_action("{group}", "{name}")')
        time.sleep(1)

    def main(self) -> str:
        return self.screen.window(f"{self.session.name} - Ardour")

    def values(self) -> dict[str, dict[str, float]]:
        return values(self.lua("parameters()"))

    def play(self, seconds: float) -> None:
        self.start()
        time.sleep(seconds)
        self.stop()

    def start(self) -> None:
        self.lua("locate(true) Session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)")

    def stop(self) -> None:
        self.lua("Session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)")
        time.sleep(0.6)

    def open_keel(self, track: str) -> None:
        """By a double click on its slot in the mixer, as a user does."""
        self.action("Common", "show-mixer")
        main = self.main()
        self.screen.activate(main)
        self.screen.click(main, *SLOTS[track], times=2)
        self.screen.keel()
        time.sleep(0.7)
        self.screen.move(self.screen.window(KEEL_TITLE), 1800, 10)

    def switch_mono_on(self) -> None:
        """By the button in Keel's window while it plays, then stops: the check stays on."""
        self.start()
        self.screen.switch_mono_on(KEEL_TITLE)
        time.sleep(1)
        self.stop()
        expect(self.screen.is_mono(), "Mono went off when the transport stopped")

    def choose(self, row: int) -> str:
        """Selects a track by its row in the editor, 1 below the master: its name."""
        self.action("Common", "show-editor")
        main = self.main()
        self.screen.activate(main)
        self.screen.click(main, ROW[0], ROW[1] + (row - 1) * PITCH)
        return " ".join(self.lua("for t in Editor:get_selection().tracks:routelist():iter() do say(t:name()) end"))

    def freeze(self, row: int) -> None:
        """The last entry of the menu on a region's track."""
        self.action("Common", "show-editor")
        main = self.main()
        self.screen.activate(main)
        self.screen.click(main, REGION[0], REGION[1] + (row - 1) * PITCH, button=3)
        time.sleep(0.6)
        self.screen.key("Up", "Return")

    def bounce(self, prefix: str) -> None:
        """Region > Bounce (with processing) of all regions, each named after its track."""
        self.action("Common", "show-editor")
        self.action("Editor", "select-all-objects")
        self.ask("Region", "bounce-regions-processed")
        self.screen.type(prefix)
        self.screen.key("Return")
        time.sleep(3)
        self.lua("Editor:get_selection():clear_all()")

    def rendered(self, name: str) -> np.ndarray:
        """What Ardour wrote under this name, left and right in a file each, once both have stopped growing."""
        folder = self.session / "interchange" / self.session.name / "audiofiles"
        files = [folder / f"{name}%{side}.wav" for side in "LR"]
        sizes = [-1, -1]
        end = time.monotonic() + 30
        while True:
            before, sizes = sizes, [file.stat().st_size if file.is_file() else -1 for file in files]
            if before == sizes and min(sizes) > 0:
                return np.concatenate([read(file) for file in files], 1)
            self.expect_alive(f"rendering {name}")
            expect(time.monotonic() < end, f"Ardour did not render {name}")
            time.sleep(1)
