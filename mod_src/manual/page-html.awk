# page-html.awk -v name=NAME: what cmark-gfm makes of a page, as a page of the dashboard's help. Sections get the names by
# which links find them, links to pages lose their .md, and those to other files of the tree are texts.
function id_of(text) {
    gsub(/<[^>]*>|&[a-z]+;/, "", text)
    text = tolower(text)
    gsub(/[^a-z0-9]+/, "-", text)
    gsub(/^-|-$/, "", text)
    return text
}

function with_links(line,    out, link, to, words) {
    while (match(line, /<a href="[^"]*">[^<]*(<code>[^<]*<\/code>)?[^<]*<\/a>/)) {
        out = out substr(line, 1, RSTART - 1)
        link = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        to = words = link
        sub(/^<a href="/, "", to)
        sub(/".*/, "", to)
        sub(/^<a [^>]*>/, "", words)
        sub(/<\/a>$/, "", words)
        if (to ~ /^https?:/) link = "<a href=\"" to "\" rel=\"noreferrer\">" words "</a>"
        else if (to ~ /\//) link = words
        else {
            sub(/\.md/, "", to)
            sub(/^help/, "./", to)
            link = "<a href=\"" to "\">" words "</a>"
        }
        out = out link
    }
    return out line
}

{ text = text $0 "\n" }
/^<h1>/ && !title { title = $0; gsub(/<[^>]*>/, "", title) }

END {
    if (!title) title = name
    count = split(with_links(text), lines, "\n") - 1
    print "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    print "<meta name=\"robots\" content=\"noindex, nofollow\">\n<meta name=\"color-scheme\" content=\"light dark\">"
    print "<title>" title " – slimstats</title>"
    print "<link rel=\"icon\" type=\"image/svg+xml\" href=\"../assets/@HASH@/icon.svg\">"
    print "<link rel=\"stylesheet\" href=\"../assets/@HASH@/style.css\">\n</head>\n<body>"
    print "<main class=\"card plain help\">"
    print "<nav aria-label=\"Help\"><a href=\"../\">slimstats</a> <a href=\"./\">Help</a></nav>"
    for (i = 1; i <= count; i++) {
        line = lines[i]
        if (line ~ /^<pre/) in_block = 1
        if (!in_block && match(line, /^<h[23]>/)) sub(/^<h[23]>/, substr(line, 1, 3) " id=\"" id_of(line) "\">", line)
        if (line ~ /^<pre/) sub(/^<pre/, "<pre tabindex=\"0\"", line)
        sub(/<table>/, "<table tabindex=\"0\">", line) # it may have to be scrolled, as a block
        gsub(/<th>/, "<th scope=\"col\">", line)
        gsub(/<th scope="col"><\/th>/, "<td></td>", line)
        gsub(/<!-- raw HTML omitted -->/, "", line)
        print line
        if (line ~ /<\/pre>/) in_block = 0
    }
    print "</main>\n</body>\n</html>"
}
