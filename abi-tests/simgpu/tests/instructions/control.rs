//! Branches, waits, messages, traps: what changes where a wave goes, or what others hear of it.

use std::sync::Mutex;

use simgpu::exec::bench::{Bench, BenchError};
use simgpu::exec::flow::Chip;
use simgpu::exec::group::Error;
use simgpu::exec::trap::Handler;
use simgpu::exec::wave::{Wave, place};

use super::assemble::{Executed, assemble, bench, failure, run, run_with_lds, target, wave};

/// Code on a wave that has SCC, VCC and EXEC as told; it leaves 1 in s0 where it jumped and 2 where it did not.
fn jumps(bench: &mut Bench, mnemonic: &str, code: &[u32], [scc, vcc, exec]: [bool; 3]) -> bool {
    let mut before = wave(1);
    before.scc = scc;
    before.set_scalar(place::VCC, u32::from(vcc) << 7);
    before.set_scalar(place::EXEC, u32::from(exec) << 9);
    run(bench, mnemonic, code, vec![before])[0].scalar(0) == 1
}

pub fn branches(list: &[&str]) -> Executed {
    let mut bench = bench();
    for mnemonic in list.iter().filter(|name| name.contains("branch")) {
        let text = format!("s_mov_b32 s0, 1\n{mnemonic} 1\ns_mov_b32 s0, 2");
        let code = assemble(std::slice::from_ref(&text)).remove(0);
        for state in (0..8).map(|bits| [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0]) {
            let [scc, vcc, exec] = state;
            let expected = match *mnemonic {
                "s_branch" => true,
                "s_cbranch_scc0" => !scc,
                "s_cbranch_scc1" => scc,
                "s_cbranch_vccz" => !vcc,
                "s_cbranch_vccnz" => vcc,
                "s_cbranch_execz" => !exec,
                "s_cbranch_execnz" => exec,
                other => panic!("{other}: not known here"),
            };
            assert_eq!(jumps(&mut bench, mnemonic, &code, state), expected, "{mnemonic} {state:?}");
        }
    }
    bench.executed()
}

/// Jumps to addresses: over an instruction that would tell, and back behind the call.
const ADDRESSES: &str = "s_getpc_b64 s[2:3]
    s_add_u32 s4, s2, 24
    s_addc_u32 s5, s3, 0
    s_mov_b32 s0, 1
    s_setpc_b64 s[4:5]
    s_mov_b32 s0, 2
    s_mov_b32 s0, 3
    s_add_u32 s6, s2, 44
    s_addc_u32 s7, s3, 0
    s_mov_b32 s1, 1
    s_swappc_b64 s[8:9], s[6:7]
    s_mov_b32 s1, 2
    s_getpc_b64 s[10:11]";

pub fn addresses(_: &[&str]) -> Executed {
    let code = assemble(&[ADDRESSES.to_string()]).remove(0);
    let mut bench = bench();
    let after = run(&mut bench, "jumps", &code, vec![wave(1)]).remove(0);
    let [start, target, back, end] = [2, 4, 8, 10].map(|at| after.scalar64(at));
    assert_eq!((after.scalar(0), after.scalar(1)), (1, 1), "what was jumped over did not run");
    assert_eq!([target, back, end].map(|address| address - start), [24, 40, 48]);
    bench.executed()
}

/// Scalar registers whose numbers M0 adds to.
pub fn indices(_: &[&str]) -> Executed {
    let text = "s_mov_b32 m0, 5
        s_movrels_b32 s20, s2
        s_movreld_b32 s20, s3
        s_mov_b32 m0, 0x70004
        s_movrelsd_2_b32 s20, s4";
    let code = assemble(&[text.to_string()]).remove(0);
    let mut bench = bench();
    let mut before = wave(1);
    (0..12).for_each(|at| before.set_scalar(at, 100 + u32::from(at)));
    let after = run(&mut bench, "moves by M0", &code, vec![before]).remove(0);
    assert_eq!([20, 25, 27].map(|at| after.scalar(at)), [107, 103, 108]);
    bench.executed()
}

