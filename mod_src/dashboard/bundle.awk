# bundle.awk MODULE...: prints one script of modules, those first that others need; the last is where it
# begins. A browser asks for one file where it asked for fifteen, and each of them had to name the next.
#
# Modules share one scope, so that a name stands at the top of one of them alone (else this fails); one that
# others import as a whole (import * as NAME) becomes an object of that name, with a scope of its own. Imports
# are a line each, and nothing is exported but declarations; what is exported by any is by the script.

function fail(why) {
    print FILENAME ":" FNR ": " why > "/dev/stderr"
    failed = 1
    exit 1
}

function declare(name) {
    at[file, name] = FNR
    names[file] = names[file] " " name
}

FNR == 1 { file = FILENAME; sub(/.*\//, "", file); last = file; files++ }

/^import / {
    if (!match($0, /"\.\/[a-z]+\.js";$/)) fail("no import of a module beside this one")
    if (/ as / && $2 != "*") fail("a name has one name")
    needs[file] = needs[file] " " substr($0, RSTART + 3, RLENGTH - 5)
    if ($2 == "*") whole[substr($0, RSTART + 3, RLENGTH - 5)] = $4
    next
}

{
    exported = sub(/^export /, "")
    if (match($0, /^(async function|function|const|let|class) [A-Za-z_$][A-Za-z0-9_$]*/)) {
        name = substr($0, RSTART, RLENGTH)
        sub(/.* /, "", name)
        declare(name)
        if (exported) exports[file] = exports[file] (exports[file] ? ", " : "") name
        rest = substr($0, RSTART + RLENGTH)
        while (/^(let|const) / && match(rest, /^( = [^,;([{"`]*)?, [A-Za-z_$][A-Za-z0-9_$]*/)) { # let a, b = -1, c;
            name = substr(rest, 1, RLENGTH)
            rest = substr(rest, RLENGTH + 1)
            sub(/.*, /, "", name)
            declare(name)
        }
    } else if (exported || /^(const|let) /) {
        fail("no declaration of a name")
    }
    text[file] = text[file] $0 "\n"
}

function check_names(module,    i, count, name) {
    count = split(names[module], name, " ")
    for (i = 1; i <= count; i++) {
        if (name[i] in owner) {
            print module ":" at[module, name[i]] ": " name[i] " is declared in " owner[name[i]] ", too" > "/dev/stderr"
            failed = 1
        }
        owner[name[i]] = module
    }
}

function add(module,    i, count, need) {
    if (module in done) return
    done[module] = 1
    count = split(needs[module], need, " ")
    for (i = 1; i <= count; i++) add(need[i])
    if (!(module in text)) {
        print "there is no " module > "/dev/stderr"
        failed = 1
    } else if (module in whole) {
        printf "const %s = (() => {\n%sreturn { %s };\n})();\n", whole[module], text[module], exports[module]
    } else {
        check_names(module)
        printf "%s", text[module]
        if (exports[module]) all = all (all ? ", " : "") exports[module]
    }
}

END {
    if (!failed) add(last)
    if (!failed) printf "export { %s };\n", all
    exit failed
}
