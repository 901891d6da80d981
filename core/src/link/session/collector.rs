//! The thread that empties the rings, and tends the hub.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::link::hub::Hub;
use crate::link::lock::lock;
use crate::link::members::{HubStatus, Registry, TICK};

/// The thread that empties the rings. Hosts unload the library after the last instance: [`Self::stop`]
/// returns when the thread is gone.
#[derive(Debug)]
pub(crate) struct Collector {
    stop: Arc<Stop>,
    thread: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Stop {
    asked: Mutex<bool>,
    changed: Condvar,
}

impl Collector {
    /// `None` where the system gives no thread: judgements still collect.
    pub fn start(session: Arc<Registry>, mut hub: Option<Hub>) -> Option<Self> {
        let stop = Arc::new(Stop::default());
        let asked = Arc::clone(&stop);
        let run = move || {
            while !asked.within(TICK) {
                // A fault must not end the collecting, nor one in what others wrote.
                let _ = catch_unwind(AssertUnwindSafe(|| session.tick()));
                if catch_unwind(AssertUnwindSafe(|| hub.iter_mut().for_each(|hub| hub.tick(&session)))).is_err() {
                    hub = None;
                    session.set_hub_status(HubStatus::Unavailable("A fault ended the link to other processes.".into()));
                }
            }
        };
        let thread = thread::Builder::new().name("keel-collector".into()).spawn(run).ok()?;
        Some(Self { stop, thread })
    }

    pub fn stop(self) {
        *lock(&self.stop.asked) = true;
        self.stop.changed.notify_one();
        // A collector that panicked is gone, too.
        let _ = self.thread.join();
    }
}

impl Stop {
    /// Waits for the request to stop, for no longer than `time`.
    fn within(&self, time: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(lock(&self.asked), time, |asked| !*asked);
        *waited.unwrap_or_else(std::sync::PoisonError::into_inner).0
    }
}
