"""A board's files and its firmware's answers, as they are on several boards and kernels."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from edgedet import board
from edgedet.board import Reading, is_raspberry_pi, open_board, sysfs
from edgedet.board.real import RealBoard
from edgedet.board.vcgencmd import HOLDS, Firmware, run_vcgencmd
from edgedet.errors import ConfigError

POLICY = "sys/devices/system/cpu/cpu{}/cpufreq"


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def silent(_: tuple[str, ...]) -> str:
    raise FileNotFoundError("vcgencmd isn't installed")


def test_a_pi_4(tmp_path: Path) -> None:
    put(
        tmp_path,
        **{
            "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.5\0",
            "proc/loadavg": "1.25 0.80 0.40 2/200 1234\n",
            "sys/class/thermal/thermal_zone0/temp": "61342\n",
            f"{POLICY.format(0)}/scaling_cur_freq": "1500000\n",
            f"{POLICY.format(0)}/cpuinfo_max_freq": "1800000\n",
            f"{POLICY.format(3)}/scaling_cur_freq": "1800000\n",
            "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
        },
    )
    real = RealBoard(tmp_path, silent)
    assert is_raspberry_pi(real)
    assert real.read() == Reading(61.342, 1800.0, 1800.0, 0x50005, 1.25)


def test_a_pi_5_has_its_firmware_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, **{"sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": "8\n"})
    assert sysfs.throttle_bits(tmp_path) == 8
    assert board.throttled(tmp_path) == ("soft temperature limit",)


def test_the_firmware_itself_is_asked_where_there_is_no_file(tmp_path: Path) -> None:
    assert RealBoard(tmp_path, lambda _: "throttled=0x80008\n").read().bits == 0x80008


def test_the_voltage_monitor_is_the_last_resort(tmp_path: Path) -> None:
    put(tmp_path, **{"sys/class/hwmon/hwmon0/name": "nvme\n", "sys/class/hwmon/hwmon0/in0_lcrit_alarm": "1\n"})
    real = RealBoard(tmp_path, silent)
    assert real.read().bits is None, "a disk's alarm isn't the board's"
    put(tmp_path, **{"sys/class/hwmon/hwmon1/name": "rpi_volt\n", "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n"})
    assert real.read().bits == 1
    put(tmp_path, **{"sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n"})
    assert real.read().bits == 0


def test_a_pc(tmp_path: Path) -> None:
    real = RealBoard(tmp_path, silent)
    assert real.read() == Reading(None)
    assert not is_raspberry_pi(real)


@pytest.mark.parametrize("text", ["", "junk", "\0\0", "throttled=", "throttled=0xZZ", "VCHI initialization failed"])
def test_nonsense_is_no_answer(tmp_path: Path, text: str) -> None:
    put(
        tmp_path,
        **{
            "proc/loadavg": text,
            "sys/class/thermal/thermal_zone0/temp": text,
            f"{POLICY.format(0)}/scaling_cur_freq": text,
            "sys/devices/platform/soc/soc:firmware/get_throttled": text,
        },
    )
    assert RealBoard(tmp_path, lambda _: text).read() == Reading(None)


def test_the_command_isnt_run_for_every_look() -> None:
    asked: list[tuple[str, ...]] = []
    now = [100.0]

    def run(arguments: tuple[str, ...]) -> str:
        asked.append(arguments)
        return f"throttled=0x{len(asked)}\n"

    firmware = Firmware(run, lambda: now[0])
    assert [firmware.throttle_bits() for _ in range(5)] == [1] * 5
    now[0] += HOLDS
    assert firmware.throttle_bits() == 2
    assert asked == [("get_throttled",)] * 2


def program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a vcgencmd in the path."""
    file = folder / "vcgencmd"
    file.write_text(f"#!{sys.executable}\n{script}")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_the_real_command_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(
        tmp_path, "import sys; print('throttled=0x50000' if sys.argv[1:] == ['get_throttled'] else '')", monkeypatch
    )
    assert run_vcgencmd(("get_throttled",)) == "throttled=0x50000\n"
    assert Firmware().throttle_bits() == 0x50000


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "import time; time.sleep(60)"])
def test_a_command_that_fails_or_hangs_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    program(tmp_path, script, monkeypatch)
    monkeypatch.setattr("edgedet.board.vcgencmd.WITHIN", 0.5)
    assert Firmware().throttle_bits() is None
    with pytest.raises(OSError, match="vcgencmd"):
        run_vcgencmd(("get_throttled",))


@pytest.mark.parametrize("name", ["pi", "simulated:hot", "simulated:400", "Real"])
def test_a_board_that_there_isnt(name: str) -> None:
    with pytest.raises(ConfigError, match="simulated:35"):
        open_board(name)


def test_a_board_by_its_setting() -> None:
    assert isinstance(open_board("real"), RealBoard)
    simulated = open_board("simulated:40")
    assert is_raspberry_pi(simulated)
    celsius = simulated.read().celsius
    assert celsius is not None
    assert 60 < celsius < 70
    simulated.close()
