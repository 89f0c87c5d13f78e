# Makes a C table of SQL files: awk -f embed.awk root/a.sql root/b.sql
function quote(line) {
    gsub(/\\/, "\\\\", line)
    gsub(/"/, "\\\"", line)
    return "    \"" line "\\n\"\n"
}
FNR == 1 {
    if (NR > 1) printf "    },\n"
    name = FILENAME
    sub(/^.*sql\//, "", name)
    if (NR == 1) printf "#include \"sql.h\"\n\nconst struct slim_sql slim_sql_table[] = {\n"
    printf "    {\"%s\",\n", name
}
{ printf "%s", quote($0) }
END { printf "    },\n    {0, 0},\n};\n" }
