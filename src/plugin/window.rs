//! The window: shows the report, applies what the user did.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use keel_core::link::{Format, Session, Watch};
use keel_core::mix::{MixReport, Role, TrackId};
use keel_core::units::Db;
use nice_plug::context::PluginApi;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, Size};
use nice_plug::editor::{Editor, ResizeHint};
use nice_plug::prelude::Param;
use nice_plug_egui::{
    EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier, baseview, create_egui_editor,
};

use super::instance::KeelInstance;
use super::open_window::{OpenWindow, WindowThreads, native, system_scale};
use super::params::{MeasureChoice, RoleChoice};
use super::profile_choice::ProfileChoice;
use super::state::Saved;
use crate::editor::{self, Action, Controls, Live, MonoScope, ViewState};
use crate::host::{Gesture, Instance, Opening, PluginWindow, gui_context};

/// Pictures follow each other like this while the transport runs, and while it stands.
const PAINT_PLAYING: Duration = Duration::from_millis(33);
const PAINT_STOPPED: Duration = Duration::from_millis(100);
/// For so long after an opening or an action pictures follow as while it plays.
const HURRY: Duration = Duration::from_millis(500);
/// The framework's own polling stops for good if a host shows the window late, and its window stays blank: each frame
/// asks for the next one instead, and the poll is only there to make the loop wake at all.
const REPAINT_POLL: Duration = Duration::from_secs(5);

const FAILED: &str = "Keel could not draw this window. The audio is not affected. Close the window and open it again.";

/// Opens the window of an instance, at the size that it last had. Each opening makes a fresh framework editor: that keeps
/// the size which it was born with.
pub fn open(instance: Arc<KeelInstance>, opening: Opening) -> Option<Box<dyn PluginWindow>> {
    let scale = system_scale().or(opening.scale).unwrap_or(1.0);
    let saved = instance.saved().window;
    // Under X11 the framework forgets the host's scale at first; elsewhere the system scales points itself.
    let size: Size = if cfg!(target_os = "linux") {
        native(saved, scale).into()
    } else {
        LogicalSize::new(saved[0], saved[1]).into()
    };
    let [width, height] = editor::MIN_SIZE;
    let hint = ResizeHint::resizable().with_min_logical_size(LogicalSize::new(width, height));
    let settings =
        EguiNiceSettings::new().with_tile("Keel").with_resize_hint(hint).with_repaint_poll_interval(REPAINT_POLL);
    let window = Window::new(instance.clone());
    let editor = create_egui_editor(EguiEditorState::from_size(size, 1.0), RepaintNotifier::new(), settings, window)?;
    let wait_for_parent = opening.parent.is_none();
    let api = if instance.format() == Format::Vst3 { PluginApi::Vst3 } else { PluginApi::Clap };
    let gui = gui_context(instance, api);
    let spawn = || editor.spawn(opening.parent, wait_for_parent, opening.scale, gui, Some(opening.host));
    let (opened, threads) = WindowThreads::started_by(spawn);
    Some(Box::new(OpenWindow::new(opened.ok()?, threads, scale)))
}

/// One open window.
pub struct Window {
    instance: Arc<KeelInstance>,
    view: ViewState,
    /// Judges the session elsewhere: a window only shows.
    watch: Watch,
    live: Live,
    profile_choice: ProfileChoice,
    /// Why what was last asked of another track was not done.
    refused: Option<String>,
    /// A hand is on the trim.
    holds_trim: bool,
    has_failed: bool,
    /// Something is awaited: a first judgement, or what was just set.
    hurries_until: Instant,
}

/// A window that closes under the hand lets the trim go.
impl Drop for Window {
    fn drop(&mut self) {
        if self.holds_trim {
            self.gesture(&self.instance.keel_params().trim, Gesture::End);
        }
    }
}

