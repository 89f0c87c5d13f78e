#!/usr/bin/python3
"""What the manual takes from the program: pages and tables that nobody writes a second time.

    tables.py        writes them anew (make manual-tables)

made() has them by their file; a test compares. Of pages that people write, what stands between <!-- NAME --> and
<!-- end --> is made."""
import json
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "mod_src/manual"
WIDTH = 120

# --- words: from the manual page of the module ---

WORDS = {  # page: its title, the sentence below it, and the first word that it has
    "words-hits": ("Words: hits", "What a hit, a page, a kind, a page view, a download and an error are.", "hit"),
    "words-robots": ("Words: robots", "What robots are, whose they are, what for, and what they take.", "robot"),
    "words-visits": ("Words: people", "What visitors, visits, bounces and durations are.", "visitor"),
    "words-sources": ("Words: sources and clients", "What referers, sources, channels, campaigns, places, marks and browsers are.", "referer"),
}

UNSEEN = "What a server cannot see"


def plain(text):
    """Roff's escapes as characters; what Markdown would read as a sign of its own stands as code."""
    text = re.sub(r"\\f.", "", text).replace("\\-", "-").replace("\\(bu", "").replace("\\e", "\\").replace("\\&", "")
    return re.sub(r"(?<![`\w])[^\s`,;()]*[*_<\\][^\s`]*", lambda m: f"`{m[0].rstrip('.,;:)')}`{m[0][len(m[0].rstrip('.,;:)')):]}", text)


def marked(macro, rest):
    """A line of .B, .I, .BR and the like: what is bold or slanted is code."""
    if macro in ("B", "I"):
        return f"`{plain_code(rest)}`"
    out, bold = "", macro[0] in "BI"
    for part in re.findall(r'"([^"]*)"|(\S+)', rest):
        text = plain_code(part[0] or part[1])
        out += f"`{text}`" if bold and re.search(r"\w", text) else text
        bold = not bold
    return out


def plain_code(text):
    return re.sub(r"\\f.", "", text).replace("\\-", "-").replace("\\e", "\\").strip('"')


def items(section):
    """(word, blocks) of each .TP of a section; a block is (sort, text): p, 1 (of a list) or pre."""
    for entry in section.split("\n.TP\n.B ")[1:]:
        word, _, body = entry.partition("\n")
        blocks, sort, lines = [], "p", []

        def end():
            if lines:
                blocks.append((sort, " ".join(lines)))
                lines.clear()
        for line in body.split("\n"):
            macro = re.match(r"\.(\w+) ?(.*)", line)
            if not macro:
                lines.append(plain(line))
            elif macro[1] in ("RS", "RE", "PP"):
                end()
                sort = "p"
            elif macro[1] == "IP":
                end()
                sort = macro[2].split()[0] if macro[2] else "p"
            else:
                lines.append(marked(macro[1], macro[2]))
        end()
        yield word, blocks


def wrapped(text, first="", rest=""):
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


def words():
    """The chapter WORDS of mod_slimstats(8), as pages."""
    section = (ROOT / "mod_src/httpd/mod_slimstats.8").read_text().split(".SH WORDS\n")[1].split("\n.SH ")[0]
    section, unseen = section.split("\n.PP\n")[:2]
    page, text = None, {}
    firsts = {first: name for name, (_, _, first) in WORDS.items()}
    for word, blocks in items("\n" + section):
        if word in firsts:
            page = firsts[word]
            title, summary, _ = WORDS[page]
            text[page] = f"# {title}\n\n{summary}\n\nThis page is made of mod_slimstats(8), where these words are defined.\n"
        text[page] += f"\n## {word}\n"
        for sort, block in blocks:
            mark = f"{sort} " if sort != "p" else ""
            text[page] += ("" if mark and sort != "1." else "\n") + wrapped(block, mark, " " * len(mark)) + "\n"
    text["words-visits"] += f"\n## {UNSEEN}\n\n{wrapped(' '.join(plain(line) for line in unseen.split(chr(10)) if line))}\n"
    return {f"{name}.md": body for name, body in text.items()}


