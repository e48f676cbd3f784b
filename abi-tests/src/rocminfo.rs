//! Reads what rocminfo prints, whatever its release, into entries that can be compared.
//!
//! Many captures from the field have lost their indentation, so nesting is read from the headings that
//! rocminfo.cc prints ("Agent 2", "Pool Info:", "ISA 1", ...), never from leading blanks.

use std::collections::HashMap;

/// One `key: value` line and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The agent's number, counted from 1; none above the first agent.
    pub agent: Option<u32>,
    /// `CPU`, `GPU` or `DSP`; empty outside agents.
    pub device: String,
    /// Which part of the agent, or of the system, the line tells of.
    pub part: Part,
    /// The heading of the part, for example `Pool 1`; empty where there is none.
    pub item: String,
    /// The key, with the heading of its dimension lines: `Grid Max Size per Dimension/x`.
    pub key: String,
    /// How many lines of the same key stand before it at the same place: an ISA has several rounding modes.
    pub repetition: usize,
    /// The value, runs of blanks made one.
    pub value: String,
}

impl Entry {
    /// A name for the line that is the same in every output that has it: `Agent 2/Pool 1/Size`.
    pub fn path(&self) -> String {
        let agent = self.agent.map_or("System".to_owned(), |number| format!("Agent {number}"));
        let repeated = if self.repetition > 0 { format!("again {}", self.repetition) } else { String::new() };
        [agent.as_str(), &self.item, &self.key, &repeated]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// The part of the output that a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before the first agent.
    System,
    /// An agent's own attributes.
    Agent,
    /// Below "Cache Info:".
    Cache,
    /// A memory pool.
    Pool,
    /// An instruction set.
    Isa,
}

impl Part {
    /// The name that explanations use.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Agent => "agent",
            Self::Cache => "cache",
            Self::Pool => "pool",
            Self::Isa => "isa",
        }
    }
}

/// Where the reader stands.
struct Reader {
    part: Part,
    agent: Option<u32>,
    item: String,
    dimension: Option<String>,
    entries: Vec<Entry>,
}

/// More lines than any agent, pool or instruction set has: repetitions lie no further back.
const LONGEST_PART: usize = 200;

/// Reads a whole output, or a capture of one. Lines that are no `key: value` are headings or rulers.
pub fn read(text: &str) -> Vec<Entry> {
    let mut reader =
        Reader { part: Part::System, agent: None, item: String::new(), dimension: None, entries: Vec::new() };
    for line in text.lines() {
        reader.line(&line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    name_devices(&mut reader.entries);
    reader.entries
}

/// "Device Type" comes after a dozen of the agent's lines, so it is told to all of them at the end.
fn name_devices(entries: &mut [Entry]) {
    let devices: HashMap<_, _> =
        entries.iter().filter(|e| e.key == "Device Type").map(|e| (e.agent, e.value.clone())).collect();
    for entry in entries {
        entry.device = devices.get(&entry.agent).cloned().unwrap_or_default();
    }
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some(number) = numbered(line, "Agent ") {
            self.enter(Part::Agent, String::new());
            self.agent = Some(number);
        } else if numbered(line, "Pool ").is_some() {
            self.enter(Part::Pool, line.to_owned());
        } else if numbered(line, "ISA ").is_some() {
            self.enter(Part::Isa, line.to_owned());
        } else if let Some((key, value)) = line.split_once(':') {
            self.pair(key.trim(), value.trim());
        } else if let Some((axis @ ("x" | "y" | "z"), value)) = line.split_once(' ') {
            self.pair(axis, value);
        }
    }

    fn enter(&mut self, part: Part, item: String) {
        self.part = part;
        self.item = item;
        self.dimension = None;
    }

    fn pair(&mut self, key: &str, value: &str) {
        match (key, value) {
            ("Cache Info", "") => self.enter(Part::Cache, String::new()),
            ("Pool Info" | "ISA Info", _) => {}
            // A CPU has no caches listed in some releases, so the next attribute of the agent ends the list.
            (key, "") if key.ends_with("per Dimension") => self.dimension = Some(key.to_owned()),
            (key, value) => {
                if self.part == Part::Cache && !is_cache_level(key) {
                    self.part = Part::Agent;
                }
                let key = self.in_dimension(key);
                self.push(key, value.to_owned());
            }
        }
    }

    /// The x, y and z lines belong to the heading above; any other line ends it.
    fn in_dimension(&mut self, key: &str) -> String {
        match &self.dimension {
            Some(heading) if matches!(key, "x" | "y" | "z") => format!("{heading}/{key}"),
            _ => {
                self.dimension = None;
                key.to_owned()
            }
        }
    }

    fn push(&mut self, key: String, value: String) {
        let (agent, part, item) = (self.agent, self.part, self.item.clone());
        let here = |e: &&Entry| (e.agent, &e.item, &e.key) == (agent, &item, &key);
        let repetition = self.entries.iter().rev().take(LONGEST_PART).filter(here).count();
        self.entries.push(Entry { agent, device: String::new(), part, item, key, repetition, value });
    }
}

fn numbered(line: &str, word: &str) -> Option<u32> {
    line.strip_prefix(word)?.parse().ok()
}

fn is_cache_level(key: &str) -> bool {
    key.strip_prefix('L').is_some_and(|level| level.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
Runtime Version:         1.18
*******
Agent 1
*******
  Name:                    Some CPU
  Device Type:             CPU
  Cache Info:
    L1:                      32768(0x8000) KB
  Chip ID:                 0(0x0)
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: FINE   GRAINED
Agent 2
  Device Type:             GPU
  ISA Info:
    ISA 1
      Grid Max Size per Dimension:
        x                        2147483647(0x7fffffff)
        y:                       65535(0xffff)
      FBarrier Max Size:       32
";

    fn paths() -> Vec<String> {
        read(OUTPUT).iter().map(|e| format!("{} = {}", e.path(), e.value)).collect()
    }

    #[test]
    fn lines_are_named_by_their_headings() {
        assert!(paths().contains(&"Agent 1/Pool 1/Segment = GLOBAL; FLAGS: FINE GRAINED".to_owned()));
        assert!(paths().contains(&"System/Runtime Version = 1.18".to_owned()));
    }

    #[test]
    fn the_cache_list_ends_at_the_next_attribute() {
        let entries = read(OUTPUT);
        let part = |key: &str| entries.iter().find(|e| e.key == key).expect("read").part;
        assert_eq!((part("L1"), part("Chip ID")), (Part::Cache, Part::Agent));
    }

    #[test]
    fn dimension_lines_have_a_colon_or_none() {
        let paths = paths();
        assert!(
            paths
                .contains(&"Agent 2/ISA 1/Grid Max Size per Dimension/x = 2147483647(0x7fffffff)".to_owned())
        );
        assert!(paths.contains(&"Agent 2/ISA 1/Grid Max Size per Dimension/y = 65535(0xffff)".to_owned()));
        assert!(paths.contains(&"Agent 2/ISA 1/FBarrier Max Size = 32".to_owned()));
    }

    #[test]
    fn a_device_type_holds_for_the_whole_agent() {
        let entries = read(OUTPUT);
        let device = |key: &str| entries.iter().find(|e| e.key == key).expect("read").device.clone();
        assert_eq!((device("Name"), device("FBarrier Max Size")), ("CPU".to_owned(), "GPU".to_owned()));
    }
}
