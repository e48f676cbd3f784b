//! Images: the same formats, limits, refusals and descriptors of linear images as upstream's, and the same texels.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    project,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// GPUs of gfx11, and of gfx10.1, whose descriptors differ, and which have no engine that copies.
const MACHINES: [&str; 2] = ["sg2044-w7800", "bc250"];

/// Real machines with GPUs of gfx9 and gfx12; 6.1.2 does not know the latter.
const CAPTURES: [(&str, &[Suite]); 2] =
    [("vega64-i7-14700kf", &[Suite::Trixie, Suite::Exp]), ("rx9070xt-9700x", &[Suite::Sid, Suite::Exp])];

/// What the program of copies says beyond what it says on upstream's libraries, too.
const MORE: &str = "\
memory of the process, by a buffer: 1
whole numbers: 1
one level: 512 bytes, two: 3001 3001
beyond 1001, nothing 0
end
";

fn suites() -> impl Iterator<Item = Suite> {
    [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some())
}

fn said(outcome: Outcome) -> String {
    assert!(outcome.code == 0 && outcome.stdout.ends_with("end\n"), "{outcome:?}");
    outcome.stdout
}

#[test]
fn programs_are_told_the_same_of_images() {
    let program = Program::ours("images");
    let same = |machine: &Machine, suite: Suite| {
        let run = |library| said(Client::new(suite, library, machine, &program.path()).run());
        assert_eq!(run(Library::Ours), run(Library::Upstream), "{}", suite.name());
    };
    for machine in MACHINES.map(Machine::new) {
        suites().for_each(|suite| same(&machine, suite));
    }
    for (name, known_to) in CAPTURES {
        let description = project::data("machines/captures").join(name).with_extension("toml");
        let machine = Machine::new(&description.to_string_lossy());
        suites().filter(|suite| known_to.contains(suite)).for_each(|suite| same(&machine, suite));
    }
}

/// Whatever tiling upstream's have, what is exported is the same.
#[test]
fn texels_are_copied_and_cleared_as_upstreams() {
    let program = Program::ours("image_copies");
    for machine in MACHINES.map(Machine::new) {
        let client =
            |suite, library| Client::new(suite, library, &machine, &program.path()).env("SIMKFD_GPU", "1");
        let ours = said(client(Suite::Exp, Library::Ours).run());
        for suite in suites() {
            assert_eq!(ours, said(client(suite, Library::Upstream).run()), "{}", suite.name());
        }
        let more = said(client(Suite::Exp, Library::Ours).arg("more").env("HSA_ENABLE_SDMA", "0").run());
        assert_eq!(more, ours.replace("end\n", MORE), "with kernels, which copy boxes as engines do");
    }
}

/// What the program of levels says, on every GPU.
const LEVELS: &str = "\
1D level 0: 29x1x1, loaded wrong 0, outside 0, stored wrong 0
1D level 1: 14x1x1, loaded wrong 0, outside 0, stored wrong 0
1D level 2: 7x1x1, loaded wrong 0, outside 0, stored wrong 0
1D level 3: 3x1x1, loaded wrong 0, outside 0, stored wrong 0
1D level 4: 1x1x1, loaded wrong 0, outside 0, stored wrong 0
1D level 5: 1x1x1, loaded wrong 0, outside 0
1D: wrong in the end 0
2D level 0: 29x11x1, loaded wrong 0, outside 0, stored wrong 0
2D level 1: 14x5x1, loaded wrong 0, outside 0, stored wrong 0
2D level 2: 7x2x1, loaded wrong 0, outside 0, stored wrong 0
2D level 3: 3x1x1, loaded wrong 0, outside 0, stored wrong 0
2D level 4: 1x1x1, loaded wrong 0, outside 0, stored wrong 0
2D level 5: 1x1x1, loaded wrong 0, outside 0
2D: wrong in the end 0
3D level 0: 29x11x5, loaded wrong 0, outside 0, stored wrong 0
3D level 1: 14x5x2, loaded wrong 0, outside 0, stored wrong 0
3D level 2: 7x2x1, loaded wrong 0, outside 0, stored wrong 0
3D level 3: 3x1x1, loaded wrong 0, outside 0, stored wrong 0
3D level 4: 1x1x1, loaded wrong 0, outside 0, stored wrong 0
3D level 5: 1x1x1, loaded wrong 0, outside 0
3D: wrong in the end 0
1D array level 0: 29x3x1, loaded wrong 0, outside 0, stored wrong 0
1D array level 1: 14x3x1, loaded wrong 0, outside 0, stored wrong 0
1D array level 2: 7x3x1, loaded wrong 0, outside 0, stored wrong 0
1D array level 3: 3x3x1, loaded wrong 0, outside 0, stored wrong 0
1D array level 4: 1x3x1, loaded wrong 0, outside 0, stored wrong 0
1D array level 5: 1x3x1, loaded wrong 0, outside 0
1D array: wrong in the end 0
2D array level 0: 29x11x3, loaded wrong 0, outside 0, stored wrong 0
2D array level 1: 14x5x3, loaded wrong 0, outside 0, stored wrong 0
2D array level 2: 7x2x3, loaded wrong 0, outside 0, stored wrong 0
2D array level 3: 3x1x3, loaded wrong 0, outside 0, stored wrong 0
2D array level 4: 1x1x3, loaded wrong 0, outside 0, stored wrong 0
2D array level 5: 1x1x3, loaded wrong 0, outside 0
2D array: wrong in the end 0
cleared wrong 0, beyond 1001 1001
copied wrong 0, beside it 0 0
view 0: wrong 0, sizes 29x11 of 1, 0x0, words 1 0
view 1: wrong 0, sizes 14x5 of 1, 0x0, words 1 11
view 2: wrong 0, sizes 7x2 of 1, 0x0, words 1 22
view 3: wrong 0, sizes 3x1 of 1, 0x0, words 1 33
view 4: wrong 0, sizes 1x1 of 1, 0x0, words 1 44
whole 5: wrong 0, sizes 29x11 of 5, 14x5, words 1 40
as floats 1, as bytes 3000
filter 0: 0 10 20 20 30 40 40
filter 1: 0 7.5 15 22.5 30 37.5 40
filter 2: 0 0 0 0 0 0 0
end
";

/// GPUs and machines that have them: gfx1030, gfx1100, and gfx1013, whose rows no descriptor tells.
const LEVELLED: [(&str, &str); 3] =
    [("gfx1030", "desktop-6900xt"), ("gfx1100", "desktop-7900xtx"), ("gfx1013", "bc250")];

/// No upstream library of the suites has levels: the program knows what is right.
#[test]
fn kernels_find_levels_where_they_were_imported() {
    let program = Program::ours("image_levels");
    for (processor, machine) in LEVELLED {
        let Some(kernel) = Kernel::on(processor, "levels", &["-O1", "-mcode-object-version=5"]) else {
            return;
        };
        let machine = Machine::new(machine);
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path());
        let outcome = client.arg(&kernel.path().to_string_lossy()).env("SIMKFD_GPU", "1").run();
        assert_eq!((&*outcome.stdout, outcome.code), (LEVELS, 0), "{processor}: {}", outcome.stderr);
    }
}
