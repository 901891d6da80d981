//! Plays a session: one instance for each stem on the main thread, one engine on the audio thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use keel_core::mix;

use crate::engine::Engine;
use crate::host::{HostError, Instance, PluginFile, Processor, Track, Transport};
use crate::sound::Feed;
use crate::stems::StemSet;

/// How fast the song goes by.
#[derive(Debug)]
pub enum Pace {
    /// As fast as it can, in the portions that [`Player::play_on`] grants.
    Granted,
    /// In real time, into the sound card where there is one.
    RealTime(Option<Feed>),
}

/// A session being played. All methods belong to the main thread.
#[derive(Debug)]
pub struct Player {
    tracks: Vec<Instance>,
    set: Arc<StemSet>,
    transport: Transport,
    end: u64,
    position: Arc<AtomicU64>,
    audio: Option<AudioThread>,
}

#[derive(Debug)]
struct AudioThread {
    handle: JoinHandle<(Vec<Processor>, Result<(), HostError>)>,
    grants: Sender<u64>,
    played: Receiver<()>,
    stop: Arc<AtomicBool>,
}

/// What the audio thread shares with the main thread.
struct Controls {
    grants: Receiver<u64>,
    played: Sender<()>,
    stop: Arc<AtomicBool>,
    position: Arc<AtomicU64>,
}

impl Player {
    /// Puts an instance on each stem. `frames` is how much of the song is to be played.
    pub fn new(file: &PluginFile, set: Arc<StemSet>, frames: u64) -> Result<Self, HostError> {
        let track = |stem: &crate::stems::Stem| Track::stem(&stem.name, stem.channels.len() as u32);
        let tracks: Result<Vec<_>, _> = set.stems.iter().map(|stem| Instance::new(file, &track(stem))).collect();
        Ok(Self {
            tracks: tracks?,
            transport: Transport::new(f64::from(set.sample_rate), set.tempo),
            end: frames.min(set.frames() as u64),
            set,
            position: Arc::new(AtomicU64::new(0)),
            audio: None,
        })
    }

    /// Activates all instances and starts the audio thread.
    pub fn start(&mut self, block: usize, pace: Pace) -> Result<(), HostError> {
        let mut engine = Engine::new(Arc::clone(&self.set), self.transport, self.end, block);
        let names: Vec<&str> = self.set.stems.iter().map(|stem| stem.name.as_str()).collect();
        for (instance, guess) in self.tracks.iter_mut().zip(mix::guess(&names)) {
            let processor = instance.activate(self.transport.sample_rate, block)?;
            let is_bus = guess.role.is_some_and(mix::Role::is_bus);
            engine.add(processor, !is_bus);
        }
        let (grants, granted) = channel();
        let (done, played) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let controls =
            Controls { grants: granted, played: done, stop: Arc::clone(&stop), position: Arc::clone(&self.position) };
        let handle = std::thread::Builder::new()
            .name("keel-session audio".into())
            .spawn(move || controls.run(engine, pace))
            .map_err(|error| HostError::Refused(format!("an audio thread: {error}")))?;
        self.audio = Some(AudioThread { handle, grants, played, stop });
        Ok(())
    }

    /// Lets the audio thread play `frames` more and waits for it ([`Pace::Granted`]). Past the song's end the transport
    /// stands.
    pub fn play_on(&mut self, frames: u64) {
        let Some(audio) = &self.audio else { return };
        if audio.grants.send(frames).is_ok() {
            while !audio.handle.is_finished() && audio.played.recv_timeout(Duration::from_millis(50)).is_err() {}
        }
        self.pump();
    }

    pub fn sample_rate(&self) -> f64 {
        self.transport.sample_rate
    }

    /// Seconds of the song played.
    pub fn position_s(&self) -> f64 {
        self.position.load(Ordering::Acquire) as f64 / self.transport.sample_rate
    }

    pub fn end_s(&self) -> f64 {
        self.end as f64 / self.transport.sample_rate
    }

    pub fn is_at_end(&self) -> bool {
        self.position.load(Ordering::Acquire) >= self.end
    }

    /// The audio thread has gone before it was stopped: [`Self::stop`] says why.
    pub fn has_failed(&self) -> bool {
        self.audio.as_ref().is_some_and(|audio| audio.handle.is_finished())
    }

    pub fn tracks(&mut self) -> &mut [Instance] {
        &mut self.tracks
    }

    pub fn track(&mut self, name: &str) -> Option<&mut Instance> {
        self.tracks.iter_mut().find(|track| track.name() == name)
    }

    /// Serves what the instances asked of the main thread. Call it often.
    pub fn pump(&mut self) {
        for track in &mut self.tracks {
            track.pump();
        }
    }

    /// The session's report, as JSON: any instance knows it all.
    pub fn report(&mut self, scope: Option<&str>) -> Result<String, HostError> {
        let first = self.tracks.first_mut().ok_or_else(|| HostError::Refused("a report without tracks".into()))?;
        first.report(scope)
    }

    /// Ends the audio thread and deactivates the instances; they keep what they received.
    pub fn stop(&mut self) -> Result<(), HostError> {
        let Some(audio) = self.audio.take() else { return Ok(()) };
        audio.stop.store(true, Ordering::Release);
        drop(audio.grants);
        let (processors, result) =
            audio.handle.join().map_err(|_| HostError::Refused("to go on: the audio thread panicked".into()))?;
        for (instance, processor) in self.tracks.iter_mut().zip(processors) {
            instance.deactivate(processor);
        }
        result
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // The error was for whoever stopped it; here it is not asked for any more.
        let _ = self.stop();
    }
}

impl Controls {
    fn run(self, mut engine: Engine, pace: Pace) -> (Vec<Processor>, Result<(), HostError>) {
        let result = match pace {
            Pace::Granted => self.play_granted(&mut engine),
            Pace::RealTime(feed) => self.play_in_time(&mut engine, feed),
        };
        (engine.into_processors(), result)
    }

    fn block(&self, engine: &mut Engine) -> Result<usize, HostError> {
        let frames = if engine.is_at_end() { engine.stand()? } else { engine.play_block()? };
        self.position.store(engine.position(), Ordering::Release);
        Ok(frames)
    }

    fn play_granted(&self, engine: &mut Engine) -> Result<(), HostError> {
        while let Ok(mut frames) = self.grants.recv() {
            while frames > 0 && !self.stop.load(Ordering::Acquire) {
                frames = frames.saturating_sub(self.block(engine)? as u64);
            }
            // The main thread may have gone: then the next grant fails, too.
            let _ = self.played.send(());
        }
        Ok(())
    }

    fn play_in_time(&self, engine: &mut Engine, mut feed: Option<Feed>) -> Result<(), HostError> {
        let rate = engine.sample_rate();
        let (mut began, mut frames_since) = (Instant::now(), 0u64);
        while !self.stop.load(Ordering::Acquire) {
            let frames = self.block(engine)?;
            if let Some(card) = &mut feed {
                if card.push(engine.sum(frames), &self.stop) {
                    continue;
                }
                eprintln!("the sound card has stopped taking sound; going on without it");
                (feed, began, frames_since) = (None, Instant::now(), 0);
            }
            frames_since += frames as u64;
            let due = began + Duration::from_secs_f64(frames_since as f64 / rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        Ok(())
    }
}