/// What only takes time, or says something to hardware that is not simulated: the wave's registers stay.
const SILENT: &[&str] = &[
    "s_nop 3",
    "s_sleep 1",
    "s_clause 0x1",
    "s_delay_alu instid0(VALU_DEP_1)",
    "s_waitcnt vmcnt(0) lgkmcnt(0)",
    "s_waitcnt_depctr 0xfffe",
    "s_waitcnt_lgkmcnt null, 0x0",
    "s_waitcnt_vscnt null, 0x0",
    "s_setprio 2",
    "s_set_inst_prefetch_distance 0x1",
    "ds_gws_init v0 gds",
];

pub fn silence(list: &[&str]) -> Executed {
    let listed = |text: &&&str| text.split(' ').next().is_some_and(|mnemonic| list.contains(&mnemonic));
    let texts: Vec<String> = SILENT.iter().filter(listed).map(|text| (*text).to_string()).collect();
    let (code, mut bench) = (assemble(&texts), bench());
    for (text, code) in texts.iter().zip(&code) {
        let mut before = wave(4);
        (0..100).for_each(|at| before.set_scalar(at, 0x1234_5678 + u32::from(at)));
        let after = run(&mut bench, text, code, vec![before.clone()]).remove(0);
        assert_eq!(
            (after.scalars, after.scc, after.mode),
            (before.scalars, before.scc, before.mode),
            "{text}"
        );
    }
    bench.executed()
}

/// Two waves, of which one comes late: neither reads what the other has not written yet.
pub fn barriers(_: &[&str]) -> Executed {
    // s0 tells the wave, s1 how often it waits before it writes.
    let text = "s_cmp_eq_u32 s1, 0
        s_cbranch_scc1 2
        s_sub_u32 s1, s1, 1
        s_branch -4
        v_mov_b32 v0, s2
        v_mov_b32 v1, s3
        ds_store_b32 v0, v1
        s_barrier
        v_mov_b32 v0, s4
        ds_load_b32 v2, v0";
    let code = assemble(&[text.to_string()]).remove(0);
    let mut bench = bench();
    let one = |number: u32| {
        let mut wave = wave(4);
        // Its own place and value, and the other's place; the first is fifty thousand instructions late.
        for (at, value) in (1..).zip([(1 - number) * 12_500, 4 * number, 70 + number, 4 * (1 - number)]) {
            wave.set_scalar(at, value);
        }
        wave
    };
    let (waves, _) = run_with_lds(&mut bench, "a barrier", &code, vec![one(0), one(1)]);
    assert_eq!((waves[0].lane(2, 0), waves[1].lane(2, 31)), (71, 70));
    bench.executed()
}

/// A chip that keeps what it hears.
#[derive(Default)]
struct Hearing {
    heard: Mutex<Vec<u32>>,
    handler: Option<Handler>,
}

impl Chip for Hearing {
    fn clock(&self) -> u64 {
        0x1234_5678_9abc
    }
    fn interrupt(&self, data: u32) {
        self.heard.lock().expect("no panic").push(data);
    }
    fn doorbell(&self) -> u32 {
        0x155
    }
    fn trap_handler(&self) -> Option<Handler> {
        self.handler
    }
}

pub fn messages(_: &[&str]) -> Executed {
    let text = "s_mov_b32 m0, 0x4711
        s_sendmsg sendmsg(MSG_INTERRUPT)
        s_sendmsg_rtn_b32 s0, sendmsg(MSG_RTN_GET_DOORBELL)
        s_sendmsg_rtn_b64 s[2:3], sendmsg(MSG_RTN_GET_REALTIME)
        s_getreg_b32 s4, hwreg(HW_REG_MODE)
        s_getreg_b32 s5, hwreg(HW_REG_MODE, 4, 4)
        s_mov_b32 s6, 5
        s_setreg_b32 hwreg(HW_REG_MODE, 4, 4), s6
        s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 3";
    let code = assemble(&[text.to_string()]).remove(0);
    let (mut bench, chip) = (bench(), Hearing::default());
    let (waves, _) = bench.snippet(&code, vec![wave(1)], 0, Some(&chip)).expect("it ends");
    assert_eq!(*chip.heard.lock().expect("no panic"), [0x4711]);
    assert_eq!((waves[0].scalar(0), waves[0].scalar64(2)), (0x155, 0x1234_5678_9abc));
    assert_eq!((waves[0].scalar(4), waves[0].scalar(5), waves[0].mode.0), (0x3f0, 15, 0x353));
    bench.executed()
}

