//! `[sites]`: the addresses of discussion sites. Each site names its own table and keys.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::site::{BaseSetting, Site, SiteBases};

/// By table, the keys that are given.
#[derive(Clone, Default)]
pub(super) struct SiteTables(Vec<(&'static dyn Site, SiteTable)>);

#[derive(Clone, Default)]
struct SiteTable(Vec<(&'static str, BaseAddresses)>);

#[derive(Serialize, Clone)]
#[serde(untagged)]
enum BaseAddresses {
    One(String),
    List(Vec<String>),
}

pub(super) fn settings(tables: &SiteTables, base: SiteBases) -> SiteBases {
    let given = tables.0.iter().flat_map(|(site, table)| table.0.iter().map(|(key, addresses)| (site.id(), *key, addresses)));
    given.fold(base, |bases, (site, key, addresses)| match addresses {
        BaseAddresses::One(address) => bases.with(site, key, &[with_scheme(address)]),
        BaseAddresses::List(list) => {
            bases.with(site, key, &list.iter().map(|address| with_scheme(address)).collect::<Vec<_>>())
        }
    })
}

/// The same tables with every key, as they are in force.
pub(super) fn filled(bases: &SiteBases) -> SiteTables {
    let value = |site: &dyn Site, setting: &BaseSetting| {
        let list = bases.list(site.id(), setting.key);
        if setting.is_list { BaseAddresses::List(list.to_vec()) } else { BaseAddresses::One(list.concat()) }
    };
    let table = |(site, settings): (&'static dyn Site, &'static [BaseSetting])| {
        (site, SiteTable(settings.iter().map(|setting| (setting.key, value(site, setting))).collect()))
    };
    SiteTables(SiteBases::settings().map(table).collect())
}

/// `hacker-news`
fn table_name(site: &dyn Site) -> String {
    site.id().key().replace(' ', "-")
}

/// A host's name alone is taken for its address.
fn with_scheme(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    if address.contains("://") { address.to_owned() } else { format!("https://{address}") }
}

impl<'de> Deserialize<'de> for SiteTables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SiteTables, D::Error> {
        deserializer.deserialize_map(TablesVisitor)
    }
}

struct TablesVisitor;

impl<'de> Visitor<'de> for TablesVisitor {
    type Value = SiteTables;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table for each site")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SiteTables, A::Error> {
        let known: Vec<_> = SiteBases::settings().collect();
        let names: Vec<String> = known.iter().map(|(site, _)| table_name(*site)).collect();
        let mut tables = SiteTables::default();
        while let Some(at) = map.next_key_seed(KnownKey(&names))? {
            let (site, settings) = known[at];
            tables.0.push((site, map.next_value_seed(SiteKeys(settings))?));
        }
        Ok(tables)
    }
}

/// One of some keys, as its index.
struct KnownKey<'a, T>(&'a [T]);

impl<'de, T: AsRef<str>> DeserializeSeed<'de> for KnownKey<'_, T> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: AsRef<str>> Visitor<'_> for KnownKey<'_, T> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        let found = self.0.iter().position(|known| known.as_ref() == key);
        found.ok_or_else(|| {
            let known: Vec<String> = self.0.iter().map(|known| format!("`{}`", known.as_ref())).collect();
            let among = if known.len() > 1 { "one of " } else { "" };
            E::custom(format!("unknown field `{key}`, expected {among}{}", known.join(", ")))
        })
    }
}

/// The table of one site.
struct SiteKeys(&'static [BaseSetting]);

impl<'de> DeserializeSeed<'de> for SiteKeys {
    type Value = SiteTable;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<SiteTable, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SiteKeys {
    type Value = SiteTable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the addresses of a site")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SiteTable, A::Error> {
        let names: Vec<&str> = self.0.iter().map(|setting| setting.key).collect();
        let mut table = SiteTable::default();
        while let Some(at) = map.next_key_seed(KnownKey(&names))? {
            let setting = self.0[at];
            let addresses =
                if setting.is_list { BaseAddresses::List(map.next_value()?) } else { BaseAddresses::One(map.next_value()?) };
            table.0.push((setting.key, addresses));
        }
        Ok(table)
    }
}

impl Serialize for SiteTables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (site, table) in &self.0 {
            map.serialize_entry(&table_name(*site), table)?;
        }
        map.end()
    }
}

impl Serialize for SiteTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, addresses) in &self.0 {
            map.serialize_entry(key, addresses)?;
        }
        map.end()
    }
}
