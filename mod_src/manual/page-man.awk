# page-man.awk -v name=NAME -v page=FILE.md: what cmark-gfm makes of a page, as a page of section 7. Its title and the
# sentence below that, as FILE has them, are its NAME; links to pages name the manual pages.
function man_name(page) {
    sub(/#.*/, "", page)
    sub(/\.md$/, "", page)
    gsub(/\\/, "", page)
    return "slimstats-" page
}

function quoted(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/`/, "", text)
    return text
}

# "words (page.md#part)" is what a link became.
function with_links(line,    out, to) {
    while (match(line, / \([a-z\\-]+\.md(#[a-z0-9\\-]+)?\)/)) {
        to = substr(line, RSTART + 2, RLENGTH - 3)
        out = out substr(line, 1, RSTART - 1) " (\\fB" quoted(man_name(to)) "\\fR(7))"
        line = substr(line, RSTART + RLENGTH)
    }
    line = out line
    gsub(/ \((\.\.\/)+[A-Za-z0-9_\/.\\-]*\)/, "", line)
    return line
}

# A long path may be parted behind a slash, as a column may be narrower.
function cells(line,    part, count, i, out) {
    count = split(line, part, "@")
    for (i = 1; i <= count; i++) if (part[i] ~ /[^ ]{24}/) gsub("/", "/\\:", part[i])
    for (i = 1; i <= count; i++) out = out (i > 1 ? "@" : "") "T{\n" part[i] "\nT}"
    return out
}

BEGIN {
    while ((getline line < page) > 0) {
        if (line ~ /^# /) title = substr(line, 3)
        else if (title && line ~ /./) summary = summary (summary ? " " : "") line
        else if (summary) break
    }
    sub(/\.$/, "", summary)
    print "'\\\" t\n.TH " toupper(quoted(man_name(name))) " 7 \"\" \"mod_slimstats\" \"mod_slimstats\""
    print ".SH NAME\n" quoted(man_name(name)) " \\- " quoted(tolower(substr(summary, 1, 1)) substr(summary, 2)) "\n.ad l\n.nh"
}

!begun && /./ {
    begun = 1
    if (!/^\.SH/) print ".SH DESCRIPTION"
}
/^\.TS/ { in_table = 1; print; next }
/^\.TE/ { in_table = 0; print; next }
in_table && /^tab\(@\);/ { print "tab(@) allbox;"; rows = 0; next }
in_table && /^c+\.$/ {
    columns = length($0) - 1
    line = ""
    for (i = 1; i <= columns; i++) line = line (i > 1 ? " " : "") (i < columns ? "l" : "lx")
    print line "."
    next
}
{
    gsub(/\\f\[C\]/, "\\fB")
    gsub(/\\f\[\]/, "\\fR")
    gsub(/\\f\[I\]/, "\\fI")
    gsub(/\\f\[B\]/, "\\fB")
    gsub(/\\\[bu\]/, "\\(bu")
    if (in_table) gsub(/\\\|/, "|")
    $0 = with_links($0)
    print in_table ? cells($0) : $0
}

END { print ".SH SEE ALSO\n.BR slimstats\\-help (7),\n.BR slimstats (1),\n.BR mod_slimstats (8)" }
