//! A server that says what it is told to.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Listens on loopback until it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// `script` is given the head of each request and answers it; the connection ends with it.
    pub(super) fn new(script: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Server {
        Server::at(Ipv4Addr::LOCALHOST, script)
    }

    pub(super) fn at(place: Ipv4Addr, script: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listed = Arc::clone(&heard);
        Server::raw(place, heard, move |stream| {
            let head = head(stream);
            listed.lock().unwrap().push(head.clone());
            script(&head, stream);
        })
    }

    /// Answers every request with the same bytes.
    pub(super) fn saying(answer: impl Into<Vec<u8>>) -> Server {
        let answer = answer.into();
        Server::new(move |_, stream| say(stream, &answer))
    }

    /// `script` is given each connection, before anything is read from it.
    pub(super) fn of_connections(script: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Server {
        Server::raw(Ipv4Addr::LOCALHOST, Arc::default(), script)
    }

    fn raw(place: Ipv4Addr, heard: Arc<Mutex<Vec<String>>>, script: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind((place, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (script, is_over) = (Arc::new(script), Arc::new(AtomicBool::new(false)));
        let ending = Arc::clone(&is_over);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ending.load(Ordering::SeqCst) {
                    return;
                }
                let (script, mut stream) = (Arc::clone(&script), stream);
                thread::spawn(move || {
                    script(&mut stream);
                    // Unread data from the other side must not make the system drop the answer.
                    let _ = stream.shutdown(Shutdown::Write);
                    let _ = stream.read(&mut [0; 1024]);
                });
            }
        });
        Server { address, heard, is_over }
    }

    /// The address of a path here, under some name.
    pub(super) fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.address.port())
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of the requests so far.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// A request up to its empty line.
pub(super) fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// True if the other side, which has said all it had to, goes away within that time.
pub(super) fn is_gone_within(stream: &mut TcpStream, patience: Duration) -> bool {
    stream.set_read_timeout(Some(patience)).unwrap();
    let silence = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
    !stream.read(&mut [0]).is_err_and(|error| silence.contains(&error.kind()))
}

/// Writes as far as anybody listens.
pub(super) fn say(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

/// An answer with a body and its length.
pub(super) fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let length = format!("content-length: {}", body.len());
    unmeasured(status, &[headers, &[&length]].concat(), body)
}

/// An answer without a length; it ends with the connection, if its headers do not say otherwise.
pub(super) fn unmeasured(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
