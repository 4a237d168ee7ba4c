use super::{
    Person, TestApp,
    wire::{Line, is_whole_head},
};

/// An open event stream.
pub struct Listener {
    line: Line,
    text: String,
}

impl Person {
    /// Opens the stream at `path`, and hears its first sign of life.
    pub async fn listens(&self, path: &str) -> Listener {
        let mut line = Line::open(self.address).await;
        line.say(self.head("GET", path, &[], 0).as_bytes()).await;
        let mut bytes = Vec::new();
        while !is_whole_head(&bytes) {
            let heard = line.hear().await;
            assert!(!heard.is_empty(), "no answer from {path}");
            bytes.extend(heard);
        }
        let text = String::from_utf8(bytes).expect("a stream is text");
        assert!(text.starts_with("HTTP/1.1 200 "), "{path}: {text}");
        assert!(text.contains("text/event-stream"), "{path}: {text}");
        Listener { line, text }
    }
}

impl Listener {
    /// The next event: the topics that it names, or `all`. None once the stream has ended.
    pub async fn hears(&mut self) -> Option<String> {
        loop {
            while let Some((_, rest)) = self.text.split_once("event: ") {
                let Some((event, rest)) = rest.split_once("\n\n") else {
                    break;
                };
                let (kind, data) = event.split_once("\ndata:").expect("an event has data");
                let said = match kind {
                    "beat" | "end" => None,
                    "all" => Some("all".to_owned()),
                    _ => Some(data.trim().to_owned()),
                };
                self.text = String::from(rest);
                if said.is_some() {
                    return said;
                }
            }
            let heard = self.line.hear().await;
            if heard.is_empty() {
                return None;
            }
            self.text.push_str(&String::from_utf8_lossy(&heard));
        }
    }

    /// All events up to the stream's end.
    pub async fn hears_out(mut self) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(event) = self.hears().await {
            all.push(event);
        }
        all
    }
}

impl TestApp {
    /// Lets everything that was announced be passed on: a stream that opens now hears none of it.
    pub async fn settle(&self, reader: &Person) {
        let mut stream = reader.listens("/pigeon/events?topics=inbox").await;
        self.announce(&["inbox"]).await;
        stream.hears().await.expect("the stream goes on");
    }

    /// Announces topics, as a change would.
    pub async fn announce(&self, topics: &[&str]) {
        let mut tx = self.app.db.begin().await.expect("the database is there");
        for topic in topics {
            tx.announce((*topic).to_owned()).await.expect("it is noted");
        }
        tx.commit().await.expect("the database is there");
    }
}
