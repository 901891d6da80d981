//! Files written chunk by chunk, so that every size that is wrong is wrong on purpose.

/// A WAV file: chunks with the lengths that they claim.
pub fn riff(magic: &[u8; 4], length: u32, chunks: &[(&[u8; 4], u32, &[u8])]) -> Vec<u8> {
    let mut bytes = [&magic[..], &length.to_le_bytes(), b"WAVE"].concat();
    for (id, length, body) in chunks {
        bytes.extend_from_slice(&id[..]);
        bytes.extend(length.to_le_bytes());
        bytes.extend_from_slice(body);
        bytes.extend(&[0u8][..body.len() % 2]);
    }
    bytes
}

/// A WAV's format chunk at 48 kHz.
pub fn format(tag: u16, channels: u16, bits: u16, room: u16) -> Vec<u8> {
    let align = channels * room;
    let mut body = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    body.extend(48_000u32.to_le_bytes());
    body.extend((48_000 * u32::from(align)).to_le_bytes());
    body.extend([align.to_le_bytes(), bits.to_le_bytes()].concat());
    body
}

/// Samples of 16 bits, low byte first.
pub fn shorts(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|sample| ((sample * 32_768.0) as i16).to_le_bytes()).collect()
}

/// The same with the high byte first.
pub fn shorts_be(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|sample| ((sample * 32_768.0) as i16).to_be_bytes()).collect()
}

/// A mono WAV of 16 bits whose header claims these lengths, with `behind` after the samples.
pub fn wav_saying(riff_length: Option<u32>, data_length: Option<u32>, samples: &[f32], behind: &[u8]) -> Vec<u8> {
    let data = shorts(samples);
    let (whole, sound) = ((36 + data.len() + behind.len()) as u32, data.len() as u32);
    let chunks: [(&[u8; 4], u32, &[u8]); 2] =
        [(b"fmt ", 16, &format(1, 1, 16, 2)), (b"data", data_length.unwrap_or(sound), &data)];
    let mut bytes = riff(b"RIFF", riff_length.unwrap_or(whole), &chunks);
    bytes.extend_from_slice(behind);
    bytes
}

/// A mono AIFF of 16 bits at 48 kHz whose header claims these lengths.
pub fn aiff_saying(form_length: Option<u32>, sound_length: Option<u32>, samples: &[f32]) -> Vec<u8> {
    let chunk = |id: &[u8; 4], length: u32, body: &[u8]| [&id[..], &length.to_be_bytes(), body].concat();
    let mut common = [&1u16.to_be_bytes()[..], &(samples.len() as u32).to_be_bytes(), &16u16.to_be_bytes()].concat();
    // 48 kHz as an 80-bit float.
    common.extend([0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]);
    let sound = [&[0; 8][..], &shorts_be(samples)].concat();
    let length = sound_length.unwrap_or(sound.len() as u32);
    let body = [&b"AIFF"[..], &chunk(b"COMM", 18, &common), &chunk(b"SSND", length, &sound)].concat();
    chunk(b"FORM", form_length.unwrap_or(body.len() as u32), &body)
}

/// A mono CAF of 16 bits at 48 kHz whose data chunk claims this length, with `behind` after it.
pub fn caf_saying(data_length: Option<i64>, samples: &[f32], behind: &[u8]) -> Vec<u8> {
    let data = [&[0; 4][..], &shorts_be(samples)].concat();
    let mut bytes = [&b"caff"[..], &1u16.to_be_bytes(), &[0, 0], b"desc", &32i64.to_be_bytes()].concat();
    bytes.extend(48_000f64.to_be_bytes());
    bytes.extend(b"lpcm");
    for word in [0u32, 2, 1, 1, 16] {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend(b"data");
    bytes.extend(data_length.unwrap_or(data.len() as i64).to_be_bytes());
    [bytes, data, behind.to_vec()].concat()
}

/// A tag of ID3v1, as taggers put it behind any file.
pub fn id3v1() -> Vec<u8> {
    let mut tag = b"TAG".to_vec();
    tag.resize(128, b'x');
    tag
}

/// A tag of ID3v2, as taggers put it ahead of any file.
pub fn id3v2() -> Vec<u8> {
    let mut tag = b"ID3\x03\0\0\0\0\x02\x00TIT2\0\0\0\x05\0\0\0Song".to_vec();
    tag.resize(10 + 256, 0);
    tag
}

/// A tag of APEv2 of no items but with a head.
pub fn ape() -> Vec<u8> {
    let part = |flags: u32| {
        let mut part = b"APETAGEX".to_vec();
        for word in [2000u32, 32, 0, flags, 0, 0] {
            part.extend(word.to_le_bytes());
        }
        part
    };
    [part(0xa000_0000), part(0x8000_0000)].concat()
}
