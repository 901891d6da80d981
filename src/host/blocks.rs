//! A host's buffers, checked before the framework sees them. It makes slices of whatever pointers come: a null
//! channel, a count other than the layout's or a missing port would crash it.

/// The most channels a layout of Keel has.
pub const MAX_CHANNELS: usize = 2;

/// One port's buffers, as the host hands them over.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    pub single: *mut *mut f32,
    pub double: *mut *mut f64,
    pub channels: usize,
}

impl Port {
    pub const ABSENT: Self = Self { single: std::ptr::null_mut(), double: std::ptr::null_mut(), channels: 0 };

    /// # Safety
    /// `single`, where not null, points to `channels` pointers.
    unsafe fn single(&self, channel: usize) -> *mut f32 {
        if self.single.is_null() || channel >= self.channels {
            return std::ptr::null_mut();
        }
        // SAFETY: in range by the caller's promise.
        unsafe { *self.single.add(channel) }
    }

    /// # Safety
    /// `double`, where not null, points to `channels` pointers.
    unsafe fn double(&self, channel: usize) -> *mut f64 {
        if self.double.is_null() || channel >= self.channels {
            return std::ptr::null_mut();
        }
        // SAFETY: in range by the caller's promise.
        unsafe { *self.double.add(channel) }
    }
}

/// Channel pointers with which the framework may be called: none null, both sides of the layout's count.
#[derive(Clone, Copy, Debug)]
pub struct Channels {
    pub input: [*mut f32; MAX_CHANNELS],
    pub output: [*mut f32; MAX_CHANNELS],
}

/// Makes the block fit the layout, or deals with it here: then the output is a copy of the input, or silence where
/// there is none, and the framework must not be called.
///
/// # Safety
/// Each port's arrays hold `channels` pointers, each null or to `frames` samples; the host lends them for this call.
pub unsafe fn prepare(layout: usize, input: Port, output: Port, frames: usize) -> Option<Channels> {
    // SAFETY: the caller's promise is handed on; outputs are the host's to be written.
    unsafe {
        let Some(mut channels) = fit(layout, &input, &output).filter(|_| frames > 0) else {
            pass_pair(&input, &output, frames);
            (2..output.channels).for_each(|channel| pass_channel(&input, &output, channel, frames));
            return None;
        };
        let (from, to) = ([0, 1].map(|c| input.single(c)), [0, 1].map(|c| output.single(c)));
        let crosses = |channel: usize, other: usize| !to[channel].is_null() && to[channel] == from[other];
        if crosses(0, 1) || crosses(1, 0) {
            // The framework copies channel by channel: it would write over the one that it reads next.
            copy_pair(from, to, frames);
            channels.input = channels.output;
            (2..output.channels).for_each(|channel| pass_channel(&input, &output, channel, frames));
            return Some(channels);
        }
        (layout..output.channels).for_each(|channel| pass_channel(&input, &output, channel, frames));
        for channel in 0..layout {
            if channels.input[channel] == channels.output[channel] && input.single(channel).is_null() {
                std::slice::from_raw_parts_mut(channels.output[channel], frames).fill(0.0);
            }
        }
        Some(channels)
    }
}

/// A missing input reads as its output, to be silenced first.
///
/// # Safety
/// As [`prepare`].
unsafe fn fit(layout: usize, input: &Port, output: &Port) -> Option<Channels> {
    if layout == 0 || layout > MAX_CHANNELS {
        return None;
    }
    let mut channels = Channels { input: [std::ptr::null_mut(); 2], output: [std::ptr::null_mut(); 2] };
    for channel in 0..layout {
        // SAFETY: the caller's promise.
        let (from, to) = unsafe { (input.single(channel), output.single(channel)) };
        if to.is_null() {
            return None;
        }
        channels.output[channel] = to;
        channels.input[channel] = if from.is_null() { to } else { from };
    }
    let same_twice = layout == 2 && channels.output[0] == channels.output[1];
    (!same_twice).then_some(channels)
}

