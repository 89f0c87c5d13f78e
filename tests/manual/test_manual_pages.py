"""The manual's pages: their style, what is made of the program's tables, as help and as manual pages."""
import re
import subprocess

import lint
import pages
import pytest
import tables

ALL = {name: pages.text_of(name) for name in pages.names()}
GOOD = "# A page\n\nWhat it is about.\n\nText with `SlimStatsOwn`, `slimstats check`, `--since` and [words](words-visits.md#bounce).\n"


def test_the_manual_has_no_mistakes_of_style(capsys):
    wrong = lint.main()
    assert not wrong, capsys.readouterr().err


@pytest.mark.parametrize("text, what", [
    (GOOD.replace("SlimStatsOwn", "SlimStatsOwm"), "no directive SlimStatsOwm"), (GOOD.replace("--since", "--sinse"), "has the option --sinse"),
    (GOOD.replace("slimstats check", "slimstats chek"), "no command chek"), (GOOD.replace("#bounce", "#bounces"), "no section bounces"),
    (GOOD.replace("words-visits.md", "wrds.md"), "no page wrds"), (GOOD + "\nThe report `pagez`, and `/api/pages`.\n", "no report pagez"),
    (GOOD + "\nThe state `store-gone`.\n", "no state store-gone"), (GOOD + "\nSee [it](../../none.md).\n", "none.md is not there"),
    (GOOD + "x\n" * 110, "at most 110"), (GOOD + "x" * 140 + "\n", "longer than 132"), (GOOD + "\n```bash\nls\n```\n", "a block is one of"),
    (GOOD + "\n```console\nls\n```\n", "begins with a command"), (GOOD.replace("What it is about.\n", ""), "begins with its title"),
    (GOOD + "\nA powerful page.\n", "no marketing"),
])
def test_a_mistake_is_found(text, what):
    assert [message for _, message in lint.mistakes_of("page", GOOD, ALL)] == []
    found = [message for _, message in lint.mistakes_of("page", text, ALL)]
    assert len(found) == 1 and what in found[0], found


def test_what_is_made_of_the_programs_tables_is_as_they_are(build):
    """make manual-tables makes it anew."""
    for path, text in tables.made().items():
        assert path.read_text() == text, f"{path.name}: make manual-tables"
    listed = subprocess.run([build.command, "reports"], capture_output=True, text=True, check=True, env=build.environment).stdout
    assert [line.split()[0] for line in listed.splitlines()] == [report["name"] for report in tables.reports()] + ["ledger"]
    helped = subprocess.run([build.command, "--help"], capture_output=True, text=True, check=True, env=build.environment).stdout
    assert re.findall(r"^  (\w+) +(\S.*)$", helped, re.M) == tables.commands()
    known = set(re.findall(r'"(SlimStats\w*)"', (pages.ROOT / "mod_src/core/setting_table.c").read_text()))
    assert {name for name, *_ in tables.directives()} == known and all(what for *_, what, _ in tables.directives())


def test_each_state_has_its_cause_and_its_cure():
    text = ALL["states"]
    heads = re.findall(r"^## (.*)$", text, re.M)
    names = [name for name, _ in tables.states()]
    assert len(names) > 20 and heads == [name for name in names if name != "ok"]
    for section in text.split("\n## ")[1:]:
        assert re.search(r"\n- Cause: .+\n- Cure: .", section), section.split("\n")[0]


def test_the_manual_of_the_command_has_the_words_of_the_module_s():
    """One definition: the pages of words have each word of mod_slimstats(8), in its order."""
    section = (pages.ROOT / "mod_src/httpd/mod_slimstats.8").read_text().split(".SH WORDS\n")[1].split("\n.SH ")[0]
    heads = [head for name in tables.WORDS for head in re.findall(r"^## (.*)$", ALL[name], re.M)]
    assert heads.pop(heads.index(tables.UNSEEN)) and heads == re.findall(r"^\.TP\n\.B (.*)$", section, re.M)


def test_each_column_of_a_report_is_told_once():
    told = [name for row in re.findall(r"^\| (`.*?) \|", ALL["columns"], re.M) for name in re.findall(r"`(\w+)`", row)]
    assert len(told) == len(set(told))
    assert set(told) == {name for report in tables.reports() for name, _ in report["columns"]}


# --- man ---

def man(page, tmp_path, markdown=None):
    environment = {"PATH": "/usr/bin:/bin", **({"MARKDOWN": markdown} if markdown else {})}
    return subprocess.run([pages.MANUAL / "make-page", "man", pages.MANUAL / f"{page}.md"], check=True, capture_output=True, text=True,
                          env=environment).stdout


@pytest.mark.parametrize("page", pages.names())
def test_a_page_can_be_read_by_man(page, tmp_path):
    roff = man(page, tmp_path)
    title, summary = ALL[page].split("\n")[0][2:], ALL[page].split("\n")[2].rstrip(".")
    assert roff.startswith(f"'\\\" t\n.TH SLIMSTATS\\-{page.upper()}".replace("-", "\\-").replace("\\\\-", "\\-")) and title
    shown = subprocess.run(["groff", "-ww", "-Wbreak", "-t", "-man", "-Tutf8", "-P-c", "-Kutf8", "-rLL=110n"], input=roff, capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    text = re.sub(r".\x08", "", shown.stdout)
    assert f"slimstats-{page} - {summary[0].lower()}{summary[1:]}".replace("`", "")[:60] in re.sub(r"\s+", " ", text)
    assert not re.search(rf"\b({'|'.join(pages.names())})\.md", text)
    for head in re.findall(r"^##+ (.*)$", pages.prose_of(ALL[page]), re.M):
        assert head.replace("`", "") in re.sub(r"\s+", " ", text), head


def test_without_cmark_help_is_the_text_and_man_is_silent(tmp_path):
    assert man("start", tmp_path, "/there/is/no/cmark") == ""
    shown = subprocess.run([pages.MANUAL / "make-page", "html", pages.MANUAL / "start.md"], check=True, capture_output=True, text=True,
                           env={"PATH": "/usr/bin:/bin", "MARKDOWN": "/there/is/no/cmark"}).stdout
    assert "<pre" in shown and "&lt;Location" in shown and "<title>start" in shown


def test_headers_name_the_pages_that_explain_them():
    named = {}
    for header in (pages.ROOT / "mod_src").rglob("*.h"):
        for page in re.findall(r"Explained in mod_src/manual/([a-z-]+)\.md", header.read_text()):
            named.setdefault(page, set()).add(str(header.relative_to(pages.ROOT)))
    assert set(named) == {name for name in pages.names() if re.match(r"how-(?!tested)", name)}
