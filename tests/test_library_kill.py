"""The command line is killed at random moments, and loses nothing; see kill_command_line.py for the long run."""

from __future__ import annotations

from pathlib import Path

from tests.kill_command_line import run


def test_what_is_killed_is_whole_and_goes_on(tmp_path: Path) -> None:
    run(pictures=24, kills=1, seed=4, root=tmp_path)
