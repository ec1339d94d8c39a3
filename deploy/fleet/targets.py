#!/usr/bin/env python3
"""Tells Prometheus of the cameras in an Ansible inventory. Run it again whenever the inventory changes.

    ansible-inventory -i inventory --list | python3 deploy/fleet/targets.py --to /etc/edgedet-fleet/prometheus

Writes ``targets/cameras.json`` below that folder, with one entry for each host of the group ``cameras``: its name is
the label ``instance``. These variables of a host count, all of them optional:

==========================  ==============================================================
``ansible_host``            its address; default: its name
``edgedet_site``            label ``site``; default: ``here``
``edgedet_metrics_port``    port of ``[metrics]``; default: 9101
``edgedet_web_port``        port of ``[web]``, for those with a token; default: 8080
==========================  ==============================================================

``[metrics]`` has no password and belongs into a network of the fleet's own. For cameras elsewhere there is the page,
with TLS and a token of each camera's own (``edgedet web machine add prometheus``), in ``tokens/NAME`` below the folder:
each gets a job of its own at the end of ``prometheus.yml``, as a job has one token, and is left out of the targets.
``tokens/NAME.pem``, if it is there, is that camera's certificate or authority; else it is ``tls/ca.crt`` beside it.
Prometheus has to be told to read that file again: ``systemctl reload prometheus``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

GROUP = "cameras"
BEGIN = "\n  # -- written by targets.py from here on --\n"


def hosts_of(inventory: Mapping[str, Any], group: str = GROUP) -> Iterator[str]:
    """The hosts of a group and of the groups below it, each once, as ``ansible-inventory --list`` tells them."""
    seen: dict[str, None] = {}
    below = [group]
    while below:
        entry = inventory.get(below.pop(), {})
        seen |= dict.fromkeys(entry.get("hosts", []))
        below += entry.get("children", [])
    yield from seen


def job(name: str, values: Mapping[str, Any], folder: Path) -> str:
    """The scrape job of a camera with a token; JSON is YAML."""
    own = folder / "tokens" / f"{name}.pem"
    entry = {
        "job_name": f"edgedet-{name}",
        "scheme": "https",
        "sample_limit": 20000,
        "authorization": {"credentials_file": str(folder / "tokens" / name)},
        "tls_config": {"ca_file": str(own if own.exists() else folder.parent / "tls" / "ca.crt")},
        "static_configs": [target(name, values, "edgedet_web_port", 8080)],
        "relabel_configs": [{"target_label": "job", "replacement": "edgedet"}],
    }
    return f"  - {json.dumps(entry)}\n"


def target(name: str, values: Mapping[str, Any], port: str, usual: int) -> dict[str, Any]:
    """A camera's address and labels."""
    address = str(values.get("ansible_host", name))
    address = f"[{address}]" if ":" in address else address
    labels = {"instance": name, "site": str(values.get("edgedet_site", "here"))}
    return {"targets": [f"{address}:{values.get(port, usual)}"], "labels": labels}


def write(path: Path, text: str) -> None:
    """Put a file in place, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text)
    fresh.replace(path)


def main() -> None:
    """Read the inventory from standard input, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True, help="folder of prometheus.yml")
    folder = parser.parse_args().to.absolute()
    try:
        inventory = json.load(sys.stdin)
        known = inventory.get("_meta", {}).get("hostvars", {})
    except (ValueError, AttributeError):
        sys.exit("targets: standard input is no inventory; pipe ansible-inventory --list into it")
    hosts = {name: known.get(name, {}) for name in hosts_of(inventory)}
    if not hosts:
        sys.exit(f"targets: the inventory has no hosts in the group {GROUP}; name them there")
    config = folder / "prometheus.yml"
    if not config.exists():
        sys.exit(f"targets: {config} isn't there; copy deploy/fleet/prometheus/prometheus.yml to it")
    secret = {name: values for name, values in hosts.items() if (folder / "tokens" / name).exists()}
    open_ones = [target(n, v, "edgedet_metrics_port", 9101) for n, v in hosts.items() if n not in secret]
    write(folder / "targets" / "cameras.json", json.dumps(open_ones, indent=1) + "\n")
    text = config.read_text().partition(BEGIN)[0]
    jobs = "".join(job(name, values, folder) for name, values in secret.items())
    write(config, text + (BEGIN + jobs if jobs else ""))
    print(f"{len(open_ones)} cameras by their metrics port, {len(secret)} by token")


if __name__ == "__main__":
    main()
