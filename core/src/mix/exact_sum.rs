//! Sums that do not depend on their order, and rows that stay sorted: so that what is kept up to date cell by cell equals
//! what is read anew, to the last bit.

/// Bits after the point of a fixed-point sum.
const FRACTION: i32 = 64;
/// Bits of a double's fraction, and its exponent's bias.
const MANTISSA: i32 = 52;
const BIAS: i32 = 1023;
/// Values in a chunk at most.
const CHUNK: usize = 128;

/// A sum in fixed point with a resolution of 2^-64: adding and taking away leave no trace, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExactSum(i128);

impl ExactSum {
    pub fn add(&mut self, value: f64) {
        self.0 = self.0.wrapping_add(fixed(value));
    }

    pub fn take(&mut self, value: f64) {
        self.0 = self.0.wrapping_sub(fixed(value));
    }

    pub fn join(&mut self, other: Self) {
        self.0 = self.0.wrapping_add(other.0);
    }

    pub fn value(self) -> f64 {
        self.0 as f64 / (FRACTION as f64).exp2()
    }
}

/// The value in steps of 2^-64, cut off towards zero and at 2^56: no power of a sound lies beyond.
fn fixed(value: f64) -> i128 {
    let bits = value.to_bits();
    let exponent = ((bits >> MANTISSA) & 0x7ff) as i32;
    let whole = (bits & ((1 << MANTISSA) - 1) | 1 << MANTISSA) as i128;
    let shift = exponent - BIAS - MANTISSA + FRACTION;
    let size = match shift {
        ..=-64 => 0,
        -63..=0 => whole >> -shift,
        _ => whole << shift.min(FRACTION + 56 - MANTISSA),
    };
    if value.is_sign_negative() { -size } else { size }
}

/// What can stand in a [`Sorted`] row.
pub(crate) trait Value: Copy + PartialOrd + Into<f64> {}
impl Value for f32 {}
impl Value for f64 {}

#[derive(Clone, Debug)]
struct Chunk<T> {
    values: Vec<T>,
    sum: ExactSum,
}

impl<T: Value> Chunk<T> {
    fn new(values: Vec<T>) -> Self {
        let mut sum = ExactSum::default();
        values.iter().for_each(|value| sum.add((*value).into()));
        Self { values, sum }
    }
}

/// These values, with room for as many as a chunk ever holds.
fn with_room<T: Copy>(values: &[T]) -> Vec<T> {
    let mut list = Vec::with_capacity(CHUNK + 1);
    list.extend_from_slice(values);
    list
}

/// A sorted row of numbers that grows, shrinks and answers in far less than its length.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<T> {
    /// None of them empty.
    chunks: Vec<Chunk<T>>,
    /// The last value of each, side by side, to be searched.
    lasts: Vec<T>,
    len: usize,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), lasts: Vec::new(), len: 0 }
    }
}

