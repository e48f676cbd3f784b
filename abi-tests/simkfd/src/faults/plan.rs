//! The rules of a fault plan and their evaluation. Touches nothing; `Plan::parse` takes the text.
#![forbid(unsafe_code)]

use super::{counter::Counter, pattern};
use crate::contract::Errno;
use serde::Deserialize;

/// What reading a file gives instead of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distortion {
    /// Every read fails.
    Fail(Errno),
    /// A read gives at most so many bytes.
    Short(usize),
    /// The file ends after so many bytes.
    Truncate(usize),
    /// The decimal number that is the file's content is greater by this.
    Bump(u64),
}

/// A fault plan with its counters. All methods may be called from any thread.
#[derive(Debug, Default)]
pub struct Plan {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: String,
    effect: Effect,
    counter: Counter,
}

#[derive(Debug)]
enum Effect {
    Ioctl(Errno),
    Open(Errno),
    Read(Distortion),
    Vanish,
    Bump,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanText {
    #[serde(default)]
    fault: Vec<RuleText>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RuleText {
    ioctl: Option<String>,
    open: Option<String>,
    read: Option<String>,
    vanish: Option<String>,
    bump: Option<String>,
    errno: Option<String>,
    short: Option<usize>,
    truncate: Option<usize>,
    nth: Option<u64>,
    after: Option<u64>,
    times: Option<u64>,
}

impl Plan {
    /// Reads a plan from TOML. The error is one line that says which rule is wrong and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plan: PlanText = toml::from_str(text).map_err(|error| error.to_string().replace('\n', " "))?;
        let rules = plan.fault.into_iter().enumerate();
        let rules =
            rules.map(|(index, rule)| rule.build().map_err(|why| format!("fault {}: {why}", index + 1)));
        Ok(Plan { rules: rules.collect::<Result<_, _>>()? })
    }

    /// The errno that an ioctl of this name (as in the trace) fails with.
    pub fn ioctl(&self, name: &str) -> Option<Errno> {
        self.rules.iter().find_map(|rule| match rule.effect {
            Effect::Ioctl(errno) if rule.pattern == "*" || rule.pattern == name => {
                rule.counter.strike().map(|_| errno)
            }
            _ => None,
        })
    }

    /// The errno that opening this path as a file or a directory fails with.
    pub fn open(&self, path: &str) -> Option<Errno> {
        self.rules.iter().find_map(|rule| match rule.effect {
            Effect::Open(errno) if pattern::matches(&rule.pattern, path) => {
                rule.counter.strike().map(|_| errno)
            }
            Effect::Vanish if rule.is_below(path) => rule.counter.strike().map(|_| Errno::ENOENT),
            _ => None,
        })
    }

    /// Whether a directory that holds this path has vanished: looking at the path gives ENOENT, and counts nothing.
    pub fn vanished(&self, path: &str) -> bool {
        let gone = |rule: &Rule| matches!(rule.effect, Effect::Vanish) && rule.counter.armed();
        self.rules.iter().any(|rule| gone(rule) && rule.is_below(path))
    }

    /// Whether there is a rule under which reads of an open file fail or are short.
    pub fn limits_reads(&self) -> bool {
        let limits =
            |rule: &Rule| matches!(rule.effect, Effect::Read(Distortion::Fail(_) | Distortion::Short(_)));
        self.rules.iter().any(limits)
    }

    /// What reading the file that is being opened will give instead of its content.
    pub fn read(&self, path: &str) -> Option<Distortion> {
        self.rules.iter().filter(|rule| pattern::matches(&rule.pattern, path)).find_map(|rule| {
            match rule.effect {
                Effect::Read(distortion) => rule.counter.strike().map(|_| distortion),
                Effect::Bump => {
                    rule.counter.strike();
                    (rule.counter.struck() > 0).then(|| Distortion::Bump(rule.counter.struck()))
                }
                _ => None,
            }
        })
    }
}

impl Rule {
    /// Whether `path` is the rule's directory or something in it.
    fn is_below(&self, path: &str) -> bool {
        pattern::matches(&self.pattern, path) || pattern::matches(&format!("{}/**", self.pattern), path)
    }
}

impl RuleText {
    fn build(self) -> Result<Rule, String> {
        let (after, times) = self.window()?;
        let (pattern, effect) = self.effect()?;
        Ok(Rule { pattern, effect, counter: Counter::new(after, times) })
    }

    fn window(&self) -> Result<(u64, u64), String> {
        match (self.nth, self.after, self.times) {
            (Some(0), ..) => Err("nth counts from 1".into()),
            (Some(nth), None, None) => Ok((nth - 1, 1)),
            (Some(_), ..) => Err("nth goes with neither after nor times".into()),
            (None, after, times) => Ok((after.unwrap_or(0), times.unwrap_or(u64::MAX))),
        }
    }

