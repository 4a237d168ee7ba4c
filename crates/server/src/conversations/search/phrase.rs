use super::{entry::Texts, query::Field, tokenizer::sequence};

/// Words that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    field: Field,
    words: Vec<String>,
}

impl Phrase {
    /// None if one word is no more than the word.
    pub(super) fn new(field: Field, text: &str) -> Option<Self> {
        let words = sequence(text);
        (words.len() > 1).then_some(Self { field, words })
    }

    pub(super) fn is_in(&self, texts: &Texts) -> bool {
        let email = texts.starter_email.as_deref().unwrap_or_default();
        let places = match self.field {
            Field::Any => &[
                texts.subject.as_str(),
                &texts.starter_name,
                email,
                &texts.author_name,
                &texts.body,
            ][..],
            Field::From => &[texts.starter_name.as_str(), email],
            Field::Subject => &[texts.subject.as_str()],
        };
        places.iter().any(|text| self.is_said_in(text))
    }

    fn is_said_in(&self, text: &str) -> bool {
        let said = sequence(text);
        said.windows(self.words.len())
            .any(|words| words == self.words)
    }
}
