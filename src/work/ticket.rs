//! Tells which results are still wanted.

/// The number of one job. Later jobs have greater tickets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// Issues tickets, in order, each once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tickets {
    issued: u64,
}

impl Tickets {
    pub fn issue(&mut self) -> Ticket {
        self.issued += 1;
        Ticket(self.issued)
    }
}

/// The results that one asker waits for. The one guard against stale results: what was called off, or has come once,
/// is not [accepted](Awaited::accept).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Awaited {
    tickets: Vec<Ticket>,
}

impl Awaited {
    pub fn add(&mut self, ticket: Ticket) {
        self.tickets.push(ticket);
    }

    /// No result counts any more.
    pub fn call_off(&mut self) {
        self.tickets.clear();
    }

    /// True if this ticket's result is waited for; it is so once.
    pub fn accept(&mut self, ticket: Ticket) -> bool {
        let at = self.tickets.iter().position(|awaited| *awaited == ticket);
        at.map(|at| self.tickets.swap_remove(at)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_accepted_once_and_only_if_it_was_not_called_off() {
        let mut tickets = Tickets::default();
        let (old, first, second) = (tickets.issue(), tickets.issue(), tickets.issue());
        assert!(old < first && first < second);
        let mut awaited = Awaited::default();
        awaited.add(old);
        awaited.call_off();
        awaited.add(first);
        awaited.add(second);
        assert_eq!([old, second, second, first].map(|ticket| awaited.accept(ticket)), [false, true, false, true]);
    }
}
