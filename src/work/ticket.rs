//! Which result is still wanted.

/// The number of one job. Later jobs have greater tickets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// Issues tickets, in order, each once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tickets {
    issued: u64,
}

impl Tickets {
    #[allow(clippy::should_implement_trait, reason = "it never ends, so it is no iterator to anybody")]
    pub fn next(&mut self) -> Ticket {
        self.issued += 1;
        Ticket(self.issued)
    }
}

/// A place that waits for one result at a time. The one guard against stale results: what was asked for before the
/// latest question, or was called off since, is not [accepted](Slot::accept).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Slot {
    awaited: Option<Ticket>,
}

impl Slot {
    /// From now on only this ticket's result counts.
    pub fn wait_for(&mut self, ticket: Ticket) {
        self.awaited = Some(ticket);
    }

    /// No result counts any more.
    pub fn call_off(&mut self) {
        self.awaited = None;
    }

    pub fn is_waiting(&self) -> bool {
        self.awaited.is_some()
    }

    pub fn is_current(&self, ticket: Ticket) -> bool {
        self.awaited == Some(ticket)
    }

    /// Whether this ticket's result is the awaited one; if so, the slot waits no more.
    pub fn accept(&mut self, ticket: Ticket) -> bool {
        let current = self.is_current(ticket);
        if current {
            self.awaited = None;
        }
        current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_are_issued_in_order() {
        let mut tickets = Tickets::default();
        let (first, second) = (tickets.next(), tickets.next());
        assert!(first < second);
    }

    #[test]
    fn only_the_latest_question_is_answered_and_once() {
        let mut tickets = Tickets::default();
        let (old, new) = (tickets.next(), tickets.next());
        let mut slot = Slot::default();
        assert!(!slot.accept(old));
        slot.wait_for(old);
        slot.wait_for(new);
        assert!(!slot.accept(old));
        assert!(slot.is_waiting());
        assert!(slot.accept(new));
        assert!(!slot.accept(new));
    }

    #[test]
    fn what_was_called_off_is_not_accepted() {
        let ticket = Ticket(1);
        let mut slot = Slot::default();
        slot.wait_for(ticket);
        slot.call_off();
        assert!(!slot.accept(ticket));
    }
}
