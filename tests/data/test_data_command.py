"""`mocha data`: the command line, and fetching from a server."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mocha_core.cli import data as command
from mocha_core.data.convert.fetching import fetch
from mocha_core.errors import DataError, MissingFileError


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    return parser.parse_args(["data", *words])


def test_from_a_folder(shared: Path, tmp_path: Path) -> None:
    args = parse("cifar10", "--to", str(tmp_path / "out"), "--from", str(shared / "data/cifar10"))
    assert args.run(args) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"train.txt", "test.txt", "mean.h5"}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    args = parse("mnist", "--to", str(tmp_path), "--from", str(tmp_path / "none"))
    with pytest.raises(MissingFileError, match=r"--from .*none"):
        args.run(args)


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def send_header(self, keyword: str, value: str) -> None:
        longer = keyword == "Content-Length" and "short" in self.path
        SimpleHTTPRequestHandler.send_header(self, keyword, str(int(value) + 1) if longer else value)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    served = tmp_path / "served"
    served.mkdir()
    (served / "file.gz").write_bytes(b"content")
    (served / "short.gz").write_bytes(b"content")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(served))) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}/"
        http.shutdown()
        thread.join()


def test_the_next_mirror_is_tried_and_what_is_there_is_kept(server: str, tmp_path: Path) -> None:
    said: list[str] = []
    target = fetch([f"{server}gone/", server], "file.gz", tmp_path / "to", said.append)
    assert target.read_bytes() == b"content"
    assert len(said) == 2
    target.write_bytes(b"kept")
    fetch([server], "file.gz", tmp_path / "to", said.append)
    assert target.read_bytes() == b"kept"
    assert len(said) == 2


@pytest.mark.parametrize(("name", "said"), [("none.gz", "404"), ("short.gz", "7 of 8 bytes")])
def test_a_failed_download_leaves_nothing_and_says_what_to_do(
    server: str, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(DataError, match=rf"{name}.*{said}.*--from DIR"):
        fetch([server], name, tmp_path / "to", lambda _: None)
    assert not list((tmp_path / "to").glob("*"))
