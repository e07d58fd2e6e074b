//! Release causes as Asterisk reports them.

/// A Q.850 cause value (ITU-T Q.850 §2.2.7); 0 where Asterisk had none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause(pub u8);

/// Why a channel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Release {
    /// The Q.850 cause.
    pub cause: Cause,
    /// The SIP status that ended it, where Asterisk tells (`tech_cause`, from 22.7 on).
    pub sip: Option<u16>,
}
