//! Ordinary programs of the host see the machine's files: what the face does to paths, reads and stat.

use crate::machine::Machine;

const GENERATION: &str = "/sys/class/kfd/kfd/topology/generation_id";

#[test]
fn files_of_the_machine_are_read_through_links() {
    let machine = Machine::new();
    let run = machine.run(&["cat", GENERATION]);
    assert_eq!((run.stdout.as_str(), run.code), ("7\n", 0), "{}", run.stderr);
}

#[test]
fn what_the_tree_lacks_is_not_there_whatever_the_host_has() {
    let machine = Machine::new();
    for path in ["/proc/meminfo", "/sys/class/net", "/sys/devices/system/cpu"] {
        let run = machine.run(&["cat", path]);
        assert!(run.stderr.contains("No such file"), "{path}: {}", run.stderr);
    }
    assert_eq!(machine.run(&["ls", "/proc/self/fd/0"]).code, 0);
}

#[test]
fn directories_and_links_show_the_machines_names() {
    let machine = Machine::new();
    assert_eq!(machine.run(&["ls", "/sys/class/kfd"]).stdout, "kfd\n");
    let link = machine.run(&["readlink", "-f", "/sys/class/kfd/kfd"]);
    assert_eq!(link.stdout, "/sys/devices/virtual/kfd/kfd\n");
}

#[test]
fn device_files_are_character_devices() {
    let machine = Machine::new();
    let stat = machine.run(&["stat", "-c", "%F %t:%T %a", "/dev/kfd", "/dev/dri/renderD128"]);
    assert_eq!(stat.stdout, "character special file eb:0 660\ncharacter special file e2:80 660\n");
}

#[test]
fn an_unreadable_device_file_is_denied_to_root_too() {
    let machine = Machine::new();
    machine.forbid("dev/kfd");
    let open = machine.run(&["sh", "-c", ": <>/dev/kfd"]);
    assert!(open.stderr.contains("Permission denied"), "{}", open.stderr);
    assert_ne!(machine.run(&["test", "-w", "/dev/kfd"]).code, 0);
}

#[test]
fn permissions_of_sim_toml_deny_any_path() {
    let machine = Machine::new();
    machine.write("sim.toml", &format!("[permissions]\n\"{GENERATION}\" = \"EPERM\"\n"));
    let run = machine.run(&["cat", GENERATION]);
    assert!(run.stderr.contains("Operation not permitted"), "{}", run.stderr);
}

#[test]
fn processors_and_memory_are_the_machines() {
    let machine = Machine::new();
    assert_eq!(machine.run(&["getconf", "_NPROCESSORS_ONLN"]).stdout, "3\n");
    let pages = machine.run(&["sh", "-c", "echo $(($(getconf _PHYS_PAGES) * $(getconf PAGESIZE)))"]);
    assert_eq!(pages.stdout, "1073741824\n");
}

#[test]
fn a_redirect_leads_a_prefix_elsewhere() {
    let machine = Machine::new();
    machine.write("elsewhere/amdgpu.ids", "here\n");
    let redirect = format!("/usr/share/libdrm={}", machine.path("elsewhere"));
    let run = machine.with("SIMKFD_REDIRECT", &redirect).run(&["cat", "/usr/share/libdrm/amdgpu.ids"]);
    assert_eq!(run.stdout, "here\n");
}

#[test]
fn reads_go_wrong_by_plan() {
    let cpuinfo = "/proc/cpuinfo";
    let planned = |effect: &str| Machine::new().faults(&format!("[[fault]]\nread = '{cpuinfo}'\n{effect}"));
    let failing = planned("errno = 'EIO'").run(&["cat", cpuinfo]);
    assert!(failing.stderr.contains("Input/output error"), "{}", failing.stderr);
    let short = planned("short = 4").run(&["dd", "if=/proc/cpuinfo", "bs=16", "count=2", "status=none"]);
    assert_eq!(short.stdout, "processo");
    let truncated = planned("truncate = 9").run(&["cat", cpuinfo]);
    assert_eq!(truncated.stdout, "processor");
}

#[test]
fn a_generation_changes_while_it_is_read() {
    let plan = format!("[[fault]]\nbump = '{GENERATION}'\nafter = 1\ntimes = 2\n");
    let machine = Machine::new().faults(&plan);
    let run = machine.run(&["cat", GENERATION, GENERATION, GENERATION, GENERATION]);
    assert_eq!(run.stdout, "7\n8\n9\n9\n");
}

#[test]
fn a_directory_vanishes() {
    let machine = Machine::new().faults("[[fault]]\nvanish = '/sys/class/kfd'\nafter = 1\n");
    let run = machine.run(&["cat", GENERATION, GENERATION]);
    assert_eq!(run.stdout, "7\n");
    assert!(run.stderr.contains("No such file"), "{}", run.stderr);
}

#[test]
fn a_wrong_fault_plan_ends_the_client_with_a_line() {
    let run = Machine::new().faults("[[fault]]\nread = '/a'\n").run(&["cat", "/dev/null"]);
    assert_eq!(run.code, 125);
    assert!(run.stderr.contains("fault 1"), "{}", run.stderr);
}
