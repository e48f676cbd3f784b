//! Attributes of memory that the kernel moves between host and GPUs.
//!
//! Touches `driver`. Answers to SetSvmAttrib and GetSvmAttrib of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

use std::collections::HashSet;

use hsakmt_thunk::abi::{svm_attribute as kernel, svm_flag};

use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::svm::Attribute,
};

/// The kernel's number of no place in particular.
const NOWHERE: u32 = u32::MAX;
/// The largest granularity that the kernel takes: a GiB of 4 KiB pages.
const LARGEST_GRANULARITY: u64 = 18;

/// The attribute that a pair names; one that there is not, if it is beyond all of them.
fn name_of(pair: &hsa_amd_svm_attribute_pair_t) -> hsa_amd_svm_attribute_t {
    hsa_amd_svm_attribute_t(u32::try_from(pair.attribute).unwrap_or(u32::MAX))
}

/// The flag that is an attribute of its own.
fn flag(attribute: hsa_amd_svm_attribute_t) -> Option<u32> {
    match attribute {
        HSA_AMD_SVM_ATTRIB_READ_ONLY => Some(svm_flag::GPU_RO),
        HSA_AMD_SVM_ATTRIB_HIVE_LOCAL => Some(svm_flag::HIVE_LOCAL),
        HSA_AMD_SVM_ATTRIB_READ_MOSTLY => Some(svm_flag::GPU_READ_MOSTLY),
        HSA_AMD_SVM_ATTRIB_GPU_EXEC => Some(svm_flag::GPU_EXEC),
        _ => None,
    }
}

/// How the kernel calls access by an agent.
fn access(attribute: hsa_amd_svm_attribute_t) -> Option<u32> {
    match attribute {
        HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE => Some(kernel::ACCESS),
        HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE => Some(kernel::ACCESS_IN_PLACE),
        HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS => Some(kernel::NO_ACCESS),
        _ => None,
    }
}

/// What is to be set.
#[derive(Default)]
struct Wishes {
    attributes: Vec<Attribute>,
    set: u32,
    clear: u32,
}

impl Wishes {
    fn flag(&mut self, flag: u32, on: bool) {
        if on { self.set |= flag } else { self.clear |= flag }
    }

    fn add(&mut self, machine: &Machine, name: hsa_amd_svm_attribute_t, value: u64) -> Result<(), Error> {
        if let Some(flag) = flag(name) {
            self.flag(flag, value != 0);
            return Ok(());
        }
        if let Some(kind) = access(name) {
            let agent = machine.agent(hsa_agent_t { handle: value })?;
            if agent.is_cpu() {
                self.flag(svm_flag::HOST_ACCESS, kind != kernel::NO_ACCESS);
            } else {
                self.attributes.push(Attribute::new(kind, agent.node.gpu_id.0));
            }
            return Ok(());
        }
        match name {
            HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG if value == u64::from(HSA_AMD_SVM_GLOBAL_FLAG_FINE_GRAINED.0) => {
                self.flag(svm_flag::COHERENT, true);
            }
            HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG
                if value == u64::from(HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED.0) =>
            {
                self.flag(svm_flag::COHERENT, false);
            }
            HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY => {
                let value = value.min(LARGEST_GRANULARITY) as u32;
                self.attributes.push(Attribute::new(kernel::GRANULARITY, value));
            }
            HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION => {
                let place = if value == 0 {
                    NOWHERE
                } else {
                    machine.agent(hsa_agent_t { handle: value })?.node.gpu_id.0
                };
                self.attributes.push(Attribute::new(kernel::PREFERRED_LOC, place));
            }
            _ => return Err(Error::InvalidArgument),
        }
        Ok(())
    }
}

/// Answers of the kernel, by the place of the question.
struct Answers {
    attributes: Vec<Attribute>,
    /// Flags that all pages have, and that none has.
    set: u32,
    clear: u32,
}

impl Machine {
    /// The whole pages of a range.
    pub fn pages(&self, address: u64, bytes: u64) -> Result<(u64, u64), Error> {
        let page = self.driver.page_size();
        let end = address.checked_add(bytes).and_then(|end| end.checked_next_multiple_of(page));
        let start = address - address % page;
        end.map(|end| (start, end - start)).ok_or(Error::InvalidArgument)
    }

