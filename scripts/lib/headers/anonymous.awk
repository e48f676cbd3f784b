# cbindgen has no unnamed members. Types whose names end in _anonymousN are written where they are used, without a
# name, as upstream's headers have them.

function expand(text, indent,    out, line, lines, count, i, name) {
    out = ""
    count = split(text, lines, "\n")
    for (i = 1; i <= count; i++) {
        line = lines[i]
        if (line ~ /_anonymous[0-9]+ anonymous[0-9]+;$/) {
            name = line; sub(/ anonymous[0-9]+;$/, "", name); sub(/^.* /, "", name)
            out = out indent "  " kind[name] " {\n" expand(body[name], indent "  ") indent "  };\n"
        } else if (line != "") out = out indent line "\n"
    }
    return out
}

/^typedef (struct|union) .*_anonymous[0-9]+ \{$/ { inside = $3; kind[inside] = $2; body[inside] = ""; next }
inside && /^\}/ { inside = ""; skip = 1; next }
inside { body[inside] = body[inside] $0 "\n"; next }
skip && /^$/ { skip = 0; next }
{ skip = 0 }
/_anonymous[0-9]+ anonymous[0-9]+;$/ {
    name = $0; sub(/ anonymous[0-9]+;$/, "", name); sub(/^.* /, "", name)
    printf "  %s {\n%s  };\n", kind[name], expand(body[name], "  ")
    next
}
{ print }
