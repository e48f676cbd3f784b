//! Arrays as C passes them: an address, and elsewhere among the arguments a count.

use core::{marker::PhantomData, ptr};

use super::{Error, FromC};

/// An array that the call reads.
#[derive(Clone, Copy)]
pub struct List<'a, T>(pub(super) *const T, pub(super) PhantomData<&'a T>);

impl<T> FromC<*const T> for List<'_, T> {
    unsafe fn from_c(raw: *const T) -> Self {
        List(raw, PhantomData)
    }
}

impl<T> FromC<*mut T> for List<'_, T> {
    unsafe fn from_c(raw: *mut T) -> Self {
        List(raw, PhantomData)
    }
}

impl<T: Copy> List<'_, T> {
    /// Whether the caller passed NULL.
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The `count` elements that the caller passed; `InvalidArgument` for NULL, unless there are none.
    pub fn read(self, count: u32) -> Result<Vec<T>, Error> {
        Ok(self.iter(count)?.collect())
    }

    /// The same, one after the other.
    pub fn iter(self, count: u32) -> Result<impl Iterator<Item = T> + Clone, Error> {
        if self.0.is_null() && count > 0 {
            return Err(Error::InvalidArgument);
        }
        // SAFETY: not NULL, and by FromC's contract valid for reads of so many T. C does not promise alignment.
        Ok((0..count as usize).map(move |index| unsafe { ptr::read_unaligned(self.0.add(index)) }))
    }
}

/// An array that the call writes; NULL if the caller does not want it.
#[derive(Clone, Copy)]
pub struct OutList<'a, T>(*mut T, PhantomData<&'a mut T>);

impl<T> FromC<*mut T> for OutList<'_, T> {
    unsafe fn from_c(raw: *mut T) -> Self {
        OutList(raw, PhantomData)
    }
}

impl<T: Copy> OutList<'_, T> {
    /// The `count` elements that the caller passed, where the call also reads them; `InvalidArgument` for NULL.
    pub fn read(&self, count: u32) -> Result<Vec<T>, Error> {
        List(self.0.cast_const(), PhantomData).read(count)
    }

    /// Fails with `InvalidArgument` if the caller passed NULL, for functions that have nothing else to say.
    pub fn check(self) -> Result<(), Error> {
        if self.0.is_null() { Err(Error::InvalidArgument) } else { Ok(()) }
    }

    /// Writes as many elements as the caller's count says, unless it passed NULL.
    pub fn write(self, values: &[T]) {
        if self.0.is_null() {
            return;
        }
        for (index, value) in values.iter().enumerate() {
            // SAFETY: not NULL, and by FromC's contract valid for writes of so many T.
            unsafe { ptr::write_unaligned(self.0.add(index), *value) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_long_as_the_caller_says_and_null_is_empty() {
        let values = [3_u32, 4, 5];
        // SAFETY: NULL, or an array that outlives the list.
        let (list, null) = unsafe { (List::from_c(values.as_ptr()), List::<u32>::from_c(ptr::null())) };
        assert_eq!(list.read(2), Ok(vec![3, 4]));
        assert_eq!((null.read(0), null.read(1)), (Ok(Vec::new()), Err(Error::InvalidArgument)));
    }

    #[test]
    fn an_output_that_nobody_wants_is_not_written() {
        let mut values = [0_u8; 3];
        // SAFETY: as above.
        let (list, null) =
            unsafe { (OutList::from_c(&raw mut values[0]), OutList::<u8>::from_c(ptr::null_mut())) };
        list.write(&[1, 2]);
        null.write(&[1, 2]);
        assert_eq!(values, [1, 2, 0]);
    }
}
