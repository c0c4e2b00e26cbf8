//! What the command line prints: tables for people, JSON for programs. The only place that writes
//! to standard output.

use std::io::Write as _;

use anyhow::Context as _;
use comfy_table::{ContentArrangement, Table, presets};
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor, SerializeOptions,
};

/// Writes one line.
pub(crate) fn line(text: impl std::fmt::Display) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").context("standard output")
}

/// Writes a text that ends its own lines.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    write!(std::io::stdout().lock(), "{text}").context("standard output")
}

/// A table with these heads, as wide as the terminal.
pub(crate) fn table(heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heads);
    table
}

/// The messages of the contract, by name.
pub(crate) struct Contract(DescriptorPool);

impl Contract {
    pub(crate) fn load() -> anyhow::Result<Self> {
        Ok(Self(DescriptorPool::decode(proto::DESCRIPTORS).context("descriptors")?))
    }

    fn message(&self, name: &str) -> anyhow::Result<MessageDescriptor> {
        self.0.get_message_by_name(name).with_context(|| format!("no message {name}"))
    }

    /// A message as canonical proto JSON, with every field, in the names of the contract.
    pub(crate) fn json(
        &self,
        name: &str,
        message: &impl Message,
    ) -> anyhow::Result<serde_json::Value> {
        let dynamic =
            DynamicMessage::decode(self.message(name)?, message.encode_to_vec().as_slice())?;
        let options = SerializeOptions::new().use_proto_field_name(true);
        Ok(dynamic.serialize_with_options(serde_json::value::Serializer, &options)?)
    }

    /// A message read from JSON; a field that it does not have is an error that names it.
    pub(crate) fn read<M: Message + Default>(
        &self,
        name: &str,
        json: serde_json::Value,
    ) -> anyhow::Result<M> {
        let dynamic = DynamicMessage::deserialize(self.message(name)?, json)
            .with_context(|| format!("not a {name}"))?;
        Ok(M::decode(dynamic.encode_to_vec().as_slice())?)
    }

    /// The fields of a message, in their order.
    pub(crate) fn fields(&self, name: &str) -> anyhow::Result<Vec<FieldDescriptor>> {
        Ok(self.message(name)?.fields().collect())
    }

    /// The names of the steps, as their oneof has them.
    pub(crate) fn steps(&self) -> anyhow::Result<Vec<String>> {
        let fields = self.fields("xiezhi.referral.v1.Step")?;
        Ok(fields.iter().map(|field| field.name().to_owned()).collect())
    }
}

/// Prints one message as JSON on one line.
pub(crate) fn json(name: &str, message: &impl Message) -> anyhow::Result<()> {
    line(Contract::load()?.json(name, message)?)
}

/// An instant of the wire in the time of the law, to the minute; 24:00 rather than the next 00:00.
pub(crate) fn local(at: Option<prost_types::Timestamp>) -> String {
    let Some(at) = at.and_then(|at| {
        let nanos = u32::try_from(at.nanos).ok()?;
        chrono::DateTime::from_timestamp(at.seconds, nanos)
    }) else {
        return String::new();
    };
    local_time(at)
}

/// See [`local`].
pub(crate) fn local_time(at: chrono::DateTime<chrono::Utc>) -> String {
    let local = at.with_timezone(&clock::SHANGHAI);
    if local.time() == chrono::NaiveTime::MIN {
        let day = local.date_naive();
        return format!("{} 24:00", day.pred_opt().unwrap_or(day));
    }
    local.format("%Y-%m-%d %H:%M").to_string()
}
