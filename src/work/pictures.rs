//! Pictures: fetched, decoded within bounds, and made ready for the terminal, all beside the reader. What reaches the
//! terminal is what `ratatui-image` makes of the pixels, never a byte of the file.

use std::fmt;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use image::imageops::{FilterType, overlay};
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgba, RgbaImage};
use ratatui_image::Resize;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::halfblocks::Halfblocks;
use ratatui_image::sliced::SlicedProtocol;

use super::Stop;
use super::fetch::FetchSettings;
use super::private::private_origins;
use crate::source::http::{self, Accept, Answer, Client, Request};
use crate::store::{ArticleId, Store};

/// Bytes of a file.
const LARGEST: u64 = 8 << 20;
/// Pixels on a side, and in all: a bomb unfolds into more.
const LONGEST: u32 = 30_000;
const PIXELS: u64 = 60_000_000;
/// Bytes of the pixels while they are decoded.
const MEMORY: u64 = 256 << 20;
/// The assumed size of a cell in pixels, where the terminal does not tell: it only sets the size of small pictures.
const CELL: (u16, u16) = (10, 20);

/// The terminal's protocol for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Kitty,
    Iterm2,
    Sixel,
    /// Two pixels a cell, in letters and colours: any terminal.
    Halfblocks,
}

/// The room there is for a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PictureRoom {
    pub way: Way,
    pub columns: u16,
    pub rows: u16,
    /// A cell's columns and rows of pixels, if the terminal tells; without them there are only half blocks.
    pub cell: Option<(u16, u16)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WantedPicture {
    pub address: String,
    /// The file, if it is there already.
    pub bytes: Option<Arc<[u8]>>,
    pub room: PictureRoom,
    pub settings: FetchSettings,
    /// The article that names it, and the store that knows its sources.
    pub of: Option<(ArticleId, PathBuf)>,
    pub stop: Stop,
}

/// The result for one.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    pub address: String,
    /// None if it could not be fetched.
    pub bytes: Option<Arc<[u8]>>,
    /// Or why there is none, in words.
    pub drawn: Result<Drawn, String>,
}

/// A picture as the terminal takes it, of a number of columns and rows.
#[derive(Clone)]
pub struct Drawn(Arc<SlicedProtocol>);

impl Drawn {
    pub fn protocol(&self) -> &SlicedProtocol {
        &self.0
    }

    pub fn rows(&self) -> u16 {
        self.0.size().height
    }
}

impl PartialEq for Drawn {
    fn eq(&self, other: &Drawn) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.size();
        write!(f, "Drawn({} × {})", size.width, size.height)
    }
}

/// Fetches a picture, if it is not there, and draws it.
pub(super) fn perform(wanted: &WantedPicture) -> Picture {
    let address = wanted.address.clone();
    let bytes = match &wanted.bytes {
        Some(bytes) => Ok(Arc::clone(bytes)),
        None if wanted.stop.is_wanted() => Err("called off".to_owned()),
        None => fetch(wanted),
    };
    match bytes {
        // A job that nobody waits for any more is dropped.
        Ok(bytes) if wanted.stop.is_wanted() => Picture { address, bytes: Some(bytes), drawn: Err("called off".to_owned()) },
        Ok(bytes) => {
            let drawn = catch_unwind(AssertUnwindSafe(|| draw(&bytes, wanted.room)));
            let drawn = drawn.unwrap_or_else(|_| Err("it could not be decoded".to_owned()));
            Picture { address, bytes: Some(bytes), drawn }
        }
        Err(error) => Picture { address, bytes: None, drawn: Err(error) },
    }
}

fn fetch(wanted: &WantedPicture) -> Result<Arc<[u8]>, String> {
    let settings = http::HttpSettings { largest: LARGEST, ..wanted.settings.client.clone() };
    let of = wanted.of.as_ref();
    let private = of.and_then(|(id, path)| private_origins(&Store::join(path).ok()?, &wanted.settings, *id).ok());
    let private = private.unwrap_or_default();
    let request = Request { address: wanted.address.clone(), accept: Accept::Image, private, ..Request::default() };
    match Client::new(settings).and_then(|client| client.get(&request)) {
        Ok(Answer::Fresh { bytes, .. }) => Ok(bytes.into()),
        // Without validators there is no such answer.
        Ok(Answer::Unchanged(_)) => Err("nothing came".to_owned()),
        Err(failure) => Err(failure.to_string()),
    }
}

