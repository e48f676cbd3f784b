//! From the driver's nodes to agents.
//!
//! Touches `driver` for the snapshot. Answers to BuildTopology of upstream's `amd_topology.cpp`, but no node can keep
//! the others from being found: one that cannot be an agent is left out with one line.
#![forbid(unsafe_code)]

use std::sync::Arc;

use hsakmt_thunk::topology::model::{Node, Snapshot};

use super::{Agent, Capability, Gpu, filter, link::Links, machine::Machine};
use crate::{
    cache,
    config::{Config, units},
    copy::Copies,
    core_dump,
    driver::{Driver, npu::Npu},
    handle::Epoch,
    image::Images,
    isa::Isa,
    loader::Loader,
    log::complain,
    memory::Heap,
    pool::{self, Place, Pool},
};

/// The machine that `driver` drives, as `config` wants it shown.
pub fn discover(
    config: Config,
    driver: Arc<dyn Driver>,
    snapshot: &Snapshot,
    xnack: bool,
    epoch: Epoch,
) -> Machine {
    let links = Links::new(&snapshot.nodes);
    let (agents, pools, caches) = (Vec::new(), Vec::new(), Vec::new());
    let heap = Arc::new(Heap::new(Arc::clone(&driver), !config.disable_fragments));
    let mut machine = Machine {
        config,
        driver,
        xnack,
        agents,
        pools,
        caches,
        links,
        heap,
        loader: Loader::default(),
        copies: Copies::default(),
        images: Images::default(),
        core: core_dump::Once::default(),
        epoch,
    };
    for node in snapshot.nodes.iter().filter(|node| node.properties.cpu_cores_count > 0) {
        machine.add(node, None, None);
    }
    for node in visible_gpus(&machine.config, snapshot) {
        match isa_of(node, &machine) {
            Ok(isa) => machine.add(node, Some(Gpu::new(isa)), None),
            Err(reason) => complain(&format!("GPU node {} is left out: {reason}", node.kernel_index)),
        }
    }
    machine.restrict_units();
    machine.copies = Copies::new(&machine.agents);
    machine
}

/// The nodes with GPUs, those that the user wants in the order he wants.
fn visible_gpus<'a>(config: &Config, snapshot: &'a Snapshot) -> Vec<&'a Node> {
    let gpus: Vec<&Node> = snapshot.nodes.iter().filter(|node| node.properties.simd_count > 0).collect();
    let Some(list) = &config.visible_devices else { return gpus };
    let ids: Vec<u64> = gpus.iter().map(|node| node.properties.unique_id).collect();
    filter::select(list, &ids).into_iter().map(|index| gpus[index]).collect()
}

/// The ISA that a node's GPU runs, or why it cannot be used.
fn isa_of(node: &Node, machine: &Machine) -> Result<Isa, String> {
    let gfx = node.gfx.ok_or("the kernel does not tell its gfx version; a newer amdgpu does")?;
    let mut sramecc = Capability(node.properties.capability).sramecc();
    // Before interface 1.4 the bit was not to be trusted: on gfx908 the feature is always on, on gfx906 it may be
    // either, and code for the wrong setting computes wrong results.
    if machine.driver.version() < (1, 4) {
        match (gfx.major, gfx.minor, gfx.stepping) {
            (9, 0, 8) => sramecc = true,
            (9, 0, 6) if !machine.config.trust_sramecc => {
                return Err("amdgpu is too old to tell whether SRAM ECC is on; upgrade amdgpu".into());
            }
            _ => {}
        }
    }
    let sramecc = machine.config.sramecc.unwrap_or(sramecc);
    Isa::of_device(gfx, sramecc, machine.xnack).ok_or_else(|| {
        format!("{gfx} is not known; HSA_OVERRIDE_GFX_VERSION_{} can name a similar one", node.id.0)
    })
}

impl Machine {
    /// Adds the neural processor, which upstream has on the first node, without the properties of that.
    pub fn add_npu(&mut self, npu: Arc<dyn Npu>) {
        self.add(&Node::default(), None, Some(npu));
    }

