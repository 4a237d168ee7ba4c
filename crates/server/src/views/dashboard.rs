use serde::Serialize;

use crate::views::{
    inbox::Row,
    samples,
    shell::{Count, Place, Shell},
};

/// Staff's home, with the *Pigeon inbox* widget.
#[derive(Clone, Debug, Serialize)]
pub struct Dashboard {
    pub shell: Shell,
    /// The hour of day in the site's time zone, for the greeting.
    pub hour: i8,
    pub widget: Widget,
}

/// How many threads need a reply, and the newest of them.
#[derive(Clone, Debug, Serialize)]
pub struct Widget {
    pub count: Count,
    pub rows: Vec<Row>,
}

impl Dashboard {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let busy = Self {
            shell: Shell::sample(Place::Home),
            hour: 14,
            widget: Widget {
                count: Count::new(7),
                rows: samples::rows().into_iter().take(5).collect(),
            },
        };
        let quiet = Self {
            shell: Shell::sample_reader(Place::Home).with_catcher(),
            hour: 8,
            widget: Widget {
                count: Count::new(0),
                rows: Vec::new(),
            },
        };
        vec![("busy", busy), ("quiet", quiet)]
    }
}
