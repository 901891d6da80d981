//! VST3 hosts without a window.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

use keel::host::vst3::factory;
use keel::plugin::Keel;
use nice_plug::prelude::Vst3Plugin;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ChannelContext::{IInfoListener, IInfoListenerTrait};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper, Interface};

use super::raw_vst3::*;
use super::{Case, assert_untouched, tone};

pub const CASES: &[Case] = &[
    ("vst3: a factory asked for nothing", factory_of_nothing),
    ("vst3: initialised with nothing, and twice", initialised_twice),
    ("vst3: rates that are none", no_rates),
    ("vst3: rates out of the ordinary pass the sound", odd_rates),
    ("vst3: double precision", double_precision),
    ("vst3: a null set-up, and none", no_set_up),
    ("vst3: active in any order", any_order),
    ("vst3: processed before it is active", processed_inactive),
    ("vst3: null and negative blocks", odd_blocks),
    ("vst3: buses that are not there", missing_buses),
    ("vst3: a block of more frames than told", longer_block),
    ("vst3: outputs in each other's inputs", crossed),
    ("vst3: changes that are null or of nothing", odd_changes),
    ("vst3: buses out of range and null", buses),
    ("vst3: arrangements of nothing", arrangements),
    ("vst3: parameters out of range and null", parameters),
    ("vst3: units, programs and controllers of nobody", units),
    ("vst3: broken streams", broken_streams),
    ("vst3: a handler that is null, twice", null_handler),
    ("vst3: a channel of nothing", null_channel),
    ("vst3: a view of nothing", odd_views),
    ("vst3: a view that outlives its plugin", orphaned_view),
    ("vst3: a context of impossible numbers", impossible_context),
    ("vst3: dropped while it processes", dropped_active),
];

fn playing(instance: &Instance) {
    let [left, right] = tone();
    assert_untouched(&instance.process(&left, &right, REALTIME));
}

/// The sound passes from the set-up to the end.
fn sound(instance: &Instance) {
    instance.set_up(REALTIME);
    instance.start();
    playing(instance);
    instance.stop();
}

fn factory_of_nothing() {
    // SAFETY: the factory as a host has it; the nulls are the slips.
    unsafe {
        let factory = ComPtr::from_raw(factory::<Keel>().cast::<IPluginFactory>()).expect("a factory");
        let factory3: ComPtr<IPluginFactory3> = factory.cast().expect("the newest kind");
        assert_ne!(factory.getFactoryInfo(null_mut()), kResultOk);
        assert_ne!(factory.getClassInfo(0, null_mut()), kResultOk);
        let mut info: PClassInfo = std::mem::zeroed();
        assert_ne!(factory.getClassInfo(7, &raw mut info), kResultOk);
        assert_ne!(factory.getClassInfo(-1, &raw mut info), kResultOk);
        assert_ne!(factory3.getClassInfo2(0, null_mut()), kResultOk);
        assert_ne!(factory3.getClassInfoUnicode(0, null_mut()), kResultOk);
        factory3.setHostContext(null_mut());
        let mut object: *mut c_void = null_mut();
        let class = Keel::PLATFORM_VST3_CLASS_ID;
        let iid = IComponent::IID.as_ptr().cast();
        assert_ne!(factory.createInstance(null(), iid, &raw mut object), kResultOk);
        assert_ne!(factory.createInstance(class.as_ptr().cast(), null(), &raw mut object), kResultOk);
        assert_ne!(factory.createInstance(class.as_ptr().cast(), iid, null_mut()), kResultOk);
        assert_ne!(factory.createInstance([0xffu8; 16].as_ptr().cast(), iid, &raw mut object), kResultOk);
        assert_ne!(
            factory.createInstance(class.as_ptr().cast(), [1u8; 16].as_ptr().cast(), &raw mut object),
            kResultOk
        );
    }
    sound(&Instance::new());
}

fn initialised_twice() {
    let instance = Instance::new();
    // SAFETY: the instance is alive; null is the slip.
    unsafe {
        instance.component.initialize(null_mut());
        instance.component.initialize(null_mut());
    }
    sound(&instance);
    // SAFETY: as above.
    unsafe {
        instance.component.terminate();
        instance.component.terminate();
    }
}

