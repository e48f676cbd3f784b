//! The dynamic linker's view of both libraries, against the lists read from upstream's binaries and clients
//! (golden/symbols.tsv, golden/clients.tsv).
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fs};

use abi_tests::{
    elf::{self, Library, Symbol},
    project,
};

const RUNTIME: &str = "libhsa-runtime64.so.1";
const THUNK: &str = "libhsakmt.so.1";

/// `DF_1_NODELETE` of elf.h.
const NODELETE: u64 = 8;

fn ours(soname: &str) -> Library {
    elf::read(&project::stage().join("lib").join(soname))
}

/// Rows of a golden table as column name -> value.
fn table(file: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(project::data("golden").join(file)).expect("golden table");
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().expect("heading").split('\t').collect();
    let row =
        |line: &str| columns.iter().map(|c| (*c).to_owned()).zip(line.split('\t').map(Into::into)).collect();
    lines.map(row).collect()
}

/// What the newest release exports, and the names that only its newest client asks for.
fn golden(soname: &str) -> Vec<(String, Option<String>)> {
    let wanted = |row: &BTreeMap<String, String>| {
        row["library"] == soname && matches!(row["newest_2026"].as_str(), "1" | "client")
    };
    let mut names: Vec<_> = table("symbols.tsv")
        .iter()
        .filter(|row| wanted(row))
        .map(|row| (row["symbol"].clone(), Some(row["version_node"].clone())))
        .collect();
    names.sort();
    names
}

fn exported(library: &Library) -> Vec<(String, Option<String>)> {
    let mut names: Vec<_> = library.exports.iter().map(|s| (s.name.clone(), s.version.clone())).collect();
    names.sort();
    names
}

#[test]
fn the_runtime_exports_the_newest_list_and_nothing_else() {
    assert_eq!(exported(&ours(RUNTIME)), golden(RUNTIME));
}

#[test]
fn the_thunk_exports_the_newest_list_and_nothing_else() {
    assert_eq!(exported(&ours(THUNK)), golden(THUNK));
}

#[test]
fn the_debugger_datum_has_upstreams_size() {
    let runtime = ours(RUNTIME);
    let data: Vec<_> =
        runtime.exports.iter().filter(|s| s.object).map(|s| (s.name.as_str(), s.size)).collect();
    assert_eq!(data, [("_amdgpu_r_debug", 40)]);
}

#[test]
fn old_names_are_the_same_functions_as_the_new() {
    let runtime = ours(RUNTIME);
    let address: BTreeMap<&str, u64> = runtime.exports.iter().map(|s| (s.name.as_str(), s.address)).collect();
    let mut pairs = 0;
    for (old, place) in &address {
        let new = old
            .strip_suffix("_acq_rel")
            .map(|stem| format!("{stem}_scacq_screl"))
            .or_else(|| old.strip_suffix("_acquire").map(|stem| format!("{stem}_scacquire")))
            .or_else(|| old.strip_suffix("_release").map(|stem| format!("{stem}_screlease")));
        if let Some(other) = new.as_deref().and_then(|new| address.get(new)) {
            assert_eq!(place, other, "{old}");
            pairs += 1;
        }
    }
    assert!(pairs > 20, "only {pairs} pairs");
}

#[test]
fn nothing_but_the_c_library_is_needed() {
    for soname in [RUNTIME, THUNK] {
        for needed in ours(soname).needed {
            let system = ["libc.so.6", "libm.so.6", "libgcc_s.so.1"].contains(&needed.as_str());
            assert!(system || needed.starts_with("ld-linux"), "{soname} needs {needed}");
        }
    }
}

#[test]
fn both_stay_loaded_and_run_no_code_of_ours_when_loaded() {
    for soname in [RUNTIME, THUNK] {
        let library = ours(soname);
        assert_eq!(library.soname.as_deref(), Some(soname));
        assert_ne!(library.flags_1 & NODELETE, 0, "{soname} can be unloaded");
        // Two entries that every Rust shared object has: the C start-up file's frame_dummy, and the standard
        // library's note of argc and argv. A third would be ours.
        assert!(library.init_array_size <= 16, "{soname}: init_array of {}", library.init_array_size);
    }
}

#[test]
fn every_known_clients_imports_resolve() {
    let libraries = [ours(RUNTIME), ours(THUNK)];
    let find = |name: &str| -> Option<&Symbol> {
        libraries.iter().flat_map(|library| &library.exports).find(|symbol| symbol.name == name)
    };
    let mut checked = 0;
    for row in table("clients.tsv") {
        if !matches!(row["how"].split(',').next(), Some("import" | "link import")) {
            continue;
        }
        let client = format!("{} {}", row["package"], row["package_version"]);
        let symbol = find(&row["symbol"]).unwrap_or_else(|| panic!("{client} imports {}", row["symbol"]));
        assert_eq!(symbol.version.as_ref(), Some(&row["version_node"]), "{client}: {}", symbol.name);
        checked += 1;
    }
    assert!(checked > 800, "only {checked} imports in the table");
}
