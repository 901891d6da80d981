//! A VST3 host of bare interfaces.

#[path = "../pacing/mod.rs"]
#[allow(clippy::duplicate_mod)] // A test may be a host of both formats.
mod pacing;

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::null_mut;

use keel::host::vst3::factory;
use keel::plugin::Keel;
use nice_plug::prelude::Vst3Plugin;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ChannelContext::{
    ChannelPluginLocation_, IInfoListener, IInfoListenerTrait, kChannelNameKey, kChannelPluginLocationKey,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper, Interface};
#[allow(unused_imports)] // Not all tests use both.
pub use pacing::{Pacing, SETTLED_S};

pub const RATE: f64 = 48_000.0;
pub const FRAMES: usize = 256;
pub const REALTIME: i32 = ProcessModes_::kRealtime as i32;
pub const OFFLINE: i32 = ProcessModes_::kOffline as i32;

/// One instance, by the interfaces that a host needs.
pub struct Instance {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
    pub pacing: Pacing,
}

// SAFETY: VST3 hosts call a processor on another thread than its controller.
unsafe impl Send for Instance {}
// SAFETY: as above.
unsafe impl Sync for Instance {}

impl Instance {
    pub fn new() -> Self {
        // SAFETY: the factory and its instances as a host uses them.
        unsafe {
            let factory = ComPtr::from_raw(factory::<Keel>().cast::<IPluginFactory>()).expect("a factory");
            assert_eq!(factory.countClasses(), 1);
            let class = Keel::PLATFORM_VST3_CLASS_ID;
            let mut object: *mut c_void = null_mut();
            let made = factory.createInstance(class.as_ptr().cast(), IComponent::IID.as_ptr().cast(), &raw mut object);
            assert_eq!(made, kResultOk);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).expect("a component");
            assert_eq!(component.initialize(null_mut()), kResultOk);
            let processor = component.cast().expect("a processor");
            let controller = component.cast().expect("a controller");
            Self { component, processor, controller, pacing: Pacing::default() }
        }
    }

    pub fn set_up(&self, mode: i32) {
        let mut setup = ProcessSetup {
            processMode: mode,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            maxSamplesPerBlock: 4096,
            sampleRate: RATE,
        };
        // SAFETY: the instance is alive, the set-up lives through the call.
        assert_eq!(unsafe { self.processor.setupProcessing(&raw mut setup) }, kResultOk);
    }

    pub fn start(&self) {
        // SAFETY: the instance is alive.
        unsafe {
            assert_eq!(self.component.setActive(1), kResultOk);
            assert_eq!(self.processor.setProcessing(1), kResultOk);
        }
    }

    pub fn stop(&self) {
        // SAFETY: the instance is alive.
        unsafe {
            self.processor.setProcessing(0);
            self.component.setActive(0);
        }
    }

    /// Numbers of the parameters, in order.
    pub fn ids(&self) -> Vec<ParamID> {
        // SAFETY: the instance is alive; an all-zero info is a valid one.
        unsafe {
            (0..self.controller.getParameterCount())
                .map(|index| {
                    let mut info: ParameterInfo = std::mem::zeroed();
                    assert_eq!(self.controller.getParameterInfo(index, &raw mut info), kResultOk);
                    info.id
                })
                .collect()
        }
    }

    pub fn param(&self, id: ParamID) -> f64 {
        // SAFETY: the instance is alive.
        unsafe { self.controller.getParamNormalized(id) }
    }

    pub fn set_param(&self, id: ParamID, value: f64) {
        // SAFETY: the instance is alive.
        assert_eq!(unsafe { self.controller.setParamNormalized(id, value) }, kResultOk);
    }

    /// Runs a block as given.
    pub fn process_raw(&self, data: &mut ProcessData) -> tresult {
        // SAFETY: the instance is alive; the data's faults are what it is to bear.
        unsafe { self.processor.process(data) }
    }

    /// Runs both channels through in blocks of [`FRAMES`].
    pub fn process(&self, left: &[f32], right: &[f32], mode: i32) -> [Vec<f32>; 2] {
        let mut out = [vec![9.0; left.len()], vec![9.0; right.len()]];
        for start in (0..left.len()).step_by(FRAMES) {
            let frames = FRAMES.min(left.len() - start);
            let mut inputs = [left[start..].as_ptr().cast_mut(), right[start..].as_ptr().cast_mut()];
            let mut outputs = out.each_mut().map(|channel| channel[start..].as_mut_ptr());
            let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
            let mut data = data(&mut input, &mut output, frames);
            data.processMode = mode;
            assert_eq!(self.process_raw(&mut data), kResultOk);
            self.pacing.after(frames, RATE);
        }
        out
    }

    pub fn tell_channel(&self, name: &str) {
        let listener: ComPtr<IInfoListener> = self.component.cast().expect("a listener");
        let list = ComWrapper::new(Channel { name: name.encode_utf16().collect() });
        let list = list.to_com_ptr::<IAttributeList>().expect("a list");
        // SAFETY: both are alive.
        assert_eq!(unsafe { listener.setChannelContextInfos(list.as_ptr()) }, kResultOk);
    }

    pub fn state(&self) -> Vec<u8> {
        let stream = ComWrapper::new(Stream::default());
        let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
        // SAFETY: both are alive.
        assert_eq!(unsafe { self.component.getState(pointer.as_ptr()) }, kResultOk);
        stream.bytes.borrow().clone()
    }

    pub fn set_state(&self, bytes: &[u8]) -> tresult {
        let stream = ComWrapper::new(Stream { bytes: RefCell::new(bytes.to_vec()), at: Cell::new(0) });
        let stream = stream.to_com_ptr::<IBStream>().expect("a stream");
        // SAFETY: both are alive.
        unsafe { self.component.setState(stream.as_ptr()) }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: the last call but the releases.
        unsafe { self.component.terminate() };
    }
}

