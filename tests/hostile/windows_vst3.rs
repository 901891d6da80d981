//! VST3 hosts and the window, under X11.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::time::Duration;

use keel::host::vst3::factory;
use keel::plugin::Keel;
use nice_plug::prelude::Vst3Plugin;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{ComPtr, Interface};

use super::windows::Parent;
use super::{Case, raw_vst3};

pub const CASES: &[Case] = &[
    ("window: VST3, a parent that is no window", vst3_no_window),
    ("window: VST3, attached twice, removed twice", vst3_twice),
    ("window: VST3, open when the plugin goes", vst3_destroyed_open),
    ("window: VST3, a null frame while it is open", vst3_null_frame),
];

/// A view of a plugin, and what it needs to live.
struct Vst3 {
    view: ComPtr<IPlugView>,
    component: ComPtr<IComponent>,
}

impl Vst3 {
    fn new() -> Self {
        // SAFETY: the factory and its instances as a host uses them.
        unsafe {
            let factory = ComPtr::from_raw(factory::<Keel>().cast::<IPluginFactory>()).expect("a factory");
            let (class, mut object) = (Keel::PLATFORM_VST3_CLASS_ID, null_mut());
            factory.createInstance(class.as_ptr().cast(), IComponent::IID.as_ptr().cast(), &raw mut object);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).expect("a component");
            component.initialize(null_mut());
            let controller: ComPtr<IEditController> = component.cast().expect("a controller");
            let view = ComPtr::from_raw(controller.createView(ViewType::kEditor)).expect("a view");
            Self { view, component }
        }
    }

    fn attach(&self, window: u64) -> tresult {
        // SAFETY: the view is alive; the number is the test's.
        unsafe { self.view.attached(window as *mut c_void, kPlatformTypeX11EmbedWindowID) }
    }

    fn remove(&self) -> tresult {
        // SAFETY: the view is alive.
        unsafe { self.view.removed() }
    }
}

fn vst3_no_window() {
    let plugin = Vst3::new();
    for id in [0, u64::MAX, 0x1fff_fffe] {
        assert_ne!(plugin.attach(id), kResultOk, "{id:x}");
    }
    let parent = Parent::new();
    assert_eq!(plugin.attach(parent.id.into()), kResultOk, "the next one opens");
    plugin.remove();
}

fn vst3_twice() {
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    assert_ne!(plugin.attach(parent.id.into()), kResultOk, "one is open");
    let mut rect = ViewRect { left: 0, top: 0, right: 1, bottom: 1 };
    // SAFETY: the view is alive.
    unsafe {
        assert_ne!(plugin.view.onSize(&raw mut rect), kResultOk, "too small");
        assert_eq!(plugin.view.checkSizeConstraint(&raw mut rect), kResultOk);
        assert!(rect.right > 100 && rect.bottom > 100);
        assert_eq!(plugin.view.onSize(&raw mut rect), kResultOk);
    }
    assert_eq!(plugin.remove(), kResultOk);
    assert_ne!(plugin.remove(), kResultOk);
    assert_eq!(plugin.attach(parent.id.into()), kResultOk, "again");
    plugin.remove();
}

fn vst3_destroyed_open() {
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    let Vst3 { view, component } = plugin;
    // SAFETY: the component is alive.
    unsafe { component.terminate() };
    drop(component);
    // SAFETY: the view is alive.
    unsafe { view.removed() };
    drop(view);
    let instance = raw_vst3::Instance::new();
    instance.set_up(raw_vst3::REALTIME);
    instance.start();
    instance.process(&[0.5; 64], &[0.5; 64], raw_vst3::REALTIME);
    instance.stop();
    // A view that is let go of without a word.
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    drop(plugin);
}

fn vst3_null_frame() {
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    // SAFETY: the view is alive; the null is the slip.
    unsafe { plugin.view.setFrame(null_mut()) };
    std::thread::sleep(Duration::from_millis(100));
    plugin.remove();
}
