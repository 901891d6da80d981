//! The VST3 module entry and factory, around the framework's wrapper.
//!
//! The framework informs its window of each automated change through a worker thread that all instances share. It dies
//! when a task outlives its instance, and then the last instance's end aborts the host; a window that such a task
//! reaches on the wrong thread panics. No task is ever posted from here: automation ([`process`]), `setParamNormalized`,
//! gestures in the window ([`super::HostHandle::gesture`]) and state ([`state`]) are dealt with on this side of the wrapper.

mod component;
mod delegate;
mod main_thread;
mod pending;
mod process;
mod state;
mod view;

use std::ffi::c_void;

use nice_plug::wrapper::setup_logger;
use nice_plug::wrapper::vst3::PluginInfo;
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3, IPluginFactory3Trait,
    IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo, TUID, int32, kInvalidArgument,
    kResultFalse, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};

use self::component::Component;
pub(super) use self::main_thread::MainThread;
use super::{Hosted, contained};

/// For `GetPluginFactory`: a factory with one reference, the host's.
pub fn factory<P: Hosted>() -> *mut c_void {
    let factory =
        ComWrapper::new(Factory::<P> { info: PluginInfo::for_plugin::<P>(), plugin: std::marker::PhantomData });
    factory.to_com_ptr::<IPluginFactory>().map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
}

/// For the module's entry, whatever the system calls it.
pub fn module_entered<P: Hosted>() -> bool {
    setup_logger::<P>();
    true
}

struct Factory<P> {
    info: PluginInfo,
    plugin: std::marker::PhantomData<fn() -> P>,
}

impl<P: Hosted> Class for Factory<P> {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

/// Writes what the host asked for, where it left room for it.
///
/// # Safety
/// `to` is null or good to be written.
unsafe fn give<T>(to: *mut T, what: impl FnOnce() -> T) -> tresult {
    if to.is_null() {
        return kInvalidArgument;
    }
    // SAFETY: the caller's promise.
    unsafe { to.write(what()) };
    kResultOk
}

impl<P: Hosted> IPluginFactoryTrait for Factory<P> {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: the host's pointer.
        unsafe { give(info, || self.info.create_factory_info()) }
    }

    unsafe fn countClasses(&self) -> int32 {
        1
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        // SAFETY: the host's pointer.
        unsafe { give(info, || self.info.create_class_info()) }
    }

    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        if cid.is_null() || iid.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: ids are 16 bytes.
        if unsafe { &*cid.cast::<[u8; 16]>() } != self.info.cid {
            return kInvalidArgument;
        }
        let Some(component) = contained(None, Component::<P>::new) else { return kResultFalse };
        let component = ComWrapper::new(component);
        let Some(unknown) = component.as_com_ref::<FUnknown>() else { return kResultFalse };
        let unknown = unknown.as_ptr();
        // SAFETY: a live object; it answers with a reference of the host's own, or none.
        unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid.cast::<TUID>(), object) }
    }
}

impl<P: Hosted> IPluginFactory2Trait for Factory<P> {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        // SAFETY: the host's pointer.
        unsafe { give(info, || self.info.create_class_info_2()) }
    }
}

impl<P: Hosted> IPluginFactory3Trait for Factory<P> {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        // SAFETY: the host's pointer.
        unsafe { give(info, || self.info.create_class_info_unicode()) }
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}
