//! The reader's settings for single sources, stored with them.

use serde::{Deserialize, Serialize};

/// Settings for one source; `None` means as configured.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Fetch the pages of its articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_text: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Seconds between two fetches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<u32>,
    /// It is in no list of sources, only in what finds its articles.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_hidden: bool,
}
