"""Keel's VST3 in Ardour: scan, export, its window while a session plays, renders with Mono on, a session edited.

Usage: ardour_check.py Keel.vst3 KEEL FOLDER
"""

import time
from pathlib import Path

import numpy as np
from ardour import session as offline
from ardour.window import PRESET_ID, Window
from rig import Rig, Screen, expect, expect_same, main, make_sources, read, wait_for

ROWS = {"Kick": 1, "Bass": 2, "Pad": 3, "Vocal": 4}


def check_exports(rig: Rig, sources: dict[str, Path]) -> tuple[Path, np.ndarray]:
    """The session with Keel after the fader, and its export, held to one without Keel."""
    without = offline.export(rig, offline.make(rig, "without", "none", sources))
    strict = offline.export(rig, offline.make(rig, "strict", "strict", sources))
    # The vocal's level at the centre lies on no grid, so the order in which tracks are summed shows in the last bit.
    worst = np.abs(strict - without).max() if strict.shape == without.shape else np.inf
    expect(worst < 1e-6, f"the export with Strict I/O differs by {worst:.2g} from one without Keel")
    rig.say(f"export with Strict I/O: equals one without Keel but for the sum's last bit ({worst:.1g})")
    session = offline.make(rig, "mix", "loose", sources)
    loose = offline.export(rig, session)
    vocal = np.repeat(read(sources["Vocal"]), 2, 1)
    stereo = sum(read(sources[name]) for name in ("Kick", "Bass", "Pad"))
    expect_same(rig, "export without Strict I/O, against the sum of the sources", stereo + vocal, loose)
    # Keel on a mono track is given two channels there, and what comes out is panned as stereo.
    louder = 20 * np.log10(np.vdot(vocal, vocal) / np.vdot(without - stereo, vocal))
    rig.say(f"without Strict I/O the mono track is {louder:+.1f} dB louder than without a plug-in: Ardour's own doing")
    return session, loose


def max_peaks(window: Window, seconds: float) -> tuple[str, str]:
    """Left and right at the end of Pad's chain, while it plays."""
    window.lua(
        'local pad = Session:route_by_name("Pad") pad:set_meter_point(ARDOUR.MeterPoint.MeterOutput) '
        "pad:peak_meter():reset_max()"
    )
    time.sleep(seconds)
    left, right = window.lua(
        'local meter = Session:route_by_name("Pad"):peak_meter() '
        "for i = 0, 1 do say(meter:meter_level(i, ARDOUR.MeterType.MeterMaxPeak)) end"
    )
    return left, right


def check_playing(rig: Rig, window: Window) -> None:
    screen = window.screen
    window.open_keel("Pad")
    screen.check_keel("stopped")
    window.start()
    time.sleep(6)
    screen.check_keel("playing")
    left, right = max_peaks(window, 2)
    expect(left != right, f"Pad's left and right both peak at {left} dB before Mono is on")
    roles = rig.tracks()
    expect(set(roles) == set(ROWS), f"keel doctor names the tracks {', '.join(roles)}")
    rig.say("keel doctor reads", ", ".join(f"{name} ({role})" for name, role in roles.items()))
    before = window.values()
    screen.switch_mono_on("by Keel Audio")
    time.sleep(1)
    left, right = max_peaks(window, 2)
    expect(left == right, f"Mono is on, but Pad peaks at {left} dB left and {right} dB right")
    screen.shot("mono", screen.keel())
    window.stop()
    expect(screen.is_mono(), "Mono went off when the transport stopped")
    expect(window.values() == before, "playing with Mono on changed other parameters")
    rig.say("Mono by its own button is heard while the session plays: left equals right after Keel")
    window.lives("play")


