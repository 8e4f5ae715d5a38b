//! Images on the page.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use insta::assert_snapshot;

use super::play::Play;
use crate::tui::Settings;
use crate::tui::geometry::Pane;
use crate::tui::images::Images;
use crate::tui::message::Msg;
use crate::work::pictures::{Picture, PictureRoom, Way, draw};

const PAGE: &str = "\
# Owls at noon

October 5, 2026

Owls were seen at noon.

![A barn owl in flight](https://owls.example/barn.png)

> ![](https://owls.example/snow.png)

It was a fine day.

%% discussion page | stars 5
%% comment a | editor | 2026-10-05T08:00:00Z | 4.5 / 5 (8)
A fine sight.
";

/// White over black, 80 × 80 pixels: eight columns of four rows.
fn picture(address: &str, drawn: Option<&str>) -> Msg {
    let pixels = RgbImage::from_fn(80, 80, |_, y| Rgb(if y < 50 { [255; 3] } else { [0; 3] }));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut file, ImageFormat::Png).unwrap();
    let room = PictureRoom { way: Way::Halfblocks, columns: 40, rows: 20, cell: None };
    let drawn = drawn.map_or_else(|| draw(file.get_ref(), room), |error| Err(error.to_owned()));
    Msg::Picture(Box::new(Picture { address: address.to_owned(), bytes: None, drawn }))
}

fn opened() -> Play {
    let mut play = Play::new((50, 24), &[PAGE]);
    play.play("<enter>");
    play
}

#[test]
fn images_are_captions_until_they_are_asked_for() {
    let mut play = opened();
    assert!(play.screen().contains("[image: A barn owl in flight][1]") && play.screen().contains("▎ [image][2]"));
    play.play("I");
    assert_eq!(play.screen().matches("··· fetching the image").count(), 2);
    play.send(picture("https://owls.example/barn.png", None)).send(picture("https://owls.example/snow.png", None));
    assert_snapshot!(play.pane(Pane::Page), @r#"
        ▌ Owls at noon
        ▌ October 5, 2026 · Welcome edition · 1 min

          Owls were seen at noon.



          ▀▀▀▀▀▀▀▀

          [image: A barn owl in flight][1]

          ▎
          ▎
          ▎ ▀▀▀▀▀▀▀▀
          ▎
          ▎ [image][2]

          It was a fine day.

          ── Comments 1 · oldest first · threaded ───────

         rank Off   Off ●────────── 5  1 open of 1
        "#);
    play.play("I");
    assert!(!play.screen().contains('▀') && !play.screen().contains("fetching"));
}

#[test]
fn what_cannot_be_shown_says_why_and_is_tried_again() {
    let mut play = opened();
    play.play("I").send(picture("https://owls.example/barn.png", Some("owls.example does not answer\u{1b}[2J")));
    assert!(play.screen().contains("··· not shown: owls.example does not answer[2J"), "{}", play.screen());
    play.play("I");
    assert_eq!(play.screen().matches("··· fetching the image").count(), 2);
    // One that nobody asked for, or that was hidden meanwhile.
    play.play("I").send(picture("https://owls.example/barn.png", None));
    assert!(!play.screen().contains('▀'));
}

#[test]
fn a_picture_that_comes_leaves_the_cursor_on_its_row() {
    let mut play = opened();
    play.play("Ijjj");
    let (before, text) = (play.cursor_row(), play.at_cursor());
    play.send(picture("https://owls.example/barn.png", None));
    assert_eq!((play.cursor_row(), play.at_cursor()), (before, text));
}

#[test]
fn a_picture_scrolls_off_by_rows_and_lies_under_no_overlay() {
    let mut play = Play::new((50, 14), &[PAGE]);
    play.play("<enter>I").send(picture("https://owls.example/barn.png", None));
    let row = |play: &Play| play.screen().lines().position(|line| line.contains("▀▀▀▀▀▀▀▀"));
    let mut rows = vec![row(&play)];
    for keys in ["<ctrl-d>", "<ctrl-d>", "g", "?", "<esc>"] {
        play.play(keys);
        rows.push(row(&play));
    }
    assert_eq!(rows, [Some(8), Some(2), None, Some(8), None, Some(8)]);
}

#[test]
fn where_images_are_off_the_key_says_so() {
    let mut play = Play::with((50, 24), &[PAGE], Settings { images: Images::Off, ..Settings::default() });
    play.play("<enter>I");
    assert_eq!(play.footer(), "images are not shown in this terminal (display.i…");
    assert!(play.screen().contains("[image: A barn owl in flight][1]"));
}
