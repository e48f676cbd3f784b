//! How a hook gets to the face, and how it does not get there twice. What this library does while it serves a hook
//! (reading the plan, writing the trace, looking at /proc) uses the same libc names; those calls must reach libc.
//! Unsafe: errno.

use crate::face::Face;
use libc::c_int;
use std::cell::Cell;
use std::ops::Deref;
use std::sync::OnceLock;

static FACE: OnceLock<Option<Face>> = OnceLock::new();

thread_local! {
    // Constant and without a destructor: usable from the first instruction of a thread to its last.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// The face, held by a hook of this thread. When it is dropped, errno is what it was when the hook began, so a hook
/// that fails sets errno after that.
pub struct Entered {
    face: &'static Face,
    errno: c_int,
}

/// Enters the face. `None`: there is no simulated machine, or this thread is inside already; the call is libc's.
pub fn enter() -> Option<Entered> {
    if INSIDE.replace(true) {
        return None;
    }
    let errno = errno();
    match FACE.get_or_init(Face::from_environment) {
        Some(face) => Some(Entered { face, errno }),
        None => {
            INSIDE.set(false);
            set_errno(errno);
            None
        }
    }
}

impl Deref for Entered {
    type Target = Face;

    fn deref(&self) -> &Face {
        self.face
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        set_errno(self.errno);
        INSIDE.set(false);
    }
}

/// Runs inside a hook, but as if outside: for sleeps in which the client's signal handlers may run.
pub fn outside<T>(work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(false);
    let result = work();
    INSIDE.set(before);
    result
}

/// Runs outside of any hook, but as if inside: for handlers that the C library calls (fork, exit).
pub fn inside<T>(work: impl FnOnce(&'static Face) -> T) -> Option<T> {
    let face = FACE.get()?.as_ref()?;
    let before = INSIDE.replace(true);
    let result = work(face);
    INSIDE.set(before);
    Some(result)
}

/// Makes everything that this thread will ever do inside: for threads of our own.
pub fn stay_inside() {
    INSIDE.set(true);
}

/// The calling thread's errno.
pub fn errno() -> c_int {
    // SAFETY: the location is valid for as long as the thread lives.
    unsafe { *libc::__errno_location() }
}

/// Sets the calling thread's errno.
pub fn set_errno(value: c_int) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = value }
}
