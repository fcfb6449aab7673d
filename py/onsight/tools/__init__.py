"""The tools: one folder for each, and one table of them.

The folder of a tool has

    options.py, results.py    what goes in and what comes out
    task.py                   the work itself, a flow that asks for networks to be run
    methods.py                ``METHODS``, what the page can ask of it, and ``TASKS``, which are made when the engine
                              starts
    command.py or commands/   ``COMMAND``, its command or commands on the command line
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from onsight.core.texts import text


@dataclass(frozen=True, slots=True)
class ToolPage:
    """What the page says about a tool before its folder is loaded. Its address is ``#/NAME``.

    Attributes:
        title: Its name for people.
        summary: One sentence for the card on the home page.
        drop: What dropping pictures on the tool does, in a few words.
        accept: What the file chooser offers, if not only pictures.
        receives: Whether the tool takes pictures itself; for other tools they go into the list of pictures.
    """

    title: str
    summary: str
    drop: str
    accept: str = "image/*"
    receives: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes:
        name: Name of its folder.
        commands: Its commands on the command line: functions that return the line of help, by name. The module of a
            command is ``command.py`` if it has the name of the tool, and ``commands/NAME.py`` otherwise.
        page: What the page says about it; None if the page does not offer it as a tool.
    """

    name: str
    commands: Mapping[str, Callable[[], str]] = field(default_factory=lambda: MappingProxyType({}))
    page: Callable[[], ToolPage] | None = None

    @property
    def methods_module(self) -> str:
        """Full name of the module with ``METHODS`` and ``TASKS``."""
        return f"{__name__}.{self.name}.methods"

    @property
    def public_modules(self) -> tuple[str, str]:
        """Full names of the modules whose classes ``from onsight import …`` offers."""
        return f"{__name__}.{self.name}.options", f"{__name__}.{self.name}.results"

    def command_module(self, command: str) -> str:
        """Return the full name of the module with ``COMMAND``."""
        return f"{__name__}.{self.name}.{'command' if command == self.name else f'commands.{command}'}"


TOOLS = (
    Tool(
        "classify",
        {"classify": lambda: text("give each picture one label")},
        lambda: ToolPage(
            title=text("Classify"),
            summary=text("One label for the whole picture, and where the network looked."),
            drop=text("Drop to classify"),
        ),
    ),
    Tool(
        "tag",
        {"tag": lambda: text("list everything that each picture shows")},
        lambda: ToolPage(
            title=text("Tag"),
            summary=text("Everything in the picture: objects, scene, colours, each with its confidence."),
            drop=text("Drop to tag"),
        ),
    ),
    Tool(
        "detect",
        {"detect": lambda: text("find the objects in each picture")},
        lambda: ToolPage(
            title=text("Detect"),
            summary=text("A labelled box around each object, and how many there are."),
            drop=text("Drop to find objects"),
        ),
    ),
    Tool(
        "enhance",
        {"enhance": lambda: text("improve light, colour, detail and shape of each picture")},
        lambda: ToolPage(
            title=text("Enhance"),
            summary=text("Better light and colour, less noise, more pixels."),
            drop=text("Drop to enhance"),
        ),
    ),
    Tool(
        "organise",
        {
            "index": lambda: text("add pictures to a library"),
            "search": lambda: text("find pictures in a library"),
            "sort": lambda: text("sort pictures into folders"),
            "tags": lambda: text("add, remove, rename tags; undo"),
            "duplicates": lambda: text("find duplicates and look-alikes in a library"),
            "export": lambda: text("export a library’s data for other programs"),
        },
        lambda: ToolPage(
            title=text("Organise"),
            summary=text("Sort a folder of thousands, search it, find duplicates."),
            drop=text("Drop to add to the library"),
            accept="image/*,.zip",
            receives=True,
        ),
    ),
    Tool(
        "compare",
        {"compare": lambda: text("compare the label of each picture with its tags")},
        lambda: ToolPage(
            title=text("Compare"),
            summary=text("Classification and tagging side by side, on your own picture."),
            drop=text("Drop to compare"),
        ),
    ),
    Tool(
        "details",
        {"details": lambda: text("show each file’s metadata, or save copies without it")},
        lambda: ToolPage(
            title=text("Details"),
            summary=text("What the file gives away: place, time, camera, names. Save a copy without any of it."),
            drop=text("Drop to see its details"),
        ),
    ),
    Tool("shared"),
)
"""All tools, in the order of ``onsight --help`` and of the page's navigation.

Their modules are imported by name when they are needed: the page never imports the command line, and the command line
imports only the command that is run. `python -m web.protocol` generates the page's table of tools from this one."""
