//! LLVM's text of an instruction, as its disassembler writes it for wave32.
#![forbid(unsafe_code)]

mod constant;
mod formats;
mod literal;
mod memory;
mod message;

use std::fmt::{self, Display, Formatter};

use super::operand::{Half, Operand, Reg};
use super::{Dpp, Encoding, Inst, Op, Sdwa};

impl Display for Inst {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(&self.mnemonic())?;
        let mut before = " ";
        let list = memory::address_list(self);
        for (at, operand) in self.operands().iter().enumerate() {
            let text = self.operand(at, operand);
            if !text.is_empty() {
                let open = if at == list.start && !list.is_empty() { "[" } else { "" };
                let close = if at + 1 == list.end && !list.is_empty() { "]" } else { "" };
                write!(f, "{before}{open}{text}{close}")?;
                before = if self.encoding == Encoding::Exp && at == 0 { " " } else { ", " };
            }
        }
        if let Some(pair) = &self.pair {
            write!(f, " :: {}", pair.op.name().replacen("v_", "v_dual_", 1))?;
            for (at, operand) in pair.operands.iter().take(pair.count.into()).enumerate() {
                write!(f, "{}{}", if at == 0 { " " } else { ", " }, register(operand))?;
            }
        }
        self.fmt_modifiers(f)?;
        memory::fmt(self, f)
    }
}

impl Inst {
    /// The operation's name on the target.
    fn name(&self) -> &'static str {
        if self.target.is_gfx10() { self.op.old_name() } else { self.op.name() }
    }

    /// The mnemonic with the suffixes that LLVM gives it.
    fn mnemonic(&self) -> String {
        let name = self.name();
        let dpp = self.mods.dpp.is_some();
        match self.encoding {
            _ if self.mods.sdwa.is_some() => format!("{name}_sdwa"),
            Encoding::Vopd => name.replacen("v_", "v_dual_", 1),
            Encoding::Vopc if dpp => name.to_owned(),
            Encoding::Vop1 | Encoding::Vop2 if dpp => format!("{name}_dpp"),
            Encoding::Vop3 | Encoding::Vop3p if dpp => format!("{name}_e64_dpp"),
            Encoding::Vop1 | Encoding::Vop2 | Encoding::Vopc if self.suffixed() => format!("{name}_e32"),
            Encoding::Vop3 if self.suffixed() => format!("{name}_e64"),
            _ => name.to_owned(),
        }
    }

    fn operand(&self, at: usize, operand: &Operand) -> String {
        let first = usize::from(self.results);
        match operand.reg {
            Reg::Imm(value) => constant::text(self, value),
            _ if self.encoding == Encoding::Flat && self.is_flat() && operand.reg == Reg::Off => {
                String::new()
            }
            Reg::Off if memory::silent(self, at) => String::new(),
            reg => {
                let text = match reg {
                    Reg::Literal(word) => literal::text(self, at, operand.bits, word),
                    _ => register(operand),
                };
                match self.mods.sdwa {
                    Some(sdwa) if at >= first && sdwa.sext.get(at - first) == Some(&true) => {
                        format!("sext({text})")
                    }
                    _ => signed(operand, text),
                }
            }
        }
    }

    fn is_flat(&self) -> bool {
        self.op.name().starts_with("flat")
    }

    fn fmt_modifiers(&self, f: &mut Formatter) -> fmt::Result {
        let mods = &self.mods;
        match self.encoding {
            Encoding::Vop3p => self.fmt_packed(f)?,
            Encoding::Vop3 => self.fmt_op_sel(f)?,
            _ => {}
        }
        if mods.clamp {
            f.write_str(" clamp")?;
        }
        if self.encoding == Encoding::Vinterp {
            self.fmt_op_sel(f)?;
        }
        f.write_str(["", " mul:2", " mul:4", " div:2"][usize::from(mods.omod & 3)])?;
        if let Some(dpp) = mods.dpp {
            fmt_dpp(&dpp, f)?;
        }
        match mods.sdwa {
            Some(sdwa) => self.fmt_parts(&sdwa, f),
            None => Ok(()),
        }
    }

    fn fmt_parts(&self, sdwa: &Sdwa, f: &mut Formatter) -> fmt::Result {
        const PARTS: [&str; 7] = ["BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3", "WORD_0", "WORD_1", "DWORD"];
        const UNUSED: [&str; 3] = ["UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"];
        if self.encoding != Encoding::Vopc {
            let (part, unused) = (PARTS[usize::from(sdwa.dst)], UNUSED[usize::from(sdwa.unused)]);
            write!(f, " dst_sel:{part} dst_unused:{unused}")?;
        }
        let sources = if self.encoding == Encoding::Vop1 { 1 } else { 2 };
        for (at, part) in sdwa.src.iter().enumerate().take(sources) {
            write!(f, " src{at}_sel:{}", PARTS[usize::from(*part)])?;
        }
        Ok(())
    }

    /// Sources, the accumulator among them, then the result.
    fn fmt_op_sel(&self, f: &mut Formatter) -> fmt::Result {
        if self.mods.op_sel == 0 {
            return Ok(());
        }
        let sources = (self.src().len() + usize::from(self.op == Op::VFmacF16)).min(3);
        let mut bits: Vec<u8> = (0..sources).map(|at| self.mods.op_sel >> at & 1).collect();
        match self.op {
            Op::VPermlane16B32 | Op::VPermlanex16B32 => bits.truncate(2),
            // Not for a mask from lanes that moved.
            _ if self.mods.dpp.is_some() && !matches!(self.list[0].reg, Reg::Vgpr(_)) => {}
            _ => bits.push(self.mods.op_sel >> 3 & 1),
        }
        fmt_list(f, "op_sel", &bits)
    }

    fn fmt_packed(&self, f: &mut Formatter) -> fmt::Result {
        let mods = &self.mods;
        let sources = self.src().len().min(3);
        let list = |bits: u8| (0..sources).map(|at| bits >> at & 1).collect::<Vec<u8>>();
        let all = (1u8 << sources) - 1;
        let mixed = self.op.name().starts_with("v_fma_mix");
        if mods.op_sel & all != 0 {
            fmt_list(f, "op_sel", &list(mods.op_sel))?;
        }
        if (mods.op_sel_hi & all) != if mixed { 0 } else { all } && memory::has_op_sel_hi(self.op) {
            fmt_list(f, "op_sel_hi", &list(mods.op_sel_hi))?;
        }
        if mods.neg_lo & all != 0 {
            fmt_list(f, "neg_lo", &list(mods.neg_lo))?;
        }
        if mods.neg_hi & all != 0 {
            fmt_list(f, "neg_hi", &list(mods.neg_hi))?;
        }
        Ok(())
    }
}

