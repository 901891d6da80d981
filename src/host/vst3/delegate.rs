//! Everything that goes through to the framework's wrapper as it comes, and the few calls that do not.

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, FUnknown, IBStream, IPlugView, IPluginBaseTrait, TBool, TUID, int16, int32, kInvalidArgument,
    kResultFalse, tresult, uint32,
};

use super::super::Hosted;
use super::component::Component;

/// Hands calls on to the framework.
macro_rules! delegate {
    ($interface:ident: $(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        $(
            unsafe fn $name(&self, $($arg: $type),*) -> $result {
                // SAFETY: the host's own promise, handed on.
                unsafe { $interface::$name(&self.inner, $($arg),*) }
            }
        )*
    };
}

impl<P: Hosted> IPluginBaseTrait for Component<P> {
    delegate! { IPluginBaseTrait:
        fn initialize(context: *mut FUnknown) -> tresult;
        fn terminate() -> tresult;
    }
}

impl<P: Hosted> IComponentTrait for Component<P> {
    delegate! { IComponentTrait:
        fn getControllerClassId(class: *mut TUID) -> tresult;
        fn setIoMode(mode: IoMode) -> tresult;
        fn getBusCount(media: MediaType, direction: BusDirection) -> int32;
        fn getBusInfo(media: MediaType, direction: BusDirection, index: int32, info: *mut BusInfo) -> tresult;
        fn getRoutingInfo(input: *mut RoutingInfo, output: *mut RoutingInfo) -> tresult;
        fn activateBus(media: MediaType, direction: BusDirection, index: int32, on: TBool) -> tresult;
    }

    unsafe fn setActive(&self, on: TBool) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.set_active(on != 0) }
    }

    unsafe fn setState(&self, stream: *mut IBStream) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.load_state(stream) }
    }

    unsafe fn getState(&self, stream: *mut IBStream) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.save_state(stream) }
    }
}

impl<P: Hosted> IEditControllerTrait for Component<P> {
    delegate! { IEditControllerTrait:
        fn setComponentState(stream: *mut IBStream) -> tresult;
        fn setState(stream: *mut IBStream) -> tresult;
        fn getState(stream: *mut IBStream) -> tresult;
        fn getParameterCount() -> int32;
        fn getParamStringByValue(id: ParamID, value: ParamValue, text: *mut String128) -> tresult;
        fn getParamValueByString(id: ParamID, text: *mut TChar, value: *mut ParamValue) -> tresult;
        fn normalizedParamToPlain(id: ParamID, value: ParamValue) -> ParamValue;
        fn plainParamToNormalized(id: ParamID, value: ParamValue) -> ParamValue;
    }

    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        // The framework asks for one more than there are.
        if !(0..self.ids.len()).contains(&(index as usize)) {
            return kInvalidArgument;
        }
        // SAFETY: the host's own promise, handed on.
        unsafe { IEditControllerTrait::getParameterInfo(&self.inner, index, info) }
    }

    unsafe fn createView(&self, name: FIDString) -> *mut IPlugView {
        // SAFETY: the host passes a C string or null.
        unsafe { self.create_view(name) }
    }

    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        self.settle();
        // SAFETY: no pointer is handed on.
        unsafe { IEditControllerTrait::getParamNormalized(&self.inner, id) }
    }

    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        self.param_normalized(id, value)
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.component_handler(handler) }
    }
}

impl<P: Hosted> IAudioProcessorTrait for Component<P> {
    delegate! { IAudioProcessorTrait:
        fn getBusArrangement(direction: BusDirection, index: int32, to: *mut SpeakerArrangement) -> tresult;
        fn canProcessSampleSize(size: int32) -> tresult;
        fn getLatencySamples() -> uint32;
        fn getTailSamples() -> uint32;
    }

    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        input_count: int32,
        outputs: *mut SpeakerArrangement,
        output_count: int32,
    ) -> tresult {
        // The framework reads the first arrangement of each side without checking the counts.
        if input_count != 1 || output_count != 1 {
            return kResultFalse;
        }
        // SAFETY: the host's own promise, handed on.
        unsafe { IAudioProcessorTrait::setBusArrangements(&self.inner, inputs, input_count, outputs, output_count) }
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.setup_processing(setup) }
    }

    unsafe fn setProcessing(&self, on: TBool) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.set_processing(on != 0) }
    }

    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: the host's own promise, handed on.
        unsafe { self.guarded_process(data) }
    }
}

impl<P: Hosted> IMidiMappingTrait for Component<P> {
    delegate! { IMidiMappingTrait:
        fn getMidiControllerAssignment(bus: int32, channel: int16, controller: CtrlNumber, id: *mut ParamID) -> tresult;
    }
}

impl<P: Hosted> INoteExpressionControllerTrait for Component<P> {
    delegate! { INoteExpressionControllerTrait:
        fn getNoteExpressionCount(bus: int32, channel: int16) -> int32;
        fn getNoteExpressionInfo(
            bus: int32, channel: int16, index: int32, info: *mut NoteExpressionTypeInfo
        ) -> tresult;
        fn getNoteExpressionStringByValue(
            bus: int32, channel: int16, id: NoteExpressionTypeID, value: NoteExpressionValue, text: *mut String128
        ) -> tresult;
        fn getNoteExpressionValueByString(
            bus: int32, channel: int16, id: NoteExpressionTypeID, text: *const TChar, value: *mut NoteExpressionValue
        ) -> tresult;
    }
}

impl<P: Hosted> IProcessContextRequirementsTrait for Component<P> {
    delegate! { IProcessContextRequirementsTrait:
        fn getProcessContextRequirements() -> uint32;
    }
}

impl<P: Hosted> IUnitInfoTrait for Component<P> {
    delegate! { IUnitInfoTrait:
        fn getUnitCount() -> int32;
        fn getUnitInfo(index: int32, info: *mut UnitInfo) -> tresult;
        fn getProgramListCount() -> int32;
        fn getProgramListInfo(index: int32, info: *mut ProgramListInfo) -> tresult;
        fn getProgramName(list: ProgramListID, index: int32, name: *mut String128) -> tresult;
        fn getProgramInfo(list: ProgramListID, index: int32, id: CString, value: *mut String128) -> tresult;
        fn hasProgramPitchNames(list: ProgramListID, index: int32) -> tresult;
        fn getProgramPitchName(list: ProgramListID, index: int32, pitch: int16, name: *mut String128) -> tresult;
        fn getSelectedUnit() -> UnitID;
        fn selectUnit(unit: UnitID) -> tresult;
        fn getUnitByBus(
            media: MediaType, direction: BusDirection, bus: int32, channel: int32, unit: *mut UnitID
        ) -> tresult;
        fn setUnitProgramData(list: int32, index: int32, data: *mut IBStream) -> tresult;
    }
}
