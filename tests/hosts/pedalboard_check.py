"""Keel's VST3 in pedalboard: untouched audio, mono and stereo, and a state that comes back.

Usage: pedalboard_check.py Keel.vst3
"""

import sys

import numpy as np
import pedalboard

RATE = 48_000
BLOCKS = (1, 17, 64, 512, 4096)


def noise(channels: int, frames: int = RATE) -> np.ndarray:
    """Noise with peaks over full scale: a meter may not clip it."""
    generator = np.random.default_rng(channels)
    return (generator.standard_normal((channels, frames)) * 0.5).astype(np.float32)


def load(path: str) -> pedalboard.VST3Plugin:
    plugin = pedalboard.load_plugin(path)
    assert isinstance(plugin, pedalboard.VST3Plugin), type(plugin)
    return plugin


def values(plugin: pedalboard.VST3Plugin) -> dict:
    return {name: parameter.raw_value for name, parameter in plugin.parameters.items()}


def check_untouched(path: str) -> None:
    for channels in (1, 2):
        for block in BLOCKS:
            audio = noise(channels, RATE if block > 1 else RATE // 20)
            out = load(path).process(audio, RATE, buffer_size=block)
            what = f"{channels} channels, blocks of {block}"
            assert out.shape == audio.shape, f"{what}: {out.shape} came out"
            assert np.array_equal(out, audio), f"{what}: differs by {np.abs(out - audio).max()}"
    print("pedalboard: output equals input, mono and stereo, blocks of", *BLOCKS)


def check_state(path: str) -> None:
    first = load(path)
    trim = next((name for name in first.parameters if "trim" in name.lower()), None)
    assert trim is not None, f"no trim among {list(first.parameters)}"
    # Set while active, and saved before any block could carry it.
    first.process(noise(2, 512), RATE, buffer_size=512)
    first.parameters[trim].raw_value = 0.625
    kept, state = values(first), first.raw_state

    second = load(path)
    assert values(second)[trim] != kept[trim], "a new instance begins with its own defaults"
    second.raw_state = state
    assert values(second) == kept, f"expected {kept}, loaded {values(second)}"
    # Past the smoothing of the trim both make the same of the same audio, and not what came in.
    audio, settled = noise(2), slice(RATE // 2, None)
    outs = [plugin.process(audio, RATE, buffer_size=512)[:, settled] for plugin in (first, second)]
    assert np.array_equal(*outs), f"the loaded state sounds different, by {np.abs(outs[0] - outs[1]).max()}"
    assert not np.array_equal(outs[0], audio[:, settled]), "trim changed nothing"
    print(f"pedalboard: the state of {len(kept)} parameters comes back")


def check_broken_state(path: str) -> None:
    state = load(path).raw_state
    for broken in (b"", b"no state", state[: len(state) // 2]):
        plugin = load(path)
        try:
            plugin.raw_state = broken
        except Exception as refused:  # A host may refuse by itself: it is enough that nothing breaks.
            print("pedalboard: refused a broken state:", type(refused).__name__)
        audio = noise(2)
        assert np.array_equal(plugin.process(audio, RATE, buffer_size=512), audio), "a broken state broke the audio"
    print("pedalboard: broken states leave the audio alone")


if __name__ == "__main__":
    check_untouched(sys.argv[1])
    check_state(sys.argv[1])
    check_broken_state(sys.argv[1])
