//! The errors of the Data API in one table: its mnemonic → what to do next. Source: the provider's
//! documentation of the Data API 2.0, "Errors"; its codes stand for groups and decide only where
//! the mnemonic is new.

use super::NovoFonErrorClass as Class;
use super::{NovoFonError, web};

const TOKEN: &str = "put a key that is in force into NOVODIAL_NOVOFON_ACCESS_TOKEN: cabinet, telephony → \
     PBX users → Administrator → API → \"use an API key\" (its Secret is the token)";
const DEFECT: &str = "report it with the output of -vv: novodial asks wrongly";

/// Mnemonic, class, what happened, what to do.
const TABLE: &[(&str, Class, &str, &str)] = &[
    (
        "access_token_invalid",
        Class::Auth,
        "the access token is not known",
        TOKEN,
    ),
    (
        "access_token_expired",
        Class::Auth,
        "the access token has run out",
        TOKEN,
    ),
    (
        "access_token_blocked",
        Class::Auth,
        "the access token is blocked",
        TOKEN,
    ),
    (
        "auth_error",
        Class::Auth,
        "login or password is wrong",
        TOKEN,
    ),
    (
        "ip_not_whitelisted",
        Class::Address,
        "this machine's address is not in the account's list",
        "add the address to the cabinet: settings → security rules → API (0.0.0.0/0 opens it for all)",
    ),
    (
        "forbidden",
        Class::Forbidden,
        "the key's user may not do this",
        "give the user of the key the right to it in the cabinet, or use the Administrator's key",
    ),
    (
        "method_component_disabled",
        Class::Forbidden,
        "the account lacks a component that this needs",
        "have the component named above switched on in the cabinet, or ask NovoFon's support",
    ),
    (
        "parameter_component_disabled",
        Class::Forbidden,
        "the account lacks a component that this needs",
        "have the component named above switched on in the cabinet, or ask NovoFon's support",
    ),
    (
        "tariff_restrictions",
        Class::Forbidden,
        "the tariff does not include this",
        "change the tariff in the cabinet, or ask NovoFon's support",
    ),
    (
        "account_inactive",
        Class::Account,
        "the account is switched off",
        "ask NovoFon's support; until then no call will go out either",
    ),
    (
        "limit_exceeded",
        Class::Quota,
        "asked more often than the tariff allows",
        "wait, and see what else asks with this key; NovoFon's support raises the limit",
    ),
    (
        "data_limit_exceeded",
        Class::Refused,
        "the account holds no more of these",
        "delete some in the cabinet, or ask NovoFon's support",
    ),
    (
        "internal_error",
        Class::Unreachable,
        "NovoFon has an error of its own",
        "try again in some minutes; if it stays, tell NovoFon's support",
    ),
    (
        "date_interval_limit_reached",
        Class::Refused,
        "more than three months were asked for at once",
        "ask for a shorter time with --since",
    ),
    (
        "invalid_date_time",
        Class::Refused,
        "the date is not accepted",
        "ask for another time with --since",
    ),
    (
        "entity_not_found",
        Class::Refused,
        "there is no such thing in the account",
        "look what there is: novodial novofon lines, novodial novofon numbers",
    ),
    (
        "duplicate_entity",
        Class::Refused,
        "it is there already",
        "look what there is: novodial novofon lines, novodial novofon numbers",
    ),
    (
        "already_in_use",
        Class::Refused,
        "it is used by something else in the account",
        "free it in the cabinet first",
    ),
    (
        "dependency_error",
        Class::Refused,
        "something else in the account depends on it",
        "free it in the cabinet first",
    ),
    (
        "campaign_is_inactive",
        Class::Refused,
        "the advertising campaign in the cabinet is off",
        "switch it on in the cabinet",
    ),
    (
        "method_not_found",
        Class::Protocol,
        "the API does not know the method",
        "check [novofon] data_url: it must end in /v2.0; if it does, report it",
    ),
    (
        "error",
        Class::Refused,
        "it refuses",
        "NovoFon's own words say why; its support can tell more",
    ),
    (
        "invalid_request",
        Class::Protocol,
        "the request is not understood",
        DEFECT,
    ),
    (
        "parse_error",
        Class::Protocol,
        "the request is not understood",
        DEFECT,
    ),
    (
        "data_type_error",
        Class::Protocol,
        "a value is of the wrong type",
        DEFECT,
    ),
    (
        "required_parameter_missed",
        Class::Protocol,
        "a parameter is missing",
        DEFECT,
    ),
    (
        "invalid_parameter_value",
        Class::Protocol,
        "a value is not accepted",
        DEFECT,
    ),
    (
        "unexpected_parameters",
        Class::Protocol,
        "a parameter is not known",
        DEFECT,
    ),
    (
        "invalid_parameters_combination",
        Class::Protocol,
        "parameters do not fit",
        DEFECT,
    ),
    (
        "sort_prohibited",
        Class::Protocol,
        "it cannot be sorted so",
        DEFECT,
    ),
    (
        "filter_prohibited",
        Class::Protocol,
        "it cannot be filtered so",
        DEFECT,
    ),
    // The provider's own spelling.
    (
        "batch_opreations_not_supported",
        Class::Protocol,
        "one request at a time",
        DEFECT,
    ),
    (
        "notifications_not_supported",
        Class::Protocol,
        "the request has no id",
        DEFECT,
    ),
];

