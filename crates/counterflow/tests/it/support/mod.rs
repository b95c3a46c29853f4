//! A server in memory, browsers that talk to it, and the people of one story.

pub mod app;
pub mod browser;
pub mod forms;
pub mod matching;
pub mod pairs;
pub mod people;
pub mod rounds;
pub mod running;
pub mod smtp;

/// Defines a test twice: on SQLite and on PostgreSQL. After it, no job may be left unrun.
#[macro_export]
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn walk($app: &$crate::support::app::TestApp) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                let app = $crate::support::app::TestApp::sqlite().await;
                walk(&app).await;
                app.assert_idle().await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                let Some(app) = $crate::support::app::TestApp::postgres().await else { return };
                walk(&app).await;
                app.assert_idle().await;
            }
        }
    };
}
