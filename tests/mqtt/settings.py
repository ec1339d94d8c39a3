"""A settings file of the whole program's."""

from __future__ import annotations

from pathlib import Path

from tests.mqtt.mosquitto import PASSWORD, USER, Mosquitto


def settings_file(folder: Path, broker: Mosquitto) -> Path:
    """Of a program that keeps events of people and cats, and tells the broker."""
    password, file = folder / "password", folder / "edgedet.toml"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    file.write_text(
        f'[storage]\npath = "kept"\n[mjpeg]\nenabled = false\n[rules.person]\nleave = 0.5\n[rules.cat]\nleave = 0.5\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nuser = "{USER}"\npassword_file = "password"\n'
        f'client_id = "porch"\n' + (f'tls = true\nca_file = "{broker.folder}/ca.pem"\n' if broker.tls else "")
    )
    return file