/// A handler as runtimes have one: a debugger's trap is skipped; of an abort and of what is no instruction the kernel
/// is told, and the wave halts.
const HANDLER: &str = "s_bfe_u32 ttmp2, ttmp1, 0x80010
    s_cbranch_scc0 4
    s_add_u32 ttmp0, ttmp0, 4
    s_addc_u32 ttmp1, ttmp1, 0
    s_cmp_eq_u32 ttmp2, 3
    s_cbranch_scc1 13
    s_sendmsg_rtn_b32 ttmp3, sendmsg(MSG_RTN_GET_DOORBELL)
    s_getreg_b32 ttmp4, hwreg(HW_REG_TRAPSTS)
    s_bitcmp1_b32 ttmp4, 11
    s_cbranch_scc0 2
    s_or_b32 ttmp3, ttmp3, 0x2000
    s_cmp_eq_u32 ttmp2, 2
    s_cbranch_scc0 2
    s_or_b32 ttmp3, ttmp3, 0x400
    s_mov_b32 m0, ttmp3
    s_sendmsg sendmsg(MSG_INTERRUPT)
    s_bitset1_b32 ttmp12, 13
    s_setreg_b32 hwreg(HW_REG_STATUS), ttmp12
    s_rfe_b64 [ttmp0, ttmp1]";

/// Runs code whose traps go to the handler.
fn trapped(bench: &mut Bench, code: &[u32], handler: &[u32]) -> Result<Vec<Wave>, BenchError> {
    let bytes: Vec<u8> = handler.iter().flat_map(|word| word.to_le_bytes()).collect();
    let handler = Handler { code: bench.buffer(&bytes).expect("it fits"), memory: 0x7000 };
    let chip = Hearing { handler: Some(handler), ..Hearing::default() };
    bench.snippet(code, vec![wave(1)], 0, Some(&chip)).map(|(waves, _)| waves)
}

pub fn traps(_: &[&str]) -> Executed {
    let texts = [
        HANDLER,
        "s_cmp_eq_u32 s0, 0\ns_trap 3\ns_mov_b32 s0, 7",
        "s_trap 2",
        "s_sethalt 0\ns_mov_b32 s0, 9",
    ];
    // gfx10's messages have no answers.
    let doorbell = "s_sendmsg_rtn_b32 ttmp3, sendmsg(MSG_RTN_GET_DOORBELL)";
    let known = if target().is_gfx10() { "s_movk_i32 ttmp3, 0x155" } else { doorbell };
    let texts = texts.map(|text| text.replace(doorbell, known));
    let [handler, debug, abort, halt] = assemble(&texts).try_into().expect("four snippets");
    let mut bench = bench();
    let waves = trapped(&mut bench, &debug, &handler).expect("it goes on behind s_trap 3");
    assert_eq!((waves[0].scalar(0), waves[0].trapped.privileged), (7, false));
    let codes = |outcome: Result<Vec<Wave>, BenchError>| match outcome {
        Err(BenchError::Wave(Error::Exception(_, codes))) => codes,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the wave did not halt"),
    };
    assert_eq!(codes(trapped(&mut bench, &abort, &handler)), 1, "EC_QUEUE_WAVE_ABORT");
    assert_eq!(codes(trapped(&mut bench, &[0], &handler)), 8, "EC_QUEUE_WAVE_ILLEGAL_INSTRUCTION");
    assert_eq!(run(&mut bench, "s_sethalt", &halt, vec![wave(1)])[0].scalar(0), 9);
    assert!(matches!(failure(&mut bench, &abort), BenchError::Wave(Error::Trap(_, 2))), "without a handler");
    bench.executed()
}

/// What is no instruction, and what stands behind programs.
pub fn illegal(_: &[&str]) -> Executed {
    let texts = ["v_illegal", "s_code_end", "s_rfe_b64 s[0:1]"];
    let (code, mut bench) = (assemble(&texts.map(String::from)), bench());
    for (text, code) in texts.iter().zip(&code) {
        assert!(matches!(failure(&mut bench, code), BenchError::Wave(Error::Illegal(_))), "{text}");
    }
    // Of what is no instruction nothing ran.
    bench.executed().into_iter().chain(["v_illegal".to_string()]).collect()
}
