# Reads `readelf --debug-dump=info -W` of a C or C++ object; prints the ABI facts in it, one a line:
#   size    TYPE            BYTES
#   member  TYPE FIELD      OFFSET        bit fields: OFFSET is byte.bit:width
#   value   CONSTANT        VALUE
# Members of unnamed structs and unions are printed as members of the type around them, as C code sees them;
# members of members as `member.member`.
# Only names that match the variable `names` (a regular expression) are printed.

function value(line) { sub(/^.*\): /, "", line); sub(/^[^:]*: *(\([^)]*\) )?/, "", line); sub(/[ \t]+$/, "", line); return line }
function number(line) { sub(/^[^:]*: *\([^)]*\) */, "", line); sub(/[ \t(].*$/, "", line); return line }

/^ *<[0-9a-f]+><[0-9a-f]+>: Abbrev Number: 0/ { next }
/^ *<[0-9a-f]+><[0-9a-f]+>: Abbrev/ {
    match($0, /<[0-9a-f]+><[0-9a-f]+>/)
    split(substr($0, RSTART + 1, RLENGTH - 2), at, "><")
    level = at[1]; die = at[2]; order[++count] = die
    tag[die] = $NF; gsub(/[()]/, "", tag[die])
    stack[level] = die; parent[die] = stack[level - 1]
    next
}
/DW_AT_name/                 { name[die] = value($0) }
/DW_AT_byte_size/            { size[die] = number($0) }
/DW_AT_data_member_location/ { offset[die] = number($0) }
/DW_AT_data_bit_offset/      { bit[die] = number($0) }
/DW_AT_bit_size/             { width[die] = number($0) }
/DW_AT_const_value/          { constant[die] = number($0) }
/DW_AT_declaration/          { declared[die] = 1 }
/DW_AT_type/                 { match($0, /<0x[0-9a-f]+>/); type[die] = substr($0, RSTART + 3, RLENGTH - 4) }

# The struct or union that a type comes down to, if it is one.
function aggregate(d) {
    while (tag[d] ~ /DW_TAG_(typedef|const_type|volatile_type)/) d = type[d]
    return tag[d] ~ /DW_TAG_(structure|union)_type/ ? d : ""
}

function members(root, prefix, die, base,    i, m, at, n) {
    for (i = 1; i <= children[die]; i++) {
        m = child[die, i]
        if (tag[m] != "DW_TAG_member") continue
        at = base + offset[m]
        if (!(m in name)) { members(root, prefix, type[m], at); continue }
        n = prefix name[m]
        if (m in width) printf "member\t%s\t%s\t%d.%d:%d\n", root, n, base + int(bit[m] / 32) * 4, bit[m] % 32, width[m]
        else printf "member\t%s\t%s\t%d\n", root, n, at
        if (aggregate(type[m]) != "") members(root, n ".", aggregate(type[m]), at)
    }
}

END {
    for (i = 1; i <= count; i++) { d = order[i]; p = parent[d]; child[p, ++children[p]] = d }
    for (i = 1; i <= count; i++) {
        d = order[i]; t = ""
        if (tag[d] == "DW_TAG_enumerator" && name[d] ~ names) printf "value\t%s\t%s\n", name[d], constant[d]
        # C++ gives a typedef's unnamed struct the typedef's name; C does not: there the typedef names it.
        if (tag[d] ~ /DW_TAG_(structure|union)_type/ && (d in name)) { t = d; n = name[d] }
        if (tag[d] == "DW_TAG_typedef" && tag[type[d]] ~ /DW_TAG_(structure|union)_type/) { t = type[d]; n = name[d] }
        if (t == "" || n !~ names || seen[n]++ || declared[t]) continue
        printf "size\t%s\t%s\n", n, size[t]
        members(n, "", t, 0)
    }
}