def check_bounces(rig: Rig, window: Window, sources: dict[str, Path], without: np.ndarray) -> None:
    """Every render with Mono on in Pad's Keel, each against what it was made of."""
    pad = read(sources["Pad"])
    window.switch_mono_on()
    window.bounce("menu")
    for track, source in sources.items():
        rendered = window.rendered(f"menu{track}")
        expect_same(rig, f"Bounce (with processing) of {track}, Mono on in Pad", read(source), rendered)
    window.lives("bounce by the menu")

    window.switch_mono_on()
    said = window.lua(
        'local pad = Session:route_by_name("Pad") '
        f"local region = pad:to_track():bounce_range(0, {len(pad)}, ARDOUR.InterThreadInfo(), pad:main_outs(), "
        'false, "range") say(not region:isnil())',
        60,
    )
    expect(said == ["true"], f"bounce_range failed: {said}")
    expect_same(rig, "bounce_range of Pad, Mono on", pad, window.rendered("range"))

    window.switch_mono_on()
    said = window.lua(
        f'local export = Session:simple_export() export:set_folder("{rig.folder}") export:set_name("mono-export") '
        f'export:set_range(0, {len(pad)}) say(export:set_preset("{PRESET_ID}")) say(export:run_export())',
        90,
    )
    expect(said == ["true", "true"], f"the export failed: {said}")
    exported = read(rig.folder / "mono-export.wav")
    expect_same(rig, "export with Mono on in Pad, against one with Mono off", without, exported)
    window.lives("export")

    window.switch_mono_on()
    window.freeze(ROWS["Pad"])
    expect_same(rig, "freeze of Pad, Mono on", pad, window.rendered("Pad"))
    window.lives("freeze")


def check_edits(rig: Rig, window: Window) -> dict[str, dict[str, float]]:
    """Rename, duplicate, delete the kick, take Keel out with its window open: the values that must have stayed."""
    screen = window.screen
    window.lua(
        "keels(function(route, keel) "
        'if route:name() == "Vocal" then ARDOUR.LuaAPI.set_processor_param(keel, 1, 0.625) end end) '
        'Session:route_by_name("Bass"):set_name("Bass DI")'
    )
    window.play(2)
    before = window.values()
    expect(before["Vocal"]["Trim"] != before["Pad"]["Trim"], "a Trim set by the host does not read back")
    wait_for(lambda: "Bass DI" in rig.tracks(), 10, f"Keel has not heard of the new name: {list(rig.tracks())}")
    window.lives("rename")

    expect((chosen := window.choose(ROWS["Bass"])) == "Bass DI", f"the click chose {chosen}")
    window.ask("Main", "duplicate-routes")
    dialog = screen.window("Duplicate")
    screen.activate(dialog)
    screen.click(dialog, 281, 208)
    wait_for(lambda: "Bass DI 1" in window.values(), 15, "no track Bass DI 1 after duplicating Bass DI")
    before["Bass DI 1"] = before["Bass DI"]
    expect(window.values() == before, f"duplicating changed parameters from {before} to {window.values()}")
    window.lives("duplicate")

    window.open_keel("Bass")
    expect((chosen := window.choose(ROWS["Kick"])) == "Kick", f"the click chose {chosen}")
    window.ask("Editor", "remove-track")
    screen.key("Tab", "Return")
    wait_for(lambda: "Kick" not in window.values(), 15, "Kick is still there after its deletion")
    del before["Kick"]
    window.play(3)
    expect(window.values() == before, f"deleting the kick changed parameters from {before} to {window.values()}")
    screen.check_keel("no-kick")
    window.action("Common", "show-mixer")
    screen.shot("mixer")
    window.lives("delete the kick")

    window.lua('local bass = Session:route_by_name("Bass DI") bass:remove_processor(bass:nth_plugin(0), nil, true)')
    wait_for(lambda: not screen.windows("^Keel$"), 10, "Keel's window is still there without its plug-in")
    del before["Bass DI"]
    expect(window.values() == before, f"removing Keel changed parameters from {before} to {window.values()}")
    window.lives("remove the plug-in with its window open")
    return before


def check(rig: Rig, bundle: Path) -> None:
    offline.scan(rig, bundle)
    sources = make_sources(rig.folder / "sources")
    session, exported = check_exports(rig, sources)
    screen = Screen(rig, 2300, 1300)
    window = Window(rig, screen, session)
    check_playing(rig, window)
    check_bounces(rig, window, sources, exported)
    before = check_edits(rig, window)
    window.lua('Session:save_state("", false, false, false, false, false)')
    window.lives("save")
    window.quit()
    after = offline.values(offline.lua(rig, session, "parameters()"))
    expect(after == before, f"reopened, the parameters are {after} and were {before}")
    rig.say(f"save, quit and reopen: the parameters of {len(after)} instances as before")


if __name__ == "__main__":
    main("ardour", check)
