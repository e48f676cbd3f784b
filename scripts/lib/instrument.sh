#!/bin/bash
# cargo's RUSTC_WORKSPACE_WRAPPER for scripts/line-coverage: the thunk's crates count their lines, the others do not
# (the simulated kernel writes no profile into its client's files).
case ${CARGO_PKG_NAME-} in
    hsakmt-*) exec "$@" -C instrument-coverage ;;
    *) exec "$@" ;;
esac
