#!/usr/bin/env python3
"""Set up, build, serve and test Onsight. Needs Python 3.11 or newer and Node with npm; sets up the rest itself.

python3 build.py serve [--port 8000]   set up, build the site, serve it on this machine
python3 build.py test [ARGUMENTS]      set up, build the site, run every test (see tests/run.py)
python3 build.py build                 set up and build the site in dist/
python3 build.py setup                 set up: .venv, npm packages, converted models
python3 build.py coverage [ARGUMENTS]  which lines the unit tests run, in Python and JavaScript, by folder
python3 build.py check                 check formatting, linting and types (the tests do this, too)
python3 build.py bench [ARGUMENTS]     compare the page with other libraries and CPython (see tests/bench)
python3 build.py wheels [ARGUMENTS]    rebuild the WebAssembly wheels (see py/wheels/README.md)
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "py"))
from onsight.networks.model_cache import models_folder  # noqa: E402  # needs only the standard library

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP_INSTALL = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
NODE_MAJOR = 20
STAMPS = ROOT / ".cache" / "stamps"


class SetupError(Exception):
    """Set-up needs help from the user; the message says what to do."""


RUNNING: set[subprocess.Popen[bytes]] = set()
"""Commands that have not ended."""


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command that writes to the terminal; its failure ends the build.

    After an interruption the command is asked to end and gets the time to clean up.
    """
    arguments = [str(part) for part in command]
    with subprocess.Popen(arguments, cwd=cwd) as process:
        RUNNING.add(process)
        try:
            status = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        finally:
            RUNNING.discard(process)
    if status != 0:
        raise subprocess.CalledProcessError(status, arguments)


def side_by_side(works: Iterable[Callable[[], None]]) -> None:
    """Call functions at the same time, at least two; raise the first error when none of them runs any more."""
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        futures = [pool.submit(work) for work in works]
        try:
            for future in futures:
                future.result()
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, KeyboardInterrupt):
                for process in tuple(RUNNING):
                    process.terminate()
            raise


def step(title: str, inputs: Sequence[Path], outputs: Sequence[Path], work: Callable[[], None]) -> None:
    """Call ``work`` unless it has run for the same inputs before and its outputs still exist."""
    digest = hashlib.sha256(sys.version.encode())
    for path in inputs:
        digest.update(path.read_bytes())
    stamp = STAMPS / title.replace(" ", "-")
    if all(path.exists() for path in outputs) and stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    print(f"── {title}", flush=True)
    started = time.monotonic()
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())
    print(f"   {title}: {time.monotonic() - started:.0f} s", flush=True)


def make_venv() -> None:
    """Create the virtual environment with exactly the locked packages."""
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        run(sys.executable, "-m", "venv", VENV)
    except subprocess.CalledProcessError as error:
        raise SetupError(
            "Python could not make a virtual environment. On Debian or Ubuntu run "
            "'apt-get install python3-venv', then try again."
        ) from error
    run(*PIP_INSTALL, "--require-hashes", "-r", ROOT / "py" / "requirements.lock")


def install_onsight() -> None:
    """Install the package and its command into the environment, in editable mode."""
    run(*PIP_INSTALL, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def install_node_packages() -> None:
    """Install exactly the npm packages in the lock file."""
    npm, node = shutil.which("npm"), shutil.which("node")
    wanted = f"Node.js {NODE_MAJOR} or newer with npm is needed"
    if npm is None or node is None:
        raise SetupError(f"{wanted} and was not found. Install it, then try again.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_MAJOR:
        raise SetupError(f"{wanted}; this is {version}. Install a newer one, then try again.")
    run(npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=ROOT / "web")


def set_up_python() -> None:
    """Set up the virtual environment and the package in it."""
    step("Python environment", [ROOT / "py" / "requirements.lock"], [PYTHON], make_venv)
    step("Onsight itself", [ROOT / "pyproject.toml"], [PYTHON.with_name(f"onsight{PYTHON.suffix}")], install_onsight)


def set_up_node() -> None:
    """Set up the npm packages."""
    web = ROOT / "web"
    step(
        "npm packages",
        [web / "package.json", web / "package-lock.json"],
        [web / "node_modules" / name for name in ("client-zip", "onnxruntime-web", "pyodide")],
        install_node_packages,
    )


def convert_model(name: str) -> None:
    """Convert a model's weights unless that has been done."""
    run(PYTHON, "-m", "models.convert", "--model", name, "--out", models_folder())


def setup() -> None:
    """Set up what is missing: the environment, the npm packages, the converted models."""
    side_by_side([set_up_python, set_up_node])
    descriptions = sorted((ROOT / "models").glob("*/model.json"))
    side_by_side(partial(convert_model, description.parent.name) for description in descriptions)


def build() -> None:
    """Set up, then assemble the site in dist/."""
    setup()
    run(PYTHON, "-m", "web.assemble")


def after(prepare: Callable[[], None], *command: str | Path) -> Callable[[list[str]], None]:
    """Return a command that calls ``prepare``, then runs Python with ``command`` and the user's arguments."""

    def prepare_and_run(arguments: list[str]) -> None:
        prepare()
        run(PYTHON, *command, *arguments)

    return prepare_and_run


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "setup": lambda _: setup(),
    "build": lambda _: build(),
    "serve": after(build, "-m", "web.serve"),
    "test": after(build, "-m", "tests.run"),
    "check": after(setup, "-m", "pytest", "-q", "tests/test_conventions.py"),
    "coverage": after(build, "-m", "tests.coverage_report"),
    "bench": after(build, "-m", "tests.bench"),
    "wheels": lambda rest: run(sys.executable, ROOT / "py" / "wheels" / "recipe" / "build_wheels.py", *rest),
}


def main() -> int:
    """Run one command; return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036  # older versions reach this line and need the message
        print(f"Onsight needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="for the command; COMMAND --help lists them")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the command that runs is ended, too
    try:
        COMMANDS[options.command](options.arguments)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        return error.returncode
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
