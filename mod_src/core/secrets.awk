# Makes the built-in list of secret parameters from conf/secrets.tsv, whose head describes it:
#   awk -f secrets.awk secrets.tsv >secret_table.c
# Those of one first letter stand together. What tells at a glance that a name is none of them: the first
# three letters of those anywhere in a name, the first and last letter and the length of the others. A mistake is
# told with file and line, and ends it.
function wrong(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text >"/dev/stderr"
    exit mistake = 1
}
# Of a letter; digits are all the last.
function number_of(c) { return index(letters, c) ? index(letters, c) - 1 : 31 }
BEGIN { FS = "\t"; letters = "abcdefghijklmnopqrstuvwxyz" }
/^#/ || $0 == "" { next }
{
    name = $1
    stars = gsub(/^\*|\*$/, "", name)
    if (name !~ /^[a-z][a-z0-9]+$/ || stars == 1) wrong("a name, or *name*: lower-case letters and digits")
    if (stars == 0 && length(name) > 31) wrong("up to 31 bytes")
    if (stars && name !~ /^[a-z][a-z][a-z]/) wrong("three letters that *name* begins with")
    if (NF > 2 || $2 !~ /^([a-z0-9]+( [a-z0-9]+)*)?$/) wrong("names beside it, with a space between")
    if (name in line) wrong(name " stands in line " line[name] ", too")
    line[name] = FNR
    count++
    names[count] = name
    if (stars) {
        three = (number_of(substr(name, 1, 1)) * 32 + number_of(substr(name, 2, 1))) * 32 + number_of(substr(name, 3, 1))
        if (!(three in has_three)) words[int(three / 32)] += 2 ^ (three % 32)
        has_three[three]
    } else {
        ends = number_of(substr(name, 1, 1)) * 32 + number_of(substr(name, length(name)))
        if (!((ends, length(name)) in has_length)) lengths[ends] += 2 ^ length(name)
        has_length[ends, length(name)]
    }
    entry[count] = sprintf("{\"%s\", %d, %d, \"%s\"}", name, length(name), stars > 0, $2)
}
END {
    if (mistake) exit 1
    print "/* Made from conf/secrets.tsv. */\n#include \"core/secret.h\"\n"
    print "const struct slim_secret slim_secrets[] = {"
    for (letter = 1; letter <= 26; letter++) {
        first = first used + 0 ", "
        for (i = 1; i <= count; i++) {
            if (index(letters, substr(names[i], 1, 1)) != letter) continue
            print "    " entry[i] ","
            used++
        }
    }
    print "};\n\nconst uint16_t slim_secrets_from[27] = {" first used "};"
    print "\nconst uint32_t slim_secrets_three[1024] = {"
    for (i = 0; i < 1024; i++) if (i in words) printf "    [%d] = %.0fu,\n", i, words[i]
    print "};\n\nconst uint32_t slim_secrets_whole[1024] = {"
    for (i = 0; i < 1024; i++) if (i in lengths) printf "    [%d] = %.0fu,\n", i, lengths[i]
    print "};"
}
