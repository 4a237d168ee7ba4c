//! Every template with every sample.

use std::{fs, path::PathBuf};

use serde::Serialize;
use templates::{Page, Templates};

use crate::assets;

use super::{
    conversation::Conversation,
    dashboard::{Dashboard, WidgetPage},
    error::ErrorPage,
    inbox::Inbox,
    mail_catcher::{CaughtMail, MailCatcher},
    new_conversation::{LeavingStart, NewConversation},
    profile::ProfilePage,
    queue::QueuePage,
    saved_replies::{SavedReplies, SavedReplyPage},
    settings::SettingsPage,
};

/// The pages, by template and sample.
fn rendered(page: &Page) -> Vec<(String, String)> {
    let mut pages = Pages {
        templates: Templates::new(|name| assets::url(name).map(|_| format!("/assets/{name}"))),
        page,
        done: Vec::new(),
    };
    pages.add("admin/dashboard.html", Dashboard::samples());
    pages.add("admin/widget.html", WidgetPage::samples());
    pages.add("admin/inbox.html", Inbox::samples());
    pages.add("admin/conversation.html", Conversation::samples());
    pages.add("admin/leaving.html", LeavingStart::samples());
    pages.add("admin/new.html", NewConversation::samples());
    pages.add("admin/profile.html", ProfilePage::samples());
    pages.add("admin/queue.html", QueuePage::samples());
    pages.add("admin/saved_replies.html", SavedReplies::samples());
    pages.add("admin/saved_reply.html", SavedReplyPage::samples());
    pages.add("admin/settings.html", SettingsPage::samples());
    pages.add("admin/mail.html", MailCatcher::samples());
    pages.add("admin/mail_one.html", CaughtMail::samples());
    pages.add("errors/error.html", ErrorPage::samples());
    pages.done
}

struct Pages<'a> {
    templates: Templates,
    page: &'a Page,
    done: Vec<(String, String)>,
}

impl Pages<'_> {
    fn add(&mut self, template: &str, samples: Vec<(&'static str, impl Serialize)>) {
        for (sample, view) in samples {
            let name = template.trim_end_matches(".html").replace('/', "-");
            match self.templates.render(template, self.page, &view) {
                Ok(html) => self.done.push((format!("{name}-{sample}"), html)),
                Err(error) => panic!("{template} with {sample}: {error:#}"),
            }
        }
    }
}

fn asset(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets")).join(name)
}

/// With `PREVIEW=folder` it writes the pages there, to look at.
#[test]
fn every_page_renders_with_every_sample() {
    let page = Page::sample();
    let pages = rendered(&page);
    let Some(folder) = std::env::var_os("PREVIEW").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).unwrap();
    for (name, html) in pages {
        fs::write(folder.join(name + ".html"), html).unwrap();
    }
    let mirrored = Page {
        dir: "rtl".into(),
        ..page
    };
    for (name, html) in rendered(&mirrored) {
        fs::write(folder.join(name + "-rtl.html"), html).unwrap();
    }
}

#[test]
fn no_page_has_inline_style_or_script() {
    for (name, html) in rendered(&Page::sample()) {
        for bad in [" style=", "<style", "javascript:", "data:"] {
            assert!(!html.contains(bad), "{name} has {bad}");
        }
        let inline = html.match_indices("<script").count();
        assert_eq!(inline, html.matches("<script src=").count(), "{name}");
        assert!(!html.contains(" on") || !has_handler(&html), "{name}");
    }
}

fn has_handler(html: &str) -> bool {
    ["onclick=", "onload=", "onerror=", "onchange=", "onsubmit="]
        .iter()
        .any(|handler| html.contains(handler))
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = fs::read_to_string(asset("icons.svg")).unwrap();
    for (name, html) in rendered(&Page::sample()) {
        for rest in html.split("icons.svg#").skip(1) {
            let icon = rest.split('"').next().unwrap();
            let there = sprite.contains(&format!("<symbol id=\"{icon}\""));
            assert!(there, "{name}: no icon {icon}");
        }
    }
}

#[test]
fn every_icon_in_the_sprite_is_used() {
    let sprite = fs::read_to_string(asset("icons.svg")).unwrap();
    let mut text = include_str!("inbox.rs").to_owned();
    for name in Templates::names() {
        let path = format!("{}/../../templates/{name}", env!("CARGO_MANIFEST_DIR"));
        text.push_str(&fs::read_to_string(path).unwrap());
    }
    for rest in sprite.split("<symbol id=\"").skip(1) {
        let icon = rest.split('"').next().unwrap();
        let uses = [
            format!("'{icon}'"),
            format!("\"{icon}\""),
            format!("#{icon}\""),
        ];
        assert!(
            uses.iter().any(|it| text.contains(it)),
            "{icon} is used nowhere"
        );
    }
}

#[test]
fn whoever_may_only_look_gets_no_controls() {
    let pages = rendered(&Page::sample());
    let (_, html) = pages
        .iter()
        .find(|(name, _)| name == "admin-conversation-reader")
        .unwrap();
    assert!(!html.contains("/pigeon/actions/"), "a form is left");
}
