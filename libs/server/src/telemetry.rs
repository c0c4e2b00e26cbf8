//! Logs: JSON lines on standard error for machines, plain lines at a desk. Standard output belongs
//! to the command line's answers.

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Starts logging at `level` (an `EnvFilter` expression such as `info,sqlx=warn`).
///
/// A second call in one process does nothing: tests start many services.
pub fn start(level: &str, format: Format) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    // A line that cannot be written, on a full disk, is lost; to say so on the same standard error
    // would panic.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    let started = match format {
        Format::Json => log.json().try_init(),
        Format::Text => log.try_init(),
    };
    drop(started);
}