# --- reports: from the heads of their files ---

def reports():
    """Of each report, in their order: {name, report, order, columns: [(name, type)], …}."""
    found = []
    for path in (ROOT / "sql/report").glob("*.sql"):
        head = {"name": path.stem, "columns": []}
        for line in path.read_text().split("\n-- engine:")[0].split("\n"):
            word, _, value = line.removeprefix("-- ").partition(": ")
            if word == "column":
                head["columns"].append(tuple(value.split()[:2]))
            else:
                head[word] = value
        found.append(head)
    return sorted(found, key=lambda head: int(head["order"]))


def report_table():
    rows = [f"| `{r['name']}` | {r['report']} | {' '.join(name for name, _ in r['columns'])} |" for r in reports()]
    return "| report | shows | columns |\n|---|---|---|\n" + "\n".join(rows) + "\n"


# --- filters and words of a question ---

def filters():
    """(name, may have several values)"""
    return [(name, values != "NULL") for name, values in re.findall(
        r'^    \{"(\w+)", SLIM_OF_\w+, (&\w+|NULL)\}', (ROOT / "mod_src/query/filter_table.c").read_text(), re.M)]


def query_words():
    """(name, may repeat, value or None, what it is)"""
    text = (ROOT / "mod_src/query/query_word.c").read_text()
    table = re.sub(r'"\s*TEXT_OF\(\s*SLIM_LIMIT_MAX\)', '1000"', text.split("slim_query_words[] = {")[1])
    table = re.sub(r'" TEXT_OF\(\s*\w+\)\s*"?', "", table).replace("TIMES", '""')
    return [(name, repeat == "1", value.strip('"') if value != "NULL" else None, about) for name, repeat, value, about in re.findall(
        r'\{"(\w+)", \'.\', (\d), (NULL|"[^"]*"),\s*"[^}]*?"([^"]*)",?\s*\w+\}', table)]


def filter_table():
    several = ", ".join(f"`{name}`" for name, lists in filters() if lists)
    single = ", ".join(f"`{name}`" for name, lists in filters() if not lists)
    return wrapped(f"With several values, as in `country=DE,AT`: {several}.") + "\n\n" + wrapped(f"With one, in which a comma is a comma: {single}.") + "\n"


# --- directives and commands ---

MACROS = {"SLIM_STATE_DEFAULT": "/var/lib/slimstats", "SLIM_BINDIR": "/usr/bin"}
PLACES = {"DIRECTORY": "anywhere", "SECTION": "not in .htaccess", "HOST": "server, virtual host", "SERVER": "main server", "LOCATION": "dashboard's location"}


def c_text(value):
    """A C string of literals and macros."""
    return "".join(literal or MACROS[macro] for literal, macro in re.findall(r'"([^"]*)"|(SLIM_\w+)', value))


def directives():
    """(name, value, default, where, what it sets, what is allowed)"""
    text = (ROOT / "mod_src/core/setting_table.c").read_text()
    words = {name: re.findall(r'"(\w+)"', body) for name, body in re.findall(r"static const char \*const (\w+)\[\] = \{(.*?)\};", text, re.S)}
    for name, place, body in re.findall(r'\{"(SlimStats\w*)", (?:NULL|"[^"]*"), SLIM_IN_(\w+),(.*?"\s*)\},\n', text, re.S):
        fields = {key: value for key, value in re.findall(r'\.(\w+)\s*=\s*((?:"[^"]*"|[\w\s*()])+?)\s*(?=,\s*\.|$)', body.strip())}
        value = "|".join(words[fields["word"].strip()]) if "word" in fields else c_text(fields.get("placeholder", ""))
        yield name, value, c_text(fields.get("fallback", "")), PLACES[place], c_text(fields["summary"]), c_text(fields.get("allowed", ""))


