//! The reader's rules on the comments of the page. Long texts are not read for them between a key and its frame: a job
//! reads those, and its answer comes like any other load of the discussion.

use super::PageView;
use crate::domain::rules::Rule;
use crate::store::DiscussionId;
use crate::work::loading::JudgedDiscussion;

/// Texts of more bytes than this together are read by a job.
const READ_AT_ONCE: usize = 1 << 20;

impl PageView {
    /// The reader's rules are others now; what is under the cursor stays where it is. Returns the discussions, each with the
    /// number of its comments, whose texts are too long to be read for new rules at once.
    pub fn apply_rules(&mut self, rules: &[Rule]) -> Vec<(DiscussionId, u32)> {
        let mut unread = Vec::new();
        self.changing_text(|page| {
            for view in &mut page.discussions {
                let loaded = view.loaded.as_mut().map(|loaded| {
                    let rulings = loaded.hand.rulings.renewed(rules, &loaded.discussion, READ_AT_ONCE);
                    rulings.map(|rulings| loaded.apply_rulings(rulings)).is_some()
                });
                let waiting = view.waiting.as_mut().map(|waiting| {
                    let rulings = waiting.rulings.renewed(rules, &waiting.stored.discussion, READ_AT_ONCE);
                    rulings.map(|rulings| waiting.rulings = rulings).is_some()
                });
                if [loaded, waiting].contains(&Some(false)) {
                    unread.push((view.head.id, view.head.comments));
                }
            }
        });
        unread
    }

    /// Applies what rules say of the comments that are on the page already.
    pub(super) fn take_rulings(&mut self, n: usize, judged: &JudgedDiscussion) {
        let is_due = self.discussions[n].loaded.as_ref().is_some_and(|loaded| {
            let (here, there) = (&loaded.discussion.comments, &judged.stored.discussion.comments);
            let are_same = here.iter().map(|comment| &comment.id).eq(there.iter().map(|comment| &comment.id));
            are_same && loaded.hand.rulings != judged.rulings
        });
        if is_due {
            self.changing_text(|page| {
                if let Some(loaded) = &mut page.discussions[n].loaded {
                    loaded.apply_rulings(judged.rulings.clone());
                }
            });
        }
    }
}
