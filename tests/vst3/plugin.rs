//! One instance of Keel as a VST3 host has it.
#![allow(unsafe_code)] // COM calls

use std::ffi::{CStr, c_char, c_void};
use std::path::PathBuf;
use std::sync::OnceLock;

use libloading::{Library, Symbol};
use vst3::Steinberg::Vst::ChannelContext::{IInfoListener, IInfoListenerTrait};
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::{
    kContTimeValid, kPlaying, kProjectTimeMusicValid, kTempoValid, kTimeSigValid,
};
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IComponent, IComponentHandler,
    IComponentTrait, IEditController, IEditControllerTrait, ProcessContext, ProcessData, ProcessSetup, SpeakerArr,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, PClassInfo, kResultOk, tresult,
};
use vst3::{ComPtr, ComWrapper, Interface};

#[path = "../pacing/mod.rs"]
#[allow(clippy::duplicate_mod)] // A test may be a host of both formats.
mod pacing;

#[allow(unused_imports)] // Not all tests use both.
pub use pacing::{Pacing, SETTLED_S};

use super::interfaces::{App, Attributes, Changes, Handler, Stream};

pub use vst3::Steinberg::Vst::ProcessModes_::{kOffline as OFFLINE, kRealtime as REALTIME};

/// Names another module than the library that was built for this test.
pub const MODULE_VARIABLE: &str = "KEEL_TEST_VST3";

/// The library that was built for this test, as a VST3 module.
fn module() -> &'static Library {
    static MODULE: OnceLock<Library> = OnceLock::new();
    MODULE.get_or_init(|| {
        let beside = || keel_session::host::PluginFile::beside_executable().unwrap_or_else(|error| panic!("{error}"));
        let named = std::env::var_os(MODULE_VARIABLE).map(PathBuf::from);
        let path = named.unwrap_or_else(|| beside().path().into());
        // SAFETY: Keel's own library; VST3 on Linux asks for `ModuleEntry` before anything else.
        unsafe {
            let library = Library::new(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let entry: Symbol<'_, unsafe extern "C" fn(*mut c_void) -> bool> =
                library.get(b"ModuleEntry").expect("ModuleEntry");
            assert!(entry(std::ptr::null_mut()), "ModuleEntry");
            library
        }
    })
}

pub fn factory() -> ComPtr<IPluginFactory> {
    // SAFETY: the symbol has this type in every VST3 module, and gives one reference away.
    unsafe {
        let get: Symbol<'_, unsafe extern "system" fn() -> *mut IPluginFactory> =
            module().get(b"GetPluginFactory").expect("GetPluginFactory");
        ComPtr::from_raw(get()).expect("a factory")
    }
}

/// Id and name of the factory's only class.
pub fn class() -> PClassInfo {
    let factory = factory();
    // SAFETY: all zeros are a valid `PClassInfo`, which the factory then fills.
    unsafe {
        let mut info: PClassInfo = std::mem::zeroed();
        assert_eq!(factory.countClasses(), 1);
        assert_eq!(factory.getClassInfo(0, &mut info), kResultOk);
        info
    }
}

pub fn class_name() -> String {
    // SAFETY: the factory ends the name with a zero.
    unsafe { CStr::from_ptr(class().name.as_ptr()) }.to_string_lossy().into_owned()
}

/// The number of a parameter's stable id: as in CLAP.
pub fn number_of(id: &str) -> u32 {
    id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) & !(1 << 31)
}

pub struct Plugin {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
    _handler: ComPtr<IComponentHandler>,
    mode: i32,
    pub pacing: Pacing,
}

// SAFETY: VST3 hosts process on other threads than they control on.
unsafe impl Sync for Plugin {}

/// How a block is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers {
    Apart,
    /// Output in the input's memory, as most hosts do.
    InPlace,
}