impl Window {
    fn new(instance: Arc<KeelInstance>) -> Self {
        let watch = instance.track().watch(instance.profile().0);
        Self {
            instance,
            view: ViewState::default(),
            watch,
            live: Live::default(),
            profile_choice: ProfileChoice::default(),
            refused: None,
            holds_trim: false,
            has_failed: false,
            hurries_until: Instant::now() + HURRY,
        }
    }

    fn report(&self) -> Arc<MixReport> {
        Arc::clone(&self.watch.snapshot().report)
    }

    /// The newest judgement, and what moves on the screen as of now.
    fn update(&mut self) -> Arc<MixReport> {
        self.instance.publish(self.instance.track().settings());
        let snapshot = self.watch.snapshot();
        // A track that is just being judged keeps what it showed.
        if let Some(track) = snapshot.live(self.instance.track().id()) {
            self.live.track = track;
        }
        let reference = snapshot.report.tracks.iter().find(|track| track.is_reference);
        if let Some(meters) = reference.and_then(|track| snapshot.live(track.id)) {
            self.live.reference_onsets = Some(meters.onsets);
        }
        self.live.reference_onsets = self.live.reference_onsets.filter(|_| reference.is_some());
        Arc::clone(&snapshot.report)
    }

    /// A panic would end the host at the border to its window system. It ends the drawing instead.
    fn guarded(&mut self, ui: &mut egui::Ui, draw: impl FnOnce(&mut Self, &mut egui::Ui)) {
        if self.has_failed {
            ui.label(FAILED);
        } else {
            self.has_failed = catch_unwind(AssertUnwindSafe(|| draw(self, ui))).is_err();
        }
    }

    fn show(&mut self, ui: &mut egui::Ui, controls: &Controls) {
        let me = self.instance.track().id();
        let report = self.update();
        let actions = editor::show(ui, &report, &self.live, me, controls, &mut self.view);
        if !actions.is_empty() {
            actions.into_iter().for_each(|action| self.apply(action));
            // The judge goes by what is published.
            self.instance.publish(self.instance.track().settings());
            self.watch.ask();
            self.hurries_until = Instant::now() + HURRY;
        }
    }

    fn controls(&mut self) -> Controls {
        let (profile, fault) = self.instance.profile();
        self.watch.set_profile(profile);
        let notes = self.instance.notes().into_iter().chain(fault.clone()).collect();
        let targets = self.profile_choice.targets(&self.instance, self.view.shows_session(), fault);
        let params = self.instance.keel_params();
        let (state, mono_scope) = (self.session().state(), self.mono_scope());
        let Saved { name, placement, .. } = self.instance.saved();
        Controls {
            trim_db: Db(f64::from(params.trim.value())),
            mono_check: params.mono.value() || (mono_scope == MonoScope::Bus && self.session().bus_mono()),
            mono_scope,
            role: params.role.value().0,
            placement,
            reference: params.reference.value(),
            measure: params.measure.value().0,
            scope: state.scope,
            out: params.out.value(),
            bypass: params.bypass.value(),
            user_name: (!name.is_empty()).then_some(name),
            targets,
            notes,
            refused: self.refused.clone().filter(|_| self.view.shows_session()),
            transport: state.transport,
        }
    }

    fn session(&self) -> Session {
        self.instance.track().session()
    }

    /// On the mix bus itself the button is its own switch, too.
    fn mono_scope(&self) -> MonoScope {
        if self.session().has_mix_bus() { MonoScope::Bus } else { MonoScope::Track }
    }

