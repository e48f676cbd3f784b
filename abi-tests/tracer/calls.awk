# Makes, of hsa_api_trace.h, a wrapper in C for each entry of the tables of functions, and wrap_calls, which puts them there.
BEGIN { print "#include \"tracer.h\"\n#include <stdio.h>" }
/^typedef struct (CoreApiTable|AmdExtTable|ImageExtTable|PcSamplingExtTable) \{/ { table = $3; next }
/^}/ { table = "" }
!table { next }
{ sub(/^ */, ""); entry = entry (entry ? " " : "") $0 }
/;$/ { if (entry ~ /_fn\)\(/) wrapper(entry); entry = "" }

# An entry is a pointer to a function: RESULT (*NAME_fn)(PARAMETERS);
function wrapper(entry,    result, name, parameters) {
    result = substr(entry, 1, index(entry, "(*") - 1)
    name = substr(entry, length(result) + 3)
    name = substr(name, 1, index(name, "_fn)") - 1)
    parameters = substr(entry, length(result) + length(name) + 7)
    sub(/;$/, "", parameters)
    printf "static %s(*next_%s)%s;\n", result, name, parameters
    printf "static %scall_%s%s {\n    uint64_t begin = now();\n", result, name, parameters
    if (result ~ /^void *$/) {
        printf "    next_%s(%s);\n    write_call(\"%s\", begin, \"\");\n}\n", name, arguments(parameters), name
    } else {
        printf "    %sanswer = next_%s(%s);\n    char detail[40];\n", result, name, arguments(parameters)
        printf "    snprintf(detail, sizeof detail, \"\\\"result\\\":%%lld\", (long long)answer);\n"
        printf "    write_call(\"%s\", begin, detail);\n    return answer;\n}\n", name
    }
    wrapped[++count] = table " " name
}

# The names in a list of parameters: (A a, B *b, C (*c)(D d, E e)) gives a, b, c.
function arguments(list,    names, depth, i, letter, one) {
    for (i = 2; i <= length(list); i++) {
        letter = substr(list, i, 1)
        if (depth == 0 && (letter == "," || i == length(list))) {
            if (match(one, /\(\*[a-z0-9_]+\)/)) one = substr(one, RSTART + 2, RLENGTH - 3)
            else { sub(/(\[[^]]*\])+$/, "", one); sub(/.*[ *]/, "", one) }
            if (one != "void") names = names (names ? ", " : "") one
            one = ""
            continue
        }
        depth += (letter == "(") - (letter == ")")
        one = one letter
    }
    return names
}

END {
    member["CoreApiTable"] = "core_"; member["AmdExtTable"] = "amd_ext_"; member["ImageExtTable"] = "image_ext_"
    member["PcSamplingExtTable"] = "pc_sampling_ext_"
    print "#define WRAP(table, name) \\"
    print "    if (HAS(tables, table) && tables->table && HAS(tables->table, name##_fn)) { \\"
    print "        next_##name = tables->table->name##_fn; \\"
    print "        tables->table->name##_fn = call_##name; \\\n    }"
    print "void wrap_calls(HsaApiTable *tables) {"
    for (i = 1; i <= count; i++) { split(wrapped[i], part); printf "    WRAP(%s, %s)\n", member[part[1]], part[2] }
    print "}"
}
