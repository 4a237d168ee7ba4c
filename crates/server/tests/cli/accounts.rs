use crate::pigeon::Pigeon;

#[tokio::test]
async fn accounts_are_added_listed_changed_and_disabled() {
    let pigeon = Pigeon::new().await;
    let added = pigeon.run_with_input(
        &[
            "user",
            "add",
            "--email",
            "Ann@Example.com",
            "--name",
            "Ann",
            "--admin",
            "--password-stdin",
        ],
        "correct horse battery\n",
    );
    assert_eq!(added.ok(), "Added Ann@Example.com.\n");
    let added = pigeon.run(&[
        "user",
        "add",
        "--email",
        "ben@example.com",
        "--username",
        "ben",
        "--permission",
        "manageThreads",
        "--permission",
        "pigeon:assignThreads",
    ]);
    assert!(added.ok().contains("http://localhost:8080/pigeon/forgot"));

    let list = pigeon.run(&["user", "list"]);
    let rows: Vec<Vec<&str>> = list.ok().lines().map(|l| l.split('\t').collect()).collect();
    assert_eq!(rows[0][1..], ["Ann@Example.com", "", "Ann", "admin"]);
    assert_eq!(
        rows[1][1..],
        [
            "ben@example.com",
            "ben",
            "ben",
            "pigeon:assignThreads,pigeon:manageThreads"
        ]
    );

    let set = pigeon.run_with_input(
        &["user", "set-password", "BEN", "--password-stdin"],
        "another long password",
    );
    assert_eq!(set.ok(), "ben@example.com has a new password.\n");
    pigeon.run(&["user", "disable", "ben@example.com"]).ok();
    let list = pigeon.run(&["user", "list"]);
    assert!(list.ok().lines().nth(1).unwrap().ends_with("\tdisabled"));
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_said_in_one_line() {
    let pigeon = Pigeon::new().await;
    pigeon
        .run(&[
            "user",
            "add",
            "--email",
            "ann@example.com",
            "--username",
            "ann",
            "--admin",
        ])
        .ok();
    let add = |arguments: &[&str]| pigeon.run(&[&["user", "add"], arguments].concat());
    add(&["--email", "ann"]).refused_with("email: An e-mail address looks like ann@example.com.");
    add(&["--email", "ANN@example.com"])
        .refused_with("email: There is an account with it already.");
    add(&["--email", "b@example.com", "--username", "Ann"])
        .refused_with("username: There is an account with it already.");
    add(&["--email", "b@example.com", "--username", "a b"])
        .refused_with("username: A user name has no spaces, commas, semicolons or @.");
    add(&[
        "--email",
        "b@example.com",
        "--permission",
        "pigeon:assignThreads",
    ])
    .refused_with("permission: pigeon:assignThreads needs pigeon:manageThreads too.");
    pigeon
        .run_with_input(
            &[
                "user",
                "add",
                "--email",
                "b@example.com",
                "--password-stdin",
            ],
            "short",
        )
        .refused_with("password: A password has at least 12 characters.");
    pigeon
        .run_with_input(
            &[
                "user",
                "set-password",
                "nobody@example.com",
                "--password-stdin",
            ],
            "correct horse battery",
        )
        .refused_with("there is no account nobody@example.com");
    let last = pigeon.run(&["user", "disable", "ann"]);
    assert_eq!((last.code, last.err.lines().count()), (1, 1), "{last:?}");
    assert_eq!(pigeon.run(&["user", "list"]).ok().lines().count(), 1);
}
