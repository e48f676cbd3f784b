//! The edge between C and the rooms: the only room that turns a caller's raw pointer into a reference, a
//! panic into a status, and an `Error` into a number. May touch `abi`. Answers to upstream's IS_BAD_PTR, TRY
//! and CATCH macros (core/runtime/hsa.cpp, core/common/shared.h).

mod allocator;
mod argument;
mod bytes;
mod callback;
mod copy_op;
mod description;
mod error;
mod held;
mod image_layout;
mod intercept;
mod iterate;
mod list;
mod notifier;
mod queue;
mod reply;
mod samples;
mod slot;
mod stream;

pub use self::{
    allocator::{Allocator, Serializer},
    argument::{Descriptor, FromC, In, Out, Text, Value},
    bytes::{Bytes, BytesMut},
    callback::{
        AsyncFunction, Bound, BoundEventHandler, BoundFunction, BoundHandler, BoundQueueHandler,
        BoundQueueNotifier, EventHandler, Function, QueueHandler, QueueNotifier, SignalHandler,
    },
    copy_op::CopyOp,
    description::{Description, Descriptions},
    error::Error,
    held::Held,
    image_layout::ImageLayout,
    intercept::{AqlPacket, BoundInterceptHandler, InterceptHandler, PacketWriter, Packets},
    iterate::{Callback, Callback2, Callback3, Data},
    list::{List, OutList},
    notifier::{BoundNotifier, Notifier},
    queue::Indexes,
    reply::{Reply, Then, call},
    samples::{BoundSamplesReady, SamplesReady},
    slot::{Slots, load_slot},
    stream::Stream,
};
