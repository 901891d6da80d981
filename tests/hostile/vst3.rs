//! VST3 hosts without a window.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use keel::host::vst3::factory;
use keel::plugin::Keel;
use nice_plug::prelude::Vst3Plugin;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ChannelContext::{IInfoListener, IInfoListenerTrait};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{ComPtr, Interface};

use super::raw_vst3::*;
use super::{Case, assert_untouched, tone};

pub const CASES: &[Case] = &[
    ("vst3: a factory asked for nothing", factory_of_nothing),
    ("vst3: initialised with nothing, and twice", initialised_twice),
    ("vst3: rates that are none", no_rates),
    ("vst3: rates out of the ordinary pass the sound", odd_rates),
    ("vst3: a null set-up, and none", no_set_up),
    ("vst3: active in any order", any_order),
    ("vst3: buses out of range and null", buses),
    ("vst3: arrangements of nothing", arrangements),
    ("vst3: parameters out of range and null", parameters),
    ("vst3: units, programs and controllers that are none", units),
    ("vst3: a handler that is null, twice", null_handler),
    ("vst3: a channel of nothing", null_channel),
    ("vst3: a view of nothing", odd_views),
    ("vst3: a view that outlives its plugin", orphaned_view),
    ("vst3: dropped while it processes", dropped_active),
];

pub fn playing(instance: &Instance) {
    let [left, right] = tone();
    assert_untouched(&instance.process(&left, &right, REALTIME));
}

/// The sound passes from the set-up to the end.
pub fn sound(instance: &Instance) {
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

pub fn set_up(instance: &Instance, rate: f64, size: i32, frames: i32) -> tresult {
    let mut setup =
        ProcessSetup { processMode: REALTIME, symbolicSampleSize: size, maxSamplesPerBlock: frames, sampleRate: rate };
    // SAFETY: the instance is alive, the set-up lives through the call.
    unsafe { instance.processor.setupProcessing(&raw mut setup) }
}

pub const SINGLE: i32 = SymbolicSampleSizes_::kSample32 as i32;
pub const DOUBLE: i32 = SymbolicSampleSizes_::kSample64 as i32;

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

fn dropped_active() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    playing(&instance);
    drop(instance);
    sound(&Instance::new());
}