fn set_up(instance: &Instance, rate: f64, size: i32, frames: i32) -> tresult {
    let mut setup =
        ProcessSetup { processMode: REALTIME, symbolicSampleSize: size, maxSamplesPerBlock: frames, sampleRate: rate };
    // SAFETY: the instance is alive, the set-up lives through the call.
    unsafe { instance.processor.setupProcessing(&raw mut setup) }
}

const SINGLE: i32 = SymbolicSampleSizes_::kSample32 as i32;
const DOUBLE: i32 = SymbolicSampleSizes_::kSample64 as i32;

fn no_rates() {
    let instance = Instance::new();
    for rate in [f64::NAN, f64::INFINITY, -48_000.0, 0.0, 1e300] {
        set_up(&instance, rate, SINGLE, 512);
        // SAFETY: the instance is alive.
        assert_ne!(unsafe { instance.component.setActive(1) }, kResultOk, "{rate}");
        playing(&instance);
    }
    sound(&instance);
}

fn odd_rates() {
    for rate in [0.5, 1_234.57, 7_999.0, 768_000.0, 1e9] {
        let instance = Instance::new();
        assert_eq!(set_up(&instance, rate, SINGLE, 512), kResultOk, "{rate}");
        instance.start();
        playing(&instance);
        instance.stop();
    }
}

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

fn no_set_up() {
    let instance = Instance::new();
    // SAFETY: the instance is alive; the null is the slip.
    assert_ne!(unsafe { instance.processor.setupProcessing(null_mut()) }, kResultOk);
    instance.start();
    playing(&instance);
    instance.stop();
    set_up(&instance, RATE, SINGLE, -1);
    instance.start();
    playing(&instance);
    instance.stop();
}

