#!/bin/sh
# embed.sh REPORTS FILE...: prints the C table of the dashboard's files. @HASH@ in them becomes the hash
# of all, so that what a page names can be kept by browsers for ever; a line with @REPORT@ is there for
# each name in the file REPORTS. Lines' indents and comments stay here. Modules but world.js, which is
# asked for when a map is shown, are one script: app.js. Files of a folder manual are called help/PAGE; what is shown in
# them as it is written keeps its lines. DATADIR: where the installed data are.
# Each file is there packed alone: that is a third of it, and nothing has to be packed to serve it.
set -eu
reports=$1
shift
hash=$(for file in "$reports" "$@"; do
    case $file in */manual/*) continue ;; esac
    printf '%s\n' "${file##*/}"; cat "$file"
done | sha256sum | cut -c 1-16)

modules=
for file in "$@"; do
    case $file in
    */world.js | */app.js | *.html | *.css | *.svg | *.json) ;;
    *) modules="$modules $file" ;;
    esac
done

script=$(mktemp)
trap 'rm -f "$script" "$script.gz"' EXIT
for file in "$@"; do
    # shellcheck disable=SC2086 # a list of files
    [ "${file##*/}" != app.js ] || awk -f "${0%/*}/bundle.awk" $modules "$file" >"$script"
done

content_of() {
    case $1 in
    */app.js) cat "$script" ;;
    *) cat "$1" ;;
    esac
}

type_of() {
    case $1 in
    *.html) echo text/html ;;
    *.css) echo text/css ;;
    *.js) echo text/javascript ;;
    *.svg) echo image/svg+xml ;;
    *.json) echo application/json ;;
    *) echo "embed.sh: no content type for $1" >&2; return 1 ;;
    esac
}

name_of() {
    case $1 in
    */manual/*.html) name=${1##*/}; echo "help/${name%.html}" ;;
    */manual/*) echo "help/${1##*/}" ;;
    *) echo "${1##*/}" ;;
    esac
}

lean() {
    case $1 in
    */manual/*) sed -e "s/@HASH@/$hash/g" -e "s|/usr/share/slimstats|${DATADIR:-&}|g" "$1"; return ;;
    esac
    content_of "$1" | awk 'NR == FNR { name[++names] = $0; next }
        !/@REPORT@/ { print; next }
        { for (i = 1; i <= names; i++) { line = $0; gsub(/@REPORT@/, name[i], line); print line } }' "$reports" - |
        sed -e 's/^ *//' -e '/^\/\/ /d' -e '/^$/d' -e "s/@HASH@/$hash/g"
}

printf '#include "dashboard/assets.h"\n\nconst char slim_assets_hash[] = "%s";\n\n' "$hash"
printf 'const struct slim_asset slim_assets[] = {\n'
for file in "$@"; do
    case " $modules " in *" $file "*) continue ;; esac
    type=$(type_of "$file")
    printf '    {"%s", "%s; charset=utf-8", %d,\n' "$(name_of "$file")" "$type" "$(lean "$file" | wc -c)"
    printf '    (const unsigned char[]){\n'
    lean "$file" | gzip -9n >"$script.gz"
    od -An -v -tu1 "$script.gz" | sed -e 's/\([0-9]\) *$/\1,/' -e 's/\([0-9]\)  */\1,/g'
    printf '    }, %d},\n' "$(wc -c <"$script.gz")"
done
printf '    {0, 0, 0, 0, 0},\n};\n'
