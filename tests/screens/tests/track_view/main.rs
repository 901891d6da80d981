//! The track view, seen and handled: a picture of every state, and what each gesture does.

mod behaviour;
mod fixture;
mod keyboard;
mod limits;
mod motion;
mod pictures;
mod placements;
mod session;
mod sessions;
mod stale;
mod states;
mod tooltips;
mod window;
