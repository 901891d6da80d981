//! Rings from the audio thread, the sessions of this process, and the collector between them.