    /// Adds an agent for one side of a node.
    fn add(&mut self, node: &Node, gpu: Option<Gpu>, npu: Option<Arc<dyn Npu>>) {
        let index = self.agents.len();
        let mut agent = Agent { index, node: node.clone(), gpu, npu, pools: 0..0, caches: 0..0 };
        let (pools, caches) = match &agent.gpu {
            Some(gpu) => {
                (pool::of_gpu(node, gpu.isa, self.config.fine_grain_pcie), cache::of_gpu(node, agent.name()))
            }
            None if agent.is_cpu() => (pool::of_cpu(node), cache::of_cpu(node, agent.name())),
            None => (pool::of_npu(node, self.system_bytes()), Vec::new()),
        };
        agent.pools = self.pools.len()..self.pools.len() + pools.len();
        agent.caches = self.caches.len()..self.caches.len() + caches.len();
        self.pools.extend(pools.into_iter().map(|pool| Pool { owner: index, ..pool }));
        self.caches.extend(caches);
        self.agents.push(agent);
    }

    /// Bytes of all memory of the host.
    fn system_bytes(&self) -> u64 {
        let kinds = self.pools.iter().filter(|pool| pool.place == Place::System && pool.kernarg);
        kinds.map(|pool| pool.size).sum()
    }

    /// Tells the agents which compute units queues may use.
    fn restrict_units(&mut self) {
        let Some(text) = &self.config.units else { return };
        let most = self.gpus().map(Agent::compute_units).max().unwrap_or(0);
        let mut masks = units::parse(text, self.gpus().count(), most as usize);
        for (index, gpu) in self.agents.iter_mut().filter_map(|agent| agent.gpu.as_mut()).enumerate() {
            gpu.units = masks.remove(&index).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use hsakmt_thunk::topology::model::NodeId;

    use super::*;
    use crate::{agent::fixture, driver::fake::FakeDriver};

    fn machine(variables: &[(&str, &str)], nodes: Vec<Node>, version: (u32, u32)) -> Machine {
        let config =
            Config::new(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_string()));
        let snapshot = Snapshot { nodes, ..Default::default() };
        discover(
            config,
            Arc::new(FakeDriver { version, ..FakeDriver::default() }),
            &snapshot,
            false,
            Epoch::new(1),
        )
    }

    fn nodes() -> Vec<Node> {
        vec![
            fixture::gpu(0, (9, 0, 6), 16 << 30).0,
            fixture::cpu(1, 64 << 30),
            fixture::gpu(2, (11, 0, 0), 24 << 30).0,
        ]
    }

    fn names(machine: &Machine) -> Vec<&str> {
        machine.agents.iter().map(Agent::name).collect()
    }

    #[test]
    fn processors_come_first() {
        assert_eq!(names(&machine(&[], nodes(), (1, 18))), ["Test CPU", "gfx906", "gfx1100"]);
    }

    #[test]
    fn the_user_chooses_and_orders_gpus() {
        let all = |list| names(&machine(&[("ROCR_VISIBLE_DEVICES", list)], nodes(), (1, 18))).join(" ");
        assert_eq!(all("1,0"), "Test CPU gfx1100 gfx906");
        assert_eq!(all("GPU-0000000000001002"), "Test CPU gfx1100");
        assert_eq!(all(""), "Test CPU");
    }

    #[test]
    fn a_gpu_that_nobody_knows_is_left_out_alone() {
        let mut nodes = nodes();
        nodes[0].gfx = None;
        assert_eq!(names(&machine(&[], nodes, (1, 18))), ["Test CPU", "gfx1100"]);
    }

    #[test]
    fn an_old_driver_is_not_believed_about_sramecc() {
        assert_eq!(names(&machine(&[], nodes(), (1, 3))), ["Test CPU", "gfx1100"]);
        let trusting = machine(&[("HSA_IGNORE_SRAMECC_MISREPORT", "1")], nodes(), (1, 3));
        assert_eq!(names(&trusting), ["Test CPU", "gfx906", "gfx1100"]);
    }

    #[test]
    fn pools_know_their_owner() {
        let machine = machine(&[], nodes(), (1, 18));
        for agent in &machine.agents {
            assert!(!agent.pools.is_empty());
            assert!(
                machine.pools[agent.pools.clone()]
                    .iter()
                    .all(|p| p.owner == agent.index && p.node == agent.node.id)
            );
        }
        assert_eq!(machine.nearest_cpu(&machine.agents[2]).map(|cpu| cpu.node.id), Some(NodeId(1)));
    }
}