impl<T: Value> Sorted<T> {
    pub fn new(mut values: Vec<T>) -> Self {
        values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let chunks = || values.chunks(CHUNK * 3 / 4);
        Self {
            chunks: chunks().map(|chunk| Chunk::new(with_room(chunk))).collect(),
            lasts: chunks().filter_map(|chunk| chunk.last().copied()).collect(),
            len: values.len(),
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn insert(&mut self, value: T) {
        let place = self.chunk_of(value).min(self.chunks.len().saturating_sub(1));
        self.len += 1;
        let Some(chunk) = self.chunks.get_mut(place) else {
            self.chunks.push(Chunk::new(with_room(&[value])));
            self.lasts.push(value);
            return;
        };
        let at = chunk.values.partition_point(|other| *other < value);
        if at == chunk.values.len() {
            self.lasts[place] = value;
        }
        chunk.values.insert(at, value);
        chunk.sum.add(value.into());
        if chunk.values.len() > CHUNK {
            let upper = with_room(&chunk.values[CHUNK / 2..]);
            chunk.values.truncate(CHUNK / 2);
            *chunk = Chunk::new(std::mem::take(&mut chunk.values));
            self.lasts.insert(place, chunk.values[CHUNK / 2 - 1]);
            self.chunks.insert(place + 1, Chunk::new(upper));
        }
    }

    /// Takes out one of this value, which is in the row.
    pub fn remove(&mut self, value: T) {
        let place = self.chunk_of(value);
        let Some(chunk) = self.chunks.get_mut(place) else { return };
        let at = chunk.values.partition_point(|other| *other < value);
        if chunk.values.get(at).is_none_or(|other| *other != value) {
            return;
        }
        chunk.values.remove(at);
        chunk.sum.take(value.into());
        self.len -= 1;
        match chunk.values.last() {
            Some(last) => self.lasts[place] = *last,
            None => {
                self.chunks.remove(place);
                self.lasts.remove(place);
            }
        }
    }

    /// The value at this place, counted from the smallest.
    pub fn at(&self, mut place: usize) -> Option<T> {
        for chunk in &self.chunks {
            if let Some(value) = chunk.values.get(place) {
                return Some(*value);
            }
            place -= chunk.values.len();
        }
        None
    }

    /// The largest value.
    pub fn last(&self) -> Option<f64> {
        self.lasts.last().map(|value| (*value).into())
    }

    /// How many values lie at or under this one, and the sum of those above it.
    pub fn split(&self, limit: f64) -> (usize, ExactSum) {
        let (mut under, mut above) = (0, ExactSum::default());
        let first = self.lasts.partition_point(|last| (*last).into() <= limit);
        under += self.chunks[..first].iter().map(|chunk| chunk.values.len()).sum::<usize>();
        if let Some(chunk) = self.chunks.get(first) {
            let at = chunk.values.partition_point(|value| (*value).into() <= limit);
            under += at;
            if at == 0 {
                above.join(chunk.sum);
            } else {
                chunk.values[at..].iter().for_each(|value| above.add((*value).into()));
            }
        }
        self.chunks.iter().skip(first + 1).for_each(|chunk| above.join(chunk.sum));
        (under, above)
    }

    /// How many values lie under this one.
    pub fn under(&self, limit: T) -> usize {
        let first = self.chunk_of(limit);
        let before: usize = self.chunks[..first].iter().map(|chunk| chunk.values.len()).sum();
        let inside = self.chunks.get(first).map_or(0, |chunk| chunk.values.partition_point(|value| *value < limit));
        before + inside
    }

    /// The mean of the values above a limit.
    pub fn mean_above(&self, limit: f64) -> Option<f64> {
        let (under, above) = self.split(limit);
        (under < self.len).then(|| above.value() / (self.len - under) as f64)
    }

    /// The percentile by linear interpolation between the sorted values; `None` of nothing.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let place = share * self.len.checked_sub(1)? as f64;
        let below: f64 = self.at(place.floor() as usize)?.into();
        let next: f64 = self.at(place.floor() as usize + 1).map_or(below, Into::into);
        Some(below + (next - below) * (place - place.floor()))
    }

    /// The first chunk that ends at or above a value.
    fn chunk_of(&self, value: T) -> usize {
        self.lasts.partition_point(|last| *last < value)
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let values: usize = self.chunks.iter().map(|chunk| chunk.values.capacity() * size_of::<T>()).sum();
        values + self.chunks.capacity() * size_of::<Chunk<T>>() + self.lasts.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32
        };
        (0..count).map(|_| 10f32.powf(-9.0 * next())).collect()
    }

    #[test]
    fn a_sum_forgets_what_was_taken_away() {
        let mut sum = ExactSum::default();
        for value in [0.1, 1e9, 3e-9, -2.5, 1e-30] {
            sum.add(value);
        }
        sum.take(1e9);
        sum.take(0.1);
        sum.take(-2.5);
        assert!((sum.value() / 3e-9 - 1.0).abs() < 1e-9, "{}", sum.value());
        sum.take(3e-9);
        sum.take(1e-30);
        assert_eq!(sum, ExactSum::default());
    }

    #[test]
    fn a_sorted_row_answers_as_a_list_does() {
        let values = noise(2_000);
        let mut row = Sorted::default();
        values.iter().for_each(|value| row.insert(*value));
        values[..700].iter().for_each(|value| row.remove(*value));
        let mut list = values[700..].to_vec();
        list.sort_unstable_by(f32::total_cmp);
        assert_eq!(row.len(), list.len());
        assert_eq!(row.lasts, row.chunks.iter().filter_map(|chunk| chunk.values.last().copied()).collect::<Vec<_>>());
        assert_eq!(row.last(), list.last().map(|last| f64::from(*last)));
        for place in [0, 1, 127, 128, 640, 1_299] {
            assert_eq!(row.at(place), Some(list[place]));
        }
        assert_eq!(row.at(1_300), None);
        for limit in [0.0, 1e-9, 1e-4, 0.3, 2.0, f64::from(list[500])] {
            let above: Vec<f64> = list.iter().map(|value| f64::from(*value)).filter(|value| *value > limit).collect();
            let (under, sum) = row.split(limit);
            assert_eq!(under, list.len() - above.len(), "over {limit}");
            let expected: f64 = above.iter().sum();
            assert!((sum.value() - expected).abs() <= 1e-12 * expected, "over {limit}: {} {expected}", sum.value());
        }
        let built = Sorted::new(list.clone());
        assert_eq!((built.split(1e-4), built.percentile(0.5)), (row.split(1e-4), row.percentile(0.5)));
        assert_eq!(Sorted::<f32>::default().percentile(0.5), None);
    }
}
