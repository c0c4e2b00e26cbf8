//! The memory in which segments are sealed. It is taken again and again: given to the heaps of the threads
//! that fill and write it, it would stay there, many times over.

use std::sync::{Arc, Mutex, PoisonError};

use super::crypto::sealed_length;

/// Memory that nobody uses now; clones share it.
///
/// Who takes some has a turn, so there is never more of it than the budget allows.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
    /// Bytes of one piece.
    size: usize,
}

impl Pool {
    /// Memory for segments of so many bytes of content.
    pub(crate) fn new(segment_bytes: u32) -> Self {
        let size = usize::try_from(sealed_length(segment_bytes.into())).unwrap_or(usize::MAX);
        Self { free: Arc::default(), size }
    }

    /// Memory for one segment; it comes back when it is dropped.
    pub(crate) fn take(&self) -> Memory {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Memory { bytes: free.unwrap_or_else(|| Vec::with_capacity(self.size)), pool: self.clone() }
    }
}

/// Memory for one segment, and what is in it.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) bytes: Vec<u8>,
    pool: Pool,
}

impl AsRef<[u8]> for Memory {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_comes_back_is_taken_again_and_is_empty() {
        let pool = Pool::new(65_536);
        let (mut one, two) = (pool.take(), pool.take());
        one.bytes.extend([7; 100]);
        let place = one.bytes.as_ptr();
        drop(one);
        let again = pool.take();
        assert_eq!((again.bytes.as_ptr(), again.as_ref().len()), (place, 0));
        assert_ne!(two.bytes.as_ptr(), place);
        assert_eq!(again.bytes.capacity(), 65_536 + 16);
    }
}
