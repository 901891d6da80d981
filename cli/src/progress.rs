//! Progress bars on standard error while files are read: one for each file at work, one for all. Nothing shows where
//! standard error is no terminal.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Seconds of audio between two updates of a bar.
const STEP_S: f64 = 2.0;
/// The bars' unit: milliseconds of audio.
const UNITS_PER_S: f64 = 1000.0;

/// What is shown while files are analysed, from several threads.
#[derive(Debug)]
pub struct Progress {
    bars: MultiProgress,
    files: ProgressBar,
}

/// One file at work.
#[derive(Debug)]
pub struct FileProgress {
    bars: MultiProgress,
    files: ProgressBar,
    bar: ProgressBar,
    /// Seconds that wait to be shown.
    waiting_s: f64,
}

impl Progress {
    /// Bars on standard error, where that is a terminal.
    pub fn on_stderr(files: usize) -> Self {
        Self::on(ProgressDrawTarget::stderr(), files)
    }

    /// Shows nothing.
    pub fn silent() -> Self {
        Self::on(ProgressDrawTarget::hidden(), 0)
    }

    fn on(target: ProgressDrawTarget, count: usize) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        let files = bars.add(ProgressBar::new(count as u64).with_style(style("{bar:30} {pos} of {len} files")));
        Self { bars, files }
    }

    /// A file is about to be read; `seconds` of audio are expected, where that is known.
    pub fn file(&self, name: &str, seconds: Option<f64>) -> FileProgress {
        let bar = match seconds {
            Some(seconds) => {
                let length = (seconds * UNITS_PER_S) as u64;
                ProgressBar::new(length).with_style(style("{bar:30} {percent:>3} % {wide_msg}"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {wide_msg}")),
        };
        let bar = self.bars.insert_before(&self.files, bar);
        bar.set_message(name.replace(char::is_control, "\u{fffd}"));
        // Else it shows with the first file that is done.
        self.files.tick();
        FileProgress { bars: self.bars.clone(), files: self.files.clone(), bar, waiting_s: 0.0 }
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        self.files.finish_and_clear();
    }
}

impl FileProgress {
    /// So much more was read.
    pub fn advance(&mut self, seconds: f64) {
        self.waiting_s += seconds;
        if self.waiting_s >= STEP_S {
            self.bar.inc((self.waiting_s * UNITS_PER_S) as u64);
            self.waiting_s = 0.0;
        }
    }
}

impl Drop for FileProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.bars.remove(&self.bar);
        self.files.inc(1);
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("█▌·")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_whether_they_end_well_or_not() {
        let progress = Progress::on(ProgressDrawTarget::hidden(), 2);
        let mut first = progress.file("kick\u{1b}[31m", Some(10.0));
        first.advance(1.0);
        assert_eq!(first.bar.position(), 0, "small steps wait");
        first.advance(2.5);
        assert_eq!((first.bar.position(), first.bar.message().contains('\u{1b}')), (3500, false));
        drop(first);
        drop(progress.file("no length", None));
        assert_eq!(progress.files.position(), 2);
    }

    #[test]
    fn templates_are_sound() {
        for template in ["{bar:30} {pos} of {len} files", "{bar:30} {percent:>3} % {wide_msg}", "{spinner} {wide_msg}"]
        {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
