//! Decoding without tools: one instruction of each kind, its text as LLVM writes it, and what is refused.
#![forbid(unsafe_code)]

use super::{Half, Illegal, Op, Reg, Target, decode};

fn text(words: &[u32]) -> String {
    decode(words, Target::Gfx1100).map_or_else(|Illegal| "illegal".to_owned(), |inst| inst.to_string())
}

#[test]
fn each_encoding_is_written_as_llvm_writes_it() {
    let cases: &[(&[u32], &str)] = &[
        (&[0x8004_0c08], "s_add_u32 s4, s8, s12"),
        (&[0xbf89_0003], "s_waitcnt vmcnt(0) expcnt(3) lgkmcnt(0)"),
        (&[0xbf87_0091], "s_delay_alu instid0(VALU_DEP_1) | instskip(NEXT) | instid1(VALU_DEP_1)"),
        (&[0xbfb6_0003], "s_sendmsg sendmsg(MSG_DEALLOC_VGPRS)"),
        (&[0xb904_0001], "s_setreg_b32 hwreg(HW_REG_MODE, 0, 1), s4"),
        (&[0x6400_0481], "v_add_f16_e32 v0.l, 1, v2.l"),
        (&[0x6501_0581], "v_add_f16_e32 v0.h, v1.h, v2.h"),
        (
            &[0x7e08_02fa, 0xff0c_e401],
            "v_mov_b32_dpp v4, v1 quad_perm:[0,1,2,3] row_mask:0xf bank_mask:0xf bound_ctrl:1 fi:1",
        ),
        (&[0xd613_8000, 0x040e_04ff, 0x0403_0201], "v_fma_f32 v0, 0x4030201, v2, v3 clamp"),
        (&[0xd532_4804, 0x0002_0408], "v_add_f16_e64 v4.h, s8, v2.l op_sel:[1,0,1]"),
        (&[0xd711_1b04, 0x0002_0501], "v_pack_b32_f16 v4, |v1.h|, |v2.h| op_sel:[1,1,0]"),
        (&[0xd8d8_0201, 0x0800_0001], "ds_load_b32 v8, v1 offset:513"),
        (&[0xdc52_0000, 0x087c_0002], "global_load_b32 v8, v[2:3], off"),
        (&[0xdc51_0000, 0x0804_0000], "scratch_load_b32 v8, off, s4"),
        (&[0xf404_0401, 0xf800_0010], "s_load_b64 s[16:17], s[2:3], 0x10"),
    ];
    for (words, expected) in cases {
        assert_eq!(text(words), *expected, "{words:08x?}");
    }
}

#[test]
fn gfx10_has_its_own_fields_and_names() {
    let cases: &[(Target, &[u32], &str)] = &[
        (Target::Gfx1030, &[0xdc30_8000, 0x047d_0002], "global_load_dword v4, v[2:3], off"),
        (Target::Gfx1030, &[0xdc30_4000, 0x047f_0002], "scratch_load_dword v4, off, off"),
        (Target::Gfx1010, &[0xe030_1004, 0x8001_0402], "buffer_load_dword v4, v2, s[4:7], 0 offen offset:4"),
        (Target::Gfx1030, &[0xf404_0100, 0xfa00_0010], "s_load_dwordx2 s[4:5], s[0:1], 0x10"),
        (
            Target::Gfx1013,
            &[0x7e08_02f9, 0x0005_0601],
            "v_mov_b32_sdwa v4, v1 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1",
        ),
        (Target::Gfx1010, &[0xbf8c_c07f], "s_waitcnt lgkmcnt(0)"),
        (
            Target::Gfx1030,
            &[0xf000_0f0a, 0x0002_0400, 0x0000_0302],
            "image_load v[4:7], [v0, v2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D",
        ),
    ];
    for (target, words, expected) in cases {
        let text = decode(words, *target).map(|inst| inst.to_string());
        assert_eq!(text.as_deref(), Ok(*expected), "{words:08x?}");
    }
}

#[test]
fn an_operation_is_the_same_on_every_target_that_has_it() {
    let load = decode(&[0xdc30_8000, 0x047d_0002], Target::Gfx1030).expect("gfx10");
    let same = decode(&[0xdc52_0000, 0x047c_0002], Target::Gfx1100).expect("gfx11");
    assert_eq!((load.op, load.operands()), (same.op, same.operands()));
    // v_mad_f32 is not fused; gfx10.3 has no such operation, and no v_mac_f32.
    assert!(decode(&[0xd541_0004, 0x040e_0501], Target::Gfx1010).is_ok());
    assert_eq!(decode(&[0xd541_0004, 0x040e_0501], Target::Gfx1030), Err(Illegal));
}

#[test]
fn a_pair_has_two_operations_and_one_literal() {
    let inst = decode(&[0xc945_aaff, 0x2e0e_3b13, 0x0172_8320], Target::Gfx1100).expect("VOPD");
    let pair = inst.pair.expect("a second half");
    assert_eq!((inst.op, pair.op, inst.words), (Op::VSubF32, Op::VFmamkF32, 3));
    assert_eq!(
        (inst.src()[0].reg, pair.operands[2].reg),
        (Reg::Literal(0x172_8320), Reg::Literal(0x172_8320))
    );
}

#[test]
fn results_come_first_and_halves_are_named() {
    let inst = decode(&[0xd532_4804, 0x0002_0408], Target::Gfx1100).expect("v_add_f16");
    assert_eq!((inst.dst().len(), inst.src().len()), (1, 2));
    assert_eq!((inst.dst()[0].reg, inst.dst()[0].half), (Reg::Vgpr(4), Half::High));
    assert_eq!((inst.src()[0].reg, inst.src()[1].half), (Reg::Sgpr(8), Half::Low));
    let inst = decode(&[0xd8c0_0000, 0x0100_0102], Target::Gfx1100).expect("ds_cmpstore_rtn_b32");
    assert_eq!((inst.dst()[0].reg, inst.src()[0].reg), (Reg::Vgpr(1), Reg::Vgpr(2)));
}

#[test]
fn what_is_no_instruction_is_refused() {
    for words in [&[][..], &[0xffff_ffff, 0xffff_ffff], &[0xbf8e_0001], &[0xd613_8000], &[0x7e08_02ff]] {
        assert_eq!(decode(words, Target::Gfx1100), Err(Illegal), "{words:08x?}");
    }
}

#[test]
fn no_words_make_it_panic() {
    let mut state = 0x5eed_u32;
    let mut next = || {
        state = state.wrapping_mul(0x915f_77f5).wrapping_add(1) ^ state >> 15;
        state
    };
    for at in 0..200_000 {
        let words = [next(), next(), next(), next(), next()];
        if let Ok(inst) = decode(&words, Target::ALL[at % 4]) {
            assert!((1..=5).contains(&inst.words), "{words:08x?}");
            assert!(!inst.to_string().is_empty(), "{words:08x?}");
        }
    }
}
