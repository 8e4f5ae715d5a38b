//! Images on the way, and the files of those that came.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Shell;
use crate::tui::images::Images;
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::tui::terminal::Screen;
use crate::work::pictures::{Picture, PictureRoom, WantedPicture, Way};
use crate::work::{Awaited, Done, Job, Outcome, Stop, Ticket, Workers};

/// Threads of their own, so that no other job waits behind a slow host; and so many requests at once.
const THREADS: usize = 2;

/// Bytes of the files that are kept, the newest of them, for when the same is drawn again in another size.
const KEPT: usize = 24 << 20;

pub(super) struct ImageJobs {
    workers: Workers,
    awaited: Awaited,
    under_way: Vec<(String, Ticket, Stop)>,
    files: VecDeque<(String, Arc<[u8]>)>,
}

impl ImageJobs {
    pub(super) fn new(wake: impl Fn() + Send + Sync + Clone + 'static) -> ImageJobs {
        let workers = Workers::new(THREADS, wake);
        ImageJobs { workers, awaited: Awaited::default(), under_way: Vec::new(), files: VecDeque::new() }
    }

    pub(super) fn call_off(&mut self) {
        self.awaited.call_off();
        for (_, _, stop) in self.under_way.drain(..) {
            stop.want();
        }
    }

    pub(super) fn finished(&self) -> Vec<Done> {
        self.workers.finished()
    }

    /// Keeps a file that came another way.
    pub(super) fn keep(&mut self, address: &str, bytes: Arc<[u8]>) {
        self.files.retain(|(known, _)| known != address);
        self.files.push_back((address.to_owned(), bytes));
        while self.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > KEPT {
            self.files.pop_front();
        }
    }

    /// The picture that this job brought, if it is waited for.
    pub(super) fn accept(&mut self, done: Done) -> Option<Picture> {
        let is_awaited = self.awaited.accept(done.ticket);
        let at = self.under_way.iter().position(|(_, ticket, _)| *ticket == done.ticket);
        let address = at.map(|at| self.under_way.swap_remove(at).0);
        let picture = match (done.outcome, address) {
            (Ok(Outcome::Picture(picture)), _) => *picture,
            (Err(error), Some(address)) => Picture { address, bytes: None, drawn: Err(error) },
            _ => return None,
        };
        if let Some(bytes) = &picture.bytes {
            self.keep(&picture.address, Arc::clone(bytes));
        }
        Some(picture).filter(|_| is_awaited)
    }
}

impl Shell {
    pub(super) fn load_picture(&mut self, model: &Model, address: String, columns: u16, rows: u16) -> Option<Msg> {
        let way = match model.settings.images {
            Images::As(way) => way,
            Images::Auto => Way::Halfblocks,
            Images::Off => return None,
        };
        let cell = self.screen.as_ref().and_then(Screen::cell);
        // The one in another size is not waited for any more.
        for (_, _, stop) in self.pictures.under_way.iter().filter(|(other, ..)| *other == address) {
            stop.want();
        }
        let (ticket, stop) = (self.tickets.issue(), Stop::default());
        let wanted = WantedPicture {
            bytes: self.pictures.files.iter().find(|(other, _)| *other == address).map(|(_, bytes)| Arc::clone(bytes)),
            address: address.clone(),
            room: PictureRoom { way, columns, rows, cell },
            settings: model.settings.fetch.clone(),
            of: model.page.as_ref().map(|page| page.article.id).zip(self.path.clone()),
            stop: stop.clone(),
        };
        self.pictures.under_way.push((address, ticket, stop));
        self.pictures.awaited.add(ticket);
        self.pictures.workers.submit(ticket, Job::Picture(Box::new(wanted)));
        None
    }
}
