use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking};
use unicode_normalization::UnicodeNormalization as _;

use crate::{Error, Result, i18n::t};

/// A hash takes a core for a while, and 19 MiB: more at once would starve everybody else.
static HASHING: Semaphore = Semaphore::const_new(2);

/// The hash of a password that nobody has: an unknown name takes as long as a wrong password.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGlnZW9uIG5vYm9keSEhIQ$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password that is good enough to be set.
pub struct Password(String);

impl Password {
    /// Any characters, at least 12; the problem is in words for whoever typed it.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        if typed.chars().count() < 12 {
            return Err(t("A password has at least 12 characters."));
        }
        if typed.len() > 1_000 {
            return Err(t("This password is too long."));
        }
        let mut chars = typed.chars();
        let first = chars.next();
        if chars.all(|c| Some(c) == first) {
            return Err(t("This password is one character over and over."));
        }
        Ok(Self(normal(typed)))
    }

    pub async fn hash(self) -> Result<String> {
        on_a_spare_core(move || {
            let hash = Argon2::default().hash_password(self.0.as_bytes());
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| Error::internal("cannot hash a password")(error.to_string()))
    }
}

/// Whether `typed` is the password with this hash. Without one it takes as long, and is not.
pub async fn verify(hash: Option<String>, typed: &str) -> Result<bool> {
    let typed = if typed.len() > 1_000 {
        String::new()
    } else {
        normal(typed)
    };
    on_a_spare_core(move || {
        let parsed = PasswordHash::new(hash.as_deref().unwrap_or(NOBODYS));
        let right = parsed.is_ok_and(|parsed| {
            let outcome = Argon2::default().verify_password(typed.as_bytes(), &parsed);
            outcome.is_ok()
        });
        right && hash.is_some()
    })
    .await
}

/// One form, whichever way a keyboard makes its accents.
fn normal(typed: &str) -> String {
    typed.nfc().collect()
}

async fn on_a_spare_core<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let turn = HASHING.acquire().await.expect("nobody closes it");
    // The turn moves along: a client that hangs up does not let a third one in.
    spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
    .map_err(Error::internal("hashing a password panicked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_and_any_other_is_not() {
        let typed = "correct horse \u{e9}";
        let hash = Password::parse(typed).unwrap().hash().await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify(Some(hash.clone()), typed).await.unwrap());
        assert!(
            verify(Some(hash.clone()), "correct horse e\u{301}")
                .await
                .unwrap()
        );
        assert!(!verify(Some(hash.clone()), "correct horse").await.unwrap());
        assert!(!verify(Some(hash), "").await.unwrap());
        assert!(!verify(None, typed).await.unwrap());
        assert!(!verify(Some(String::new()), typed).await.unwrap());
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        let real = Argon2::default().hash_password(b"x").unwrap();
        assert_eq!(nobodys.params.to_string(), real.params.to_string());
        assert_eq!(nobodys.algorithm, real.algorithm);
    }

    #[test]
    fn a_password_has_at_least_12_characters() {
        assert!(Password::parse("elevenchars").is_err());
        assert!(Password::parse("aaaaaaaaaaaaaaaa").is_err());
        assert!(Password::parse(&"ab".repeat(501)).is_err());
        assert!(Password::parse("twelve chars").is_ok());
        assert!(Password::parse("日本語日本語日本語日本語").is_ok());
    }
}
