"""Storage, network, service."""

from __future__ import annotations

import os
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edgedet.config import RetentionConfig
from edgedet.events.places import Places
from edgedet.events.store import Repairs, Store
from tests.doctor.case import ERROR, NOTE, OK, WARNING, Case
from tests.doctor.rig import NOON, Rig, free_port
from tests.mqtt.mosquitto import MOSQUITTO, USER, Mosquitto

RUNS = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "NRestarts": "0",
}


def _folder(kind: str = "ext4", options: str = "rw"):
    def make(rig: Rig):
        rig.write("proc/self/mountinfo", f"22 1 8:1 / / {options} - {kind} /dev/mmcblk0p2 {options}\n")
        return rig.set(storage__path=rig.folder).context()

    return make


def _file(rig: Rig):
    (rig.folder / "events").write_text("")
    return rig.set(storage__path=rig.folder / "events").context()


def _store(rig: Rig) -> Path:
    """A real one; its database."""
    folder = rig.folder / "events"
    store = Store(folder, RetentionConfig(), Repairs(lambda *_: None, lambda *_: None))  # type: ignore[arg-type, return-value]
    store.open()
    store.close()
    return Places(folder).database


def _sound(rig: Rig):
    return rig.set(storage__path=_store(rig).parent).context()


def _damaged(rig: Rig):
    file = _store(rig)
    content = bytearray(file.read_bytes())
    content[4096:12288] = os.urandom(8192)
    file.write_bytes(content)
    return rig.set(storage__path=file.parent).context()


def _garbage(rig: Rig):
    file = _store(rig)
    file.write_bytes(b"nothing of the sort" * 1000)
    return rig.set(storage__path=file.parent).context()


def _disk(life: str = "", reserve: str = "", errors: int = 0):
    def make(rig: Rig):
        number = rig.folder.stat().st_dev
        partition = rig.root / "sys/devices/mmc/mmcblk0/mmcblk0p2"
        rig.write("sys/devices/mmc/mmcblk0/mmcblk0p2/partition", "2\n")
        for name, value in (("life_time", life), ("pre_eol_info", reserve)):
            if value:
                rig.write(f"sys/devices/mmc/mmcblk0/device/{name}", f"{value}\n")
        link = rig.root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
        link.parent.mkdir(parents=True)
        link.symlink_to(partition)
        rig.write("sys/fs/ext4/mmcblk0p2/errors_count", f"{errors}\n")
        return rig.set(storage__path=rig.folder).context()

    return make


def _written(rig: Rig):
    file = _store(rig)
    with sqlite3.connect(file) as db:
        day = (NOON - timedelta(days=1)).date().isoformat()
        db.execute("INSERT INTO writes VALUES (?, ?)", (day, 400_000_000_000))
    return rig.set(storage__path=file.parent, retention__card_tbw=50).context()


def _port(rig: Rig, holder: str = ""):
    port = rig.listen()
    if holder:
        rig.process(99, *holder.split())
        (rig.root / "proc/99/fd").mkdir()
        (rig.root / "proc/99/fd/3").symlink_to("socket:[4711]")
        line = f"0: 0100007F:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1"
        rig.write("proc/net/tcp", f"head\n{line}\n")
    return rig.set(mjpeg__port=port).context()


