//! `scripts/line-coverage`: a table of the thunk's files, how many of their lines were run, and which were not.
//!
//! A line is what LLVM's coverage mapping says of it: the innermost region that holds it, or, where regions begin
//! on it, the one that ran most. Which lines there are is told by the library itself, so lines of tests and of
//! what was not compiled do not count; that they ran may have been seen by any object.
#![forbid(unsafe_code)]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use llvm_profparser::{
    coverage::{
        coverage_mapping::CoverageMapping,
        reporting::{CoverageReport, CoverageResult},
    },
    merge_profiles,
};

/// Line number and whether it ran.
type Lines = BTreeMap<usize, bool>;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [least, profiles, sources, library, others @ ..] = arguments.as_slice() else {
        eprintln!("usage: line-coverage PERCENT PROFILES SOURCES LIBRARY [OBJECT...]");
        return ExitCode::from(2);
    };
    let Some(least) = least.to_str().and_then(|text| text.parse::<f64>().ok()) else {
        eprintln!("line-coverage: {}: no number", least.display());
        return ExitCode::from(2);
    };
    match measure(profiles, sources, library, others) {
        Ok(files) => report(&files, sources, least),
        Err(why) => {
            eprintln!("line-coverage: {why}");
            ExitCode::from(2)
        }
    }
}

fn measure(
    profiles: &Path,
    sources: &Path,
    library: &Path,
    others: &[PathBuf],
) -> Result<BTreeMap<PathBuf, Lines>, String> {
    let folder = fs::read_dir(profiles).map_err(|e| format!("{}: {e}", profiles.display()))?;
    let raw: Vec<PathBuf> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let profile = merge_profiles(&raw).map_err(|e| format!("{}: {e}", profiles.display()))?;
    let read = |object: &[PathBuf]| -> Result<CoverageReport, String> {
        CoverageMapping::new(object, &profile, false)
            .and_then(|mapping| mapping.generate_report())
            .map_err(|e| format!("{object:?}: {e}"))
    };
    let mut files: BTreeMap<PathBuf, Lines> = read(&[library.to_owned()])?
        .files
        .iter()
        .filter(|(path, _)| path.starts_with(sources))
        .map(|(path, result)| (path.clone(), lines(result)))
        .collect();
    for (path, result) in read(others)?.files {
        if let Some(known) = files.get_mut(&path) {
            for (line, ran) in lines(&result) {
                known.entry(line).and_modify(|before| *before |= ran);
            }
        }
    }
    Ok(files)
}

/// What ran of each line that holds code.
fn lines(result: &CoverageResult) -> Lines {
    let mut lines = Lines::new();
    let last = result.hits.keys().map(|region| region.line_end).max().unwrap_or(0);
    for line in 1..=last {
        let starting =
            result.hits.iter().filter(|(region, _)| region.line_start == line).map(|(_, count)| *count).max();
        let around = || {
            let holding =
                result.hits.iter().filter(|(region, _)| region.line_start < line && line <= region.line_end);
            holding
                .max_by_key(|(region, _)| (region.line_start, region.column_start))
                .map(|(_, count)| *count)
        };
        if let Some(count) = starting.or_else(around) {
            lines.insert(line, count > 0);
        }
    }
    lines
}

fn report(files: &BTreeMap<PathBuf, Lines>, sources: &Path, least: f64) -> ExitCode {
    let (mut ran, mut all) = (0, 0);
    println!("{:>6} {:>6} {:>7}  file: lines that did not run", "ran", "lines", "percent");
    for (path, lines) in files {
        let hit = lines.values().filter(|ran| **ran).count();
        let missed: Vec<usize> = lines.iter().filter(|(_, ran)| !**ran).map(|(line, _)| *line).collect();
        let name = path.strip_prefix(sources).unwrap_or(path).display();
        println!("{hit:6} {:6} {:7.1}  {name}{}", lines.len(), percent(hit, lines.len()), spans(&missed));
        ran += hit;
        all += lines.len();
    }
    println!("{ran:6} {all:6} {:7.1}  in all; {least} wanted", percent(ran, all));
    if all > 0 && percent(ran, all) >= least { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// `: 3-5 9` for the lines 3, 4, 5 and 9.
fn spans(lines: &[usize]) -> String {
    let runs = lines.chunk_by(|before, after| before + 1 == *after).map(|run| match run {
        [one] => format!(" {one}"),
        [first, .., last] => format!(" {first}-{last}"),
        [] => String::new(),
    });
    let text: String = runs.collect();
    if text.is_empty() { text } else { format!(":{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llvm_profparser::coverage::SourceLocation;

    fn region(lines: (usize, usize), count: usize) -> (SourceLocation, usize) {
        let place = SourceLocation { line_start: lines.0, column_start: 1, line_end: lines.1, column_end: 2 };
        (place, count)
    }

    #[test]
    fn the_innermost_region_decides() {
        let hits = [region((1, 9), 3), region((4, 5), 0)].into_iter().collect();
        let found = lines(&CoverageResult { hits, ..CoverageResult::default() });
        let missed: Vec<usize> = found.iter().filter(|(_, ran)| !**ran).map(|(line, _)| *line).collect();
        assert_eq!(missed, [4, 5]);
        assert_eq!(found.len(), 9);
    }

    #[test]
    fn neighbours_are_told_as_a_span() {
        assert_eq!(spans(&[3, 4, 5, 9]), ": 3-5 9");
        assert_eq!(spans(&[]), "");
    }
}
