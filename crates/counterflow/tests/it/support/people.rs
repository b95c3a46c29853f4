//! The people of the story. Inés runs the program, Karin backs it, Ana (L3) mentors Ruth (CFO), Tunde keeps Ruth's
//! calendar, Piet looks after the server.

use counterflow::{
    accounts, execute,
    kernel::{db::Tx, ids::PersonId, token},
};

use super::{app::TestApp, browser::Browser};

/// What everybody does who writes `people`: what the server keeps of the directory is made again.
pub async fn directory_changed(tx: &mut Tx) {
    execute!(
        tx,
        "insert into directory_stamp (id, stamp) values ('directory', $1)
         on conflict (id) do update set stamp = excluded.stamp",
        token::new()
    )
    .unwrap();
}

impl TestApp {
    /// The organization as it is after its set-up, with Piet as admin. Answers Piet.
    pub async fn set_up(&self) -> PersonId {
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into organization (id, name, time_zone, created_at) values ('organization', 'Halden Group', 'Europe/Berlin', $1)",
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        let piet = self.person("Piet Visser").await;
        let mut tx = self.write().await;
        accounts::grant_role(&mut tx, piet, "admin", None).await.unwrap();
        tx.commit().await.unwrap();
        piet
    }

    /// Somebody in the directory: `Ana Lim` has the address ana.lim@halden.example.
    pub async fn person(&self, name: &str) -> PersonId {
        let id = PersonId::new();
        let email = format!("{}@halden.example", name.to_lowercase().replace(' ', "."));
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into people (id, email, name, sort_name, languages, attributes, status, theme, created_at, updated_at)
             values ($1, $2, $3, lower($3), '[]', '{}', 'active', 'system', $4, $4)",
            id,
            email,
            name,
            now
        )
        .unwrap();
        directory_changed(&mut tx).await;
        tx.commit().await.unwrap();
        id
    }

    /// A browser in which this person is signed in.
    pub async fn as_person(&self, person: PersonId) -> Browser {
        Browser::signed_in(self, person).await
    }
}
