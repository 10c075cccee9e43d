"""The page over HTTP: its endpoints through gradio_client, many readers at once, limits, headers and the MCP server."""

from __future__ import annotations

import concurrent.futures
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.errors import InputError
from toolkit.pipeline import Pipeline
from toolkit.records import digest_record
from toolkit.translation import Translator
from toolkit.ui.endpoints import all_in_time
from toolkit.ui.limits import MAX_CHARACTERS, MAX_READERS, MAX_UPLOAD_BYTES

pytest.importorskip("gradio")

from gradio_client import Client
from gradio_client.exceptions import AppError

from tests import pages

TEXT = 'Der Rat stimmt zu. <b>186</b> "Mio." Euro & mehr {{x}}.\n\n- erstens\n- zweitens\n'


@contextmanager
def client(address: str) -> Iterator[Client]:
    with closing(Client(address, verbose=False, analytics_enabled=False)) as opened:
        yield opened


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(settings=EngineSettings(engine="fake"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page of app.py."""
    with pages.app("--engine", "fake") as place:
        yield place


@pytest.fixture(scope="module")
def slow_address() -> Iterator[str]:
    """A page that takes 0.1 seconds for every sentence, with its MCP server."""
    with pages.doubtful_page(0.1) as place:
        yield place


def test_there_are_four_endpoints_and_no_others(address: str) -> None:
    with client(address) as page:
        described = page.view_api(return_format="dict", print_info=False)
    assert set(described["named_endpoints"]) == {"/translate", "/summarize", "/topics", "/digest"}


def test_digest_is_the_record_of_the_command_line(address: str, pipeline: Pipeline) -> None:
    with client(address) as page:
        answer = page.predict(TEXT, ["politics", "sports"], False, 2, api_name="/digest")
    expected = digest_record(pipeline.run(TEXT, labels=["politics", "sports"], sentences=2))
    assert answer == json.loads(json.dumps(expected))
    assert "".join(segment["source"] for segment in answer["segments"]) != ""
    assert answer["segments"][1]["source"] == '<b>186</b> "Mio." Euro & mehr {{x}}.'


def test_translate_summarize_and_topics(address: str, pipeline: Pipeline) -> None:
    with client(address) as page:
        assert page.predict(TEXT, api_name="/translate") == pipeline.translator.translate(TEXT).text
        summary = page.predict("The council agrees. It costs money.", 1, "en", api_name="/summarize")
        topics = page.predict("The council agrees.", ["<b>", "sports"], True, "en", api_name="/topics")
        default = page.predict(TEXT, api_name="/topics")
    assert summary["translation"] is None
    assert len(summary["summary"]["sentences"]) == 1
    assert {score["label"] for score in topics["topics"]} == {"<b>", "sports"}
    assert len(default["topics"]) > 5


@pytest.mark.parametrize(
    ("endpoint", "arguments", "message"),
    [
        ("/translate", (" ",), "no text yet"),
        ("/translate", ("a" * (MAX_CHARACTERS + 1),), "50,001 characters"),
        ("/digest", (TEXT, ["a", "A"]), "given twice"),
        ("/digest", (TEXT, None, False, 99), "1 to 10 sentences"),
        ("/summarize", (TEXT, 3, "fr"), "unknown language"),
    ],
)
def test_errors_are_one_line(address: str, endpoint: str, arguments: tuple[Any, ...], message: str) -> None:
    with client(address) as page, pytest.raises(AppError, match=message):
        page.predict(*arguments, api_name=endpoint)


def test_many_readers_get_their_own_answers(address: str, pipeline: Pipeline) -> None:
    texts = [f"Leser Nummer {n} fährt nach Ort{n}. Er zahlt {n * 17} Euro." for n in range(MAX_READERS)]

    def ask(text: str) -> str:
        with client(address) as page:
            return "".join(page.predict(text, api_name="/translate") for _ in range(3))

    with concurrent.futures.ThreadPoolExecutor(len(texts)) as readers:
        answers = list(readers.map(ask, texts))
    assert answers == [pipeline.translator.translate(text).text * 3 for text in texts]


def test_a_long_job_does_not_keep_a_short_one_waiting(slow_address: str) -> None:
    long = " ".join(f"Dies ist der Satz mit der Nummer {n}." for n in range(150))
    done = threading.Event()

    def read_long() -> None:
        with client(slow_address) as page:
            page.predict(long, api_name="/translate")
        done.set()

    with client(slow_address) as page:
        worker = threading.Thread(target=read_long)
        worker.start()
        time.sleep(1)
        page.predict("Ein kurzer Satz.", api_name="/translate")
        assert not done.is_set()
        worker.join()


def test_a_call_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.ui.endpoints.MAX_SECONDS", 1)
    slow = Translator(engine=FakeSeq2Seq(seconds_per_text=0.3))
    with pytest.raises(InputError, match="more than 1 seconds"):
        all_in_time(slow.stream(" ".join(f"Das ist Satz Nummer {n}." for n in range(60))))


def test_every_answer_forbids_what_is_not_of_this_page(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = answer.read().decode()
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "fonts.googleapis" not in html


def test_files_over_the_limit_are_refused(address: str) -> None:
    boundary = "x" * 20
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'.encode()
        + b"a" * (MAX_UPLOAD_BYTES + 1)
        + f"\r\n--{boundary}--\r\n".encode()
    )
    request = urllib.request.Request(
        f"{address}gradio_api/upload", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as error:
        assert error.code == 413


def test_the_mcp_server_has_the_same_functions(slow_address: str) -> None:
    with urllib.request.urlopen(f"{slow_address}gradio_api/mcp/schema") as answer:
        tools = {tool["name"].removeprefix("klartext_"): tool for tool in json.load(answer)}
    assert set(tools) == {"translate", "summarize", "topics", "digest"}
    assert "klartext digest --json" in tools["digest"]["description"]
    assert tools["digest"]["inputSchema"]["properties"]["text"]["description"] == "German text."


def test_without_the_option_there_is_no_mcp_server(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{address}gradio_api/mcp/schema")
    with missing.value as error:
        assert error.code == 404