    fn apply(&mut self, action: Action) {
        let instance = self.instance.clone();
        self.refused = None;
        let params = instance.keel_params();
        match action {
            Action::BeginTrim => {
                self.holds_trim = true;
                self.gesture(&params.trim, Gesture::Begin);
            }
            Action::SetTrim(db) => {
                let value = params.trim.preview_normalized(db.0 as f32);
                self.gesture(&params.trim, Gesture::Set(value));
            }
            Action::EndTrim => {
                self.holds_trim = false;
                self.gesture(&params.trim, Gesture::End);
            }
            Action::SetMono(on) => self.set_mono(on),
            Action::SetRole(role) => self.set(&params.role, RoleChoice(role)),
            Action::SetPlacement(side) => instance.choose_placement(side),
            Action::SetReference(on) => self.set(&params.reference, on),
            Action::SetMeasure(measure) => self.set(&params.measure, MeasureChoice(measure)),
            Action::SetOut(out) => self.set(&params.out, out),
            Action::SetScope(scope) => self.session().set_scope(scope),
            Action::SetName(name) => self.set_name(&name),
            Action::SetCode(code) => self.set_code(&code),
            Action::SetProfile(name) => self.profile_choice.choose(&instance, &name),
            Action::Ignore(track, ignored) => instance.ignore(track, ignored),
            Action::SetTrimOf(track, trim) => self.set_trim_of(track, trim),
            Action::ResetPeak => self.instance.track().reset_held_peak(),
            Action::PickStandIn(track) => self.session().set_stand_in(track),
        }
    }

    fn set_mono(&self, on: bool) {
        let params = self.instance.keel_params();
        let is_bus = self.instance.track().role().0 == Role::MixBus;
        if self.mono_scope() == MonoScope::Bus {
            self.session().set_bus_mono(on);
            // Either switch of the bus may have put it on.
            if !on && params.mono.value() {
                self.set(&params.mono, false);
            }
        }
        if self.mono_scope() == MonoScope::Track || (is_bus && !on) {
            self.set(&params.mono, on);
        }
    }

    /// Where its host takes that; else says why not.
    fn set_trim_of(&mut self, track: TrackId, trim: Db) {
        let params = self.instance.keel_params();
        if track == self.instance.track().id() {
            self.set(&params.trim, trim.0 as f32);
        } else if let Err(refused) = self.session().set_trim(track, trim) {
            let name = self.report().track(track).map_or_else(String::new, |track| format!("{}: ", track.name));
            self.refused = Some(format!("{name}{refused}"));
        }
    }

    fn set_code(&self, code: &str) {
        self.session().set_code(Some(code));
        let code = self.session().code();
        self.instance.edit(|saved| saved.session_code = code);
    }

    fn set_name(&self, name: &str) {
        let name = name.trim();
        self.instance.track().set_user_name(Some(name));
        self.instance.edit(|saved| name.clone_into(&mut saved.name));
    }

    fn set<P: Param>(&self, param: &P, value: P::Plain) {
        let value = param.preview_normalized(value);
        for gesture in [Gesture::Begin, Gesture::Set(value), Gesture::End] {
            self.gesture(param, gesture);
        }
    }

    fn gesture<P: Param>(&self, param: &P, gesture: Gesture) {
        self.instance.gesture(param.as_ptr(), gesture);
    }
}

impl NiceEguiApp for Window {
    fn build(&mut self, ctx: egui::Context, _: GuiContext, _: &mut Frame) -> Result<(), baseview::HandlerError> {
        editor::setup(&ctx);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        let mut is_playing = false;
        self.guarded(ui, |window, ui| {
            let controls = window.controls();
            is_playing = controls.transport.playing;
            window.show(ui, &controls);
        });
        ui.ctx().request_repaint_after(if is_playing || Instant::now() < self.hurries_until {
            PAINT_PLAYING
        } else {
            PAINT_STOPPED
        });
    }

    fn resized(&mut self, size: baseview::WindowSize) {
        let [least_width, least_height] = editor::MIN_SIZE;
        let (width, height) = (size.logical.width as f32, size.logical.height as f32);
        // A host may squeeze the window for a while: it opens legible again.
        let window = [width.max(least_width), height.max(least_height)];
        if window != self.instance.saved().window {
            self.instance.edit(|saved| saved.window = window);
        }
    }
}

#[cfg(test)]
mod tests {
    use keel_core::link::Refused;

    use super::*;
    use crate::host::Instance;