/// The first two channels, which a host may hand over in each other's memory.
///
/// # Safety
/// As [`prepare`].
unsafe fn pass_pair(input: &Port, output: &Port, frames: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        copy_pair([0, 1].map(|c| input.single(c)), [0, 1].map(|c| output.single(c)), frames);
        copy_pair([0, 1].map(|c| input.double(c)), [0, 1].map(|c| output.double(c)), frames);
    }
}

/// # Safety
/// Each pointer is null or to `frames` samples.
unsafe fn copy_pair<T: Copy + Default>(from: [*mut T; 2], to: [*mut T; 2], frames: usize) {
    let crosses = |channel: usize, other: usize| !to[channel].is_null() && to[channel] == from[other];
    // SAFETY: the caller's promise.
    unsafe {
        if crosses(0, 1) && crosses(1, 0) && to[0] != to[1] {
            (0..frames).for_each(|frame| std::ptr::swap(to[0].add(frame), to[1].add(frame)));
            return;
        }
        let order = if crosses(0, 1) { [1, 0] } else { [0, 1] };
        order.into_iter().for_each(|channel| copy_or_clear(from[channel], to[channel], frames));
    }
}

/// # Safety
/// As [`prepare`].
unsafe fn pass_channel(input: &Port, output: &Port, channel: usize, frames: usize) {
    // SAFETY: the caller's promise; `copy` allows both to be the same memory.
    unsafe {
        copy_or_clear(input.single(channel), output.single(channel), frames);
        copy_or_clear(input.double(channel), output.double(channel), frames);
    }
}

