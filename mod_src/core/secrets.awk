# Makes the built-in list of secret parameters from conf/secrets.tsv, whose head describes it:
#   awk -f secrets.awk secrets.tsv >secret_table.c
# Those of one first letter stand together. A mistake is told with file and line, and ends it.
function wrong(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text >"/dev/stderr"
    exit mistake = 1
}
BEGIN { FS = "\t" }
/^#/ || $0 == "" { next }
{
    name = $1
    stars = gsub(/^\*|\*$/, "", name)
    if (name !~ /^[a-z][a-z0-9]+$/ || stars == 1) wrong("a name, or *name*: lower-case letters and digits")
    if (NF > 2 || $2 !~ /^([a-z0-9]+( [a-z0-9]+)*)?$/) wrong("names beside it, with a space between")
    if (name in line) wrong(name " stands in line " line[name] ", too")
    line[name] = FNR
    count++
    names[count] = name
    entry[count] = sprintf("{\"%s\", %d, %d, \"%s\"}", name, length(name), stars > 0, $2)
}
END {
    if (mistake) exit 1
    print "/* Made from conf/secrets.tsv. */\n#include \"core/secret.h\"\n"
    print "const struct slim_secret slim_secrets[] = {"
    for (letter = 1; letter <= 26; letter++) {
        first = first used + 0 ", "
        for (i = 1; i <= count; i++) {
            if (index("abcdefghijklmnopqrstuvwxyz", substr(names[i], 1, 1)) != letter) continue
            print "    " entry[i] ","
            used++
        }
    }
    print "};\n\nconst uint16_t slim_secrets_from[27] = {" first used "};"
}
