"""The checks: what each finds with an agent, a network or a machine that is wrong in one way."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runtimes import END, OPENSSL, SESSION, Runtime, buffering, self_signed
from tests.scripted import EVENT_STREAM, answer
from vftui.checks.agent import check_agent
from vftui.checks.machine import check_machine, check_recording, check_terminal
from vftui.checks.turn import SHORTEST, _in_time, check_turn
from vftui.checks.verdict import Verdict
from vftui.checks.words import in_doctor, in_the_form
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.errors import ExitCode
from vftui.secrets import kind_of
from vftui.session.log import Received
from vftui.settings import Settings
from vftui.wire.dialects import Api
from vftui.wire.frames import parse_frame
from vftui.wire.refusals import advice

SECRET = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
NOBODY = "http://127.0.0.1:1"


def settings(**told: Any) -> Settings:
    way = {"api_key": KEY, "project": PROJECT, "base_url": NOBODY}
    given_ = {name: value for name, value in (way | told).items() if value is not None}
    return Settings.model_validate(given_ | {"origins": dict.fromkeys(given_, "$SOMEWHERE")})


async def found(verdicts: AsyncIterator[Verdict]) -> dict[str, Verdict]:
    """The verdicts by what they are about; none of them shows the key."""
    listed = [verdict async for verdict in verdicts]
    assert "Canary" not in repr(listed)
    assert all((one.code == ExitCode.OK) == (one.state != "failed") for one in listed)
    assert all(one.fix for one in listed if one.state == "failed")
    return {one.what: one for one in listed}


# -- without a turn ---------------------------------------------------------------------------


async def test_the_demo_agent_is_all_right() -> None:
    async with demo_agent(pace=0) as url:
        verdicts = await found(check_agent(settings(base_url=url)))
    assert {what: one.state for what, one in verdicts.items()} == dict.fromkeys(
        ("key", "project", "address", "session"), "ok"
    )
    assert "from $SOMEWHERE" in verdicts["key"].text and PROJECT in verdicts["project"].text


@pytest.mark.parametrize(
    ("key", "state", "word"),
    [
        (SECRET, "ok", "project API key"), (None, "failed", "no API key"),
        ("VF.WS.0123456789abcdef01234567.CanaryCanary", "failed", "workspace"),
        ("vfp_CanaryCanary", "failed", "personal"),
        ("eyJhbGciOi.CanaryCanary.x", "failed", "session"),
        ("VF.DM.0123456789abcdef01234567", "failed", "not whole"),
        ("VF.DM.", "failed", "not whole"),
        ("private-cloud-Canary", "note", "without the shape"),
    ],
)  # fmt: skip
async def test_the_key_is_told_by_its_kind(key: str | None, state: str, word: str) -> None:
    async with Runtime().serve() as url:
        verdicts = await found(check_agent(settings(api_key=key, base_url=url)))
    assert verdicts["key"].state == state and word in verdicts["key"].text
    if state == "failed":
        assert verdicts["session"].state == "skipped"


@pytest.mark.parametrize(
    ("project", "state", "word"),
    [
        (None, "failed", "no project"), (SECRET[-8:], "note", "24 figures"),
        ("https://creator.voiceflow.com/project/x", "failed", "address"),
        ("a/b", "failed", "address"),
        ("support-bot", "note", "24 figures"),
    ],
)  # fmt: skip
async def test_the_project_looks_like_one(project: str | None, state: str, word: str) -> None:
    verdicts = [one async for one in check_agent(settings(project=project))]
    assert (verdicts[1].what, verdicts[1].state) == ("project", state)
    assert word in verdicts[1].text


async def test_a_private_clouds_key_as_project_is_told_and_not_shown() -> None:
    verdicts = await found(check_agent(settings(api_key="my-Canary-key", project="my-Canary-key")))
    assert verdicts["project"].state == "failed" and verdicts["session"].state == "skipped"


@pytest.mark.parametrize("missing", ["api_key", "project"])
async def test_without_a_key_or_a_project_nobody_is_asked(missing: str) -> None:
    runtime = Runtime()
    async with runtime.serve() as url:
        verdicts = await found(check_agent(settings(**{missing: None}, base_url=url)))
    (bad,) = [one for one in verdicts.values() if one.state == "failed"]
    assert bad.code == ExitCode.CONFIGURATION
    assert verdicts["address"].state == verdicts["session"].state == "skipped"
    assert not runtime.heads


async def test_settings_that_make_no_agent_are_told() -> None:
    verdicts = await found(check_agent(settings(project="VF.")))
    assert verdicts["settings"].code == ExitCode.CONFIGURATION


async def test_nobody_listens() -> None:
    verdicts = await found(check_agent(settings()))
    assert verdicts["address"].code == ExitCode.UNREACHABLE
    assert "127.0.0.1:1 refused" in verdicts["address"].text
    assert verdicts["session"].state == "skipped"


@pytest.mark.parametrize(
    ("session", "what", "code", "words"),
    [
        (answer("401 Unauthorized", b'{"data":"Auth Key Required"}'), "key", 4, "Auth Key"),
        (answer("401 Unauthorized", SECRET.encode()), "key", 4, "401"),
        (answer("403 Forbidden", b""), "key", 4, "403"),
        (answer("400 No", b'{"message":"invalid environment tag"}'), "environment", 3, "tag"),
        (answer("404 No", b'{"message":"environment not found"}'), "environment", 3, "found"),
        (answer("404 Not Found", b""), "project", 3, "404"),
        (answer("500 Oops", b"<html><body>It broke</body></html>"), "session", 6, "It broke"),
        (answer("302 Found", Location="https://elsewhere.example.com/"), "session", 3, "elsewhere"),
        (answer("200 OK", b"<html>Log in</html>", "text/html"), "address", 3, "no session key"),
        (answer("404 Not Found", b"<html>Nothing</html>", "text/html"), "address", 3, "127.0.0.1"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "address", 3, "no session key"),
        (b"nonsense\r\n\r\n", "address", 3, "HTTP"),
    ],
)  # fmt: skip
async def test_a_refused_session_says_which_of_the_three_is_wrong(
    session: bytes, what: str, code: int, words: str
) -> None:
    async with Runtime(session).serve() as url:
        verdicts = await found(check_agent(settings(base_url=url, api_key=SECRET)))
    (bad,) = [one for one in verdicts.values() if one.state == "failed"]
    assert (bad.what, bad.code) == (what, code) and words in bad.text


async def test_a_check_disturbs_no_conversation_and_shows_the_key_once() -> None:
    runtime = Runtime()
    async with runtime.serve() as url:
        verdicts = await found(check_agent(settings(base_url=url, user="ada", api_key=SECRET)))
    assert verdicts["session"].state == "ok"
    knock, session = runtime.heads
    assert knock.startswith("HEAD / ") and "uthorization" not in knock
    assert session.startswith("POST /v4/project/") and SECRET in session
    assert json.loads(runtime.bodies[1])["userID"].startswith("vftui-check-")


@pytest.mark.skipif(not OPENSSL, reason="nothing here makes certificates")
async def test_the_address_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path)
    async with Runtime().serve(certificate) as url:
        verdicts = await found(check_agent(settings(base_url=url)))
        assert verdicts["address"].code == ExitCode.UNREACHABLE
        assert "not trusted" in verdicts["address"].text
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        verdicts = await found(check_agent(settings(base_url=url)))
    assert "over TLSv1." in verdicts["address"].text and verdicts["session"].state == "ok"


@pytest.mark.parametrize("api", ["v2", "v2beta1"])
async def test_older_generations_cannot_tell_without_a_turn(api: str) -> None:
    runtime = Runtime()
    async with runtime.serve() as url:
        verdicts = await found(check_agent(settings(base_url=url, api=api)))
    assert verdicts["session"].state == "skipped" and "turn" in verdicts["session"].text
    assert verdicts["address"].state == "ok"
    assert not any("uthorization" in head for head in runtime.heads)
    page = Runtime(turn=answer("200 OK", b"<html>Our shop</html>", "text/html; charset=utf-8"))
    async with page.serve() as url:
        verdicts = await found(check_agent(settings(base_url=url, api=api)))
    assert verdicts["address"].state == "note" and verdicts["address"].fix
    assert f"{url} answers with a web page" in verdicts["address"].text


# -- with a turn ------------------------------------------------------------------------------


async def test_a_turn_that_streams() -> None:
    async with demo_agent(pace=0.1) as url:
        verdicts = await found(check_turn(settings(base_url=url), {}, "hire a bike"))
    assert {what: one.state for what, one in verdicts.items()} == dict.fromkeys(
        ("turn", "completion", "streaming"), "ok"
    )


async def test_a_turn_that_is_held_back_on_the_way() -> None:
    async with demo_agent(pace=0.1) as url, buffering(url) as proxy:
        verdicts = await found(
            check_turn(
                settings(base_url=proxy), {"https_proxy": f"http://me:{SECRET}@p:1"}, "hire a bike"
            )
        )
    assert verdicts["turn"].state == "ok" and verdicts["streaming"].state == "failed"
    assert "HTTPS_PROXY" in verdicts["streaming"].fix


async def test_a_short_launch_cannot_tell() -> None:
    runtime = Runtime()
    async with runtime.serve() as url:
        verdicts = await found(check_turn(settings(base_url=url), {}))
    assert verdicts["turn"].state == "ok" and "2 frames" in verdicts["turn"].text
    assert verdicts["completion"].state == "note" and verdicts["streaming"].state == "skipped"
    assert json.loads(runtime.bodies[-1])["action"] == {"type": "launch"}


@pytest.mark.parametrize("words", ["fail credits", "fail error"])
async def test_a_turn_that_the_agent_says_failed_is_not_ok(words: str) -> None:
    async with demo_agent(pace=0) as url:
        verdicts = await found(check_turn(settings(base_url=url), {}, words))
    assert verdicts["turn"].code == ExitCode.AGENT_FAILED and "failed" in verdicts["turn"].text


@pytest.mark.parametrize(
    ("turn", "code", "word"),
    [
        (answer("200 OK", b"<html>Log in</html>", "text/html"), 7, "text/html"),
        (answer("500 Oops", b""), 6, "refused"), (EVENT_STREAM, 7, "truncated"),
        (answer("401 No", b""), 4, "401"), (EVENT_STREAM + END, 0, "1 frames"),
    ],
)  # fmt: skip
async def test_a_turn_that_ends_badly(turn: bytes, code: int, word: str) -> None:
    async with Runtime(SESSION, turn).serve() as url:
        verdicts = await found(check_turn(settings(base_url=url), {}, "hi"))
    assert verdicts["turn"].code == code and word in verdicts["turn"].text


def received(at: float, time: float) -> Received:
    """A trace that the server wrote at `time`, and that arrived at `at`."""
    data = json.dumps({"type": "text", "payload": {"message": "x"}, "time": round(time * 1000)})
    return Received(at, parse_frame(f"event: trace\ndata: {data}\n\n".encode()))


EPOCH = 1_790_000_000.0
pauses = st.lists(st.floats(0.05, 1.0), min_size=2, max_size=20)


@given(pauses, st.floats(-3600, 3600), st.booleans())
def test_frames_in_time_and_frames_together(
    between: list[float], clocks_differ: float, held: bool
) -> None:
    """Whatever the two clocks say: what arrives as it was written streams, all at once does not."""
    times = [EPOCH + sum(between[:place]) for place in range(len(between) + 1)]
    arrivals = [(times[-1] if held else time) + clocks_differ for time in times]
    verdict = _in_time(list(map(received, arrivals, times)), {})
    if sum(between) < SHORTEST - 0.01:
        assert verdict.state == "skipped"
    elif sum(between) > SHORTEST + 0.01:
        assert verdict.state == ("failed" if held else "ok")


# -- words ------------------------------------------------------------------------------------


@given(
    st.integers(300, 599), st.sampled_from(get_args(Api)), st.sampled_from(["main", "beta"]),
    st.sampled_from(["the session key", kind_of(SECRET), kind_of("eyJ")]),
    st.sampled_from(["", "Cannot POST /v4", "session key"]),
)  # fmt: skip
def test_advice_is_for_whoever_reads_it(
    status: int, api: Api, environment: str, sent: str, words: str
) -> None:
    told = advice(status, api=api, environment=environment, sent=sent, words=words)
    assert "doctor" not in in_doctor(told)
    form = in_the_form(told)
    assert not re.search(r"doctor|--|VF_[A-Z]|  |\(\)", form)
    assert form[0].isupper() and form.endswith(".")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("base_url (from what was typed): is not a URL.", "The address: is not a URL."),
        ("api_key (from $K): is odd.", "The key (from $K): is odd."),
        (
            "Check the base URL (--base-url, VF_RUNTIME_URL), the network and its proxies.",
            "Check the address, the network and its proxies.",
        ),
        ("Use https://, or --insecure-http if that is what you want.", "Use https://."),
        ("api (from what was typed): is odd.", "The generation: is odd."),
        (
            "Copy the ID from the agent's settings, not from the creator's URL, to VF_PROJECT_ID.",
            "Copy the ID from the agent's settings, not from the creator's URL.",
        ),
        ("Set VF_PROJECT_ID, or try: vftui demo", "Fill it in"),
        ("base_url is plain http.", "The address is plain http."),
        ("Did you mean 'api_key'?", "Did you mean 'api_key'?"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_the_form_has_words_of_its_own(said: str, told: str) -> None:
    assert in_the_form(said) == told


# -- the machine ------------------------------------------------------------------------------


def test_the_recordings_folder(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there" / "recordings.db"
    verdict = check_recording(path, wanted=True)
    assert verdict.state == "ok" and "GB free" in verdict.text
    assert path.stat().st_mode & 0o077 == 0
    assert check_recording(tmp_path / "off" / "a.db", wanted=False).state == "note"
    assert not (tmp_path / "off").exists()
    path.chmod(0o644)
    verdict = check_recording(path, wanted=True)
    assert verdict.state == "failed" and "chmod 600" in verdict.fix
    path.chmod(0o600)
    assert check_recording(path, wanted=True).state == "ok"


@pytest.mark.parametrize("what", ["noise", "a folder", "in a file", "in no folder"])
def test_what_nothing_can_be_recorded_in(tmp_path: Path, what: str) -> None:
    path = tmp_path / "recordings.db"
    noise = b"\x93\xff\x00noise" * 700
    match what:
        case "noise":
            path.write_bytes(noise)
        case "a folder":
            path.mkdir()
        case "in a file":
            path.write_bytes(noise)
            path /= "vftui/recordings.db"
        case _:
            path = Path("/dev/null/nope/vftui/recordings.db")
    verdict = check_recording(path, wanted=True)
    assert verdict.state == "failed" and str(path) in verdict.text and "full" not in verdict.text
    assert what != "noise" or path.read_bytes() == noise


def test_a_full_disk_and_a_folder_that_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "may not be written" in check_recording(tmp_path / "a.db", wanted=True).text
    monkeypatch.undo()
    monkeypatch.setattr("vftui.checks.machine.LEAST_SPACE", 2**80)
    assert "nearly full" in check_recording(tmp_path / "a.db", wanted=True).text


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, "NO_COLOR"),
        ({"COLORTERM": "24bit"}, "16 million"), ({"TERM": "xterm-256color"}, "256 colours"),
        ({"TERM": "xterm"}, "16 colours"), ({}, "TERM is not set"),
    ],
)  # fmt: skip
def test_the_terminal_is_told(environ: dict[str, str], words: str) -> None:
    assert words in check_terminal(environ).text


def test_the_settings_are_told_by_place_and_never_by_value(tmp_path: Path) -> None:
    told = settings(api_key=SECRET, user="ada")
    *_, last = check_machine(told, tmp_path / "a.db", {"TERM": "dumb"})
    assert last.text == "api_key, project, user, base_url from $SOMEWHERE; else default."
    *_, last = check_machine(Settings(), tmp_path / "a.db", {})
    assert last.text == "All are default."
