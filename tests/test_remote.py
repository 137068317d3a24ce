"""Inputs from a real S3 server on this machine: the same tables as from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.cliruns import contents, office, one_line, run


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment that leads to an empty server."""
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield settings
    started.stop()


def upload(folder: Path, bucket: str, prefix: str) -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket=bucket)
    for name, data in contents(folder).items():
        client.put_object(Bucket=bucket, Key=prefix + name, Body=data)
    client.close()


def test_the_same_tables_as_from_a_folder(server: dict[str, str], tmp_path: Path) -> None:
    folder = office(tmp_path / "in", copies=5)
    (folder / "下级").mkdir()
    (folder / "下级" / "坏.pdf").write_bytes(b"%PDF-1.4\nnothing")
    upload(folder, "papers", "2022/")
    here = run("extract", folder, "--out", tmp_path / "here", "--quiet")
    there = run("extract", "s3://papers/2022", "--out", tmp_path / "there", "--quiet", env=server)
    assert (here.returncode, there.returncode) == (0, 0), there.stderr.decode()
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert not (tmp_path / "there.partial").exists()


def test_names_of_two_places_stay_apart(server: dict[str, str], tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    upload(folder, "more", "")
    done = run("extract", folder, "s3://more", "--out", tmp_path / "out", "--dry-run", env=server)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().splitlines() == ["s3://more/总结.txt", "s3://more/计划.txt", "总结.txt", "计划.txt"]


@pytest.mark.parametrize("url", ["s3://no-such-bucket/a", "nonsense://a/b"])
def test_what_is_not_there_is_one_line(server: dict[str, str], tmp_path: Path, url: str) -> None:
    done = run("extract", url, "--out", tmp_path / "out", env=server)
    assert done.returncode == 2
    assert url in one_line(done)
    assert not (tmp_path / "out").exists()
