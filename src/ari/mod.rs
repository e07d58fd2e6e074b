//! Asterisk over ARI: events on one WebSocket, requests over HTTP, audio over a media WebSocket
//! or RTP. Nothing outside this room knows a channel or a bridge.

pub mod media;
