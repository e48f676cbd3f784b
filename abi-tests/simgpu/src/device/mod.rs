//! Queues and packets: what the command processors do.
