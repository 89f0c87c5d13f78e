#!/usr/bin/python3
"""The manual's style, as far as a command can look: its pages name what there is, and are short."""
import re
import sys

import pages
import tables

LINES_MAX = 110
HOW_LINES_MAX = 60  # of those that tell how it works
WIDTH_MAX = 132
BLOCK_WIDTH_MAX = 145
SUMMARY_MAX = 100
MARKETING = re.compile(r"\b(powerful|seamless(ly)?|blazing(ly)?|cutting-edge|effortless(ly)?|world-class|revolutionary|robust|leverage)\b", re.I)
# Directives of the module, and what begins with its name and is none.
NO_DIRECTIVE = {"SlimStatsOwner", "SlimStats-Page", "SlimStats-Title"}


def known_directives():
    table = (pages.ROOT / "mod_src/core/setting_table.c").read_text()
    return set(re.findall(r'\{"(SlimStats\w*)"', table)) | NO_DIRECTIVE


def known_commands():
    """Names of commands, and the options of any of them."""
    manual = (pages.ROOT / "mod_src/cli/slimstats.1").read_text().replace("\\-", "-")
    return set(re.findall(r"&slim_command_(\w+)", (pages.ROOT / "mod_src/cli/slimstats.c").read_text())), manual


def mistakes_of(page, text, all_pages):
    """(line or 0, what is wrong)"""
    lines = text.split("\n")
    most = HOW_LINES_MAX if page.startswith("how-") else LINES_MAX
    if len(lines) - 1 > most:
        yield 0, f"{len(lines) - 1} lines: at most {most}"
    if not re.match(r"# [^\n]+\n\n[^\n#|`-][^\n]+\.\n\n", text):
        yield 1, "a page begins with its title and a sentence of one line, which is its name in man"
    elif len(lines[2]) > SUMMARY_MAX:
        yield 3, f"the sentence below the title is longer than {SUMMARY_MAX}"
    for block in pages.blocks_of(page, text):
        if block.kind not in pages.KINDS:
            yield block.line, f"a block is one of {', '.join(sorted(pages.KINDS))}"
        elif block.kind == "console" and not block.text.startswith("$ "):
            yield block.line, "a console block begins with a command"
    in_block = False
    for number, line in enumerate(lines, 1):
        in_block ^= line.startswith("```")
        width = BLOCK_WIDTH_MAX if in_block else WIDTH_MAX
        if len(line) > width and not line.startswith("| "):
            yield number, f"longer than {width}"
        if found := MARKETING.search(line):
            yield number, f"{found[0]}: no marketing"
        if line.startswith("|") and "@" in line:
            yield number, "no @ in tables: man has no room for it"
    yield from wrong_names(text)
    yield from dead_links(page, text, all_pages)


def number_of(text, at):
    return text.count("\n", 0, at) + 1


def wrong_names(text):
    directives, (commands, manual) = known_directives(), known_commands()
    for found in re.finditer(r"\bSlimStats[A-Za-z-]*", text):
        if found[0] not in directives and found[0] != "SlimStats":
            yield number_of(text, found.start()), f"there is no directive {found[0]}"
    names = {report["name"] for report in tables.reports()} | {"ledger"}
    for found in re.finditer(r"(?:slimstats report |/api/|(?<!-)[Rr]eports? )(?: *`)?([a-z]+)\b(?=`|\s--|\.csv|\?)", text):
        if found[1] not in names | {"status", "several"}:
            yield number_of(text, found.start()), f"there is no report {found[1]}"
    states = {name for name, _ in tables.states()}
    for found in re.finditer(r"`((?:store|schema|ckpt|journal|recorder|geo|networks|agents|sources|pages|clock)-[a-z]+)`", text):
        if found[1] not in states | {"journal-gap"}:
            yield number_of(text, found.start()), f"there is no state {found[1]}"
    for found in re.finditer(r"`(?:slimstats [a-z]+ )?(--[a-z-]+)", text):
        if not re.search(rf"(?<![\w-]){found[1]}(?![\w-])", manual):
            yield number_of(text, found.start()), f"no command has the option {found[1]}"
    for found in re.finditer(r"`slimstats ([a-z]+)", text):
        if found[1] not in commands:
            yield number_of(text, found.start()), f"there is no command {found[1]}"


def dead_links(page, text, all_pages):
    for found in re.finditer(r"\]\(([^)]+)\)", pages.prose_of(text)):
        to, _, part = found[1].partition("#")
        if to.startswith("http"):
            continue
        if not (to.endswith(".md") and "/" not in to):
            if not (pages.MANUAL / to).exists():
                yield number_of(text, text.find(found[0])), f"{to} is not there"
        elif to[:-3] not in all_pages:
            yield number_of(text, text.find(found[0])), f"there is no page {to}"
        elif part and part not in pages.anchors(all_pages[to[:-3]]):
            yield number_of(text, text.find(found[0])), f"{to} has no section {part}"


def main():
    all_pages = {name: pages.text_of(name) for name in pages.names()}
    failed = False
    for page, text in all_pages.items():
        for line, what in mistakes_of(page, text, all_pages):
            print(f"mod_src/manual/{page}.md:{line}: {what}", file=sys.stderr)
            failed = True
    for page in all_pages:
        if page != "help" and f"]({page}.md)" not in all_pages["help"]:
            print(f"mod_src/manual/help.md: does not name {page}.md", file=sys.stderr)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