pub fn bus(channels: &mut [*mut f32]) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: channels.len() as i32,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
    }
}

pub fn data(input: &mut AudioBusBuffers, output: &mut AudioBusBuffers, frames: usize) -> ProcessData {
    ProcessData {
        processMode: REALTIME,
        symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
        numSamples: frames as i32,
        numInputs: 1,
        numOutputs: 1,
        inputs: input,
        outputs: output,
        inputParameterChanges: null_mut(),
        outputParameterChanges: null_mut(),
        inputEvents: null_mut(),
        outputEvents: null_mut(),
        processContext: null_mut(),
    }
}

/// Changes of parameters within a block: one point each.
#[derive(Default)]
pub struct Changes {
    queues: RefCell<Vec<ComWrapper<Queue>>>,
}

pub struct Queue {
    id: ParamID,
    offset: int32,
    value: Cell<f64>,
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl Changes {
    pub fn new(changes: &[(ParamID, f64)]) -> ComWrapper<Self> {
        let changes: Vec<_> = changes.iter().map(|&(id, value)| (id, 0, value)).collect();
        Self::at(&changes)
    }

    /// Each at its frame.
    pub fn at(changes: &[(ParamID, int32, f64)]) -> ComWrapper<Self> {
        let queue = |&(id, offset, value): &_| ComWrapper::new(Queue { id, offset, value: Cell::new(value) });
        ComWrapper::new(Self { queues: RefCell::new(changes.iter().map(queue).collect()) })
    }

    pub fn values(&self) -> Vec<(ParamID, f64)> {
        self.queues.borrow().iter().map(|queue| (queue.id, queue.value.get())).collect()
    }
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.queues.borrow().len() as int32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        let queues = self.queues.borrow();
        let queue = queues.get(index as usize).and_then(|queue| queue.as_com_ref::<IParamValueQueue>());
        queue.map_or(null_mut(), |queue| queue.as_ptr())
    }

