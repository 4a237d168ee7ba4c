use std::{fmt::Write as _, fs, path::Path, time::Duration};

use crate::{Result, figures::Figures, figures::Row};

const PREFACE: &str = "# Performance

Written by `make bench`. Everything ran on one machine, the load beside the server: a figure means
something beside the ceiling of the same run, not by itself.

- *hello* is the same HTTP server, in a process of its own, with a five-byte answer.
- *raw* is what one guest post does to the database, in a bare loop in one process, through the same
  driver: no HTTP, no form, no page.
- A guest post is the contact form, sent with an address and a mailbox of its own each time. It
  stores the conversation, a private link, two mails to send, and everything that keeps a second
  click from posting twice. The mails are sent by another process unless it says so.
- Pigeon remembers what it has read and rendered until the database changes: the pages are those of a
  site where nothing was written since somebody looked at the same. Beside each stands what it costs with
  *nothing remembered*, as after every change; lists, searches and counts are measured only so.
- The load asks for pages as they are. A browser takes them compressed: that is done anew for each,
  and takes half a millisecond of one core for a list of fifty.
- SQLite waits for the disk at every commit (`synchronous=FULL`), and so does PostgreSQL.

";

pub fn write(output: &Path, figures: &Figures) -> Result<()> {
    let mut text = PREFACE.to_owned();
    let _ = writeln!(text, "The machine: {}.", figures.machine);
    for table in &figures.tables {
        let _ = write!(
            text,
            "\n## {}\n\n| | per second | p50 | p99 | | target |\n|---|--:|--:|--:|---|---|\n",
            table.title
        );
        for row in &table.rows {
            let _ = writeln!(text, "{}", line(row));
        }
    }
    if let Some(folder) = output.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(output, text)?;
    eprintln!("\nwritten to {}", output.display());
    Ok(())
}

fn line(row: &Row) -> String {
    let rate = row.per_second.map(|rate| format!("{rate:.0}"));
    let target = match row.is_met {
        Some(true) => format!("{} ✓", row.target),
        Some(false) => format!("{} **missed**", row.target),
        None => row.target.clone(),
    };
    format!(
        "| {} | {} | {} | {} | {} | {target} |",
        row.what,
        rate.unwrap_or_default(),
        row.p50.map(shown).unwrap_or_default(),
        row.p99.map(shown).unwrap_or_default(),
        row.beside,
    )
}

/// In milliseconds, with as many digits as mean something.
pub fn shown(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1_000.0;
    if ms < 1.0 {
        format!("{ms:.3} ms")
    } else {
        format!("{ms:.1} ms")
    }
}
