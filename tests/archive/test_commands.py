from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from edgedet.inference.card import default_model
from tests.archive.bed import fill, make_bucket, needs, needs_duckdb, s3_server
from tests.e2e.program import assert_refused, edgedet

pytestmark = needs
KEY = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


def settings(folder: Path, port: int, name: str, more: str = "") -> Path:
    path = folder / "edgedet.toml"
    path.write_text(
        f'[storage]\npath = "{folder}"\n[archive]\nbucket = "s3://{name}/porch"\n'
        f'endpoint = "http://127.0.0.1:{port}"\n{more}'
    )
    return path


def run(*arguments: object, env: dict[str, str] = KEY) -> subprocess.CompletedProcess[str]:
    return edgedet("archive", *arguments, env={**os.environ, **env}, timeout=300)


def test_from_push_to_get_and_back(tmp_path: Path, s3: int, bucket_name: str) -> None:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    keys = tmp_path / "keys.txt"
    keys.write_text(f"{identity}\n")
    (event_id,) = fill(tmp_path, 1)
    config = settings(tmp_path, s3, bucket_name, f'encrypt = "age"\nrecipients = ["{identity.to_public()}"]\n')
    pushed = run("push", "--json", "--config", config)
    assert json.loads(pushed.stdout) == {"archived": 1, "lost": 0, "waiting": 0}
    said = json.loads(run("status", "--json", "--config", config).stdout)
    assert (said["archived"], said["waiting"], said["lost"], said["behind_s"]) == (1, 0, 0, 0)
    got = run("get", event_id, "--identity", keys, "--to", tmp_path / "out", "--config", config)
    clip = tmp_path / "out" / f"{event_id}.mp4"
    assert str(clip) in got.stdout.splitlines()
    assert clip.read_bytes() == next(tmp_path.glob("events/*/*/clip.mp4")).read_bytes()
    assert "all there" in run("verify", "--download", "--config", config).stdout


@needs_duckdb
def test_the_catalogue_is_compacted_and_kept_up_to_date(tmp_path: Path, s3: int, bucket_name: str) -> None:
    import duckdb

    config = settings(tmp_path, s3, bucket_name)
    made = ["catalogue", "--json", "--to", tmp_path / "catalogue", "--config", config]
    for first in (0, 100, 200):
        fill(tmp_path, 2, first=first)
        assert run("push", "--config", config).returncode == 0
    assert json.loads(run(*made).stdout) == {"events": 6, "files": 1, "written": 1}
    assert json.loads(run(*made).stdout) == {"events": 6, "files": 1, "written": 0}
    (path,) = (tmp_path / "catalogue").rglob("*.parquet")
    assert path.relative_to(tmp_path).as_posix() == "catalogue/day=2024-11-20/camera=front/part-0.parquet"
    (row,) = duckdb.sql(
        f"SELECT label, state, model, clip_size, len(box), zones, len(clip_sha256) FROM '{path}' LIMIT 1"
    ).fetchall()
    assert row == ("person", "archived", default_model().stem, 3000, 4, ["porch"], 64)
    fill(tmp_path, 1, first=300)
    assert run("push", "--config", config).returncode == 0
    assert json.loads(run(*made, "--upload").stdout) == {"events": 7, "files": 1, "written": 1}


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, s3: int, bucket_name: str) -> None:
    config = settings(tmp_path, s3, bucket_name)
    assert_refused(run("push", "--config", config), "no events are kept here")
    fill(tmp_path, 1)
    assert_refused(run("status", "--config", config), "nothing was ever archived")
    assert_refused(run("push", "--config", config, env={}), "archive.access_key", "AWS_ACCESS_KEY_ID")
    assert_refused(run("get", "20261121", "--config", config), "write it whole")
    assert_refused(run("get", "20261121-104455.123-front-7f3a", "--config", config), f"not in s3://{bucket_name}/porch")
    assert_refused(run("push", "--config", settings(tmp_path, s3, "nobodys")), "s3://nobodys/porch/", "no such bucket")


@pytest.mark.slow
def test_a_wrong_key_is_told_from_a_wrong_secret(tmp_path: Path) -> None:
    """The server checks signatures here, by another implementation than the one that made them."""
    import boto3

    with s3_server(checked_after=4) as port:
        make_bucket(port, "archive")
        given = {"region_name": "us-east-1", "aws_access_key_id": "none", "aws_secret_access_key": "none"}
        iam = boto3.client("iam", endpoint_url=f"http://127.0.0.1:{port}", **given)
        iam.create_user(UserName="camera")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        iam.put_user_policy(UserName="camera", PolicyName="put", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="camera")["AccessKey"]
        secret = tmp_path / "secret"
        secret.write_text("wrong\n")
        secret.chmod(0o600)
        fill(tmp_path, 1)
        named = f'access_key = "{key["AccessKeyId"]}"\nsecret_file = "{secret}"\n'
        config = settings(tmp_path, port, "archive", named)
        assert_refused(run("push", "--config", config), key["AccessKeyId"], "secret doesn't fit")
        secret.write_text(key["SecretAccessKey"])
        assert run("push", "--config", config).returncode == 0
        strange = settings(tmp_path, port, "archive", named.replace(key["AccessKeyId"], "AKIANOBODY"))
        assert_refused(run("verify", "--config", strange), "AKIANOBODY")