impl Plugin {
    /// Made and initialised, as a host does right after loading.
    pub fn new() -> Self {
        let class = class();
        let mut object: *mut c_void = std::ptr::null_mut();
        // SAFETY: the factory fills `object` with the interface asked for, one reference ours; the host objects are
        // COM objects that the plugin holds references to as it needs.
        unsafe {
            let iid = IComponent::IID.as_ptr().cast::<c_char>();
            assert_eq!(factory().createInstance(class.cid.as_ptr(), iid, &mut object), kResultOk);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).expect("a component");
            let app = ComWrapper::new(App).to_com_ptr::<FUnknown>().expect("an object");
            assert_eq!(component.initialize(app.as_ptr()), kResultOk);
            let processor = component.cast::<IAudioProcessor>().expect("an audio processor");
            let controller = component.cast::<IEditController>().expect("an edit controller");
            let handler = ComWrapper::new(Handler).to_com_ptr::<IComponentHandler>().expect("a handler");
            controller.setComponentHandler(handler.as_ptr());
            Self {
                component,
                processor,
                controller,
                _handler: handler,
                mode: REALTIME as i32,
                pacing: Pacing::default(),
            }
        }
    }

    /// True where the plugin takes this many channels in and out.
    pub fn arrange(&self, channels: usize) -> bool {
        let speakers = if channels == 1 { SpeakerArr::kMono } else { SpeakerArr::kStereo };
        let (mut input, mut output) = ([speakers], [speakers]);
        // SAFETY: one arrangement each way.
        unsafe { self.processor.setBusArrangements(input.as_mut_ptr(), 1, output.as_mut_ptr(), 1) == kResultOk }
    }

    /// Six channels, which Keel has no use for.
    pub fn takes_surround(&self) -> bool {
        let (mut input, mut output) = ([SpeakerArr::k51], [SpeakerArr::k51]);
        // SAFETY: one arrangement each way.
        unsafe { self.processor.setBusArrangements(input.as_mut_ptr(), 1, output.as_mut_ptr(), 1) == kResultOk }
    }

    pub fn setup(&mut self, mode: u32, sample_rate: f64, block: usize) -> bool {
        self.mode = mode as i32;
        let mut setup = ProcessSetup {
            processMode: self.mode,
            symbolicSampleSize: 0,
            maxSamplesPerBlock: block as i32,
            sampleRate: sample_rate,
        };
        // SAFETY: a set-up that lives through the call.
        unsafe { self.processor.setupProcessing(&mut setup) == kResultOk }
    }

    pub fn set_active(&self, active: bool) -> tresult {
        // SAFETY: the component is alive.
        unsafe { self.component.setActive(active.into()) }
    }

    pub fn set_processing(&self, processing: bool) -> tresult {
        // SAFETY: the processor is alive.
        unsafe { self.processor.setProcessing(processing.into()) }
    }

    pub fn start(&mut self, mode: u32, sample_rate: f64, block: usize) {
        assert!(self.setup(mode, sample_rate, block), "setupProcessing");
        assert_eq!(self.set_active(true), kResultOk, "setActive");
        self.set_processing(true);
    }

    pub fn stop(&self) {
        self.set_processing(false);
        self.set_active(false);
    }

    /// Sets a parameter from the controller's side, as a loaded project or a generic editor does.
    pub fn set_param(&self, id: &str, normalized: f64) {
        // SAFETY: the controller is alive.
        assert_eq!(unsafe { self.controller.setParamNormalized(number_of(id), normalized) }, kResultOk, "{id}");
    }

    pub fn param(&self, id: &str) -> f64 {
        // SAFETY: the controller is alive.
        unsafe { self.controller.getParamNormalized(number_of(id)) }
    }

    /// Sends the channel's name.
    pub fn set_channel_name(&self, name: &str) -> bool {
        let Some(listener) = self.component.cast::<IInfoListener>() else { return false };
        let list = ComWrapper::new(Attributes(name.into()))
            .to_com_ptr::<vst3::Steinberg::Vst::IAttributeList>()
            .expect("an attribute list");
        // SAFETY: the list lives through the call.
        unsafe { listener.setChannelContextInfos(list.as_ptr()) == kResultOk }
    }

    pub fn save(&self) -> Vec<u8> {
        let stream = ComWrapper::new(Stream::default());
        let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
        // SAFETY: the stream lives through the call.
        assert_eq!(unsafe { self.component.getState(pointer.as_ptr()) }, kResultOk, "getState");
        stream.0.borrow().0.clone()
    }

    /// True where the plugin took the state.
    pub fn load(&self, state: &[u8]) -> bool {
        let stream = ComWrapper::new(Stream::default());
        state.clone_into(&mut stream.0.borrow_mut().0);
        let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
        // SAFETY: the stream lives through the call.
        unsafe { self.component.setState(pointer.as_ptr()) == kResultOk }
    }

    /// Runs the audio through in blocks of this size, with `changes` in the first of them.
    pub fn run(&self, input: &[Vec<f32>], block: usize, buffers: Buffers, changes: &[(&str, f64)]) -> Vec<Vec<f32>> {
        let mut output: Vec<Vec<f32>> = input.iter().map(|channel| vec![9.0; channel.len()]).collect();
        let changes: Vec<(u32, f64)> = changes.iter().map(|(id, value)| (number_of(id), *value)).collect();
        let frames = input[0].len();
        for at in (0..frames).step_by(block) {
            let end = frames.min(at + block);
            let mut from: Vec<Vec<f32>> = input.iter().map(|channel| channel[at..end].to_vec()).collect();
            let mut to: Vec<Vec<f32>> = from.iter().map(|channel| vec![9.0; channel.len()]).collect();
            let mut inputs: Vec<*mut f32> = from.iter_mut().map(Vec::as_mut_ptr).collect();
            let mut outputs: Vec<*mut f32> = to.iter_mut().map(Vec::as_mut_ptr).collect();
            if buffers == Buffers::InPlace {
                outputs.clone_from(&inputs);
            }
            let now = if at == 0 { &changes[..] } else { &[] };
            let result = self.process(Some(&mut inputs), Some(&mut outputs), end - at, at, now);
            assert_eq!(result, kResultOk, "process at {at}");
            self.pacing.after(end - at, 48_000.0);
            let done = if buffers == Buffers::InPlace { from } else { to };
            for (output, done) in output.iter_mut().zip(done) {
                output[at..end].copy_from_slice(&done);
            }
        }
        output
    }

    /// One block over raw channel pointers; `None` stands for a bus without channel buffers.
    pub fn process(
        &self,
        input: Option<&mut [*mut f32]>,
        output: Option<&mut [*mut f32]>,
        frames: usize,
        position: usize,
        changes: &[(u32, f64)],
    ) -> tresult {
        let channels = input.as_ref().or(output.as_ref()).map_or(2, |pointers| pointers.len());
        let bus = |pointers: Option<&mut [*mut f32]>| AudioBusBuffers {
            numChannels: channels as i32,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 {
                channelBuffers32: pointers.map_or(std::ptr::null_mut(), <[*mut f32]>::as_mut_ptr),
            },
        };
        let (mut inputs, mut outputs) = (bus(input), bus(output));
        self.process_buses(Some(&mut inputs), Some(&mut outputs), frames, position, changes)
    }

    /// One block with any of the buses left out altogether.
    pub fn process_buses(
        &self,
        inputs: Option<&mut AudioBusBuffers>,
        outputs: Option<&mut AudioBusBuffers>,
        frames: usize,
        position: usize,
        changes: &[(u32, f64)],
    ) -> tresult {
        let changes = Changes::of(changes);
        let mut context = context(position);
        let mut data = ProcessData {
            processMode: self.mode,
            symbolicSampleSize: 0,
            numSamples: frames as i32,
            numInputs: inputs.is_some().into(),
            numOutputs: outputs.is_some().into(),
            inputs: inputs.map_or(std::ptr::null_mut(), std::ptr::from_mut),
            outputs: outputs.map_or(std::ptr::null_mut(), std::ptr::from_mut),
            inputParameterChanges: changes.as_ptr(),
            outputParameterChanges: std::ptr::null_mut(),
            inputEvents: std::ptr::null_mut(),
            outputEvents: std::ptr::null_mut(),
            processContext: &mut context,
        };
        // SAFETY: all that `data` points to lives through the call; null buses are what the tests are about.
        unsafe { self.processor.process(&mut data) }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // SAFETY: a host terminates before it lets go of its last reference.
        unsafe {
            self.controller.setComponentHandler(std::ptr::null_mut());
            self.component.terminate();
        }
    }
}

fn context(position: usize) -> ProcessContext {
    // SAFETY: all zeros are a valid `ProcessContext`.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    context.state = kPlaying | kProjectTimeMusicValid | kTempoValid | kTimeSigValid | kContTimeValid;
    context.sampleRate = 48_000.0;
    context.projectTimeSamples = position as i64;
    context.continousTimeSamples = position as i64;
    context.projectTimeMusic = position as f64 / 48_000.0 * 2.0;
    context.tempo = 120.0;
    context.timeSigNumerator = 4;
    context.timeSigDenominator = 4;
    context
}
