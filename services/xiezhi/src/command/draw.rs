//! `xiezhi draw`: the public draw (双随机), from frozen lists to a record that anybody replays.

mod act;
mod nonce;
mod show;
mod verify;

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;

use super::call::{By, For, Page, called, more, word};
use crate::cli::Context;

/// Public draws.
#[derive(Debug, Subcommand)]
#[command(after_help = "One draw, step by step:\n  \
    xiezhi draw freeze --title … --plan plans/… --body MKT --body ECO --commit-by +1h --reveal-by +2h \\\n    \
    --public-at +2h --as GDO --officer GDO-01\n  \
    xiezhi draw commit draws/… --as MKT --officer MKT-01     each body; the nonce stays in its data directory\n  \
    xiezhi draw reveal draws/… --as MKT --officer MKT-01     when all have committed, or the time is over\n  \
    xiezhi draw run draws/… --as GDO --officer GDO-01        when the public value has appeared\n  \
    xiezhi draw winners draws/… --as MKT\n  \
    xiezhi draw open draws/… --as GDO --officer GDO-01       when the visits are done\n  \
    xiezhi draw record draws/… record.txt && xiezhi draw verify record.txt")]
pub(crate) enum Command {
    /// Freeze the lists of a draw, and commit the office to its nonce. For the coordinating office.
    Freeze(Box<act::Freeze>),
    /// Make a nonce and commit to it; it stays in your data directory until you reveal it.
    Commit(act::Nonce),
    /// Reveal the nonce that you committed to.
    Reveal(act::Nonce),
    /// Draw, when the public value has appeared. The office's nonce stays secret.
    Run(act::Run),
    /// Reveal the office's nonce when the visits are done: from then on anybody can replay it.
    Open {
        #[command(flatten)]
        who: For,
        /// draws/…
        name: String,
    },
    /// Make a draw void, and say whose fault it is.
    Void(act::Void),
    /// One draw: roots of its lists, who committed and revealed, what came of it.
    Show {
        #[command(flatten)]
        by: By,
        /// draws/…
        name: String,
    },
    /// The draws, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
    },
    /// Who was drawn, as far as you may know it, with the officers in the order of the draw.
    Winners {
        #[command(flatten)]
        by: By,
        /// draws/…
        name: String,
        #[command(flatten)]
        page: Page,
    },
    /// Write the record of an opened draw to a file, for `verify` and any other replay.
    Record {
        #[command(flatten)]
        by: By,
        /// draws/…
        name: String,
        /// Where to write it.
        file: PathBuf,
    },
    /// Replay a record offline. The first thing that is wrong is named, and the exit status is 1.
    Verify(verify::Verify),
}

pub(crate) async fn draw(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Freeze(command) => act::freeze(context, *command).await?,
        Command::Commit(command) => act::commit(context, command).await?,
        Command::Reveal(command) => act::reveal(context, command).await?,
        Command::Run(command) => act::run(context, command).await?,
        Command::Open { who, name } => act::open(context, who, name).await?,
        Command::Void(command) => act::void(context, command).await?,
        Command::Show { by, name } => {
            show::show(context, &by.connect(context).await?, &name).await?;
        }
        Command::List { by, page } => {
            show::list(context, &by.connect(context).await?, page).await?;
        }
        Command::Winners { by, name, page } => {
            show::winners(context, &by.connect(context).await?, name, page).await?;
        }
        Command::Record { by, name, file } => {
            show::record(context, &by.connect(context).await?, &name, &file).await?;
        }
        Command::Verify(command) => return verify::verify(context, &command),
    }
    Ok(ExitCode::SUCCESS)
}