    /// Sets attributes of a range.
    ///
    /// # Errors
    /// `InvalidArgument` for attributes that are not to be set, `InvalidAgent`, `IncompatibleArguments` for one that is
    /// given twice, `Generic` when the driver refuses.
    pub fn set_svm(
        &self,
        (start, bytes): (u64, u64),
        pairs: &[hsa_amd_svm_attribute_pair_t],
    ) -> Result<(), Error> {
        let (mut wishes, mut seen) = (Wishes::default(), HashSet::new());
        for pair in pairs {
            let name = name_of(pair);
            wishes.add(self, name, pair.value)?;
            // Of access each agent has one kind.
            let once = if access(name).is_some() { (None, pair.value) } else { (Some(name.0), 0) };
            if !seen.insert(once) {
                return Err(Error::IncompatibleArguments);
            }
        }
        // The host reaches it if any of its processors shall.
        wishes.clear &= !(wishes.set & svm_flag::HOST_ACCESS);
        for (kind, flags) in [(kernel::CLR_FLAGS, wishes.clear), (kernel::SET_FLAGS, wishes.set)] {
            if flags != 0 {
                wishes.attributes.push(Attribute::new(kind, flags));
            }
        }
        self.driver.set_attributes(start, bytes, &mut wishes.attributes)
    }

    /// Reads attributes of a range into their values; how an agent reaches it, into the attribute.
    ///
    /// # Errors
    /// `InvalidArgument` for attributes that are not to be read, `InvalidAgent`, `Generic` when the driver refuses.
    pub fn get_svm(
        &self,
        (start, bytes): (u64, u64),
        pairs: &mut [hsa_amd_svm_attribute_pair_t],
    ) -> Result<(), Error> {
        let questions = pairs.iter().map(|pair| self.svm_question(pair));
        let mut asked = questions.collect::<Result<Vec<_>, _>>()?;
        asked.extend([Attribute::new(kernel::CLR_FLAGS, 0), Attribute::new(kernel::SET_FLAGS, 0)]);
        self.driver.get_attributes(start, bytes, &mut asked)?;
        let [.., clear, set] = asked[..] else { return Ok(()) };
        let answers = Answers { attributes: asked, set: set.value, clear: clear.value };
        for (index, pair) in pairs.iter_mut().enumerate() {
            self.svm_answer(pair, &answers, index);
        }
        Ok(())
    }

    /// What the kernel is asked; its flags where it is asked for those anyway.
    fn svm_question(&self, pair: &hsa_amd_svm_attribute_pair_t) -> Result<Attribute, Error> {
        let flags = Attribute::new(kernel::SET_FLAGS, 0);
        match name_of(pair) {
            HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG
            | HSA_AMD_SVM_ATTRIB_READ_ONLY
            | HSA_AMD_SVM_ATTRIB_HIVE_LOCAL
            | HSA_AMD_SVM_ATTRIB_READ_MOSTLY => Ok(flags),
            HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY => Ok(Attribute::new(kernel::GRANULARITY, 0)),
            HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION => Ok(Attribute::new(kernel::PREFERRED_LOC, 0)),
            HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION => Ok(Attribute::new(kernel::PREFETCH_LOC, 0)),
            HSA_AMD_SVM_ATTRIB_ACCESS_QUERY => {
                let agent = self.agent(hsa_agent_t { handle: pair.value })?;
                Ok(if agent.is_cpu() { flags } else { Attribute::new(kernel::ACCESS, agent.node.gpu_id.0) })
            }
            _ => Err(Error::InvalidArgument),
        }
    }

    fn svm_answer(&self, pair: &mut hsa_amd_svm_attribute_pair_t, answers: &Answers, index: usize) {
        let (kind, value) = (answers.attributes[index].kind, answers.attributes[index].value);
        let name = name_of(pair);
        match name {
            HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG => {
                let grain = match svm_flag::COHERENT {
                    flag if answers.set & flag != 0 => HSA_AMD_SVM_GLOBAL_FLAG_FINE_GRAINED,
                    flag if answers.clear & flag != 0 => HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED,
                    _ => HSA_AMD_SVM_GLOBAL_FLAG_INDETERMINATE,
                };
                pair.value = grain.0.into();
            }
            HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION | HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION => {
                pair.value = self.place(value).map_or(0, |agent| self.handle_of(agent).handle);
            }
            HSA_AMD_SVM_ATTRIB_ACCESS_QUERY => {
                let found = match kind {
                    kernel::ACCESS => HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE,
                    kernel::ACCESS_IN_PLACE => HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE,
                    kernel::NO_ACCESS => HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS,
                    _ if answers.set & svm_flag::HOST_ACCESS != 0 => HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE,
                    _ => name,
                };
                pair.attribute = found.0.into();
            }
            _ => pair.value = flag(name).map_or(value, |flag| answers.set & flag).into(),
        }
    }

    /// The agent whose memory the kernel means by a number: 0 is the host's.
    fn place(&self, number: u32) -> Option<&Agent> {
        match number {
            NOWHERE => None,
            0 => self.cpus().next(),
            gpu => self.gpus().find(|agent| agent.node.gpu_id.0 == gpu),
        }
    }

    /// Moves a range to an agent's memory.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    pub fn prefetch(&self, (start, bytes): (u64, u64), gpu: u32) -> Result<(), Error> {
        self.driver.set_attributes(start, bytes, &mut [Attribute::new(kernel::PREFETCH_LOC, gpu)])
    }
}
