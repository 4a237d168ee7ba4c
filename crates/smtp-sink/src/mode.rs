use std::{fmt, str::FromStr, time::Duration};

/// How the server behaves. It can change at any time, in the middle of a connection too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Ok,
    /// Nobody listens, and open connections end.
    Down,
    /// Connections are taken, and never greeted.
    BannerHang,
    BannerSlow(Duration),
    EhloDrop,
    /// Greets, and answers nothing after EHLO.
    Hang,
    Mail451,
    /// The sender is refused for good.
    Mail550,
    Rcpt550,
    Rcpt451,
    /// Every other recipient is refused, the first one too.
    RcptMixed,
    /// "Try later" once the whole mail is there.
    Data451,
    Data554,
    /// Keeps the mail, and closes the connection before it says so.
    AcceptDrop,
    /// Keeps the mail, and says so late.
    AcceptSlow(Duration),
    /// Resets the connection in the middle of the body.
    DataReset,
    /// Closes after each mail without a word.
    CloseAfter,
    Auth535,
    /// Says "go ahead" to STARTTLS, and then nonsense in the same breath.
    StarttlsGarbage,
    /// Does not offer STARTTLS, although it could.
    NoStarttls,
    NoUtf8,
    /// Takes mails of up to 2,000 bytes.
    SizeSmall,
}

const WORDS: &[(&str, Mode)] = &[
    ("ok", Mode::Ok),
    ("down", Mode::Down),
    ("banner_hang", Mode::BannerHang),
    ("ehlo_drop", Mode::EhloDrop),
    ("hang", Mode::Hang),
    ("mail_451", Mode::Mail451),
    ("mail_550", Mode::Mail550),
    ("rcpt_550", Mode::Rcpt550),
    ("rcpt_451", Mode::Rcpt451),
    ("rcpt_mixed", Mode::RcptMixed),
    ("data_451", Mode::Data451),
    ("data_554", Mode::Data554),
    ("accept_drop", Mode::AcceptDrop),
    ("data_reset", Mode::DataReset),
    ("close_after", Mode::CloseAfter),
    ("auth_535", Mode::Auth535),
    ("starttls_garbage", Mode::StarttlsGarbage),
    ("no_starttls", Mode::NoStarttls),
    ("no_utf8", Mode::NoUtf8),
    ("size_small", Mode::SizeSmall),
];

impl FromStr for Mode {
    type Err = String;

    /// A word of the table, or `banner_slow:SECONDS`, `accept_slow:SECONDS`.
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("no such mode: {text}");
        if let Some((word, seconds)) = text.split_once(':') {
            let seconds = seconds.parse().map_err(|_| unknown())?;
            let time = Duration::try_from_secs_f64(seconds).map_err(|_| unknown())?;
            return match word {
                "banner_slow" => Ok(Self::BannerSlow(time)),
                "accept_slow" => Ok(Self::AcceptSlow(time)),
                _ => Err(unknown()),
            };
        }
        WORDS
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, mode)| *mode)
            .ok_or_else(unknown)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BannerSlow(time) => write!(f, "banner_slow:{}", time.as_secs_f64()),
            Self::AcceptSlow(time) => write!(f, "accept_slow:{}", time.as_secs_f64()),
            mode => {
                let word = WORDS.iter().find(|(_, other)| other == mode);
                f.write_str(word.expect("every other mode is in the table").0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_reads_back_as_it_is_written() {
        let mut modes: Vec<Mode> = WORDS.iter().map(|(_, mode)| *mode).collect();
        modes.push(Mode::BannerSlow(Duration::from_millis(1500)));
        modes.push(Mode::AcceptSlow(Duration::from_mins(1)));
        for mode in modes {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        assert!("nonsense".parse::<Mode>().is_err());
        assert!("accept_slow:soon".parse::<Mode>().is_err());
    }
}
