//! VST3 hosts that get what they lend wrong: a block's length, buses, changes and context, and streams.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};

use super::Case;
use super::raw_vst3::*;
use super::vst3::{DOUBLE, SINGLE, playing, set_up, sound};

pub const CASES: &[Case] = &[
    ("vst3: double precision", double_precision),
    ("vst3: processed before it is active", processed_inactive),
    ("vst3: null and negative blocks", odd_blocks),
    ("vst3: buses that are not there", missing_buses),
    ("vst3: a block of more frames than announced", longer_block),
    ("vst3: outputs in each other's inputs", crossed),
    ("vst3: changes that are null or of nothing", odd_changes),
    ("vst3: a context of impossible numbers", impossible_context),
    ("vst3: broken streams", broken_streams),
];

fn double_precision() {
    let instance = Instance::new();
    // SAFETY: the instance is alive.
    assert_ne!(unsafe { instance.processor.canProcessSampleSize(DOUBLE) }, kResultOk, "not offered");
    set_up(&instance, RATE, DOUBLE, 512);
    instance.start();
    let (mut side, mut out) = ([0.1f64; 64], [[9.0f64; 64]; 2]);
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let (mut input, mut output) = (bus(&mut []), bus(&mut []));
    (input.numChannels, output.numChannels) = (2, 2);
    input.__field0.channelBuffers64 = inputs.as_mut_ptr();
    output.__field0.channelBuffers64 = outputs.as_mut_ptr();
    let mut data = data(&mut input, &mut output, 64);
    data.symbolicSampleSize = DOUBLE;
    instance.process_raw(&mut data);
    assert!(out.iter().flatten().all(|&sample| sample == 0.1), "asked all the same, the sound passes");
    instance.stop();
    sound(&instance);
}

fn processed_inactive() {
    let instance = Instance::new();
    playing(&instance);
    sound(&instance);
    playing(&instance);
}

fn odd_blocks() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    // SAFETY: the instance is alive; the null is the slip.
    assert_ne!(unsafe { instance.processor.process(null_mut()) }, kResultOk);
    let mut side = [0.25f32; 64];
    let mut channels = [side.as_mut_ptr(); 2];
    for frames in [0, -1, i32::MIN] {
        let (mut input, mut output) = (bus(&mut channels.clone()), bus(&mut channels));
        let mut data = data(&mut input, &mut output, 64);
        data.numSamples = frames;
        instance.process_raw(&mut data);
    }
    playing(&instance);
    instance.stop();
}

fn missing_buses() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let changes: [fn(&mut ProcessData); 6] = [
        |data| data.inputs = null_mut(),
        |data| data.outputs = null_mut(),
        |data| (data.numInputs, data.numOutputs) = (0, 0),
        |data| (data.numInputs, data.numOutputs) = (-1, i32::MIN),
        |data| data.symbolicSampleSize = 77,
        |data| data.processMode = 77,
    ];
    for change in changes {
        let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
        let mut data = data(&mut input, &mut output, 64);
        change(&mut data);
        instance.process_raw(&mut data);
    }
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
    (input.numChannels, output.numChannels) = (-2, -2);
    instance.process_raw(&mut data(&mut input, &mut output, 64));
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
    input.__field0.channelBuffers32 = null_mut();
    instance.process_raw(&mut data(&mut input, &mut output, 64));
    assert!(out.iter().flatten().all(|&sample| sample == 0.0), "no input is silence");
    playing(&instance);
    instance.stop();
}

fn longer_block() {
    let instance = Instance::new();
    set_up(&instance, RATE, SINGLE, 64);
    instance.start();
    let (mut side, mut out) = (vec![0.25f32; 1 << 18], [vec![9.0f32; 1 << 18], vec![9.0f32; 1 << 18]]);
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
    instance.process_raw(&mut data(&mut input, &mut output, 1 << 18));
    assert!(out.iter().flatten().all(|&sample| sample == 0.25));
    playing(&instance);
    instance.stop();
}

fn crossed() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    let (mut left, mut right) = ([0.25f32; 64], [-0.5f32; 64]);
    let (mut inputs, mut outputs) = ([left.as_mut_ptr(), right.as_mut_ptr()], [right.as_mut_ptr(), left.as_mut_ptr()]);
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
    instance.process_raw(&mut data(&mut input, &mut output, 64));
    assert_eq!((left, right), ([-0.5; 64], [0.25; 64]));
    playing(&instance);
    instance.stop();
}

/// A list that promises queues and has none, or queues of impossible points.
struct OddChanges(Option<ComWrapper<OddQueue>>);

struct OddQueue {
    id: ParamID,
    point: Cell<(i32, f64)>,
}

impl Class for OddChanges {
    type Interfaces = (IParameterChanges,);
}