fn fmt_list(f: &mut Formatter, name: &str, bits: &[u8]) -> fmt::Result {
    let bits: Vec<String> = bits.iter().map(u8::to_string).collect();
    write!(f, " {name}:[{}]", bits.join(","))
}

fn fmt_dpp(dpp: &Dpp, f: &mut Formatter) -> fmt::Result {
    let bits = |value: u32, width: u32, count: u32| {
        let list: Vec<String> =
            (0..count).map(|at| (value >> (at * width) & ((1 << width) - 1)).to_string()).collect();
        list.join(",")
    };
    match *dpp {
        Dpp::Dpp8 { lanes, fi } => {
            write!(f, " dpp8:[{}]{}", bits(lanes, 3, 8), if fi { " fi:1" } else { "" })
        }
        Dpp::Dpp16 { ctrl, row_mask, bank_mask, bound_ctrl, fi } => {
            let low = ctrl & 15;
            match ctrl {
                0..=0xff => write!(f, " quad_perm:[{}]", bits(ctrl.into(), 2, 4)),
                0x100..=0x10f => write!(f, " row_shl:{low}"),
                0x110..=0x11f => write!(f, " row_shr:{low}"),
                0x120..=0x12f => write!(f, " row_ror:{low}"),
                0x140 => f.write_str(" row_mirror"),
                0x141 => f.write_str(" row_half_mirror"),
                0x150..=0x15f => write!(f, " row_share:{low}"),
                _ => write!(f, " row_xmask:{low}"),
            }?;
            write!(f, " row_mask:{row_mask:#x} bank_mask:{bank_mask:#x}")?;
            f.write_str(if bound_ctrl { " bound_ctrl:1" } else { "" })?;
            f.write_str(if fi { " fi:1" } else { "" })
        }
    }
}

/// An operand with its signs. A negated constant is `neg(..)`: `-1` is another constant.
fn signed(operand: &Operand, text: String) -> String {
    let constant = matches!(operand.reg, Reg::Int(_) | Reg::Float(_) | Reg::Literal(_));
    match (operand.neg, operand.abs) {
        (false, false) => text,
        (false, true) => format!("|{text}|"),
        (true, true) => format!("-|{text}|"),
        (true, false) if constant => format!("neg({text})"),
        (true, false) => format!("-{text}"),
    }
}

fn register(operand: &Operand) -> String {
    let wide = operand.bits == 64;
    let span = |letter: &str, first: u8| match operand.dwords() {
        1 => format!("{letter}{first}"),
        count => format!("{letter}[{first}:{}]", usize::from(first) + usize::from(count) - 1),
    };
    let half = match operand.half {
        Half::Whole => "",
        Half::Low => ".l",
        Half::High => ".h",
    };
    let name = match operand.reg {
        Reg::Sgpr(first) => return span("s", first),
        Reg::Vgpr(first) => return span("v", first) + half,
        Reg::Ttmp(first) => return span("ttmp", first),
        Reg::Int(value) => return value.to_string(),
        Reg::Imm(value) => return value.to_string(),
        Reg::Float(code) => return constant::float(code, operand.bits),
        Reg::Literal(word) => return format!("{word:#x}"),
        Reg::Off => "off",
        Reg::Vcc if wide => "vcc",
        Reg::Vcc => "vcc_lo",
        Reg::VccHi => "vcc_hi",
        Reg::Exec if wide => "exec",
        Reg::Exec => "exec_lo",
        Reg::ExecHi => "exec_hi",
        Reg::Null => "null",
        Reg::M0 => "m0",
        Reg::Scc => "src_scc",
        Reg::Vccz => "src_vccz",
        Reg::Execz => "src_execz",
        Reg::SharedBase => "src_shared_base",
        Reg::SharedLimit => "src_shared_limit",
        Reg::PrivateBase => "src_private_base",
        Reg::PrivateLimit => "src_private_limit",
        Reg::PopsExitingWaveId => "src_pops_exiting_wave_id",
        Reg::LdsDirect => "src_lds_direct",
    };
    name.to_owned()
}
