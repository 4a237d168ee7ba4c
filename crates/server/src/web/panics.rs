use std::panic;

/// Notes where a panic happened, and not what it says: that may hold what somebody typed.
pub fn quiet() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}