/// A file's picture in the room there is: never larger than it is by itself.
pub fn draw(bytes: &[u8], room: PictureRoom) -> Result<Drawn, String> {
    let picture = decode(bytes)?;
    let way = if room.cell.is_some() { room.way } else { Way::Halfblocks };
    let cell = room.cell.filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or(CELL);
    let (columns, rows) = (room.columns.max(1), room.rows.max(1));
    let widest = u32::from(columns) * u32::from(cell.0);
    let highest = u32::from(rows) * u32::from(cell.1);
    let picture = if picture.width() > widest || picture.height() > highest {
        picture.resize(widest, highest, FilterType::Triangle)
    } else {
        picture
    };
    let picture = on_white(picture);
    let columns = picture.width().div_ceil(u32::from(cell.0)).clamp(1, u32::from(columns)) as u16;
    let rows = picture.height().div_ceil(u32::from(cell.1)).clamp(1, u32::from(rows)) as u16;
    let size = (columns, rows).into();
    let kind = match way {
        Way::Kitty => ProtocolType::Kitty,
        Way::Iterm2 => ProtocolType::Iterm2,
        Way::Sixel => ProtocolType::Sixel,
        Way::Halfblocks => {
            let blocks = Halfblocks::new(picture, size).map_err(|error| error.to_string())?;
            return Ok(Drawn(Arc::new(SlicedProtocol::Halfblocks(blocks))));
        }
    };
    #[allow(deprecated, reason = "the other way asks the terminal, whose answers would come between the keys")]
    let mut picker = Picker::from_fontsize(cell.into());
    picker.set_protocol_type(kind);
    let drawn = SlicedProtocol::new_with_resize(&picker, picture, size, Resize::Fit(Some(FilterType::Triangle)));
    drawn.map(|drawn| Drawn(Arc::new(drawn))).map_err(|error| error.to_string())
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, String> {
    let broken = |error: &dyn fmt::Display| {
        tracing::debug!(%error, "a picture could not be decoded");
        "it is damaged, or larger than is decoded".to_owned()
    };
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| broken(&error))?;
    if reader.format().is_none() {
        return Err("it is no PNG, JPEG, GIF or WebP".to_owned());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| broken(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > MEMORY {
        return Err(format!("{width} × {height} pixels are more than are decoded"));
    }
    let orientation = decoder.orientation();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
    if let Ok(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

/// Figures with a see-through ground are mostly dark on what is taken for paper.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    overlay(&mut paper, &picture, 0, 0);
    DynamicImage::ImageRgba8(paper)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};

    use super::*;

    fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn room(way: Way) -> PictureRoom {
        PictureRoom { way, columns: 40, rows: 12, cell: Some((10, 20)) }
    }

    fn size(bytes: &[u8], room: PictureRoom) -> Result<(u16, u16), String> {
        draw(bytes, room).map(|drawn| (drawn.protocol().size().width, drawn.rows()))
    }

    #[test]
    fn a_picture_fits_the_room_and_is_never_made_larger() {
        for (pixels, wanted) in [((30, 20), (3, 1)), ((4000, 100), (40, 1)), ((100, 4000), (1, 12)), ((800, 480), (40, 12))] {
            let bytes = file(RgbImage::new(pixels.0, pixels.1), ImageFormat::Png);
            for way in [Way::Kitty, Way::Iterm2, Way::Sixel, Way::Halfblocks] {
                assert_eq!(size(&bytes, room(way)).unwrap(), wanted, "{pixels:?} by {way:?}");
            }
        }
    }

    #[test]
    fn the_four_kinds_of_files_are_read() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            assert_eq!(size(&file(RgbImage::new(40, 40), format), room(Way::Halfblocks)), Ok((4, 2)), "{format:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_told() {
        assert_eq!(size(b"<svg/>", room(Way::Halfblocks)).unwrap_err(), "it is no PNG, JPEG, GIF or WebP");
        let whole = file(RgbImage::new(400, 400), ImageFormat::Png);
        assert!(size(&whole[..whole.len() / 2], room(Way::Kitty)).unwrap_err().starts_with("it is damaged"));
    }

    #[test]
    fn a_bomb_is_not_unfolded() {
        // A PNG's head alone: 29,000 × 29,000 pixels of 64 bits, and sides of two thousand million.
        for (side, told) in [(29_000_u32, "29000 × 29000 pixels are more than are decoded"), (2_000_000_000, "it is damaged")]
        {
            let mut bytes = file(RgbImage::new(1, 1), ImageFormat::Png);
            for at in [16, 20] {
                bytes[at..at + 4].copy_from_slice(&side.to_be_bytes());
            }
            let crc = crc(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&crc.to_be_bytes());
            let error = size(&bytes, room(Way::Halfblocks)).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
    }

    /// The check sum of a PNG's chunk.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
    }

    #[test]
    fn without_a_cells_size_there_are_half_blocks() {
        let bytes = file(RgbImage::new(30, 20), ImageFormat::Png);
        let drawn = draw(&bytes, PictureRoom { cell: None, ..room(Way::Kitty) }).unwrap();
        assert!(matches!(drawn.protocol(), SlicedProtocol::Halfblocks(_)));
    }
}