/// By the group of the code, where the mnemonic is not in the documentation.
fn group(code: i64) -> (Class, &'static str, &'static str) {
    match code {
        -32001 => (Class::Auth, "the key is refused", TOKEN),
        -32002 => (
            Class::Address,
            "the account's security rules refuse this",
            "look into the cabinet: settings → security rules",
        ),
        -32003 => (
            Class::Forbidden,
            "access is denied",
            "check the rights of the key's user and the list of addresses: settings → security rules → API",
        ),
        -32007 => (
            Class::Refused,
            "the virtual number is refused",
            "see the numbers there are: novodial novofon numbers",
        ),
        -32008 => (
            Class::Forbidden,
            "the account lacks a component that this needs",
            "have it switched on in the cabinet, or ask NovoFon's support",
        ),
        -32009 => (
            Class::Account,
            "something is wrong with the account",
            "look into the cabinet, or ask NovoFon's support",
        ),
        -32029 => (
            Class::Quota,
            "asked more often than the tariff allows",
            "wait, and see what else asks with this key; NovoFon's support raises the limit",
        ),
        -32603 => (
            Class::Unreachable,
            "NovoFon has an error of its own",
            "try again in some minutes; if it stays, tell NovoFon's support",
        ),
        _ => (Class::Protocol, "the request is refused", DEFECT),
    }
}

/// The error for the user; `said` are the provider's own words, without any secret.
pub(super) fn error(method: &str, code: i64, mnemonic: &str, said: &str) -> NovoFonError {
    let known = TABLE.iter().find(|(known, ..)| *known == mnemonic);
    let (class, what, hint) = known.map_or_else(
        || group(code),
        |(_, class, what, hint)| (*class, *what, *hint),
    );
    let said = match web::one_line(said) {
        said if said.is_empty() => String::new(),
        said => format!(": {said}"),
    };
    let name = if mnemonic.is_empty() {
        code.to_string()
    } else {
        mnemonic.to_owned()
    };
    NovoFonError {
        class,
        mnemonic: (!mnemonic.is_empty()).then(|| mnemonic.to_owned()),
        message: format!("NovoFon ({method}): {what} ({name}){said}"),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_error_says_what_to_do() {
        for (mnemonic, class, what, hint) in TABLE {
            let error = error("get.account", -1, mnemonic, "Some words");
            assert_eq!(error.class, *class);
            assert_eq!(error.mnemonic.as_deref(), Some(*mnemonic));
            assert!(error.message.contains(what) && error.message.contains("Some words"));
            assert!(hint.len() > 20, "{mnemonic}");
        }
    }

    #[test]
    fn a_new_mnemonic_is_judged_by_its_group() {
        for (code, class) in [
            (-32001, Class::Auth),
            (-32002, Class::Address),
            (-32003, Class::Forbidden),
            (-32004, Class::Protocol),
            (-32007, Class::Refused),
            (-32008, Class::Forbidden),
            (-32009, Class::Account),
            (-32029, Class::Quota),
            (-32099, Class::Protocol),
            (-32600, Class::Protocol),
            (-32603, Class::Unreachable),
        ] {
            let error = error("get.account", code, "brand_new", "");
            assert_eq!(error.class, class, "{code}");
            assert!(error.message.contains("brand_new"), "{error}");
        }
    }
}
