//! What the instances of one loaded binary share: who is there, and the threads that serve them.

use std::sync::{Arc, Mutex};

use super::collector::Collector;
use crate::link::hub::HubConfig;
use crate::link::lock::lock;
use crate::link::members::Shared;
use crate::link::track::{Heard, Track, TrackConfig};

/// What the instances of one loaded binary share.
#[derive(Debug, Default)]
pub(crate) struct Binary {
    pub registry: Arc<Shared>,
    /// Held while a track comes or goes. The collector itself never takes it.
    collector: Mutex<Option<Collector>>,
    config: Option<HubConfig>,
}

impl Binary {
    pub fn new(config: Option<HubConfig>) -> Self {
        Self { registry: Arc::new(Shared::new(config.is_some())), collector: Mutex::new(None), config }
    }

    /// Puts a track among the others; true where its id was taken. The first one starts the collector, whose hub looks
    /// round once before, so that the track knows who else is there.
    pub fn enter(&self, config: TrackConfig, heard: Heard) -> (Arc<Track>, bool) {
        let mut collector = lock(&self.collector);
        let mut hub = self.config.as_ref().filter(|_| collector.is_none()).map(HubConfig::open);
        hub.iter_mut().for_each(|hub| hub.tick(&self.registry));
        let added = self.registry.add(config, heard);
        // Who comes next is to find it.
        hub.iter_mut().for_each(|hub| hub.tick(&self.registry));
        if collector.is_none() {
            *collector = Collector::start(Arc::clone(&self.registry), hub);
        }
        added
    }

    /// Takes a track out. With the last one the collector's thread ends.
    pub fn leave(&self, track: &Arc<Track>) {
        let mut collector = lock(&self.collector);
        if self.registry.remove(track) {
            if let Some(collector) = collector.take() {
                collector.stop();
            }
            self.registry.forget_remote();
        }
    }
}
