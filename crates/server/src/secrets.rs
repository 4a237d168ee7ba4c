//! The installation's secret key, what is derived from it, and random tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _},
};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

const NONCE: usize = 24;

/// Signs and encrypts for this installation. Every purpose has a key of its own, so that what was
/// signed for one is worth nothing for another.
#[derive(Clone)]
pub struct Secrets {
    key: [u8; 32],
}

impl Secrets {
    pub fn from_key(key: &[u8; 32]) -> Self {
        Self { key: *key }
    }

    /// The key as the owner or the first start wrote it: any text.
    pub fn from_text(text: &str) -> Self {
        Self { key: hash(text) }
    }

    pub fn sign(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        mac(&self.derive("sign", purpose), bytes)
    }

    /// Whether `signature` was made by [`Secrets::sign`]; takes the same time for any wrong one.
    pub fn verify(&self, purpose: &str, bytes: &[u8], signature: &[u8]) -> bool {
        same(&self.sign(purpose, bytes), signature)
    }

    /// Encrypts, so that [`Secrets::open`] notices any change.
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = random();
        let sealed = self
            .cipher(purpose)
            .encrypt(&XNonce::from(nonce), bytes)
            .expect("bytes in memory are far fewer than the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        self.cipher(purpose)
            .decrypt(&XNonce::from(*nonce), sealed)
            .ok()
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derive("seal", purpose).into())
    }

    fn derive(&self, what: &str, purpose: &str) -> [u8; 32] {
        mac(&self.key, format!("{what}:{purpose}").as_bytes())
    }
}

/// A new secret of 256 random bits, as text that fits into an address.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What the database keeps of a token.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Whether `text` could be a token: nothing else need be looked up.
/// A list of hashes as one parameter of a statement: JSON, in hexadecimal digits.
pub fn hex_list(hashes: &[[u8; 32]]) -> String {
    let hex = |hash: &[u8; 32]| -> String {
        let digits = hash.iter().map(|byte| format!("{byte:02x}"));
        digits.collect()
    };
    let list: Vec<String> = hashes.iter().map(hex).collect();
    serde_json::to_string(&list).expect("digits are plain data")
}

pub fn is_token(text: &str) -> bool {
    let url_safe = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.len() == 43 && text.bytes().all(url_safe)
}

/// The hash as short text, to name something by that is long or should not be readable.
pub fn fingerprint(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash(text))
}

/// Compares without telling by the time it takes how much is right.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(a, b).into()
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

fn mac(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_purpose_and_bytes_only() {
        let secrets = Secrets::from_text("a key");
        let signature = secrets.sign("form", b"bytes");
        assert!(secrets.verify("form", b"bytes", &signature));
        assert!(!secrets.verify("form", b"other", &signature));
        assert!(!secrets.verify("cookie", b"bytes", &signature));
        assert!(!secrets.verify("form", b"bytes", &[]));
        assert!(!Secrets::from_text("another").verify("form", b"bytes", &signature));
    }

    #[test]
    fn what_is_sealed_opens_only_unchanged() {
        let secrets = Secrets::from_key(&[7; 32]);
        let mut sealed = secrets.seal("mail", b"hello");
        assert_eq!(
            secrets.open("mail", &sealed).as_deref(),
            Some(&b"hello"[..])
        );
        assert_eq!(secrets.open("other", &sealed), None);
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(secrets.open("mail", &sealed), None);
        assert_eq!(secrets.open("mail", b""), None);
    }

    #[test]
    fn tokens_have_256_bits_and_differ() {
        assert_eq!(token().len(), 43);
        assert_ne!(token(), token());
        assert!(is_token(&token()));
        for text in ["", " ", "null", &"0".repeat(64), &" ".repeat(43)] {
            assert!(!is_token(text), "{text:?}");
        }
    }
}