def table(head, rows):
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n" + "".join(f"| {line} |\n".replace("|  |", "| |") for line in lines)


def directive_table():
    return table(("directive", "sets", "default", "where"), [(f"`{name} {value}`", what, f"`{default}`" if default else "", where)
                                                              for name, value, default, where, what, _ in directives()])


def commands():
    """(name, what it does), in the order of the command's own list."""
    order = re.findall(r"&slim_command_(\w+)", (ROOT / "mod_src/cli/slimstats.c").read_text())
    text = "".join(path.read_text() for path in sorted((ROOT / "mod_src/cli").glob("*.c")))
    told = {name: c_text(body) for name, body in re.findall(r'\.name = "(\w+)".*?\.summary = ((?:"[^"]*"\s*)+)', text, re.S)}
    return [(name, told[name]) for name in order]


def command_table():
    return table(("command", "does"), [(f"`slimstats {name}`", what) for name, what in commands()])


# --- states ---

def states():
    """(name, advice), as the program has them."""
    text = (ROOT / "mod_src/core/status.c").read_text()
    return [(name, "".join(re.findall(r'"([^"]*)"', advice))) for name, advice in re.findall(
        r'\[SLIM_STATE_\w+\]\s*=\s*\{"([a-z-]+)",\s*((?:"[^"]*"\s*)+)\}', text)]


# --- the API ---

JSON_TYPES = {"text": "string", "id": "string", "percent": "number", "decimal": "number"}


def got(summary, description, kind, schema, parameters, failures):
    """A path that is no report's."""
    return {"get": {"summary": summary, "parameters": parameters, "responses": {
        "200": {"description": description, "content": {kind: {"schema": schema}}}, **failures}}}


def other_paths(refs, failures):
    names = [report["name"] for report in reports()]
    answer = {"$ref": "#/components/schemas/answer"}
    one = {"name": "report", "in": "path", "required": True, "schema": {"type": "string", "enum": [*names, "ledger"]}}
    several = {"name": "report", "in": "query", "required": True, "explode": True, "schema": {"type": "array", "maxItems": 24, "items": {"enum": names}},
               "description": "parameters before the first are for all, those behind one for it"}
    return {
        "/api/{report}.csv": got("a report as CSV", "the rows, after a line of names", "text/csv", {"type": "string"}, [one, *refs], failures),
        "/api/ledger": got("what became of all hits; not where SlimStatsSites or SlimStatsView stands", "the rows", "application/json", answer, [], failures),
        "/api/several": got("several reports at once", "their answers, in their order", "application/json",
                            {"type": "object", "required": ["answers"], "properties": {"answers": {"type": "array", "items": answer}}}, [several, *refs], failures),
        "/api/dashboard": got("what this dashboard shows: reports and filters, null where all are, and segments", "what there is", "application/json",
                              {"type": "object", "required": ["reports", "filters", "segments"]}, [], {}),
        "/report.html": got("all reports as one page without script", "the page", "text/html", {"type": "string"}, refs, failures),
        "/metrics": got("for monitoring, as Prometheus or OpenMetrics", "the metrics", "text/plain", {"type": "string"}, [], {})}


