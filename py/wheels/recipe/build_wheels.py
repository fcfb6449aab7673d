#!/usr/bin/env python3
"""Build NumPy and Pillow for Pyodide from scratch, into ``py/wheels/dist``. See ../README.md.

Needs root on Debian (x86-64) with debootstrap, about 4 GB below ``--work``, and the npm package of Pyodide. The steps
run in order; the output of each goes to ``logs/`` in the work folder. ``--from`` resumes an earlier run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RECIPE = Path(__file__).resolve().parent
REPOSITORY = RECIPE.parents[2]
sys.path[:0] = [str(RECIPE), str(RECIPE.parent)]

import provenance  # noqa: E402
import wheel_lock  # noqa: E402

SUITE = "forky"
PLATFORM = "pyemscripten_2026_0_wasm32"
# Network settings that are passed on; nothing else from the caller's environment reaches the build.
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT")
HOST_CERTIFICATES = "/opt/host-certificates.crt"


class BuildError(Exception):
    """A step failed, or a requirement of the build is missing."""


@dataclass(frozen=True)
class Build:
    """One build.

    Attributes:
        work: Work folder.
        pyodide: The unpacked npm package.
        mirror: Debian mirror.
        jobs: Number of compilers that run at once.
        accept_new_inputs: Whether sources and tools may differ from the locked ones.
        numpy: Version to build.
        pillow: Version to build.
    """

    work: Path
    pyodide: Path
    mirror: str
    jobs: int
    accept_new_inputs: bool
    numpy: str
    pillow: str

    @property
    def chroot(self) -> Path:
        """The Debian system that everything is compiled in."""
        return self.work / "chroot"

    def log(self, step: str) -> Path:
        """Return the file that a step's output goes to."""
        return self.work / "logs" / f"{step}.log"

    def inside(self, step: str, *command: str) -> None:
        """Run a command inside the chroot, where the folders are /build, /recipe and /pyodide.

        Args:
            step: Step whose log gets the output.
            command: The command.

        Raises:
            BuildError: It failed.
        """
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PLATFORM": PLATFORM,
            "JOBS": str(self.jobs),
            "PYTHONDONTWRITEBYTECODE": "1",
            # Both make the build reproducible: timestamps in archives, and the order of sets in bytecode.
            "SOURCE_DATE_EPOCH": "1767225600",
            "PYTHONHASHSEED": "0",
        }
        if (self.chroot / HOST_CERTIFICATES[1:]).exists():
            environment |= {"SSL_CERT_FILE": HOST_CERTIFICATES, "PIP_CERT": HOST_CERTIFICATES}
        environment |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        enter = [str(RECIPE / "steps" / "enter.sh"), str(self.work), str(RECIPE), str(self.pyodide)]
        self.on_host(
            step,
            *("unshare", "--mount", "--propagation", "private", "sh", *enter),
            *("env", "-i", *(f"{name}={value}" for name, value in environment.items())),
            *command,
        )

    def on_host(self, step: str, *command: str) -> None:
        """Run a command on this machine; otherwise like `inside`."""
        log = self.log(step)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as output:
            status = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
        if status:
            tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-25:])
            raise BuildError(f"{tail}\nThe step {step!r} failed with status {status}; all its output is in {log}.")


def make_chroot(build: Build) -> None:
    """Make the Debian system."""
    build.on_host("chroot", "sh", str(RECIPE / "steps/chroot.sh"), str(build.chroot), SUITE, build.mirror)


def install_tools(build: Build) -> None:
    """Install compiler and build tools in it."""
    build.inside("tools", "sh", "/recipe/steps/tools.sh")


def fetch_sources(build: Build) -> None:
    """Download all sources, and stop if they or the tools differ from the lock."""
    build.inside("sources", "bash", "/recipe/steps/sources.sh", build.numpy, build.pillow)
    if build.accept_new_inputs:
        return
    lock = wheel_lock.load_lock()
    changes = provenance.differences(lock, provenance.sources(build.work), provenance.tools(build.work, SUITE))
    if changes:
        raise BuildError(
            "These inputs are not the ones in lock.json:\n  " + "\n  ".join(changes) + "\n"
            "Debian has newer versions. Use --mirror with a snapshot of its archive to repeat the locked build, or "
            "--accept-new-inputs to build from these."
        )


def describe_python(build: Build) -> None:
    """Lay out headers and sysconfig data of Pyodide's CPython."""
    build.inside("python", "sh", "/recipe/steps/python.sh")


def build_libraries(build: Build) -> None:
    """Compile the image libraries."""
    build.inside("libraries", "bash", "/recipe/steps/libraries.sh")


def build_numpy(build: Build) -> None:
    """Build NumPy's wheel."""
    build.inside("numpy", "sh", "/recipe/steps/numpy.sh", build.numpy)


def build_pillow(build: Build) -> None:
    """Build Pillow's wheel."""
    build.inside("pillow", "sh", "/recipe/steps/pillow.sh", build.pillow)


