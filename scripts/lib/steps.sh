# Sourced after common.sh by scripts that run many checks: each has a name, all of them run, failures are counted.
# shellcheck shell=bash

passed=0
failed=()
skipped=0

# step NAME COMMAND...: runs it, with its output, and notes how it ended.
step() {
    local name=$1 start=$SECONDS
    shift
    say "$name"
    if "$@"; then
        passed=$((passed + 1))
        say "$name: passed in $((SECONDS - start)) s"
    else
        failed+=("$name")
        say "$name: FAILED"
    fi
}

skip() {
    skipped=$((skipped + 1))
    say "skipped: $*"
}

# The last line, for people and runners alike; the exit code says the same.
finish() {
    printf '%s: %d passed, %d failed, %d skipped%s\n' "${0##*/}" "$passed" "${#failed[@]}" "$skipped" \
        "${failed[*]:+ ($(IFS=,; echo "${failed[*]}"))}"
    [ ${#failed[@]} -eq 0 ]
}
