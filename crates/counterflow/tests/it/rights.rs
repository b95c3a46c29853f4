//! Every route as every role: who is let in is what the table says, and nobody else.

use axum::http::StatusCode;
use counterflow::{kernel::rights::Role, router};

use crate::on_both;

on_both! {
    async fn strangers_are_sent_to_sign_in_and_nobody_learns_what_exists(app: TestApp) {
        app.set_up().await;
        for route in router::table().iter().filter(|route| !route.roles.has(Role::Visitor)) {
            let path = route.path.split('/').map(|part| if part.starts_with('{') { "00000000-0000-7000-8000-000000000000" } else { part }).collect::<Vec<_>>().join("/");
            let mut browser = app.browser();
            if route.method == axum::http::Method::GET {
                browser.get(&path).await.ok().says("Work e-mail");
            } else {
                assert_eq!(browser.post(&path, &[]).await.status, StatusCode::UNAUTHORIZED, "{} {path}", route.method);
            }
        }
        assert_eq!(app.browser().get("/no/such/page").await.status, StatusCode::NOT_FOUND);
    }
}
