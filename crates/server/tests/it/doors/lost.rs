//! Rights that were lost a moment ago, at every door.

use pigeon::{accounts::Permission, app::Outlet, web};

use super::{ACTIONS, PAGES, outcome, path_of};
use crate::support::{Actor, Actors, Answer, Form, Person, TestApp};

/// Those who have something to lose: their place in the rows of the doors, and what they may do.
const HOLDERS: [(usize, bool, &[Permission]); 5] = [
    (4, false, &[Permission::AccessPlugin]),
    (5, false, &[Permission::ManageThreads]),
    (
        6,
        false,
        &[Permission::ManageThreads, Permission::AssignThreads],
    ),
    (7, true, &[]),
    (8, false, &[Permission::ManageSettings]),
];

#[derive(Clone, Copy, Debug)]
enum Loss {
    SignedOut,
    Disabled,
    Demoted,
}

impl Loss {
    const ALL: [Self; 3] = [Self::SignedOut, Self::Disabled, Self::Demoted];

    /// Whose place in the rows it leaves somebody.
    fn leaves(self) -> usize {
        match self {
            Self::SignedOut | Self::Disabled => 0,
            Self::Demoted => 3,
        }
    }

    /// In another window, or by somebody else: the browser that `person` has open knows nothing.
    async fn befalls(self, app: &TestApp, person: &Person, name: &str) {
        let statements: &[&'static str] = match self {
            Self::SignedOut => {
                let mut window = person.clone();
                window.address = app.address;
                window.does("account/sign-out", &[]).await.expect(303);
                return;
            }
            Self::Disabled => &["UPDATE users SET disabled_at = 1 WHERE username_key = $1"],
            Self::Demoted => &[
                "UPDATE users SET admin = FALSE WHERE username_key = $1",
                "DELETE FROM user_permissions
                 WHERE user_id = (SELECT id FROM users WHERE username_key = $1)",
            ],
        };
        let mut tx = app.app.db.begin().await.unwrap();
        for statement in statements {
            tx.query(statement).bind(name).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

#[derive(Clone, Copy, Debug)]
enum Door {
    Page(&'static web::Route),
    Action(&'static str),
}

impl Door {
    /// All of them, with what their rows say.
    fn all() -> Vec<(Self, Vec<char>)> {
        let row = |rows: &[(&str, &str)], name: &str| {
            let row = rows.iter().find(|(door, _)| *door == name);
            let (_, row) = row.unwrap_or_else(|| panic!("{name} has no row"));
            row.chars().collect()
        };
        let pages = web::routes().iter();
        let pages = pages.map(|page| (Self::Page(page), row(PAGES, page.path)));
        let actions = web::actions::actions().iter();
        let actions = actions.map(|action| (Self::Action(action.name), row(ACTIONS, action.name)));
        pages.chain(actions).collect()
    }

    fn name(self) -> &'static str {
        match self {
            Self::Page(page) => page.path,
            Self::Action(name) => name,
        }
    }

    /// What somebody asks for there, with everything right in it.
    async fn asked(self, app: &TestApp, actor: &Actor, actors: &Actors) -> Asked {
        match self {
            Self::Page(page) => Asked::Page(path_of(app, page, actor, actors).await),
            Self::Action(name) => Asked::Form(actors.form(app, name, actor).await),
        }
    }
}

enum Asked {
    Page(String),
    Form(Form),
}

impl Asked {
    async fn by(&self, person: &mut Person) -> Answer {
        match self {
            Self::Page(path) => person.get(path).await,
            Self::Form(form) => form.posted_by(person).await,
        }
    }
}

#[tokio::test]
async fn r29_p11_whoever_lost_a_right_is_refused_at_every_door_at_the_very_next_request() {
    let more = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")];
    let app = TestApp::sending_with(&more, Outlet::Catcher).await;
    let other = app.node_beside().await;
    let actors = Actors::of(&app).await;
    app.run_jobs().await;
    let mut tried = 0;
    for (door, row) in Door::all() {
        for (place, admin, may) in HOLDERS {
            for loss in Loss::ALL {
                let left = row[loss.leaves()];
                // What anybody may do is done without a right.
                if row[place] == left || left == '.' {
                    continue;
                }
                tried += 1;
                let name = format!("loser{tried}");
                let mut person = app.signed_in(&name, admin, may).await;
                // Both nodes have seen them; the one that is asked next is not where it happens.
                for node in [&app, &other] {
                    person.address = node.address;
                    person.get("/pigeon/admin/profile").await.expect(200);
                }
                loss.befalls(&app, &person, &name).await;
                let loser = Actor {
                    name: "loser",
                    person: person.clone(),
                    email: None,
                    token: None,
                };
                let asked = door.asked(&app, &loser, &actors).await;
                let before = app.rows().await;
                let answer = asked.by(&mut person).await;
                let what = format!("{} after {loss:?}, number {place}", door.name());
                assert_eq!(outcome(&answer), left, "{what}: {answer:?}");
                assert_eq!(app.rows().await, before, "{what} wrote something");
            }
        }
    }
    // Every action and page of staff's, for three or four people and three losses.
    assert!(tried > 350, "{tried}");
}
