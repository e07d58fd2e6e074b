//! The settings of `[understanding]`: a model that may be asked where the rules do not know.

use super::key::{Key, Kind, set, unset};

pub(super) const UNDERSTANDING: &[Key] = &[
    unset(
        "understanding",
        "llm_url",
        Kind::Text,
        "http://127.0.0.1:8000/v1",
        "Its OpenAI-compatible address, up to /chat/completions. The callee's words are sent there.",
    ),
    unset(
        "understanding",
        "llm_model",
        Kind::Text,
        "gpt-4o-mini",
        "The model's name.",
    ),
    unset(
        "understanding",
        "llm_api_key",
        Kind::Secret,
        "...",
        "The key, if the service wants one; better in .env as NOVODIAL_UNDERSTANDING_LLM_API_KEY, or in a file.",
    ),
    unset(
        "understanding",
        "llm_api_key_file",
        Kind::Path,
        "llm.key",
        "A file that holds the key and nothing else (instead of `llm_api_key`).",
    ),
    set(
        "understanding",
        "llm_time_limit",
        Kind::Text,
        "700ms",
        "How long it is waited for, 100ms to 5s; then the rules' answer stands.",
    ),
    unset(
        "understanding",
        "llm_proxy",
        Kind::Secret,
        "socks5://127.0.0.1:1080",
        "http://, https:// or socks5:// proxy for the model alone.",
    ),
];
