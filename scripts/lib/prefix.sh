# Sourced by scripts/install and scripts/uninstall, after common.sh: their options and the manifest.
# shellcheck shell=bash

# Relative to the prefix: one installed path a line, the manifest itself among them.
manifest=share/rocr-rs/manifest

# Sets `root`, the folder that stands for the prefix.
parse_prefix() {
    local prefix=/opt/rocm destdir=
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help) show_help; exit ;;
            --prefix) prefix=${2:?--prefix wants a folder}; shift 2 ;;
            --destdir) destdir=${2:?--destdir wants a folder}; shift 2 ;;
            *) die "unknown option: $1 (try --help)" ;;
        esac
    done
    case $prefix in
        /*) root=${destdir%/}$prefix ;;
        *) die "--prefix wants an absolute path, not $prefix" ;;
    esac
}

# Removes each listed file, then the folders that this leaves empty.
remove_installed() {
    [ -e "$root/$manifest" ] || return 0
    local file folder
    while read -r file; do
        rm -f "$root/$file"
        folder=${file%/*}
        while [ "$folder" != "$file" ] && rmdir "$root/$folder" 2>/dev/null; do
            file=$folder
            folder=${file%/*}
        done
    done <"$root/$manifest"
    rmdir "$root" 2>/dev/null || true
}
