//! Servers whose connections are not as secure as they should be.

use std::io::Read;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::server::{Server, say};
use super::{client, request, settings};
use crate::source::Failure;

/// A certificate for `a.test` from 2000 to 2100, issued by nobody, and its key, which guards nothing.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBUzCB+6ADAgECAgEBMAoGCCqGSM49BAMCMBExDzANBgNVBAMMBmEudGVzdDAg
Fw0wMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowETEPMA0GA1UEAwwGYS50
ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6aIjYeYfHFdf7+9IN8kK3rdw
nGCZYuAujjOiTXGch+eT5pvk56mX1IhpXib62p65yXvF1WCG190ZlUQrtGLRH6NC
MEAwEQYDVR0RBAowCIIGYS50ZXN0MAwGA1UdEwEB/wQCMAAwHQYDVR0OBBYEFOFM
NdKpb+cdeuwCrHhZLU/aDKEiMAoGCCqGSM49BAMCA0cAMEQCIBeHn4UjB982AZd2
gwF/b4nSnWazWpvNe03oIEcOatcMAiBM+tocl+fnb29e66d0t6+ISoHnbt7YQIzA
xXGWZE5UzQ==
-----END CERTIFICATE-----";
const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgklQR9lJ9tt00AO98
eo5957N7wJv5Lgmo8Kq4bqFbRBuhRANCAATpoiNh5h8cV1/v70g3yQret3CcYJli
4C6OM6JNcZyH55Pmm+TnqZfUiGleJvranrnJe8XVYIbX3RmVRCu0YtEf
-----END PRIVATE KEY-----";

/// The outcome for a server on an https address.
fn outcome(server: &Server) -> Failure {
    let address = format!("https://a.test:{}/", server.port());
    client(settings()).get(&request(&address)).unwrap_err()
}

#[test]
fn a_certificate_that_nobody_issued_is_named() {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let server = Server::of_connections(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut secured = StreamOwned::new(connection, stream);
        assert!(secured.read(&mut [0; 1000]).is_err(), "a request was sent to a server without proof");
    });
    assert_eq!(outcome(&server).to_string(), "the certificate of a.test is not signed by a known authority");
}

#[test]
fn what_is_not_secure_at_all_is_named() {
    for said in [&b"HTTP/1.1 200 OK\r\n\r\nnews"[..], b"\x15\x03\x03\x00\x02\x02\x28", b"\x1b[31m\x07\x00\x00"] {
        let server = Server::of_connections(move |stream| {
            let _ = stream.read(&mut [0; 1000]);
            say(stream, said);
        });
        let failure = outcome(&server);
        assert!(matches!(failure, Failure::Tls { .. }), "{failure}");
        assert!(!failure.to_string().contains(char::is_control));
    }
}
