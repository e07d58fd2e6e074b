//! The `local.conf` of each exchange of a lab: the only file that differs from what is shipped.

use std::net::SocketAddr;

use super::slot::Ports;

/// The ARI password of every lab; it guards loopback for the length of a test.
pub(super) const ARI_PASSWORD: &str = "lab-secret";

/// How the pbx reaches its carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trunk {
    /// A trunk that knows the pbx by its address; the caller id is ours.
    ByAddress,
    /// A line with login and password; the caller id is the line's.
    ByRegistration,
}

/// For `asterisk_configs`.
pub(super) fn pbx(ports: &Ports, trunk: Trunk) -> String {
    let Ports {
        http,
        pbx_sip,
        carrier_sip,
        pbx_rtp,
        ..
    } = *ports;
    let rtp_end = pbx_rtp + 199;
    let line = match trunk {
        Trunk::ByAddress => "[local-novofon-registration](!)\n\
             [local-novofon-auth](!)\n\
             [local-novofon-endpoint](!)\ndisallow=all\nallow=alaw,ulaw\n"
            .to_owned(),
        Trunk::ByRegistration => format!(
            "[local-novofon-registration](!)\n\
             type=registration\n\
             server_uri=sip:127.0.0.1:{carrier_sip}\n\
             client_uri=sip:0012345@127.0.0.1:{carrier_sip}\n\
             contact_user=0012345\n\
             [local-novofon-auth](!)\n\
             type=auth\n\
             username=0012345\n\
             password=line-secret\n\
             [local-novofon-endpoint](!)\n\
             outbound_auth=novofon-auth\n\
             from_user=0012345\n\
             from_domain=127.0.0.1\n\
             disallow=all\nallow=alaw,ulaw\n"
        ),
    };
    format!(
        "[local-http](!)\nbindaddr=127.0.0.1\nbindport={http}\n\
         [local-ari](!)\npassword_format=plain\npassword={ARI_PASSWORD}\n\
         [local-transport](!)\nbind=127.0.0.1:{pbx_sip}\n\
         [local-rtp](!)\nrtpstart={pbx_rtp}\nrtpend={rtp_end}\n\
         {line}\
         [local-novofon-aor](!)\ncontact=sip:127.0.0.1:{carrier_sip}\nqualify_frequency=2\n\
         [local-novofon-identify](!)\nmatch=127.0.0.1\n\
         [local-globals](!)\nINBOUND=600\n\
         [local-phone-endpoint](!)\n[local-phone-auth](!)\n[local-phone-aor](!)\n"
    )
}

/// For `tests/lab/carrier`; the announcement is a file as the exchange names it, without its ending.
pub(super) fn carrier(ports: &Ports, callees: SocketAddr, announcement: &str) -> String {
    let Ports {
        pbx_sip,
        carrier_sip,
        carrier_rtp,
        ..
    } = *ports;
    let rtp_end = carrier_rtp + 199;
    format!(
        "[local-transport](!)\nbind=127.0.0.1:{carrier_sip}\n\
         [local-rtp](!)\nrtpstart={carrier_rtp}\nrtpend={rtp_end}\n\
         [local-pbx-contact](!)\ncontact=sip:127.0.0.1:{pbx_sip}\n\
         [local-globals](!)\nCALLEES={callees}\nANNOUNCEMENT={announcement}\n"
    )
}