fn any_order() {
    let instance = Instance::new();
    // SAFETY: the instance is alive.
    unsafe {
        instance.component.setActive(0);
        instance.processor.setProcessing(0);
        instance.processor.setProcessing(1);
        instance.component.setActive(1);
        instance.component.setActive(1);
        set_up(&instance, 44_100.0, SINGLE, 512);
        playing(&instance);
        instance.component.setActive(0);
        instance.component.setActive(0);
    }
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

const AUDIO: i32 = MediaTypes_::kAudio as i32;
const INPUT: i32 = BusDirections_::kInput as i32;

fn buses() {
    let instance = Instance::new();
    let (component, processor) = (&instance.component, &instance.processor);
    // SAFETY: the instance is alive; nulls and numbers are the slips; all-zero structs are valid ones.
    unsafe {
        let mut info: BusInfo = std::mem::zeroed();
        assert_ne!(component.getBusInfo(AUDIO, INPUT, 0, null_mut()), kResultOk);
        for (media, direction, index) in [(AUDIO, INPUT, 7), (AUDIO, INPUT, -1), (77, INPUT, 0), (AUDIO, 77, 0)] {
            assert_ne!(component.getBusInfo(media, direction, index, &raw mut info), kResultOk);
            component.getBusCount(media, direction);
            component.activateBus(media, direction, index, 1);
        }
        let mut arrangement = 0;
        assert_ne!(processor.getBusArrangement(INPUT, 7, &raw mut arrangement), kResultOk);
        assert_ne!(processor.getBusArrangement(INPUT, 0, null_mut()), kResultOk);
        component.getRoutingInfo(null_mut(), null_mut());
        let mut from: RoutingInfo = std::mem::zeroed();
        let mut to: RoutingInfo = std::mem::zeroed();
        (from.mediaType, from.busIndex, from.channel) = (77, i32::MIN, i32::MAX);
        component.getRoutingInfo(&raw mut from, &raw mut to);
        component.setIoMode(77);
        component.getControllerClassId(null_mut());
        assert_eq!(processor.getTailSamples(), 0, "no tail keeps a track awake");
        assert_eq!(processor.getLatencySamples(), 0);
    }
    sound(&instance);
}

fn arrangements() {
    let instance = Instance::new();
    // SAFETY: the instance is alive; nulls and numbers are the slips.
    unsafe {
        let mut stereo = SpeakerArr::kStereo;
        let set =
            |ins: *mut u64, n: i32, outs: *mut u64, m: i32| instance.processor.setBusArrangements(ins, n, outs, m);
        assert_ne!(set(null_mut(), 1, null_mut(), 1), kResultOk);
        assert_ne!(set(null_mut(), 0, null_mut(), 0), kResultOk);
        assert_ne!(set(&raw mut stereo, -1, &raw mut stereo, 1), kResultOk);
        assert_ne!(set(&raw mut stereo, 1, null_mut(), 1), kResultOk);
        let mut none = 0;
        assert_ne!(set(&raw mut none, 1, &raw mut none, 1), kResultOk);
        instance.set_up(REALTIME);
        instance.start();
        let mut mono = SpeakerArr::kMono;
        set(&raw mut mono, 1, &raw mut mono, 1);
        playing(&instance);
        instance.stop();
        set(&raw mut stereo, 1, &raw mut stereo, 1);
    }
    sound(&instance);
}

fn parameters() {
    let instance = Instance::new();
    let (controller, trim) = (&instance.controller, instance.ids()[1]);
    // SAFETY: the instance is alive; nulls and numbers are the slips; all-zero structs are valid ones.
    unsafe {
        let mut info: ParameterInfo = std::mem::zeroed();
        let count = controller.getParameterCount();
        for index in [-1, count, count + 1, i32::MAX, i32::MIN] {
            assert_ne!(controller.getParameterInfo(index, &raw mut info), kResultOk, "{index}");
        }
        assert_ne!(controller.getParameterInfo(0, null_mut()), kResultOk);
        let (mut text, mut number): (String128, f64) = ([0; 128], 0.0);
        assert_ne!(controller.getParamStringByValue(trim, 0.5, null_mut()), kResultOk);
        assert_ne!(controller.getParamStringByValue(u32::MAX, 0.5, &raw mut text), kResultOk);
        for value in [f64::NAN, f64::INFINITY, -1e300] {
            controller.getParamStringByValue(trim, value, &raw mut text);
            controller.setParamNormalized(trim, value);
            controller.normalizedParamToPlain(trim, value);
            controller.plainParamToNormalized(trim, value);
        }
        assert!(controller.getParamNormalized(trim).is_finite());
        assert_ne!(controller.getParamValueByString(trim, null_mut(), &raw mut number), kResultOk);
        assert_ne!(controller.getParamValueByString(trim, text.as_mut_ptr(), null_mut()), kResultOk);
        let mut lone = [0xd800u16, 0, 0, 0];
        controller.getParamValueByString(trim, lone.as_mut_ptr().cast(), &raw mut number);
        controller.getParamNormalized(u32::MAX);
        controller.normalizedParamToPlain(u32::MAX, 0.5);
        controller.plainParamToNormalized(u32::MAX, 0.5);
        controller.setParamNormalized(u32::MAX, 0.5);
        controller.setParamNormalized(trim, 0.5);
    }
    sound(&instance);
}

fn units() {
    let instance = Instance::new();
    let units: ComPtr<IUnitInfo> = instance.component.cast().expect("units");
    let midi: ComPtr<IMidiMapping> = instance.component.cast().expect("a mapping");
    let notes: ComPtr<INoteExpressionController> = instance.component.cast().expect("expressions");
    // SAFETY: the instance is alive; nulls and numbers are the slips; all-zero structs are valid ones.
    unsafe {
        let mut unit: UnitInfo = std::mem::zeroed();
        for index in [-1, 1, 99, i32::MAX] {
            units.getUnitInfo(index, &raw mut unit);
        }
        units.getUnitInfo(0, null_mut());
        units.getProgramListInfo(0, null_mut());
        units.getProgramName(0, 0, null_mut());
        units.getProgramInfo(0, 0, null(), null_mut());
        units.getProgramPitchName(0, 0, 0, null_mut());
        units.getUnitByBus(0, 0, 0, 0, null_mut());
        units.setUnitProgramData(0, 0, null_mut());
        units.selectUnit(99);
        midi.getMidiControllerAssignment(0, 0, 0, null_mut());
        midi.getMidiControllerAssignment(-1, -1, -1, null_mut());
        notes.getNoteExpressionCount(9, 9);
        notes.getNoteExpressionInfo(0, 0, 99, null_mut());
        notes.getNoteExpressionStringByValue(0, 0, 99, f64::NAN, null_mut());
        notes.getNoteExpressionValueByString(0, 0, 99, null(), null_mut());
    }
    sound(&instance);
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

fn null_handler() {
    let instance = Instance::new();
    // SAFETY: the instance is alive; the nulls are the slips.
    unsafe {
        instance.controller.setComponentHandler(null_mut());
        instance.controller.setComponentHandler(null_mut());
    }
    sound(&instance);
}

fn null_channel() {
    let instance = Instance::new();
    let listener: ComPtr<IInfoListener> = instance.component.cast().expect("a listener");
    // SAFETY: the instance is alive; the null is the slip.
    unsafe { listener.setChannelContextInfos(null_mut()) };
    instance.tell_channel("");
    instance.tell_channel(&"\u{1f941}".repeat(200));
    sound(&instance);
}

fn odd_views() {
    let instance = Instance::new();
    // SAFETY: the instance is alive; nulls and numbers are the slips.
    unsafe {
        assert!(instance.controller.createView(null()).is_null());
        assert!(instance.controller.createView(c"pane".as_ptr()).is_null());
        let view = ComPtr::from_raw(instance.controller.createView(ViewType::kEditor)).expect("a view");
        assert_ne!(view.isPlatformTypeSupported(null()), kResultOk);
        assert_ne!(view.isPlatformTypeSupported(c"\xff".as_ptr()), kResultOk);
        assert_ne!(view.attached(null_mut(), kPlatformTypeX11EmbedWindowID), kResultOk);
        assert_ne!(view.attached(7 as *mut c_void, null()), kResultOk);
        assert_ne!(view.attached(7 as *mut c_void, kPlatformTypeHWND), kResultOk);
        assert_ne!(view.removed(), kResultOk);
        view.setFrame(null_mut());
        let rect = |right, bottom| ViewRect { left: 0, top: 0, right, bottom };
        let mut size = rect(0, 0);
        assert_eq!(view.getSize(&raw mut size), kResultOk);
        assert!(size.right > 0 && size.bottom > 0);
        assert_ne!(view.getSize(null_mut()), kResultOk);
        assert_ne!(view.onSize(null_mut()), kResultOk);
        assert_ne!(view.checkSizeConstraint(null_mut()), kResultOk);
        for (right, bottom) in [(0, 0), (-1, -1), (i32::MAX, i32::MAX), (i32::MIN, i32::MAX)] {
            assert_ne!(view.onSize(&mut rect(right, bottom)), kResultOk);
            view.checkSizeConstraint(&mut rect(right, bottom));
        }
        let mut torn = ViewRect { left: i32::MIN, top: i32::MIN, right: i32::MAX, bottom: i32::MAX };
        assert_ne!(view.onSize(&raw mut torn), kResultOk);
        let scale: ComPtr<IPlugViewContentScaleSupport> = view.cast().expect("scales");
        for factor in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e-30] {
            assert_ne!(scale.setContentScaleFactor(factor), kResultOk, "{factor}");
        }
        view.onFocus(1);
        view.onWheel(f32::NAN);
        view.onKeyDown(0, i16::MIN, i16::MAX);
        view.onKeyUp(u16::MAX as _, i16::MAX, i16::MIN);
    }
    sound(&instance);
}

fn orphaned_view() {
    let instance = Instance::new();
    // SAFETY: the view is the host's own reference.
    let view = unsafe { ComPtr::from_raw(instance.controller.createView(ViewType::kEditor)) }.expect("a view");
    drop(instance);
    let mut rect = ViewRect { left: 0, top: 0, right: 500, bottom: 500 };
    // SAFETY: as above.
    unsafe {
        view.getSize(&raw mut rect);
        view.onSize(&raw mut rect);
        view.removed();
    }
    drop(view);
    sound(&Instance::new());
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

fn dropped_active() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    playing(&instance);
    drop(instance);
    sound(&Instance::new());
}
