//! Passwords as crypt(3) keeps them, with SHA-512: `password_format=crypt` of `ari.conf`.
//!
//! Source: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", 2007.

use sha2::{Digest, Sha512};

/// The digits of crypt's own base 64.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// What crypt takes where a hash names no rounds.
const USUAL_ROUNDS: u32 = 5_000;
/// The longest salt.
const SALT: usize = 16;

/// The hash of a password: `$6$rounds=1000$salt$…`. Asterisk works it out anew for every request
/// of ARI, so a password that nobody can guess takes few rounds; crypt takes 1000 at least.
/// `random` shapes the salt.
pub fn hash(password: &str, rounds: u32, random: &[u8]) -> String {
    let salt: String = random
        .iter()
        .take(SALT)
        .map(|byte| digit(u32::from(*byte)))
        .collect();
    let rounds = rounds.clamp(1_000, 999_999_999);
    written(password, Some(rounds), &salt)
}

/// Whether a hash of this kind is that of the password; `false` for one of another kind.
pub fn verifies(hash: &str, password: &str) -> bool {
    let Some(rest) = hash.strip_prefix("$6$") else {
        return false;
    };
    let (rounds, rest) = match rest
        .strip_prefix("rounds=")
        .and_then(|rest| rest.split_once('$'))
    {
        Some((rounds, rest)) => (rounds.parse().ok(), rest),
        None => (None, rest),
    };
    let salt = rest.split_once('$').map_or(rest, |(salt, _)| salt);
    written(password, rounds, salt) == hash
}

fn written(password: &str, rounds: Option<u32>, salt: &str) -> String {
    let digest = digest(
        password.as_bytes(),
        salt.as_bytes(),
        rounds.unwrap_or(USUAL_ROUNDS),
    );
    let named = rounds.map_or_else(String::new, |rounds| format!("rounds={rounds}$"));
    format!("$6${named}{salt}${}", encoded(&digest))
}

/// Steps 1 to 21 of the specification.
fn digest(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    let sum = |parts: &[&[u8]]| -> Vec<u8> {
        let mut hash = Sha512::new();
        for part in parts {
            hash.update(part);
        }
        hash.finalize().to_vec()
    };
    let second = sum(&[password, salt, password]);
    let mut first = Sha512::new();
    first.update(password);
    first.update(salt);
    first.update(stretched(&second, password.len()));
    let mut length = password.len();
    while length > 0 {
        first.update(if length & 1 == 1 {
            &second[..]
        } else {
            password
        });
        length >>= 1;
    }
    let mut digest = first.finalize().to_vec();
    let repeated = password.repeat(password.len());
    let p = stretched(&sum(&[&repeated]), password.len());
    let repeated = salt.repeat(16 + digest.first().map_or(0, |byte| usize::from(*byte)));
    let s = stretched(&sum(&[&repeated]), salt.len());
    for round in 0..rounds {
        let odd = round % 2 == 1;
        let nothing: &[u8] = &[];
        digest = sum(&[
            if odd { &p } else { &digest },
            if round % 3 == 0 { nothing } else { &s },
            if round % 7 == 0 { nothing } else { &p },
            if odd { &digest } else { &p },
        ]);
    }
    digest
}

/// A digest, repeated up to a length.
fn stretched(digest: &[u8], length: usize) -> Vec<u8> {
    digest.iter().copied().cycle().take(length).collect()
}

/// Step 22: the bytes in an order of their own, in groups of three.
fn encoded(digest: &[u8]) -> String {
    let byte = |at: usize| digest.get(at).map_or(0, |byte| u32::from(*byte));
    let mut text = String::new();
    let (mut a, mut b, mut c) = (0, 21, 42);
    for _ in 0..21 {
        let group = byte(a) << 16 | byte(b) << 8 | byte(c);
        text.extend((0..4).map(|place| digit(group >> (6 * place))));
        (a, b, c) = (b + 1, c + 1, a + 1);
    }
    text.extend((0..2).map(|place| digit(byte(63) >> (6 * place))));
    text
}

fn digit(six_bits: u32) -> char {
    let at = usize::try_from(six_bits & 63).unwrap_or(0);
    DIGITS.get(at).map_or('.', |digit| char::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openssl_makes_is_made() {
        let vectors = [
            (
                "Hello world!",
                "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
            ),
            (
                "Hello world!",
                "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
            ),
            (
                "we have a short salt string but not a short password, indeed one longer than a block of sixty-four bytes",
                "$6$rounds=1000$short$U0pjLu5nHtfv5PsjpJz4v.OpXBSmduBM/MPUdSjPG0BXANT0VKuTlEZyNVa8rKSLVNhpFI0T7e57iA4raWx0D/",
            ),
        ];
        for (password, hash) in vectors {
            assert!(verifies(hash, password), "{hash}");
            assert!(!verifies(hash, "hello world!"), "{hash}");
        }
        assert!(!verifies("$5$x$y", "x") && !verifies("", ""));
    }

    #[test]
    fn a_hash_is_that_of_its_password_and_salt() {
        let one = hash("secret", 1, &[1; 32]);
        assert!(one.starts_with("$6$rounds=1000$////////////////$"), "{one}");
        assert!(verifies(&one, "secret") && !verifies(&one, "Secret"));
        assert_ne!(one, hash("secret", 1, &[2; 32]));
    }
}
