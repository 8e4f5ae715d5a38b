//! Images, from a server on loopback to half blocks on the screen.

use std::io::{Cursor, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::{NARROW, WIDE, leave};
use crate::home::Home;
use crate::server::Server;

/// White over black, 80 × 80 pixels: eight columns of four rows, of which the third has both colours.
fn picture() -> Vec<u8> {
    let pixels = RgbImage::from_fn(80, 80, |_, y| Rgb(if y < 50 { [255; 3] } else { [0; 3] }));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// A feed of one article with two images, of which one is not there. Those that are asked for are counted, and answered
/// once the lock is free.
fn site(asked: Arc<AtomicUsize>, gate: Arc<Mutex<()>>) -> Server {
    Server::new(move |head: &str, stream: &mut TcpStream| {
        let body = match head.split_whitespace().nth(1) {
            Some("/feed") => b"<rss version='2.0'><channel><title>Owls</title><item><title>Owls at noon</title>\
                <description>&lt;p&gt;Before it.&lt;/p&gt;&lt;img src='/owl.png' alt='A barn owl'&gt;&lt;p&gt;Between.\
                &lt;/p&gt;&lt;img src='/none.png'&gt;&lt;p&gt;Behind it.&lt;/p&gt;</description></item></channel></rss>"
                .to_vec(),
            Some(path) => {
                asked.fetch_add(1, Ordering::SeqCst);
                drop(gate.lock());
                if path == "/owl.png" { picture() } else { Vec::new() }
            }
            None => return,
        };
        let status = if body.is_empty() { "404 Not Found" } else { "200 OK" };
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(&[head.as_bytes(), &body].concat());
    })
}

#[test]
fn images_come_when_asked_for_and_no_key_waits_for_them() {
    for size in [NARROW, WIDE] {
        let (home, asked, gate) = (Home::new(), Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(())));
        let server = site(Arc::clone(&asked), Arc::clone(&gate));
        home.run(&["add", &server.url("127.0.0.1", "/feed")]).succeeded();
        let held = gate.lock().unwrap();
        let mut reader = home.open(&[], size);
        reader.wait_for("Owls at noon").type_keys("<Enter>").wait_for("[image: A barn owl][1]").wait_for("Behind it.");
        assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing is fetched that was not asked for");
        reader.type_keys("I").wait_for("··· fetching the image");
        // Its host does not answer, and the keys do.
        reader.type_keys("jjj").wait_for("▌ Between.");
        drop(held);
        reader.wait_for("▀▀▀▀▀▀▀▀").wait_for("··· not shown: 127.0.0.1: not found (404)");
        let held = gate.lock().unwrap();
        reader.type_keys("I").wait_for("··· fetching the image").wait_for("▀▀▀▀▀▀▀▀");
        drop(held);
        reader.wait_for("··· not shown");
        assert_eq!(asked.load(Ordering::SeqCst), 3, "what is there is not fetched again");
        leave(reader);
    }
}

#[test]
fn images_come_with_their_article_where_that_is_configured() {
    let (home, asked) = (Home::new(), Arc::new(AtomicUsize::new(0)));
    let server = site(Arc::clone(&asked), Arc::default());
    home.run(&["add", &server.url("127.0.0.1", "/feed")]).succeeded();
    let config = home.write("images.toml", b"[fetch]\nimages = true\n");
    let mut reader = home.open(&["--config", &config], NARROW);
    reader.wait_for("Owls at noon").type_keys("<Enter>").wait_for("▀▀▀▀▀▀▀▀").wait_for("··· not shown");
    leave(reader);
    let config = home.write("off.toml", b"[fetch]\nimages = true\n[display]\nimages = \"off\"\n");
    let mut reader = home.open(&["--config", &config], NARROW);
    reader.wait_for("Owls at noon").type_keys("<Enter>").wait_for("Behind it.").type_keys("I").wait_for("images are not shown");
    leave(reader);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
