use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

/// What the server shows to who wants TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// For `localhost` and `127.0.0.1`, by the authority in [`crate::Sink::authority`].
    #[default]
    Good,
    /// It ended in 2020.
    Expired,
    /// For another host.
    WrongName,
}

/// An acceptor with a new certificate, and the PEM of the new authority behind it.
pub(crate) fn issue(certificate: Certificate) -> (TlsAcceptor, String) {
    let names = match certificate {
        Certificate::WrongName => vec!["elsewhere.example".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };

    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, new_key()).expect("is well-formed");

    let key = new_key();
    let mut leaf = CertificateParams::new(names).expect("the names are ASCII");
    if certificate == Certificate::Expired {
        leaf.not_after = date_time_ymd(2020, 1, 1);
    }
    let leaf = leaf.signed_by(&key, &authority).expect("is well-formed");

    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("was just written");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("key and certificate belong together");
    (TlsAcceptor::from(Arc::new(config)), authority.pem())
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("ring makes keys")
}