def _certificate(days: float):
    """A page with a certificate that ends in so many days."""

    def make(rig: Rig):
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cam")])
        end = NOON + timedelta(days=days)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(1).not_valid_before(end - timedelta(days=400)).not_valid_after(end)
        (rig.folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        _served(rig, web__tls="true", web__cert_file=rig.folder / "cert.pem", web__key_file=rig.folder / "key.pem")
        return rig.context()

    return make


def _served(rig: Rig, **settings: Any) -> Rig:
    return rig.set(web__enabled="true", web__state=rig.folder / "state", **settings)


def _mqtt(password: str, acl: str = ""):
    def make(rig: Rig):
        if MOSQUITTO is None:
            pytest.skip("needs mosquitto: apt-get install mosquitto")
        broker = Mosquitto(rig.folder / "broker", acl=acl)
        broker.start()
        rig.at_end.append(broker.stop)
        secret = rig.folder / "password"
        secret.write_text(password)
        secret.chmod(0o600)
        rig.set(mqtt__host="127.0.0.1", mqtt__port=broker.port, mqtt__user=USER, mqtt__password_file=secret)
        return rig.context()

    return make


def _receivers(mode: int, there: bool = True):
    def make(rig: Rig):
        file = rig.folder / "urls"
        if there:
            file.write_text("ntfy://topic\n")
            file.chmod(mode)
        return rig.set(notify__urls_file=file).context()

    return make


def _unit(**facts: str):
    return lambda rig: rig.answer("journalctl", out="edgedet: error: camera: no such device").context(
        facts=RUNS | facts
    )


CASES = [
    Case("storage", "a folder", _folder(), OK, ("on ext4",)),
    Case(
        "storage", "to be made", lambda rig: rig.set(storage__path=rig.folder / "a/b").context(), OK, ("will be made",)
    ),
    Case("storage", "a file", _file, ERROR, ("not a folder",)),
    Case("storage", "read-only", _folder(options="ro"), ERROR, ("read-only", "remount,rw /")),
    Case("storage", "FAT", _folder("vfat"), WARNING, ("vfat", "ext4")),
    Case("storage", "in the network", _folder("nfs4"), WARNING, ("locks",)),
    Case("storage", "not set", lambda rig: rig.context(), NOTE, ("storage.path",)),
    Case("space", "enough", lambda rig: rig.set(storage__path=rig.folder, retention__min_free_mb=1).context(), OK),
    Case(
        "space",
        "less than is to be left free",
        lambda rig: rig.set(storage__path=rig.folder, retention__min_free_mb=1e9).context(),
        WARNING,
        ("retention.min_free_mb", "make room"),
    ),
    Case(
        "space",
        "more than there is",
        lambda rig: rig.set(storage__path=rig.folder, retention__max_gb=1e6, retention__min_free_mb=1).context(),
        WARNING,
        ("set retention.max_gb",),
    ),
    Case("wear", "young", _disk("0x01 0x02", "0x01"), OK, ("at most 20 %",)),
    Case("wear", "old", _disk("0x01 0x0a", "0x01"), WARNING, ("90 % or more", "new card")),
    Case("wear", "spare blocks used up", _disk("0x01 0x05", "0x03"), ERROR, ("90 % of its spare blocks",)),
    Case("wear", "file system errors", _disk(errors=3), ERROR, ("3 errors", "fsck.mode=force")),
    Case("wear", "an SD card", _disk(), NOTE, ("doesn't tell",)),
    Case("wear", "written to death", _written, WARNING, ("worn in", "retention.write_gb_per_day")),
    Case("database", "sound", _sound, OK, ("sound",)),
    Case("database", "damaged", _damaged, ERROR, ("edgedet.db", "rebuilds it")),
    Case("database", "garbage", _garbage, ERROR, ("edgedet.db", "rebuilds it")),
    Case("database", "none yet", lambda rig: rig.set(storage__path=rig.folder).context(), NOTE, ("first start",)),
    Case("ports", "free", lambda rig: rig.set(mjpeg__port=free_port()).context(), OK, ("is free",)),
    Case(
        "ports", "somebody's", lambda rig: _port(rig, "nginx"), ERROR, ("nginx (process 99)", "mjpeg.port", "ss -ltnp")
    ),
    Case("ports", "who knows whose", _port, ERROR, ("another program",)),
    Case("ports", "ours", lambda rig: _port(rig, "/v/bin/edgedet run"), OK, ("running edgedet's",)),
    Case("ports", "not our address", lambda rig: rig.set(mjpeg__host="192.0.2.1").context(), ERROR, ("mjpeg.host",)),
    Case("exposure", "this machine alone", lambda rig: rig.context(), OK, ("this machine alone",)),
    Case(
        "exposure",
        "everybody looks",
        lambda rig: rig.set(mjpeg__host="0.0.0.0").context(),
        WARNING,
        ("without a password",),
    ),
    Case(
        "exposure",
        "unencrypted",
        lambda rig: _served(rig, web__host="0.0.0.0").context(),
        WARNING,
        ("web cert", "web.tls"),
    ),
    Case(
        "exposure",
        "encrypted",
        lambda rig: _served(rig, web__host="0.0.0.0", web__tls="true").context(),
        NOTE,
        ("no user",),
    ),
    Case("certificate", "good", _certificate(100), OK, ("2026-09-09",)),
    Case("certificate", "expired", _certificate(-1), ERROR, ("expired on 2026-05-31",)),
    Case("certificate", "ends soon", _certificate(5), WARNING, ("expires on 2026-06-06",)),
    Case("certificate", "none", lambda rig: _served(rig, web__tls="true").context(), ERROR, ("edgedet web cert",)),
    Case("certificate", "not needed", lambda rig: rig.context(), NOTE),
    Case("mqtt", "lets us in", _mqtt("secret-7f3a"), OK, ("a message came back",)),
    Case("mqtt", "wrong password", _mqtt("hunter2"), ERROR, ("mqtt.user",)),
    Case(
        "mqtt",
        "may not write",
        _mqtt("secret-7f3a", "user cam\ntopic read nothing/#\n"),
        ERROR,
        ("doesn't come back",),
        slow=True,
    ),
    Case(
        "mqtt",
        "away",
        lambda rig: rig.set(mqtt__host="127.0.0.1", mqtt__port=free_port()).context(),
        ERROR,
        ("refused", "start the broker"),
    ),
    Case("mqtt", "no such name", lambda rig: rig.set(mqtt__host="broker.invalid").context(), ERROR, ("no such name",)),
    Case("mqtt", "none", lambda rig: rig.context(), NOTE),
    Case("notify", "set", _receivers(0o600), OK, ("edgedet notify test",)),
    Case("notify", "everybody may read", _receivers(0o644), WARNING, ("chmod 600",)),
    Case("notify", "no such file", _receivers(0, there=False), ERROR, ("can't read", "urls")),
    Case("notify", "none", lambda rig: rig.context(), NOTE),
    Case("service", "runs", _unit(), OK, ("active",)),
    Case("service", "failed", _unit(ActiveState="failed"), ERROR, ("no such device", "reset-failed")),
    Case("service", "again and again", _unit(NRestarts="12"), WARNING, ("12 restarts", "journalctl -u")),
    Case("service", "waits to start again", _unit(SubState="auto-restart"), ERROR, ("no such device",)),
    Case("service", "not at boot", _unit(UnitFileState="disabled"), WARNING, ("systemctl enable edgedet",)),
    Case("service", "stopped", _unit(ActiveState="inactive"), NOTE, ("enable --now",)),
    Case(
        "service",
        "its program is gone",
        _unit(ExecStart="{ path=/opt/edgedet/current/bin/edgedet ; argv[]=/opt/edgedet/current/bin/edgedet run ; }"),
        ERROR,
        ("/opt/edgedet/current/bin/edgedet", "install.sh"),
    ),
    Case("service", "not installed", _unit(LoadState="not-found"), NOTE, ("install.sh",)),
    Case("service", "no systemd", lambda rig: rig.context(), NOTE, ("no systemd",)),
]
