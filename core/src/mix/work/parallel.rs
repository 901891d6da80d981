//! Work on many things, each by itself, shared by a few threads for as long as it lasts. None of them stays behind: a
//! plug-in that is unloaded must not leave threads in its code.

use std::num::NonZero;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// Threads at most: a host has work for the other cores.
const MOST: usize = 4;
/// Things for which a further thread pays.
const MANY: usize = 48;
/// Things that a thread takes at a time.
const SOME: usize = 6;

/// Does the work for each of these things, on several threads where there are many; tells what came of it in their order.
pub(crate) fn each<T: Send, R: Send>(things: &mut [T], work: impl Fn(usize, &mut T) -> R + Sync) -> Vec<R> {
    let threads = threads().min(things.len() / MANY);
    if threads <= 1 {
        return things.iter_mut().enumerate().map(|(place, thing)| work(place, thing)).collect();
    }
    let mut done: Vec<Option<R>> = things.iter().map(|_| None).collect();
    let shares = Mutex::new(things.chunks_mut(SOME).zip(done.chunks_mut(SOME)).enumerate());
    let take = || shares.lock().unwrap_or_else(PoisonError::into_inner).next();
    let go = || {
        while let Some((share, (things, done))) = take() {
            for (place, (thing, done)) in (share * SOME..).zip(things.iter_mut().zip(done)) {
                *done = Some(work(place, thing));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Where the system gives no more threads those that there are do the work.
            if thread::Builder::new().name("keel judge".into()).spawn_scoped(scope, go).is_err() {
                break;
            }
        }
        go();
    });
    done.into_iter().flatten().collect()
}

/// How many run side by side here.
fn threads() -> usize {
    // To ask the system each time would take longer than a judgement.
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get).min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_done_once_and_told_in_its_place() {
        for count in [0, 1, SOME, MANY, 2 * MANY, 2 * MANY + 1, 1_000] {
            let mut things = vec![0usize; count];
            let told = each(&mut things, |place, thing| {
                *thing += 1;
                place
            });
            assert!(things.iter().all(|times| *times == 1), "of {count}");
            assert_eq!(told, (0..count).collect::<Vec<_>>());
        }
    }
}