impl Class for OddQueue {
    type Interfaces = (IParamValueQueue,);
}

impl IParameterChangesTrait for OddChanges {
    unsafe fn getParameterCount(&self) -> int32 {
        3
    }

    unsafe fn getParameterData(&self, _: int32) -> *mut IParamValueQueue {
        let queue = self.0.as_ref().and_then(|queue| queue.as_com_ref::<IParamValueQueue>());
        queue.map_or(null_mut(), |queue| queue.as_ptr())
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        null_mut()
    }
}

impl IParamValueQueueTrait for OddQueue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        i32::MAX
    }

    unsafe fn getPoint(&self, index: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        if index > 3 {
            return kResultFalse;
        }
        // SAFETY: the plugin passes its own variables.
        unsafe { (*offset, *value) = self.point.get() };
        kResultOk
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kResultFalse
    }
}

fn odd_changes() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    let trim = instance.ids()[1];
    let queue = |id, point| Some(ComWrapper::new(OddQueue { id, point: Cell::new(point) }));
    let lists = [
        None,
        queue(u32::MAX, (0, 0.5)),
        queue(trim, (i32::MIN, 0.5)),
        queue(trim, (i32::MAX, 0.5)),
        queue(trim, (3, f64::NAN)),
        queue(trim, (3, f64::INFINITY)),
    ];
    for queue in lists {
        let changes = ComWrapper::new(OddChanges(queue));
        let changes = changes.to_com_ptr::<IParameterChanges>().expect("a list");
        let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
        let mut inputs = [side.as_mut_ptr(); 2];
        let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
        let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
        let mut data = data(&mut input, &mut output, 64);
        (data.inputParameterChanges, data.outputParameterChanges) = (changes.as_ptr(), changes.as_ptr());
        instance.process_raw(&mut data);
        assert!(out.iter().flatten().all(|&sample| sample == 0.25));
    }
    playing(&instance);
    instance.stop();
}

fn impossible_context() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    for number in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
        for place in [i64::MIN, i64::MAX, -1] {
            // SAFETY: all fields are numbers.
            let mut context: ProcessContext = unsafe { std::mem::zeroed() };
            context.state = !ProcessContext_::StatesAndFlags_::kRecording;
            (context.sampleRate, context.tempo) = (number, number);
            (context.projectTimeSamples, context.continousTimeSamples, context.systemTime) = (place, place, place);
            (context.projectTimeMusic, context.barPositionMusic) = (number, number);
            (context.cycleStartMusic, context.cycleEndMusic) = (number, -number);
            let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
            let mut inputs = [side.as_mut_ptr(); 2];
            let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
            let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
            let mut data = data(&mut input, &mut output, 64);
            data.processContext = &raw mut context;
            instance.process_raw(&mut data);
            assert!(out.iter().flatten().all(|&sample| sample == 0.25));
        }
    }
    playing(&instance);
    instance.stop();
}

/// A stream that answers each call with these numbers.
struct OddStream {
    result: tresult,
    bytes: i32,
}

impl Class for OddStream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for OddStream {
    unsafe fn read(&self, _: *mut c_void, size: int32, read: *mut int32) -> tresult {
        // SAFETY: the plugin passes its own variable, or null.
        unsafe { read.as_mut().map(|read| *read = if self.bytes == i32::MAX { size } else { self.bytes }) };
        self.result
    }

    unsafe fn write(&self, _: *mut c_void, _: int32, written: *mut int32) -> tresult {
        // SAFETY: as above.
        unsafe { written.as_mut().map(|written| *written = self.bytes) };
        self.result
    }

    unsafe fn seek(&self, _: int64, _: int32, _: *mut int64) -> tresult {
        kNotImplemented
    }

    unsafe fn tell(&self, _: *mut int64) -> tresult {
        kNotImplemented
    }
}

fn broken_streams() {
    let instance = Instance::new();
    // SAFETY: the instance is alive; the streams' faults are what it is to bear.
    unsafe {
        assert_ne!(instance.component.getState(null_mut()), kResultOk);
        assert_ne!(instance.component.setState(null_mut()), kResultOk);
        instance.controller.setComponentState(null_mut());
        instance.controller.setState(null_mut());
        instance.controller.getState(null_mut());
        for (result, bytes) in [(kResultFalse, 0), (kResultOk, -1), (kResultOk, 1 << 20), (kResultOk, i32::MAX)] {
            let stream = ComWrapper::new(OddStream { result, bytes });
            let stream = stream.to_com_ptr::<IBStream>().expect("a stream");
            assert_ne!(instance.component.setState(stream.as_ptr()), kResultOk);
            assert_ne!(instance.component.getState(stream.as_ptr()), kResultOk);
        }
    }
    sound(&instance);
}
