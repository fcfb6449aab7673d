"""Modules of the page's source in a page of the site, and a watch over what a page asks of its workers.

The site ships bundles, in which most modules have no address of their own.
"""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

WEB = Path(__file__).resolve().parents[2] / "web"

WATCH_WORKERS = """() => {
  globalThis.asked = [];
  globalThis.stages = [];
  if (globalThis.areWorkersWatched) return;
  globalThis.areWorkersWatched = true;
  const heard = new WeakSet();
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...others) {
    if (!heard.has(this)) {
      heard.add(this);
      this.addEventListener("message", ({ data }) => data.kind === "progress" && stages.push(data.stage));
    }
    if (message.kind === "request") asked.push(message.method);
    return postMessage.call(this, message, ...others);
  };
}"""
"""Lists, from now on, the methods that workers are asked for, and the stages that they report."""


def watch_workers(page: Page) -> None:
    """List, from now on, what the page asks of its workers, and the stages that they report."""
    page.evaluate(WATCH_WORKERS)


def asked(page: Page) -> list[str]:
    """Return the methods that workers were asked for since ``watch_workers``, oldest first."""
    methods: list[str] = page.evaluate("asked")
    return methods


def stages(page: Page) -> list[str]:
    """Return the stages that workers reported since ``watch_workers``, oldest first."""
    found: list[str] = page.evaluate("stages")
    return found


def add_module(page: Page, path: str, name: str) -> None:
    """Set a global of a page to what a module exports.

    The module is another instance than the page's own: use it for functions, not for shared state.

    Args:
        page: A page of the site.
        path: Of the module, in ``web/``.
        name: Of the global.
    """
    page.evaluate(f"() => {{ {_script(path)} globalThis.{name} = exported; }}")


@cache
def _script(path: str) -> str:
    esbuild = WEB / "node_modules" / ".bin" / "esbuild"
    options = ("--bundle", "--format=iife", "--global-name=exported", "--log-level=error")
    return subprocess.run([esbuild, path, *options], cwd=WEB, capture_output=True, text=True, check=True).stdout
