#!/bin/sh
# embed.sh REPORTS FILE...: prints the C table of the dashboard's files. @HASH@ in them becomes the hash
# of all, so that what a page names can be kept by browsers for ever; a line with @REPORT@ is there for
# each name in the file REPORTS. Lines' indents, comments, and spaces within braces stay here. Modules but world.js, which is
# asked for when a map is shown, are one script: app.js.
# Each file is there a second time, packed: that is a third of it, and nothing has to be packed to serve it.
set -eu
reports=$1
shift
hash=$(for file in "$reports" "$@"; do printf '%s\n' "${file##*/}"; cat "$file"; done | sha256sum | cut -c 1-16)

modules=
for file in "$@"; do
    case $file in
    */world.js | */app.js | *.html | *.css | *.svg) ;;
    *) modules="$modules $file" ;;
    esac
done

script=$(mktemp)
trap 'rm -f "$script"' EXIT
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
    *) echo "embed.sh: no content type for $1" >&2; return 1 ;;
    esac
}

# No text of ours has such a space.
tight() {
    case $1 in
    *.js) sed -E -e 's/\{ /{/g' -e 's/ \}/}/g' -e 's/ (=>|===|!==|&&|\|\|) /\1/g' -e 's/^(const|let) ([A-Za-z]+) = /\1 \2=/' \
        -e 's/": "/":"/g' -e 's/([a-z0-9])", "([a-z])/\1","\2/g' -e 's/([a-zA-Z_]): (["[(])/\1:\2/g' -e 's/([:,]) \{([a-zA-Z.}])/\1{\2/g' ;;
    *.css) sed -e '/^\/\*.*\*\/$/d' -e 's/: /:/g' -e 's/ {/{/g' -e 's/{ /{/g' -e 's/; }/}/g' -e 's/, /,/g' -e 's/ > />/g' -e 's/\([ :,(]\)0\./\1./g' ;;
    *) cat ;;
    esac
}

lean() {
    content_of "$1" | awk 'NR == FNR { name[++names] = $0; next }
        !/@REPORT@/ { print; next }
        { for (i = 1; i <= names; i++) { line = $0; gsub(/@REPORT@/, name[i], line); print line } }' "$reports" - |
        sed -e 's/^ *//' -e '/^\/\/ /d' -e '/^$/d' -e "s/@HASH@/$hash/g" | tight "$1"
}

printf '#include "dashboard/assets.h"\n\nconst char slim_assets_hash[] = "%s";\n\n' "$hash"
printf 'const struct slim_asset slim_assets[] = {\n'
for file in "$@"; do
    case " $modules " in *" $file "*) continue ;; esac
    type=$(type_of "$file")
    printf '    {"%s", "%s; charset=utf-8",\n' "${file##*/}" "$type"
    lean "$file" | sed -e 's/[\\"]/\\&/g' -e 's/.*/    "&\\n"/'
    printf '    , (const unsigned char[]){\n'
    lean "$file" | gzip -9n | od -An -v -tu1 | sed -e 's/\([0-9]\) *$/\1,/' -e 's/\([0-9]\)  */\1,/g'
    printf '    }, %d},\n' "$(lean "$file" | gzip -9n | wc -c)"
done
printf '    {0, 0, 0, 0, 0},\n};\n'
