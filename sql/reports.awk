# Makes the registry of reports from the heads of their files, in the order that these ask for:
#   awk -v list=NAMES -f reports.awk report/a.sql report/b.sql >report_table.c
# NAMES is written, too: a line a report, its name. A mistake is told with file and line, and ends it.
#
# A head is the comment lines at the top of the file, each -- WORD: VALUE
#   report     what it shows, a line for people; comes first
#   order      its place in the list of reports, a number that no other has
#   column     NAME TYPE, again for each; with key behind it the column is part of what tells rows
#              apart (such columns lead; without any all texts do); with rare people see it only where
#              there is any. A rate is a column, too:
#              NAME TYPE = A / B or A / (B - C), of columns that add up, or of sums that only rates
#              need and nobody sees
#   dimension  what it counts by, as the table of dimensions calls it; without: rows of its own
#   key        what rows are instead of the dimension's keys: bucket (of time), purpose (of robots, within
#              buckets: parts have bucket << 4 | purpose), hour_of_week, site
#   sites      apart: rows of different sites are different rows, and the column site says whose they are
#   sort       COLUMN ascending, or COLUMN descending
#   limit      rows, unless asked otherwise; since: from when on
#   robots     on: counted unless asked otherwise; always: it is about them
#   totals     none: a sum of its rows says nothing
#   course     rows: each row's page views by day can be asked for
#   outlive    hits: its rows stay when hits are deleted for their age
#   engine     begins the body for an engine: one select that returns the columns that are no rates,
#              and the sums; a large dimension's key, and its site_key, may stand behind them
function wrong(where, text) {
    printf "%s:%d: %s\n", file, where, text >"/dev/stderr"
    mistakes++
}
function words_of(text, into,   n, list, i) {
    n = split(text, list, " ")
    for (i = 1; i <= n; i++) into[list[i]] = 1
}
BEGIN {
    words_of("report order column dimension key sites sort limit since robots course outlive totals engine", head_words)
    words_of("text count bytes took number micros seconds id percent span decimal", types)
    words_of("percent span decimal", rate_types)
    words_of("bucket purpose hour_of_week site", kinds)
    columns_max = 16
    sums_max = 4
}

# --- a head's words ---

