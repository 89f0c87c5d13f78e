# Makes a C table of SQL files: awk -f embed.awk root/sqlite/maintain/a.sql root/report/b.sql
# A report's file has a body for each engine: they go by sqlite/report/b.sql and the like, without the
# head, which reports.awk reads.
function quote(line) {
    gsub(/\\/, "\\\\", line)
    gsub(/"/, "\\\"", line)
    return "    \"" line "\\n\"\n"
}
function begin(path) {
    printf "%s    {\"%s\",\n", open ? "    },\n" : "", path
    open = 1
}
BEGIN { printf "#include \"store/sqlite/base/sql.h\"\n\nconst struct slim_sql slim_sql_table[] = {\n" }
FNR == 1 {
    name = FILENAME
    sub(/^.*sql\//, "", name)
    in_head = name ~ /^report\//
    if (in_head) {
        why = $0
        sub(/^-- report: /, "-- ", why)
    } else {
        begin(name)
    }
}
name ~ /^report\// && /^-- engine: / {
    in_head = 0
    begin($3 "/" name)
    printf "%s", quote(why)
    next
}
!in_head { printf "%s", quote($0) }
END { printf "    },\n    {0, 0},\n};\n" }
