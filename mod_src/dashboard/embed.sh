#!/bin/sh
# embed.sh REPORTS FILE...: prints the C table of the dashboard's files. @HASH@ in them becomes the hash
# of all, so that what a page names can be kept by browsers for ever; a line with @REPORT@ is there for
# each name in the file REPORTS. Lines' indents and comments stay here.
# Each file is there a second time, packed: that is a third of it, and nothing has to be packed to serve it.
set -eu
reports=$1
shift
hash=$(for file in "$reports" "$@"; do printf '%s\n' "${file##*/}"; cat "$file"; done | sha256sum | cut -c 1-16)

type_of() {
    case $1 in
    *.html) echo text/html ;;
    *.css) echo text/css ;;
    *.js) echo text/javascript ;;
    *.svg) echo image/svg+xml ;;
    *) echo "embed.sh: no content type for $1" >&2; return 1 ;;
    esac
}

lean() {
    awk 'NR == FNR { name[++names] = $0; next }
        !/@REPORT@/ { print; next }
        { for (i = 1; i <= names; i++) { line = $0; gsub(/@REPORT@/, name[i], line); print line } }' "$reports" "$1" |
        sed -e 's/^ *//' -e '/^\/\/ /d' -e '/^$/d' -e "s/@HASH@/$hash/g"
}

printf '#include "dashboard/assets.h"\n\nconst char slim_assets_hash[] = "%s";\n\n' "$hash"
printf 'const struct slim_asset slim_assets[] = {\n'
for file in "$@"; do
    type=$(type_of "$file")
    printf '    {"%s", "%s; charset=utf-8",\n' "${file##*/}" "$type"
    lean "$file" | sed -e 's/[\\"]/\\&/g' -e 's/.*/    "&\\n"/'
    printf '    , (const unsigned char[]){\n'
    lean "$file" | gzip -9n | od -An -v -tu1 | sed -e 's/\([0-9]\) *$/\1,/' -e 's/\([0-9]\)  */\1,/g'
    printf '    }, %d},\n' "$(lean "$file" | gzip -9n | wc -c)"
done
printf '    {0, 0, 0, 0, 0},\n};\n'
