use super::*;

#[tokio::test]
async fn what_was_deleted_for_good_is_gone_before_its_rows_are() {
    let (app, mut ada) = TestApp::open().await;
    let ann = asks(&app, "ann@example.com", "Unmistakable").await;
    let bob = asks(&app, "bob@example.com", "Remaining").await;
    let both = [ann.thread.as_str(), bob.thread.as_str()];
    ada.does_to(&both, "admin/trash", &[]).await.expect(200);
    ada.does_to(&both[..1], "admin/purge", &[])
        .await
        .expect(200);
    assert_eq!(app.number("SELECT count(*) FROM threads").await, 2);
    ada.reads(&ann.thread).await.expect(404);
    for sort in ["activity", "created", "subject"] {
        let list = format!("/pigeon/admin/threads?source=trash&sort={sort}");
        let page = ada.get(&list).await.expect(200);
        assert!(!page.text().contains("Unmistakable") && page.text().contains("Remaining"));
        let page = words(page.text());
        assert!(
            page.contains("1 conversation") && page.contains("Trash 1 "),
            "{page}"
        );
    }
    let file = "/pigeon/admin/threads/export.csv?source=trash";
    assert!(
        !ada.get(file)
            .await
            .expect(200)
            .text()
            .contains("Unmistakable")
    );
    // The whole list is what it shows.
    let whole = [("view", "source=trash"), ("count", "1")];
    let done = ada.does_to(&[], "admin/restore", &whole).await.expect(200);
    assert_eq!(message(&done), "Conversation restored.");
}
