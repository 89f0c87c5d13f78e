#!/bin/sh
# embed.sh FILE...: prints the C table of the dashboard's files. @HASH@ in them becomes the hash of
# all, so that what a page names can be kept by browsers for ever. Lines' indents and comments stay here.
set -eu
hash=$(for file in "$@"; do printf '%s\n' "${file##*/}"; cat "$file"; done | sha256sum | cut -c 1-16)

type_of() {
    case $1 in
    *.html) echo text/html ;;
    *.css) echo text/css ;;
    *.js) echo text/javascript ;;
    *.svg) echo image/svg+xml ;;
    *) echo "embed.sh: no content type for $1" >&2; return 1 ;;
    esac
}

printf '#include "assets.h"\n\nconst char slim_assets_hash[] = "%s";\n\n' "$hash"
printf 'const struct slim_asset slim_assets[] = {\n'
for file in "$@"; do
    type=$(type_of "$file")
    printf '    {"%s", "%s; charset=utf-8",\n' "${file##*/}" "$type"
    sed -e 's/^ *//' -e '/^\/\/ /d' -e '/^$/d' -e "s/@HASH@/$hash/g" -e 's/[\\"]/\\&/g' -e 's/.*/    "&\\n"/' "$file"
    printf '    },\n'
done
printf '    {0, 0, 0},\n};\n'