/// # Safety
/// Each pointer is null or to `frames` samples.
unsafe fn copy_or_clear<T: Copy + Default>(from: *const T, to: *mut T, frames: usize) {
    if to.is_null() || frames == 0 {
        return;
    }
    // SAFETY: the caller's promise; `copy` allows both to be the same memory.
    unsafe {
        if from.is_null() {
            std::slice::from_raw_parts_mut(to, frames).fill(T::default());
        } else if !std::ptr::eq(from, to) {
            std::ptr::copy(from, to, frames);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 4;

    fn port(channels: &mut [*mut f32]) -> Port {
        Port { single: channels.as_mut_ptr(), double: std::ptr::null_mut(), channels: channels.len() }
    }

    /// Runs `prepare` on a stereo layout over these input channels and two outputs full of 9.
    fn stereo(inputs: &mut [*mut f32], outputs: &mut [[f32; FRAMES]; 2]) -> bool {
        let [left, right] = outputs;
        let mut pointers = [left.as_mut_ptr(), right.as_mut_ptr()];
        // SAFETY: all arrays hold FRAMES samples.
        unsafe { prepare(2, port(inputs), port(&mut pointers), FRAMES).is_some() }
    }

    #[test]
    fn a_null_second_input_is_silence_and_still_measured() {
        let mut left = [0.5; FRAMES];
        let mut out = [[9.0; FRAMES]; 2];
        assert!(stereo(&mut [left.as_mut_ptr(), std::ptr::null_mut()], &mut out));
        assert_eq!(out[1], [0.0; FRAMES], "the missing input must read as silence");
        let mut out = [[9.0; FRAMES]; 2];
        assert!(stereo(&mut [left.as_mut_ptr()], &mut out), "one channel on a stereo layout");
        assert_eq!(out[1], [0.0; FRAMES]);
        let mut out = [[9.0; FRAMES]; 2];
        assert!(stereo(&mut [], &mut out), "no input port");
        assert_eq!(out, [[0.0; FRAMES]; 2]);
    }

    #[test]
    fn a_null_output_keeps_the_framework_away_and_passes_the_rest() {
        let (mut left, mut right) = ([0.5; FRAMES], [0.25; FRAMES]);
        let mut out = [9.0; FRAMES];
        let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut outputs = [std::ptr::null_mut(), out.as_mut_ptr()];
        // SAFETY: all arrays hold FRAMES samples.
        let channels = unsafe { prepare(2, port(&mut inputs), port(&mut outputs), FRAMES) };
        assert!(channels.is_none());
        assert_eq!(out, right);
    }

    #[test]
    fn surplus_outputs_are_passed_and_double_precision_is_copied() {
        let mut input = [[0.5f32; FRAMES], [0.25; FRAMES], [0.125; FRAMES]];
        let mut output = [[9.0f32; FRAMES]; 4];
        let mut inputs = input.each_mut().map(|channel| channel.as_mut_ptr());
        let mut outputs = output.each_mut().map(|channel| channel.as_mut_ptr());
        // SAFETY: all arrays hold FRAMES samples.
        let channels = unsafe { prepare(2, port(&mut inputs), port(&mut outputs), FRAMES) };
        assert!(channels.is_some());
        assert_eq!(output[2], [0.125; FRAMES]);
        assert_eq!(output[3], [0.0; FRAMES]);

        let (mut input, mut output) = ([0.5f64; FRAMES], [9.0f64; FRAMES]);
        let (mut inputs, mut outputs) = ([input.as_mut_ptr()], [output.as_mut_ptr()]);
        let double = |channels: &mut [*mut f64]| Port {
            single: std::ptr::null_mut(),
            double: channels.as_mut_ptr(),
            channels: channels.len(),
        };
        // SAFETY: all arrays hold FRAMES samples.
        let channels = unsafe { prepare(1, double(&mut inputs), double(&mut outputs), FRAMES) };
        assert!(channels.is_none(), "the framework knows single precision only");
        assert_eq!(output, [0.5; FRAMES]);
    }

    #[test]
    fn nothing_to_do_is_no_crash() {
        // SAFETY: absent ports have no samples.
        unsafe {
            assert!(prepare(2, Port::ABSENT, Port::ABSENT, FRAMES).is_none());
            assert!(prepare(0, Port::ABSENT, Port::ABSENT, 0).is_none());
        }
    }

    #[test]
    fn one_buffer_for_two_outputs_keeps_the_framework_away() {
        let (mut left, mut out) = ([0.5; FRAMES], [9.0; FRAMES]);
        let mut inputs = [left.as_mut_ptr(), left.as_mut_ptr()];
        let mut outputs = [out.as_mut_ptr(), out.as_mut_ptr()];
        // SAFETY: all arrays hold FRAMES samples.
        let channels = unsafe { prepare(2, port(&mut inputs), port(&mut outputs), FRAMES) };
        assert!(channels.is_none(), "two mutable slices over one buffer");
    }

    #[test]
    fn outputs_in_each_others_inputs_get_what_is_theirs() {
        // Which of three buffers each channel lies in: left and right in, left and right out.
        for (ins, outs) in [([0, 1], [1, 0]), ([0, 1], [1, 2]), ([0, 1], [2, 0]), ([0, 1], [0, 1]), ([0, 0], [1, 0])] {
            for layout in [2, 1, 0] {
                let mut memory = [[1.0f32; FRAMES], [2.0; FRAMES], [3.0; FRAMES]];
                let expected = ins.map(|buffer| memory[buffer]);
                let pointers = memory.each_mut().map(|buffer| buffer.as_mut_ptr());
                let (mut inputs, mut outputs) = (ins.map(|at| pointers[at]), outs.map(|at| pointers[at]));
                // SAFETY: all arrays hold FRAMES samples; the result is read as the framework reads it.
                unsafe {
                    if let Some(channels) = prepare(layout, port(&mut inputs), port(&mut outputs), FRAMES) {
                        for channel in 0..layout {
                            copy_or_clear(channels.input[channel], channels.output[channel], FRAMES);
                        }
                    }
                }
                assert_eq!(outs.map(|buffer| memory[buffer]), expected, "{ins:?} to {outs:?}, layout {layout}");
            }
        }
    }
}