def openapi():
    version = re.search(r'SLIM_VERSION "(.*)"', (ROOT / "mod_src/core/version.h").read_text())[1]
    parameters, refs = {}, []
    for name, repeat, value, about in query_words():
        schema = {"type": "string"} if value != "N" else {"type": "integer", "minimum": 0}
        if value is None:
            schema = {"type": "string", "enum": ["on", "off"]}
        elif value == "STEP":
            schema["enum"] = ["hour", "day", "week", "month"]
        elif value == "DAY":
            schema["enum"] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        elif value == "previous":
            schema["enum"] = ["previous"] if name == "compare" else ["previous", "this"]
        if repeat:
            schema = {"type": "array", "items": schema}
        parameters[name] = {"name": name, "in": "query", "description": about, "schema": schema, **({"explode": True} if repeat else {})}
        refs.append({"$ref": f"#/components/parameters/{name}"})
    failures = {str(code): {"$ref": "#/components/responses/failure"} for code in (400, 503)}
    paths = {}
    for report in reports():
        types = [JSON_TYPES.get(kind, "integer") for _, kind in report["columns"]]
        row = {"type": "array", "prefixItems": [{"type": [kind, "null"]} for kind in types], "items": False, "minItems": len(types)}
        paths[f"/api/{report['name']}"] = {"get": {
            "operationId": report["name"], "summary": report["report"], "description": "columns: " + ", ".join(n for n, _ in report["columns"]),
            "parameters": refs, "responses": {"200": {"description": "the rows", "content": {"application/json": {"schema": {
                "allOf": [{"$ref": "#/components/schemas/answer"}, {"properties": {
                    "report": {"const": report["name"]}, "rows": {"items": row}}}]}}}}, **failures}}}
    paths.update(other_paths(refs, failures))
    # Without words it is no report: that is what asks for the state.
    ok = paths["/api/status"]["get"]["responses"]["200"]
    ok["description"] = "with any parameter the rows, without one state and ledger"
    state = {"type": "object", "required": ["state", "advice"], "properties": {"state": {"enum": [name for name, _ in states()]}}}
    ok["content"]["application/json"]["schema"] = {"anyOf": [ok["content"]["application/json"]["schema"], state]}
    text = {"type": "string"}
    answer = {"type": "object", "required": ["report", "from", "until", "tz", "robots", "filters", "columns", "rows", "totals", "more", "approximate"],
              "properties": {
                  "report": text, "from": {"type": "string", "format": "date-time"}, "until": {"type": "string", "format": "date-time"}, "tz": text,
                  "robots": {"type": "boolean"}, "filters": {"type": "array", "items": text},
                  "columns": {"type": "array", "items": {"type": "object", "required": ["name", "type"], "properties": {"name": text, "type": text}}},
                  "rows": {"type": "array", "items": {"type": "array"}}, "totals": {"type": "object"}, "more": {"type": "boolean"},
                  "approximate": {"type": "boolean"}, "error_percent": {"type": "number"}, "rows_from": text, "rounded": {"type": "boolean"},
                  "older_rules_until": text, "previous": {"type": "object"},
                  "notes": {"type": "array", "items": {"type": "object", "required": ["note", "time", "until", "kind", "site", "text", "times", "hits"]}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "mod_slimstats", "version": version, "description": "Reports of a server's statistics. GET and HEAD only; nothing is changed.",
                 "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "..", "description": "the dashboard's location"}],
        "paths": paths,
        "components": {
            "parameters": parameters,
            "schemas": {"answer": answer, "failure": {"type": "object", "required": ["error"], "properties": {"error": text, "parameter": text}}},
            "responses": {"failure": {"description": "a parameter that is not known or cannot be used (400), or a store that is not available (503)",
                                      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/failure"}}}}}}}


# --- all of it ---

PARTS = {"reports": report_table, "filters": filter_table, "directives": directive_table, "commands": command_table}


def filled(text):
    """A page with its parts made anew."""
    return re.sub(r"(<!-- (\w+) -->\n\n).*?(<!-- end -->)", lambda m: m[1] + PARTS[m[2]]() + "\n" + m[3], text, flags=re.S)


def made():
    """Text by path: of each file in which anything is made."""
    files = {MANUAL / name: text for name, text in words().items()}
    files[MANUAL / "openapi.json"] = json.dumps(openapi(), separators=(",", ":")).replace('"/api/', '\n"/api/') + "\n"
    for page in MANUAL.glob("*.md"):
        if "<!-- end -->" in page.read_text():
            files[page] = filled(page.read_text())
    return files


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content)
