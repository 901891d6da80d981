//! The instance as the host sees it: where Keel steps between host and framework.

use std::ffi::{CStr, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keel_core::mix::Placement;
use nice_plug::wrapper::vst3::Wrapper;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ChannelContext::{
    ChannelPluginLocation_, IInfoListener, IInfoListenerTrait, kChannelNameKey, kChannelPluginLocationKey,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IAttributeList, IAttributeListTrait, IAudioProcessor, IAudioProcessorTrait, IComponent, IComponentHandler,
    IComponentTrait, IEditController, IEditControllerTrait, IMidiMapping, INoteExpressionController,
    IProcessContextRequirements, IUnitInfo, ParamID, ParamValue, ParameterInfo, ProcessModes_, ProcessSetup, String128,
    SymbolicSampleSizes_, ViewType,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{FIDString, IPlugView, kResultOk, tresult};
use nice_plug::wrapper::vst3::vst3::{Class, ComRef};

use super::super::{HostHandle, Hosted, Instance, ParamTable, contained};
use super::pending::Pending;
use super::view::View;

/// What a host gets that activates before it says how it will process.
const ASSUMED_SETUP: ProcessSetup = ProcessSetup {
    processMode: ProcessModes_::kRealtime as i32,
    symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
    maxSamplesPerBlock: 1024,
    sampleRate: 48_000.0,
};

/// One instance, around the framework's.
pub struct Component<P: Hosted> {
    pub(super) inner: Wrapper<P>,
    pub(super) instance: Arc<dyn Instance>,
    pub(super) table: ParamTable,
    /// The framework's numbers of the parameters, in the order of the table.
    pub(super) ids: Arc<[u32]>,
    /// Values that the controller got while the processor runs and no block has followed.
    pub(super) pending: Pending,
    handle: Arc<HostHandle>,
    set_up: AtomicBool,
    /// The set-up announced a render.
    pub(super) offline: AtomicBool,
    active: AtomicBool,
    processing: AtomicBool,
}

impl<P: Hosted> Class for Component<P> {
    type Interfaces = (
        IComponent,
        IEditController,
        IAudioProcessor,
        IMidiMapping,
        INoteExpressionController,
        IProcessContextRequirements,
        IUnitInfo,
        IInfoListener,
    );
}

impl<P: Hosted> Drop for Component<P> {
    fn drop(&mut self) {
        self.handle.clear();
    }
}

impl<P: Hosted> Component<P> {
    pub fn new() -> Option<Self> {
        let handle = Arc::new(HostHandle::new(keel_core::link::Format::Vst3));
        let (inner, instance) = HostHandle::around(&handle, Wrapper::<P>::new);
        let instance = instance?;
        let ids: Arc<[u32]> = parameter_ids(&inner).into();
        Some(Self {
            table: ParamTable::new(instance.params()),
            pending: Pending::new(ids.len()),
            inner,
            instance,
            ids,
            handle,
            set_up: AtomicBool::new(false),
            offline: AtomicBool::new(false),
            active: AtomicBool::new(false),
            processing: AtomicBool::new(false),
        })
    }

    /// # Safety
    /// `name` is null or a C string.
    pub(super) unsafe fn create_view(&self, name: FIDString) -> *mut IPlugView {
        // SAFETY: the caller's promise; the format's own name.
        let is_editor = !name.is_null() && unsafe { CStr::from_ptr(name) == CStr::from_ptr(ViewType::kEditor) };
        if is_editor { View::create(self.instance.clone(), self.handle.clone()) } else { std::ptr::null_mut() }
    }

    /// Where the host's number stands in the table.
    pub(super) fn position(&self, id: ParamID) -> Option<usize> {
        self.ids.iter().position(|&other| other == id)
    }

    /// # Safety
    /// `handler` is null or the host's.
    pub(super) unsafe fn component_handler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: the caller's promise.
        unsafe {
            let reference = ComRef::from_raw(handler).map(|handler| handler.to_com_ptr());
            self.handle.set_vst3(reference, self.ids.clone());
            IEditControllerTrait::setComponentHandler(&self.inner, handler)
        }
    }

    /// Outside of processing a value comes only this way; within, the host sends it with the next block, too, and that
    /// one is newer.
    pub(super) fn param_normalized(&self, id: ParamID, value: ParamValue) -> tresult {
        if let Some(position) = self.position(id) {
            if self.processing.load(Ordering::SeqCst) {
                self.pending.put(position, value as f32);
            } else {
                self.table.set_normalized(position, value as f32, None);
            }
        }
        kResultOk
    }

    /// A host may stop sending blocks without a word: what it set since then counts all the same.
    pub(super) fn settle(&self) {
        self.pending.take_all(|position, value| {
            self.table.set_normalized(position, value, None);
        });
    }

    /// The framework activates with the mode of the set-up before: it takes two to make the first render an offline
    /// one. A host that sets up while active gets a restart around it.
    ///
    /// # Safety
    /// `setup` is null or the host's.
    pub(super) unsafe fn setup_processing(&self, setup: *mut ProcessSetup) -> tresult {
        let active = self.active.load(Ordering::SeqCst);
        // SAFETY: the caller's promise; the framework refuses null.
        unsafe {
            if let Some(setup) = setup.as_ref() {
                let offline = setup.processMode == ProcessModes_::kOffline as i32;
                self.offline.store(offline, Ordering::SeqCst);
                self.instance.rendering(offline);
                if offline {
                    contained((), || self.instance.render_announced());
                }
            }
            if active {
                IComponentTrait::setActive(&self.inner, 0);
            }
            IAudioProcessorTrait::setupProcessing(&self.inner, setup);
            let result = IAudioProcessorTrait::setupProcessing(&self.inner, setup);
            self.set_up.store(result == kResultOk, Ordering::SeqCst);
            if active {
                IComponentTrait::setActive(&self.inner, 1);
            }
            result
        }
    }

    /// # Safety
    /// As the host calls it.
    pub(super) unsafe fn set_active(&self, on: bool) -> tresult {
        // SAFETY: the caller's promise; the set-up is read during the call only.
        unsafe {
            if on && !self.set_up.load(Ordering::SeqCst) {
                let mut assumed = ASSUMED_SETUP;
                self.setup_processing(&raw mut assumed);
            }
            let result = IComponentTrait::setActive(&self.inner, u8::from(on));
            self.active.store(on && result == kResultOk, Ordering::SeqCst);
            result
        }
    }

    /// # Safety
    /// As the host calls it.
    pub(super) unsafe fn set_processing(&self, on: bool) -> tresult {
        self.processing.store(on, Ordering::SeqCst);
        // SAFETY: the caller's promise.
        unsafe { IAudioProcessorTrait::setProcessing(&self.inner, u8::from(on)) }
    }

    /// The track's name, and the place on its channel. The framework would only hand them to its window.
    ///
    /// # Safety
    /// `list` is null or the host's.
    pub(super) unsafe fn channel_context(&self, list: *mut IAttributeList) -> tresult {
        // SAFETY: the caller's promise; the string has room for the bytes given.
        unsafe {
            let Some(list) = ComRef::from_raw(list) else { return kResultOk };
            let mut text: String128 = [0; 128];
            if list.getString(kChannelNameKey, text.as_mut_ptr(), size_of::<String128>() as u32) == kResultOk {
                let units: Vec<u16> = text.into_iter().take_while(|&c| c != 0).collect();
                let name = String::from_utf16_lossy(&units);
                if !name.trim().is_empty() {
                    contained((), || self.instance.track_named(name.trim(), None));
                }
            }
            let mut location = 0;
            // Hosts are known to say "before the fader" wherever the plugin sits.
            if list.getInt(kChannelPluginLocationKey, &raw mut location) == kResultOk
                && location == ChannelPluginLocation_::kPostVolumeFader as i64
            {
                self.instance.placed(Placement::Post);
            }
        }
        kResultOk
    }
}

/// The framework lists its parameters in the table's order.
fn parameter_ids<P: Hosted>(inner: &Wrapper<P>) -> Vec<ParamID> {
    // SAFETY: the framework's own functions; an all-zero info is a valid one.
    unsafe {
        (0..IEditControllerTrait::getParameterCount(inner))
            .map(|index| {
                let mut info: ParameterInfo = std::mem::zeroed();
                IEditControllerTrait::getParameterInfo(inner, index, &raw mut info);
                info.id
            })
            .collect()
    }
}

impl<P: Hosted> IInfoListenerTrait for Component<P> {
    unsafe fn setChannelContextInfos(&self, list: *mut IAttributeList) -> tresult {
        // SAFETY: the host's pointer.
        unsafe { self.channel_context(list) }
    }
}

impl<P: Hosted> std::fmt::Debug for Component<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component").field("wrapper", &(&raw const self.inner).cast::<c_void>()).finish_non_exhaustive()
    }
}