def slim_wheels(build: Build) -> None:
    """Remove from both wheels what a page cannot use."""
    shutil.rmtree(build.work / "slim", ignore_errors=True)
    full = [f"/build/full/{path.name}" for path in sorted((build.work / "full").glob("*.whl"))]
    build.inside("slim", "python3.14", "/recipe/slim.py", "/build/slim", *full)


def verify(build: Build) -> None:
    """Check the slimmed wheels: symbols, imports, and Pillow's results against the native build's."""
    wheels = [f"/build/slim/{path.name}" for path in sorted((build.work / "slim").glob("*.whl"))]
    pyodide = ("node", "/recipe/verify/run.mjs", "/pyodide", ",".join(wheels))
    compared = ("/recipe/verify/compare.py", "/build/verify/pillow/Tests/images", "/build/verify/native")
    build.inside("verify", "python3.14", "/recipe/check_imports.py", "/pyodide/pyodide.asm.wasm", *wheels)
    build.inside("verify", *pyodide, "/recipe/verify/import_all.py")
    build.inside("verify", "sh", "/recipe/steps/references.sh", build.pillow)
    build.inside("verify", "/opt/reference/bin/python", *compared, "--write")
    build.inside("verify", *pyodide, *compared, "--report", "/build/verify/compare.json")


def run_suites(build: Build) -> None:
    """Run NumPy's and Pillow's own tests in Pyodide; only on request, because they take a while."""
    build.inside("suites", "python3.14", "/recipe/verify/suites.py", "/pyodide", "/build")


def install(build: Build) -> None:
    """Copy wheels and licences into the project and write the lock."""
    provenance.install(build.work, build.pyodide, SUITE, PLATFORM)


STEPS: dict[str, Callable[[Build], None]] = {
    "chroot": make_chroot,
    "tools": install_tools,
    "sources": fetch_sources,
    "python": describe_python,
    "libraries": build_libraries,
    "numpy": build_numpy,
    "pillow": build_pillow,
    "slim": slim_wheels,
    "verify": verify,
    "suites": run_suites,
    "install": install,
}


def pinned_version(name: str) -> str:
    """Return the version of a package pinned in the project's dev group, so that the page uses the same as the tests.

    Raises:
        BuildError: There is no such pin.
    """
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    for requirement in project["dependency-groups"]["dev"]:
        if match := re.fullmatch(rf"{name}==([\w.]+)", requirement):
            return match[1]
    raise BuildError(f"pyproject.toml does not pin {name} in its dev group.")


def host_mirror() -> str:
    """Return the Debian mirror that this machine's apt uses.

    Raises:
        BuildError: None is configured.
    """
    for path in sorted(Path("/etc/apt").glob("sources.list*")):
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if match := re.search(r"^(?:URIs:|deb\b[^#\n]*?)\s*(\S+/debian/?)(?:\s|$)", file.read_text(), re.M):
                return match[1]
    raise BuildError("No Debian mirror is configured on this machine. Give one with --mirror.")


def check_host(pyodide: Path) -> None:
    """Stop early with a message if this machine cannot run the build.

    Raises:
        BuildError: Something is missing.
    """
    if os.geteuid() != 0:
        raise BuildError("Only root can create a chroot. Run this as root.")
    for command, package in {"debootstrap": "debootstrap", "unshare": "util-linux"}.items():
        if shutil.which(command) is None:
            raise BuildError(f"{command} is missing: apt-get install {package}")
    if not (pyodide / "pyodide.asm.wasm").exists():
        raise BuildError(f"{pyodide} is not the npm package of Pyodide: run `npm ci` in web/, or give --pyodide.")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="work folder, made if missing")
    parser.add_argument("--pyodide", type=Path, default=REPOSITORY / "web/node_modules/pyodide", help="npm package")
    parser.add_argument("--mirror", help="Debian mirror; by default the one that this machine uses")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="compilers at once")
    parser.add_argument("--from", dest="first", choices=STEPS, default="chroot", help="step to begin with")
    parser.add_argument("--to", dest="last", choices=STEPS, default="install", help="step to end with")
    parser.add_argument("--suites", action="store_true", help="run the upstream test suites as well (half an hour)")
    parser.add_argument("--accept-new-inputs", action="store_true", help="build from other sources than the lock's")
    return parser.parse_args()


def main() -> int:
    """Run the steps."""
    options = parse_arguments()
    try:
        check_host(options.pyodide)
        build = Build(
            work=options.work.resolve(),
            pyodide=options.pyodide.resolve(),
            mirror=options.mirror or host_mirror(),
            jobs=options.jobs,
            accept_new_inputs=options.accept_new_inputs,
            numpy=pinned_version("numpy"),
            pillow=pinned_version("pillow"),
        )
        names = list(STEPS)
        for name in names[names.index(options.first) : names.index(options.last) + 1]:
            if name == "suites" and not options.suites:
                continue
            build.log(name).unlink(missing_ok=True)
            started = time.monotonic()
            print(f"{name:10}", end=" ", flush=True)
            STEPS[name](build)
            print(f"{time.monotonic() - started:5.0f} s", flush=True)
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
