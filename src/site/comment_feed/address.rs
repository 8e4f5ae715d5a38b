//! Addresses of comments: `…/a-post/comment-page-2/#comment-12`, `…/post.html?showComment=1#c34`, `…/page.html#isso-5`.

/// Prefixes of comment ids behind `#`, and if they can hardly mean anything else.
const MARKS: &[(&str, bool)] = &[
    ("remark42__comment-", true),
    ("comment-", true),
    ("comment_", true),
    ("comments-", true),
    ("isso-", true),
    ("cmt-", true),
    ("cmt", true),
    ("comment", true),
    ("c", false),
];

/// The id of the comment that an address leads to.
pub(super) fn comment_of(address: &str) -> Option<&str> {
    marked(address).map(|(id, _)| id)
}

/// True if the address of a comment says that it is one.
pub(super) fn is_evident(address: &str) -> bool {
    address.contains("showComment=") || marked(address).is_some_and(|(_, is_evident)| is_evident)
}

fn marked(address: &str) -> Option<(&str, bool)> {
    let (_, fragment) = address.split_once('#')?;
    MARKS.iter().find_map(|(mark, is_evident)| {
        let id = fragment.strip_prefix(mark)?;
        is_id(id, *is_evident).then_some((id, *is_evident))
    })
}

/// A number, or a longer id with a digit in it: `6a00d8341c2cc953ef`, `2ad3c0a7-7f1e-4b0e-9d3b-1c8a8e0a9d11`.
fn is_id(id: &str, may_be_letters: bool) -> bool {
    let is_number = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    let is_name = id.len() >= 8 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_number || (may_be_letters && is_name && id.bytes().any(|b| b.is_ascii_digit()))
}

/// The page that the address of a comment belongs to: without the comment, and without the part of a long discussion that it
/// is shown on.
pub(super) fn page_of(address: &str) -> Option<String> {
    let page = address.split('#').next().unwrap_or(address);
    let (path, query) = page.split_once('?').map_or((page, None), |(path, query)| (path, Some(query)));
    let kept: Vec<&str> = query.into_iter().flat_map(|query| query.split('&')).filter(|pair| !is_part(pair)).collect();
    let mut page = without_comment_page(path);
    if !kept.is_empty() {
        page.push('?');
        page.push_str(&kept.join("&"));
    }
    Some(page).filter(|page| page.starts_with("http://") || page.starts_with("https://"))
}

/// A parameter that only chooses a comment or a part of the discussion.
fn is_part(pair: &str) -> bool {
    let name = pair.trim_start_matches("amp;").split('=').next().unwrap_or_default();
    matches!(name, "cpage" | "showComment" | "replytocom" | "cid" | "commentId" | "comment")
}

/// Without `comment-page-3` at the end of a path.
fn without_comment_page(path: &str) -> String {
    let bare = path.trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or_default();
    let is_page = last.strip_prefix("comment-page-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if is_page { bare[..bare.len() - last.len()].to_owned() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_have_ids_in_their_addresses() {
        for (address, id, evident) in [
            ("https://example.org/a/#comment-12", Some("12"), true),
            ("https://example.org/a.html#c34", Some("34"), false),
            ("https://example.org/a.html?showComment=1#c34", Some("34"), true),
            ("https://example.org/?p=1#comment12", Some("12"), true),
            ("https://example.org/a#isso-7", Some("7"), true),
            ("https://example.org/a#comment-6a00d8341c2cc953ef", Some("6a00d8341c2cc953ef"), true),
            (
                "https://example.org/a#remark42__comment-2ad3c0a7-7f1e-4b0e-9d3b-1c8a8e0a9d11",
                Some("2ad3c0a7-7f1e-4b0e-9d3b-1c8a8e0a9d11"),
                true,
            ),
            ("https://example.org/a#12", None, false),
            ("https://example.org/a#comments", None, false),
            ("https://example.org/a#comment-policy", None, false),
            ("https://example.org/a#changes-in-2026", None, false),
            ("https://example.org/a#c", None, false),
            ("https://example.org/a", None, false),
        ] {
            assert_eq!((comment_of(address), is_evident(address)), (id, evident), "{address}");
        }
    }

    #[test]
    fn pages_of_a_long_discussion_are_one_page() {
        for (address, wanted) in [
            ("https://a.example/b/owl/comment-page-4/#comment-9", Some("https://a.example/b/owl/")),
            ("https://a.example/b/owl/comment-page-4#comment-9", Some("https://a.example/b/owl/")),
            ("https://a.example/?p=10&cpage=2#comment-9", Some("https://a.example/?p=10")),
            ("https://a.example/owl.html?cpage=1#comment-9", Some("https://a.example/owl.html")),
            ("https://a.example/owl.html?showComment=123#c9", Some("https://a.example/owl.html")),
            ("https://a.example/comment-page-x/#comment-9", Some("https://a.example/comment-page-x/")),
            ("#comment-9", None),
        ] {
            assert_eq!(page_of(address).as_deref(), wanted, "{address}");
        }
    }
}