    unsafe fn addParameterData(&self, id: *const ParamID, index: *mut int32) -> *mut IParamValueQueue {
        // SAFETY: the plugin passes its own variables.
        unsafe {
            *index = self.getParameterCount();
            self.queues.borrow_mut().push(ComWrapper::new(Queue { id: *id, offset: 0, value: Cell::new(f64::NAN) }));
            self.getParameterData(*index)
        }
    }
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        1
    }

    unsafe fn getPoint(&self, _index: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        // SAFETY: the plugin passes its own variables.
        unsafe {
            *offset = self.offset;
            *value = self.value.get();
        }
        kResultOk
    }

    unsafe fn addPoint(&self, _offset: int32, value: ParamValue, index: *mut int32) -> tresult {
        self.value.set(value);
        // SAFETY: the plugin passes its own variable.
        unsafe { *index = 0 };
        kResultOk
    }
}

#[derive(Default)]
struct Stream {
    bytes: RefCell<Vec<u8>>,
    at: Cell<usize>,
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    /// A few bytes at a time, as a stream may.
    unsafe fn read(&self, buffer: *mut c_void, size: int32, read: *mut int32) -> tresult {
        let bytes = self.bytes.borrow();
        let rest = &bytes[self.at.get()..];
        let now = &rest[..rest.len().min(7).min(size as usize)];
        // SAFETY: the buffer is as long as given.
        unsafe {
            std::ptr::copy_nonoverlapping(now.as_ptr(), buffer.cast::<u8>(), now.len());
            *read = now.len() as int32;
        }
        self.at.set(self.at.get() + now.len());
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, size: int32, written: *mut int32) -> tresult {
        let size = size.min(5);
        // SAFETY: the buffer is as long as given.
        unsafe {
            let bytes = std::slice::from_raw_parts(buffer.cast::<u8>(), size as usize);
            self.bytes.borrow_mut().extend_from_slice(bytes);
            *written = size;
        }
        kResultOk
    }

    unsafe fn seek(&self, _to: int64, _mode: int32, _result: *mut int64) -> tresult {
        kNotImplemented
    }

    unsafe fn tell(&self, _at: *mut int64) -> tresult {
        kNotImplemented
    }
}

/// What the host says of a channel: its name, and that the plugin sits after the fader.
struct Channel {
    name: Vec<u16>,
}

impl Class for Channel {
    type Interfaces = (IAttributeList,);
}

fn same(id: IAttributeListID, key: *const char8) -> bool {
    // SAFETY: attribute ids are C strings.
    unsafe { std::ffi::CStr::from_ptr(id.cast()) == std::ffi::CStr::from_ptr(key.cast()) }
}

type IAttributeListID = IAttributeList_::AttrID;

impl IAttributeListTrait for Channel {
    unsafe fn getInt(&self, id: IAttributeListID, value: *mut int64) -> tresult {
        if !same(id, kChannelPluginLocationKey) {
            return kResultFalse;
        }
        // SAFETY: the plugin passes its own variable.
        unsafe { *value = i64::from(ChannelPluginLocation_::kPostVolumeFader) };
        kResultOk
    }

    unsafe fn getString(&self, id: IAttributeListID, text: *mut TChar, size: uint32) -> tresult {
        if !same(id, kChannelNameKey) {
            return kResultFalse;
        }
        let room = size as usize / size_of::<TChar>();
        let units: Vec<u16> = self.name.iter().copied().take(room - 1).chain([0]).collect();
        // SAFETY: the buffer has the room given.
        unsafe { std::ptr::copy_nonoverlapping(units.as_ptr(), text.cast::<u16>(), units.len()) };
        kResultOk
    }

    unsafe fn setInt(&self, _id: IAttributeListID, _value: int64) -> tresult {
        kNotImplemented
    }

    unsafe fn setFloat(&self, _id: IAttributeListID, _value: f64) -> tresult {
        kNotImplemented
    }

    unsafe fn getFloat(&self, _id: IAttributeListID, _value: *mut f64) -> tresult {
        kResultFalse
    }

    unsafe fn setString(&self, _id: IAttributeListID, _text: *const TChar) -> tresult {
        kNotImplemented
    }

    unsafe fn setBinary(&self, _id: IAttributeListID, _data: *const c_void, _size: uint32) -> tresult {
        kNotImplemented
    }

    unsafe fn getBinary(&self, _id: IAttributeListID, _data: *mut *const c_void, _size: *mut uint32) -> tresult {
        kResultFalse
    }
}
