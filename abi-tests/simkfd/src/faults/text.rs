//! A fault plan as it is written, and what is wrong with it. Touches nothing.
#![forbid(unsafe_code)]

use super::counter::Counter;
use super::plan::{Distortion, Effect, Failure, Mishap, Rule, Work};
use crate::contract::{Errno, Incident};
use serde::Deserialize;

const ONE_SUBJECT: &str =
    "exactly one of ioctl, open, read, vanish, bump, interrupt, packet, instruction is needed";
const MISPLACED: &str =
    "incident and done go with an ioctl, gpu and address with an incident, a packet or an instruction";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanText {
    #[serde(default)]
    pub fault: Vec<RuleText>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RuleText {
    ioctl: Option<String>,
    open: Option<String>,
    read: Option<String>,
    vanish: Option<String>,
    bump: Option<String>,
    interrupt: Option<String>,
    packet: Option<String>,
    instruction: Option<String>,
    incident: Option<String>,
    gpu: Option<usize>,
    address: Option<u64>,
    errno: Option<String>,
    done: Option<u32>,
    short: Option<usize>,
    truncate: Option<usize>,
    nth: Option<u64>,
    after: Option<u64>,
    times: Option<u64>,
}

impl RuleText {
    /// The rule, or why it is none.
    pub fn build(self) -> Result<Rule, String> {
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
        let subjects = [
            &self.ioctl,
            &self.open,
            &self.read,
            &self.vanish,
            &self.bump,
            &self.interrupt,
            &self.packet,
            &self.instruction,
        ];
        let mut named = subjects.iter().enumerate().filter_map(|(i, name)| Some((i, name.as_ref()?)));
        let (Some((subject, name)), None) = (named.next(), named.next()) else {
            return Err(ONE_SUBJECT.into());
        };
        let placed = subject >= 6 || self.incident.is_some() || self.gpu.is_none() && self.address.is_none();
        if subject > 0 && (self.incident.is_some() || self.done.is_some()) || !placed {
            return Err(MISPLACED.into());
        }
        let effect = match subject {
            0 => self.of_ioctl()?,
            1 => Effect::Open(self.plain_errno()?),
            2 => Effect::Read(self.distortion()?),
            _ if !self.has_no_effect() => {
                return Err(
                    "vanish, bump, interrupt, packet and instruction take no errno, short or truncate".into(),
                );
            }
            3 => Effect::Vanish,
            4 => Effect::Bump,
            5 if name == "lost" => Effect::LostInterrupt,
            5 => return Err("an interrupt can only be lost".into()),
            6 => self.mishap(Work::Packets, name)?,
            _ => self.mishap(Work::Instructions, name)?,
        };
        Ok((name.clone(), effect))
    }

    fn of_ioctl(&self) -> Result<Effect, String> {
        let Some(name) = &self.incident else {
            let (errno, done) = (self.plain_errno()?, self.done.unwrap_or(0));
            return Ok(Effect::Ioctl(Failure { errno, done }));
        };
        if !self.has_no_effect() || self.done.is_some() {
            return Err("an incident takes no errno, done, short or truncate".into());
        }
        let incident = Incident::from_name(name, self.address.unwrap_or(0));
        let incident = incident.ok_or_else(|| format!("{name}: not a known incident"))?;
        Ok(Effect::Incident(self.gpu.unwrap_or(0), incident))
    }

    fn mishap(&self, work: Work, name: &str) -> Result<Effect, String> {
        let mishap = Mishap::from_name(name, self.address.unwrap_or(0));
        let mishap = mishap.ok_or_else(|| format!("{name}: nothing that goes wrong with a GPU"))?;
        Ok(Effect::Mishap(work, self.gpu.unwrap_or(0), mishap))
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
