//! What the instances of one loaded binary share: who is there, and the threads that serve them.

use std::sync::{Arc, Mutex};

use super::collector::Collector;
use super::judge::{Judge, JudgeState};
use super::watch::Watched;
use crate::link::hub::HubConfig;
use crate::link::lock::lock;
use crate::link::members::Registry;
use crate::link::track::{Inbox, Track, TrackConfig};

/// What the instances of one loaded binary share.
#[derive(Debug, Default)]
pub(crate) struct Binary {
    pub registry: Arc<Registry>,
    /// Held while a track comes or goes. The threads themselves never take it.
    threads: Mutex<Threads>,
    judge_state: Arc<JudgeState>,
    config: Option<HubConfig>,
}

#[derive(Debug, Default)]
struct Threads {
    collector: Option<Collector>,
    /// From the first watch on.
    judge: Option<Judge>,
}

impl Binary {
    pub fn new(config: Option<HubConfig>) -> Self {
        Self {
            registry: Arc::new(Registry::new(config.is_some())),
            threads: Mutex::default(),
            judge_state: Arc::default(),
            config,
        }
    }

    /// Puts a track among the others; true where its id was taken. The first one starts the collector, whose hub scans
    /// round once before, so that the track knows who else is there.
    pub fn enter(&self, config: TrackConfig, inbox: Inbox) -> (Arc<Track>, bool) {
        let mut threads = lock(&self.threads);
        let mut hub = self.config.as_ref().filter(|_| threads.collector.is_none()).map(HubConfig::open);
        hub.iter_mut().for_each(|hub| hub.tick(&self.registry));
        let added = self.registry.add(config, inbox);
        // Who comes next is to find it.
        hub.iter_mut().for_each(|hub| hub.tick(&self.registry));
        if threads.collector.is_none() {
            threads.collector = Collector::start(Arc::clone(&self.registry), hub);
        }
        added
    }

    /// Takes a track out. With the last one the threads end, because hosts unload the library then.
    pub fn leave(&self, track: &Arc<Track>) {
        let mut threads = lock(&self.threads);
        if self.registry.remove(track) {
            let Threads { collector, judge } = std::mem::take(&mut *threads);
            judge.into_iter().for_each(Judge::stop);
            collector.into_iter().for_each(Collector::stop);
            self.registry.forget_remote();
        }
    }

    /// Lets the judge see to it, whose thread the first one starts.
    pub fn watch(&self, watched: &Arc<Watched>) {
        self.judge_state.watch(watched);
        let mut threads = lock(&self.threads);
        // Without a track nothing would stop the thread.
        let is_wanted = self.registry.len() > 0 && !threads.judge.as_ref().is_some_and(Judge::is_alive);
        if is_wanted {
            threads.judge = Judge::start(&self.judge_state);
        }
    }

    /// Asks for a judgement of what is watched.
    pub fn ask(&self) {
        self.judge_state.ask();
    }
}