    #[test]
    fn a_fault_in_the_view_leaves_a_word_in_its_place() {
        let mut window = Window::new(KeelInstance::join().0);
        let ctx = egui::Context::default();
        let mut frame = |draw: fn(&mut egui::Ui)| {
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| window.guarded(ui, |_, ui| draw(ui)));
            output.textures_delta.clear();
            let words = output.shapes.iter().filter_map(|clipped| match &clipped.shape {
                egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
                _ => None,
            });
            words.collect::<String>()
        };
        let sound = |ui: &mut egui::Ui| _ = ui.label("sound");
        assert_eq!(frame(sound), "sound");
        frame(|ui| _ = ui.horizontal(|_| panic!("a fault on purpose")));
        assert_eq!(frame(sound), FAILED);
    }

    #[test]
    fn what_is_chosen_for_the_session_in_one_window_shows_in_another_and_is_stored_by_both() {
        let (here, _writer) = KeelInstance::join();
        let (there, _other_writer) = KeelInstance::join();
        let (mut window, mut other) = (Window::new(here.clone()), Window::new(there.clone()));
        let ignored = || there.session_report(None).track(here.track().id()).map(|track| track.is_ignored);
        window.apply(Action::Ignore(here.track().id(), true));
        assert_eq!(ignored(), Some(true));
        let begun = std::time::Instant::now();
        let shows = || other.report().track(here.track().id()).is_some_and(|track| track.is_ignored);
        while !shows() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the other window never showed it");
            std::thread::sleep(Duration::from_millis(2));
        }
        let stored = |instance: &KeelInstance| String::from_utf8(instance.save()).expect("text");
        let id = format!("{:016x}", here.track().id().0);
        assert!([&here, &there].iter().all(|instance| stored(instance).contains(&format!("[\\\"{id}\\\"]"))));

        let path = std::env::temp_dir().join(format!("keel-window-{}.toml", std::process::id()));
        let name = path.to_str().expect("text").to_owned();
        std::fs::write(&path, "[roles.bass]\nlow = -9.0\nhihg = -4.0\n").expect("a file");
        window.view.open_session();
        window.apply(Action::SetProfile(name.clone()));
        let targets = window.controls().targets;
        assert_eq!(targets.chosen, "guide", "one that cannot be read changes nothing");
        assert!(targets.fault.is_some_and(|fault| fault.contains("line 3, column 1") && fault.contains("Nothing was")));
        std::fs::write(&path, "[roles.bass]\nlow = -9.0\nhigh = -4.0\n").expect("a file");
        window.apply(Action::SetProfile(name.clone()));
        let (mine, others) = (window.controls().targets, other.controls().targets);
        assert_eq!((mine.chosen, mine.from_elsewhere, mine.fault), (name.clone(), false, None));
        assert_eq!((others.chosen, others.from_elsewhere, others.fault), (name, true, None));
        assert!(mine.known.contains(&"guide".to_owned()));
        assert!(there.session_report(None).profile.starts_with("keel-window-"));
        window.apply(Action::SetProfile("guide".into()));
        window.apply(Action::Ignore(here.track().id(), false));
        assert_eq!(ignored(), Some(false));
        std::fs::remove_file(path).expect("own file");
    }

    #[test]
    fn a_refusal_shows_until_the_next_action() {
        let (here, _writer) = KeelInstance::join();
        let (there, _other_writer) = KeelInstance::join();
        let mut window = Window::new(here);
        window.view.open_session();
        window.apply(Action::SetTrimOf(there.track().id(), Db(-3.0)));
        let refused = window.controls().refused.expect("no host stands behind it");
        assert!(refused.ends_with(&Refused::Host.to_string()) && refused.contains(": "), "{refused}");
        window.apply(Action::SetTrimOf(TrackId(1), Db(-3.0)));
        assert_eq!(window.controls().refused, Some(Refused::Gone.to_string()));
        window.apply(Action::SetScope(None));
        assert_eq!(window.controls().refused, None);
    }
}
