//! The files of `asterisk_configs`, embedded.

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../asterisk_configs/", $name)))),+]
    };
}

/// Each file with its text, as shipped; `local.conf` has every value of one machine.
pub const SHIPPED: &[(&str, &str)] = shipped![
    "acl.conf",
    "ari.conf",
    "asterisk.conf",
    "ccss.conf",
    "cdr.conf",
    "cel.conf",
    "chan_websocket.conf",
    "extensions.conf",
    "features.conf",
    "http.conf",
    "indications.conf",
    "local.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "pjproject.conf",
    "pjsip.conf",
    "rtp.conf",
    "stasis.conf",
    "udptl.conf",
    "websocket_client.conf",
];
