//! A form that is posted twice posts once.

use crate::{conversations::once::Once, web::Call};

/// What is no content of a post: the secrets and keys that go with it.
const NOT_CONTENT: [&str; 3] = ["csrf", "key", "token"];

/// What `actor` posts by `action`: by the form's key, or by its text where it has none.
pub fn of(call: &Call, action: &str, actor: &str) -> Once {
    let key = call.fields.get("key");
    if key.is_empty() {
        let named = ["email", "threadId", "subject", "body", "isInternalNote"];
        let content = named.map(|name| (name, call.fields.get(name)));
        let by = [("by", actor)];
        return Once::keyless(action, &[&content[..], &by].concat());
    }
    let content = call.fields.iter();
    let content: Vec<_> = content
        .filter(|(name, _)| !NOT_CONTENT.contains(name))
        .collect();
    Once::keyed(key, action, actor, &content)
}
