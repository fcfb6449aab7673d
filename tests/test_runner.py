"""The runner of the suites: what fails is listed last, and nothing goes on after an interruption or a hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import build
from tests import chromium, run
from tests.jobs import TIMED_OUT, Job, Outcome, Runner

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals as POSIX has them")

LIMIT_S = 60.0


def python(name: str, code: str, limit_s: float = LIMIT_S) -> Job:
    return Job(name, [sys.executable, "-c", code], limit_s)


def pytest_of(folder: Path, name: str, test: str) -> Job:
    """Return a job that runs pytest on a file with ``test`` in it."""
    path = folder / f"test_{name}.py"
    path.write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "--rootdir", str(folder), path]
    return Job(name, [str(part) for part in command], LIMIT_S)


def is_running(pid: int) -> bool:
    """Return whether a process is there and more than an entry that nobody has collected."""
    if Path("/proc/self/stat").exists():  # Linux, where ``ps`` may be missing
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
    else:
        listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        state = listed.stdout.strip()
    return bool(state) and not state.startswith("Z")


def assert_ends(pid: int) -> None:
    """Fail if a process is still running after a while: the system takes a moment to end one that was killed."""
    ends = time.monotonic() + LIMIT_S
    while is_running(pid):
        assert time.monotonic() < ends, f"process {pid} still runs"
        time.sleep(0.02)


def wait_for(path: Path) -> str:
    """Return what a file holds as soon as it holds a line."""
    ends = time.monotonic() + LIMIT_S
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < ends, f"{path} was not written"
        time.sleep(0.02)
    return path.read_text().strip()


SLEEPER = "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
"""Starts a process of its own, as a test suite starts browsers."""


def sleeper(file: Path) -> str:
    """Return a program that starts a child, writes its process id to ``file``, and hangs."""
    return f"{SLEEPER}open({str(file)!r}, 'w').write(f'{{child.pid}}\\n'); child.wait()"


def test_a_failing_suite_fails_the_run_and_its_tests_are_listed_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = pytest_of(tmp_path, "good", "def test_a(): pass\ndef test_b(): pass\n")
    bad = pytest_of(tmp_path, "bad", "def test_c(): pass\ndef test_d(): assert 1 == 2, 'never'\n")
    assert run.run_lanes([[bad, good]]) == 1
    lines = capsys.readouterr().out.splitlines()
    closing = lines[lines.index("══ How it ended") + 1 :]
    assert [line.split(" in ")[0] for line in closing[:2]] == ["bad: 1 failed, 1 passed", "good: 2 passed"]
    assert closing[2].startswith("bad: FAILED ")
    assert "::test_d" in closing[2]
    assert closing[3:] == ["FAILED: bad"]


def test_a_run_without_failures_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = [pytest_of(tmp_path, name, "def test_a(): pass\n") for name in ("one", "other")]
    assert run.run_lanes([[job] for job in jobs]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "All tests passed."


def test_lanes_run_side_by_side_and_the_output_of_each_job_stays_whole(tmp_path: Path) -> None:
    def meeting(own: str, other: str) -> str:
        return (
            f"import pathlib, time\nprint('{own} begins', flush=True)\n"
            f"pathlib.Path({str(tmp_path)!r}, '{own}').touch()\n"
            f"while not pathlib.Path({str(tmp_path)!r}, '{other}').exists(): time.sleep(0.01)\n"
            f"print('{own} ends')"
        )

    outcomes: list[Outcome] = []
    lanes = [[python("a", meeting("a", "b")), python("c", "print('c')")], [python("b", meeting("b", "a"))]]
    assert Runner(outcomes.append).run(lanes) == outcomes
    assert {one.name: one.output.split("\n")[:-1] for one in outcomes} == {
        "a": ["a begins", "a ends"],
        "b": ["b begins", "b ends"],
        "c": ["c"],
    }
    assert [one.name for one in outcomes if one.name != "b"] == ["a", "c"]


def test_a_suite_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    file = tmp_path / "child"
    hanging = python("hanging", f"print('the last test', flush=True); {sleeper(file)}", limit_s=3)
    outcomes = Runner(lambda _: None).run([[hanging, python("next", "")]])
    assert [(one.name, one.status) for one in outcomes] == [("hanging", TIMED_OUT), ("next", 0)]
    assert outcomes[0].output == "the last test\n"
    assert_ends(int(wait_for(file)))
    *_, told, failed = run.closing_lines(outcomes)
    assert "seemed to hang" in told
    assert failed == "FAILED: hanging"


def test_what_a_suite_leaves_running_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "child"
    code = f"{SLEEPER}open({str(file)!r}, 'w').write(f'{{child.pid}}\\n')"
    (outcome,) = Runner(lambda _: None).run([[python("untidy", code)]])
    assert outcome.status == 0
    assert_ends(int(wait_for(file)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_its_suites_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    files = [tmp_path / "first", tmp_path / "second"]
    code = (
        "import sys; from tests import run; "
        f"run.SUITES.update(unit=[sys.executable, '-c', {sleeper(files[0])!r}], "
        f"pyodide=[sys.executable, '-c', {sleeper(files[1])!r}]); "
        "run.LANES = (('unit',), ('pyodide',)); sys.exit(run.main(['unit', 'pyodide']))"
    )
    runner = subprocess.Popen([sys.executable, "-c", code], cwd=run_root(), stderr=subprocess.PIPE, text=True)
    children = [int(wait_for(file)) for file in files]
    assert all(map(is_running, children))
    runner.send_signal(number)
    _, errors = runner.communicate(timeout=LIMIT_S)
    assert runner.returncode == 130
    assert errors.strip() == "Interrupted: all suites have been ended."
    for child in children:
        assert_ends(child)


def run_root() -> Path:
    return Path(run.__file__).resolve().parents[1]


def test_no_job_starts_after_a_stop() -> None:
    runner = Runner(lambda _: None)
    threading.Timer(0.5, runner.stop).start()
    assert runner.run([[python("first", "import time; time.sleep(600)"), python("second", "")]]) == []


def test_the_others_run_where_there_is_no_browser(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def require() -> Path:
        raise chromium.ChromiumMissingError("Install Chromium.")

    monkeypatch.setattr(chromium, "require", require)
    monkeypatch.setattr(run, "SUITES", {name: [sys.executable, "-c", ""] for name in run.SUITES})
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert run.main([]) == 2
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    lines = capsys.readouterr().out.splitlines()
    assert {line.split(":")[0] for line in lines if "passed in" in line} == {"unit", "pyodide"}
    assert lines[-1] == "FAILED: e2e. Install Chromium."


def test_suites_that_do_not_exist_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["unti"]) == 2
    assert capsys.readouterr().err == "No suite named unti; there are e2e, pyodide, unit.\n"


def test_arguments_reach_pytest() -> None:
    ((job,),) = run.suite_jobs(["unit"], ["-k", "taxonomy"])
    assert list(job.command[-2:]) == ["-k", "taxonomy"]
    assert [[job.name for job in lane] for lane in run.suite_jobs(list(run.SUITES), [])] == [
        ["e2e"],
        ["unit", "pyodide"],
    ]


def test_setup_works_side_by_side_and_raises_the_first_error_at_the_end() -> None:
    both = threading.Barrier(2, timeout=LIMIT_S)
    ended: list[str] = []

    def fail() -> None:
        both.wait()
        raise build.SetupError("No network.")

    def work() -> None:
        both.wait()
        time.sleep(0.2)
        ended.append("work")

    with pytest.raises(build.SetupError, match="No network"):
        build.side_by_side([fail, work])
    assert ended == ["work"]


def test_an_interrupted_setup_ends_its_commands(tmp_path: Path) -> None:
    files = [tmp_path / "first", tmp_path / "second"]
    code = (
        "import signal, sys, build; from functools import partial; "
        "signal.signal(signal.SIGTERM, signal.default_int_handler); "
        'sleep = \'import os, sys, time; open(sys.argv[1], "w").write(f"{os.getpid()}\\\\n"); time.sleep(600)\'; '
        f"build.side_by_side([partial(build.run, sys.executable, '-c', sleep, file) for file in {[*map(str, files)]}])"
    )
    setup = subprocess.Popen([sys.executable, "-c", code], cwd=run_root(), stderr=subprocess.PIPE, text=True)
    commands = [int(wait_for(file)) for file in files]
    setup.send_signal(signal.SIGTERM)
    _, errors = setup.communicate(timeout=LIMIT_S)
    assert "KeyboardInterrupt" in errors
    for command in commands:
        assert_ends(command)
