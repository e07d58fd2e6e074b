//! The ear without a socket.
