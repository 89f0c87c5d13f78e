"""The pages of the manual, and the blocks in them that are run.

A block's first word says how: console (commands behind "$ ", and what they print; … stands for anything), sh (a script),
apache (a configuration), sql (statements), cron (lines of a file in /etc/cron.d), yaml (a configuration of Prometheus). A second word, elsewhere: it needs another machine, and is read alone."""
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "mod_src/manual"
KINDS = {"console", "sh", "apache", "sql", "cron", "yaml", "text"}


@dataclass
class Block:
    page: str
    line: int
    kind: str
    words: list
    text: str

    @property
    def is_run(self):
        return "elsewhere" not in self.words


def names():
    return sorted(path.stem for path in MANUAL.glob("*.md"))


def text_of(page):
    return (MANUAL / f"{page}.md").read_text()


def blocks_of(page, text=None):
    found, opened, body = [], None, []
    for number, line in enumerate((text_of(page) if text is None else text).split("\n"), 1):
        if line.startswith("```") and opened is None:
            opened, body = (number, line[3:].split()), []
        elif line.startswith("```"):
            at, words = opened
            found.append(Block(page, at, words[0] if words else "", words[1:], "\n".join(body) + "\n"))
            opened = None
        elif opened is not None:
            body.append(line)
    return found


def prose_of(text):
    """A page without its blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def commands_of(block):
    """(command, what it prints) of a console block."""
    found = []
    for line in block.text.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif line.startswith("> ") and found and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append(line)
    return found


def printed(expected):
    """The expression that what a command prints has to match."""
    out = ""
    for line in expected:
        if line.strip() == "…":
            out += r"(?:.*\n)*?"
        else:
            out += ".*?".join(re.escape(part) for part in line.rstrip().split("…")) + r" *\n"
    return re.compile(out)


def slug(head):
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"`", "", head).lower()).strip("-")


def anchors(text):
    return {slug(head) for head in re.findall(r"^##+ (.*)$", prose_of(text), re.M)}
