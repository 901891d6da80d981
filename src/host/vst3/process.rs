//! The guard before the framework's `process`.

use std::sync::atomic::Ordering;

use nice_plug::wrapper::vst3::vst3::ComRef;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessorTrait, IParamValueQueueTrait, IParameterChanges,
    IParameterChangesTrait, ProcessData, ProcessModes_, SymbolicSampleSizes_,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{kInvalidArgument, kResultOk, tresult};

use super::super::blocks::{self, Port};
use super::super::{Hosted, TimedChange};
use super::component::Component;

/// More parameters, or points of one, than any host sends with a block: a list without end must not hold the audio up.
const MOST_CHANGES: i32 = 1 << 14;

impl<P: Hosted> Component<P> {
    /// Applies automation, then calls the framework with buffers that fit its layout and nothing else to do.
    ///
    /// # Safety
    /// `data` is null or the host's, lent for this call.
    pub(super) unsafe fn guarded_process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: the caller's promise.
        unsafe {
            let Some(block) = data.as_ref() else { return kInvalidArgument };
            // Some hosts say it with the set-up only, some with the block only.
            let offline = block.processMode == ProcessModes_::kOffline as i32;
            self.instance.rendering(offline || self.offline.load(Ordering::SeqCst));
            self.pending.clear();
            self.take_automation(block.inputParameterChanges);
            let single = block.symbolicSampleSize == SymbolicSampleSizes_::kSample32 as i32;
            let input = port(block.inputs, block.numInputs, single);
            let output = port(block.outputs, block.numOutputs, single);
            let frames = usize::try_from(block.numSamples).unwrap_or(0);
            let layout = self.instance.channels();
            let Some(mut channels) = blocks::prepare(layout, input, output, frames) else {
                self.instance.settle();
                self.tell_own_change(block.outputParameterChanges);
                return kResultOk;
            };
            let mut inputs = bus(channels.input.as_mut_ptr(), layout);
            let mut outputs = bus(channels.output.as_mut_ptr(), layout);
            let mut fitted = ProcessData {
                inputs: &raw mut inputs,
                outputs: &raw mut outputs,
                numInputs: 1,
                numOutputs: 1,
                inputParameterChanges: std::ptr::null_mut(),
                outputParameterChanges: std::ptr::null_mut(),
                ..*block
            };
            let result = IAudioProcessorTrait::process(&self.inner, &raw mut fitted);
            self.instance.settle();
            if let Some(output) = block.outputs.as_mut() {
                output.silenceFlags = 0;
            }
            self.tell_own_change(block.outputParameterChanges);
            result
        }
    }

    /// Each point counts from its frame on: trim has a ramp of its own, and the rest are switches.
    ///
    /// # Safety
    /// `changes` is null or the host's.
    unsafe fn take_automation(&self, changes: *mut IParameterChanges) {
        // SAFETY: the caller's promise.
        unsafe {
            let Some(changes) = ComRef::from_raw(changes) else { return };
            for index in 0..changes.getParameterCount().min(MOST_CHANGES) {
                let Some(queue) = ComRef::from_raw(changes.getParameterData(index)) else { continue };
                let Some(position) = self.position(queue.getParameterId()) else { continue };
                for point in 0..queue.getPointCount().min(MOST_CHANGES) {
                    let (mut offset, mut value) = (0, 0.0);
                    if queue.getPoint(point, &raw mut offset, &raw mut value) != kResultOk {
                        break;
                    }
                    let (frame, value) = (u32::try_from(offset).unwrap_or(0), value as f32);
                    self.instance.at_frame(TimedChange { frame, position, is_modulation: false, value });
                }
            }
        }
    }

    /// # Safety
    /// `changes` is null or the host's.
    unsafe fn tell_own_change(&self, changes: *mut IParameterChanges) {
        // SAFETY: the caller's promise.
        let Some(changes) = (unsafe { ComRef::from_raw(changes) }) else { return };
        while let Some(change) = self.instance.take_own_change() {
            let Some((id, value)) = self.ids.get(change.position).zip(change.value) else { continue };
            let mut index = 0;
            // SAFETY: as above; the list lends its queue for this call.
            unsafe {
                let Some(queue) = ComRef::from_raw(changes.addParameterData(&raw const *id, &raw mut index)) else {
                    // The host has no room: the next block has.
                    self.instance.put_back(&change);
                    return;
                };
                queue.addPoint(0, f64::from(value), &raw mut index);
            }
        }
    }
}

/// # Safety
/// `buses` is null or points to `count` buses.
unsafe fn port(buses: *const AudioBusBuffers, count: i32, single: bool) -> Port {
    if count <= 0 {
        return Port::ABSENT;
    }
    // SAFETY: the caller's promise; which side of the union is meant follows from the sample size.
    unsafe {
        let Some(bus) = buses.as_ref() else { return Port::ABSENT };
        let channels = usize::try_from(bus.numChannels).unwrap_or(0);
        if single {
            Port { single: bus.__field0.channelBuffers32, double: std::ptr::null_mut(), channels }
        } else {
            Port { single: std::ptr::null_mut(), double: bus.__field0.channelBuffers64, channels }
        }
    }
}

fn bus(channels: *mut *mut f32, count: usize) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: count as i32,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 { channelBuffers32: channels },
    }
}