    fn effect(&self) -> Result<(String, Effect), String> {
        let subjects = (&self.ioctl, &self.open, &self.read, &self.vanish, &self.bump);
        match subjects {
            (Some(name), None, None, None, None) => {
                self.plain_errno().map(|errno| (name.clone(), Effect::Ioctl(errno)))
            }
            (None, Some(path), None, None, None) => {
                self.plain_errno().map(|errno| (path.clone(), Effect::Open(errno)))
            }
            (None, None, Some(path), None, None) => {
                self.distortion().map(|distortion| (path.clone(), Effect::Read(distortion)))
            }
            (None, None, None, Some(path), None) if self.has_no_effect() => {
                Ok((path.clone(), Effect::Vanish))
            }
            (None, None, None, None, Some(path)) if self.has_no_effect() => Ok((path.clone(), Effect::Bump)),
            (None, None, None, Some(_), None) | (None, None, None, None, Some(_)) => {
                Err("vanish and bump take no errno, short or truncate".into())
            }
            _ => Err("exactly one of ioctl, open, read, vanish, bump is needed".into()),
        }
    }

    fn has_no_effect(&self) -> bool {
        self.errno.is_none() && self.short.is_none() && self.truncate.is_none()
    }

    fn plain_errno(&self) -> Result<Errno, String> {
        match self.distortion()? {
            Distortion::Fail(errno) => Ok(errno),
            _ => Err("only a read can be short or truncated".into()),
        }
    }

    fn distortion(&self) -> Result<Distortion, String> {
        match (&self.errno, self.short, self.truncate) {
            (Some(name), None, None) => Errno::from_name(name)
                .map(Distortion::Fail)
                .ok_or_else(|| format!("{name}: not a known errno name")),
            // A read that gives nothing is the end of the file: that is what truncate = 0 says.
            (None, Some(0), None) => Err("short must be at least 1".into()),
            (None, Some(bytes), None) => Ok(Distortion::Short(bytes)),
            (None, None, Some(bytes)) => Ok(Distortion::Truncate(bytes)),
            _ => Err("exactly one of errno, short, truncate is needed".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        Plan::parse(text).expect("the plan parses")
    }

    #[test]
    fn the_nth_call_of_an_ioctl_fails_and_no_other() {
        let plan = plan("[[fault]]\nioctl = 'CREATE_QUEUE'\nerrno = 'ENOMEM'\nnth = 2");
        assert_eq!(plan.ioctl("CREATE_EVENT"), None);
        assert_eq!(plan.ioctl("CREATE_QUEUE"), None);
        assert_eq!(plan.ioctl("CREATE_QUEUE"), Some(Errno::ENOMEM));
        assert_eq!(plan.ioctl("CREATE_QUEUE"), None);
    }

    #[test]
    fn an_open_fails_by_pattern() {
        let plan = plan("[[fault]]\nopen = '/dev/dri/*'\nerrno = 'EACCES'");
        assert_eq!(plan.open("/dev/dri/renderD128"), Some(Errno::EACCES));
        assert_eq!(plan.open("/dev/kfd"), None);
    }

    #[test]
    fn a_node_vanishes_after_its_opens_and_stays_away() {
        let plan = plan("[[fault]]\nvanish = '/nodes/2'\nafter = 2");
        assert!(!plan.vanished("/nodes/2/gpu_id"));
        assert_eq!(plan.open("/nodes/2/gpu_id"), None);
        assert_eq!(plan.open("/nodes/2/name"), None);
        assert!(plan.vanished("/nodes/2"));
        assert!(!plan.vanished("/nodes/21"));
        assert_eq!(plan.open("/nodes/2/properties"), Some(Errno::ENOENT));
    }

    #[test]
    fn reads_fail_shorten_or_end_early() {
        let plan = plan(
            "[[fault]]\nread = '/a'\nerrno = 'EIO'\nnth = 1\n[[fault]]\nread = '/a'\nshort = 7\n\
             [[fault]]\nread = '/b'\ntruncate = 0",
        );
        assert_eq!(plan.read("/a"), Some(Distortion::Fail(Errno::EIO)));
        assert_eq!(plan.read("/a"), Some(Distortion::Short(7)));
        assert_eq!(plan.read("/b"), Some(Distortion::Truncate(0)));
        assert_eq!(plan.read("/c"), None);
    }

    #[test]
    fn a_bumped_number_grows_and_keeps_its_last_value() {
        let plan = plan("[[fault]]\nbump = '/generation_id'\nafter = 1\ntimes = 2");
        let seen: Vec<_> = (0..4).map(|_| plan.read("/generation_id")).collect();
        let bump = |by| Some(Distortion::Bump(by));
        assert_eq!(seen, [None, bump(1), bump(2), bump(2)]);
    }

    #[test]
    fn a_wrong_rule_is_named() {
        let refused = |text: &str| Plan::parse(text).expect_err("the plan is wrong");
        assert!(refused("[[fault]]\nopen = '/a'\nerrno = 'EWHAT'").contains("fault 1: EWHAT"));
        assert!(
            refused("[[fault]]\nopen = '/a'\nioctl = 'X'\nerrno = 'EIO'").contains("exactly one of ioctl")
        );
        assert!(refused("[[fault]]\nioctl = 'X'\nshort = 1").contains("only a read"));
        assert!(refused("[[fault]]\nioctl = 'X'\nerrno = 'EIO'\nnth = 0").contains("from 1"));
        assert!(refused("[[fault]]\nvanish = '/a'\nerrno = 'EIO'").contains("take no errno"));
        assert!(refused("[[fault]]\nwhat = 1").contains("what"));
    }
}
