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
from typing import TYPE_CHECKING

from onsight.core.texts import text

if TYPE_CHECKING:  # for type checkers and editors, which cannot follow the table
    from onsight.tools.classify.options import *
    from onsight.tools.classify.results import *
    from onsight.tools.compare.options import *
    from onsight.tools.compare.results import *
    from onsight.tools.detect.options import *
    from onsight.tools.detect.results import *
    from onsight.tools.enhance.options import *
    from onsight.tools.enhance.results import *
    from onsight.tools.organise.options import *
    from onsight.tools.organise.results import *
    from onsight.tools.shared.options import *
    from onsight.tools.shared.results import *
    from onsight.tools.tag.options import *
    from onsight.tools.tag.results import *


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes:
        name: Name of its folder.
        commands: Its commands on the command line: functions that return the line of help, by name. The module of a
            command is ``command.py`` if it has the name of the tool, and ``commands/NAME.py`` otherwise.
    """

    name: str
    commands: Mapping[str, Callable[[], str]] = field(default_factory=lambda: MappingProxyType({}))

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
    Tool("classify", {"classify": lambda: text("give each picture one label")}),
    Tool("tag", {"tag": lambda: text("list everything that each picture shows")}),
    Tool("compare", {"compare": lambda: text("compare the label of each picture with its tags")}),
    Tool("detect", {"detect": lambda: text("find the objects in each picture")}),
    Tool("enhance", {"enhance": lambda: text("improve light, colour, detail and shape of each picture")}),
    Tool(
        "organise",
        {
            "index": lambda: text("take pictures into a library"),
            "search": lambda: text("find pictures in a library"),
            "sort": lambda: text("sort pictures into folders"),
            "tags": lambda: text("add, remove, rename tags; undo"),
            "duplicates": lambda: text("find duplicates and look-alikes in a library"),
            "export": lambda: text("write what a library knows for other programs"),
        },
    ),
    Tool("shared"),
)
"""All tools, in the order in which ``onsight --help`` lists their commands.

Their modules are imported by name when they are needed: the page never imports the command line, and the command line
imports only the command that is run."""