function begin_file() {
    file = name = FILENAME
    sub(/^.*\//, "", name)
    sub(/\.sql$/, "", name)
    split("", once); split("", type_of); split("", is_column); split("", is_sum); split("", line_of)
    columns = sums = rates = keys = 0
    columns_c = sums_c = rates_c = own_c = engine = ""
    in_head = 1
    if ($0 !~ /^-- report: ./) wrong(1, "a report begins with -- report: WHAT IT SHOWS")
}

function take_column(value,   part, n, rate, rare) {
    n = split(value, part, " ")
    if (part[1] !~ /^[a-z][a-z0-9_]*$/ || !(part[2] in types)) {
        wrong(FNR, "column: NAME TYPE, the type one of text, count, bytes, took, number, micros, seconds, id, percent, span, decimal")
        return
    }
    if (part[1] in is_column) wrong(FNR, "column " part[1] " is there twice")
    if (++columns > columns_max) wrong(FNR, "more than " columns_max " columns")
    is_column[part[1]] = 1
    type_of[part[1]] = part[2]
    line_of[part[1]] = FNR
    rare = part[3] == "rare" && n == 3
    columns_c = columns_c sprintf("                {\"%s\", SLIM_%s%s},\n", part[1], toupper(part[2]), rare ? ", .is_rare = 1" : "")
    if (rare) {
        if (part[2] != "count") wrong(FNR, "a column that is rare is of type count")
    } else if (part[3] == "=") {
        rate = value
        sub(/^[^=]*= */, "", rate)
        take_rate(part[1], part[2], rate)
    } else if (part[3] == "key" && n == 3) {
        if (++keys != columns) wrong(FNR, "columns that are a key come before all others")
    } else if (n > 2) {
        wrong(FNR, "behind NAME TYPE only key, rare, or = A / B, may stand")
    }
    if (part[3] != "=" && (part[2] == "percent" || part[2] == "decimal")) {
        wrong(FNR, "a column of type " part[2] " is a rate: = A / B is missing")
    }
}

function take_rate(column, type, text,   part, n) {
    if (!(type in rate_types)) wrong(FNR, "a rate is of type percent, decimal or span")
    if (text !~ /^[a-z_]+ \/ ([a-z_]+|\([a-z_]+ - [a-z_]+\))$/) {
        wrong(FNR, "a rate is A / B or A / (B - C)")
        return
    }
    gsub(/[\/()-]/, " ", text)
    n = split(text, part, " ")
    rate_of[++rates] = column
    rate_line[rates] = FNR
    over[rates] = part[1]; under[rates] = part[2]; less[rates] = n == 3 ? part[3] : ""
}

function add(field, value) {
    own_c = own_c sprintf("     .%s = %s,\n", field, value)
}

function take_word(word, value,   part) {
    if (word in once) wrong(FNR, word " is there twice")
    once[word] = FNR
    if (word == "report") {
        gsub(/\\/, "\\\\", value); gsub(/"/, "\\\"", value)
        add("summary", "\"" value "\"")
    } else if (word == "order") {
        if (value !~ /^[1-9][0-9]*$/) wrong(FNR, "order: a number")
        else if (value in taken) wrong(FNR, "order " value " is that of " taken[value] ", too")
        taken[value] = name
        order = value
    } else if (word == "dimension") {
        add("dimension", "\"" value "\"")
    } else if (word == "key") {
        if (!(value in kinds)) wrong(FNR, "key: bucket, purpose, hour_of_week or site")
        add("key", "SLIM_KEY_" toupper(value))
    } else if (word == "sites") {
        if (value != "apart") wrong(FNR, "sites: apart")
        add("sites_apart", 1)
    } else if (word == "sort") {
        if (split(value, part, " ") != 2 || (part[2] != "ascending" && part[2] != "descending")) wrong(FNR, "sort: COLUMN ascending, or COLUMN descending")
        sorted = part[1]
        add("sort", "\"" sorted "\"")
        if (part[2] == "ascending") add("ascending", 1)
    } else if (word == "limit") {
        if (value !~ /^[1-9][0-9]*$/ || value + 0 > 1000) wrong(FNR, "limit: a number from 1 to 1000")
        add("limit", value)
    } else if (word == "since") {
        add("since", "\"" value "\"")
    } else if (word == "robots") {
        if (value != "on" && value != "always") wrong(FNR, "robots: on or always")
        add(value == "on" ? "robots" : "keeps_robots", 1)
    } else if (word == "totals") {
        if (value != "none") wrong(FNR, "totals: none")
        add("has_no_totals", 1)
    } else if (word == "course") {
        if (value != "rows") wrong(FNR, "course: rows")
        add("has_courses", 1)
    } else if (word == "outlive") {
        if (value != "hits") wrong(FNR, "outlive: hits")
        add("outlives_hits", 1)
    }
}

# --- what only the whole head shows ---

function need_sum(index_, sum) {
    if (sum == "" || sum in is_sum) return
    if (sum in is_column) {
        if (type_of[sum] != "count" && type_of[sum] != "bytes") wrong(rate_line[index_], "a rate is of what adds up: " sum " is of type " type_of[sum])
        return
    }
    is_sum[sum] = 1
    if (++sums > sums_max) wrong(rate_line[index_], "more than " sums_max " sums that are no columns")
    sums_c = sums_c (sums > 1 ? ", " : "") "\"" sum "\""
}

function end_head(   i) {
    in_head = 0
    if (!("order" in once)) wrong(line, "there is no -- order: NUMBER")
    if (columns == 0) wrong(line, "there is no -- column: NAME TYPE")
    if (!("sort" in once)) wrong(line, "there is no -- sort: COLUMN ascending or descending")
    else if (!(sorted in is_column)) wrong(once["sort"], "there is no column " sorted " to sort by")
    if ("sites" in once && type_of["site"] != "text") wrong(once["sites"], "sites: apart needs -- column: site text")
    for (i = 1; i <= rates; i++) {
        need_sum(i, over[i]); need_sum(i, under[i]); need_sum(i, less[i])
        rates_c = rates_c sprintf("              {\"%s\", \"%s\", \"%s\", %s},\n", rate_of[i], over[i], under[i], less[i] == "" ? "NULL" : "\"" less[i] "\"")
        is_rate[name, rate_of[i]] = 1
    }
    if (keys) add("keys", keys)
    text_of[order] = sprintf("    {.name = \"%s\",\n%s     .column = {\n%s     },\n", name, own_c, columns_c) \
        (sums ? "     .sum = {" sums_c "},\n" : "") (rates ? "     .rate = {\n" rates_c "     },\n" : "") "    },\n"
    name_of[order] = name
    if (order + 0 > last) last = order + 0
}

# --- bodies ---

# The columns of its outermost select, which stand indented by two spaces.
function take_body_line(   part, n, column) {
    if (/^from /) in_select = 0
    if (!in_select || !/^  [^ ].* as [a-z0-9_]+,?$/) return
    n = split($0, part, " ")
    column = part[n]
    sub(/,$/, "", column)
    if (!((column in is_column) && !((name, column) in is_rate)) && !(column in is_sum) && column != "key" && column != "site_key") {
        wrong(FNR, ((name, column) in is_rate) ? column " is a rate: a body returns sums" : "the body returns " column ", which is no column of the head")
    }
    returned[column] = 1
}

function end_body(   column) {
    if (engine == "") {
        wrong(line, "there is no -- engine: NAME with a body behind it")
        return
    }
    for (column in is_column) {
        if (!((name, column) in is_rate) && !(column in returned)) wrong(line_of[column], "the body for " engine " does not return " column)
    }
    for (column in is_sum) {
        if (!(column in returned)) wrong(engine_line, "the body for " engine " does not return " column ", which a rate needs")
    }
}

function begin_body(value) {
    if (in_head) end_head()
    else end_body()
    if (value !~ /^[a-z]+$/) wrong(FNR, "engine: a name, as sqlite")
    engine = value
    engine_line = FNR
    in_select = 1
    split("", returned)
}

# --- files ---

function end_file() {
    if (in_head) end_head()
    end_body()
}

FNR == 1 {
    if (NR > 1) end_file()
    begin_file()
}
{ line = FNR }
/^-- engine: / {
    begin_body(substr($0, 12))
    next
}
in_head {
    if (!/^-- [a-z]+: ./) {
        wrong(FNR, "a line of the head is -- WORD: VALUE, and -- engine: NAME ends it")
        next
    }
    word = substr($2, 1, length($2) - 1)
    value = substr($0, length(word) + 6)
    if (!(word in head_words)) wrong(FNR, "there is no word " word ": report, order, column, dimension, key, sites, sort, limit, since, robots, course, outlive, totals, engine")
    else if (word == "column") take_column(value)
    else take_word(word, value)
    next
}
{ take_body_line() }

END {
    end_file()
    if (mistakes) exit 1
    printf "/* Made of sql/report by reports.awk. */\n#include \"query/report.h\"\n\nconst struct slim_report slim_reports[] = {\n"
    printf "" >list
    for (i = 1; i <= last; i++) {
        if (i in text_of) {
            printf "%s", text_of[i]
            print name_of[i] >list
        }
    }
    printf "    {.name = NULL},\n};\n"
}
