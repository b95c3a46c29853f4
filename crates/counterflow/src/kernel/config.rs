//! The settings: from counterflow.toml, then COUNTERFLOW_* variables, then the command line; the later wins.

use std::{net::SocketAddr, path::PathBuf};

use url::Url;

/// Where the database is when nothing else is said.
pub const DEFAULT_DATABASE: &str = "sqlite://counterflow.db";

/// Everything that an operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://PATH` or `postgres://USER@HOST/NAME`.
    pub database: String,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// How people reach the server: links in letters begin with it.
    pub public_url: Url,
    /// The mail server; without it letters are kept and readable in the admin pages.
    pub smtp: Option<Smtp>,
    /// Whether this is the demo: the sign-in page offers "enter as".
    pub demo: bool,
    /// How many proxies in front of the server may be believed about the visitor's address.
    pub trusted_proxies: usize,
    /// Where people files are dropped to be imported.
    pub import_folder: Option<PathBuf>,
}

/// The organization's mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// `smtp://` (STARTTLS is required, unless the server is on this machine or the address says `?tls=`) or `smtps://`,
    /// with user, password, host and port.
    pub url: Url,
    /// The sender: `Counterflow <mentoring@example.org>`.
    pub from: String,
}

/// The file's form. Every setting may be left out.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    listen: Option<SocketAddr>,
    public_url: Option<Url>,
    smtp_url: Option<Url>,
    mail_from: Option<String>,
    trusted_proxies: Option<usize>,
    import_folder: Option<PathBuf>,
}

/// What was given on the command line or in the environment.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct Given {
    /// Settings file; counterflow.toml in the working directory is read if it is there
    #[arg(long, env = "COUNTERFLOW_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, env = "COUNTERFLOW_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Address to listen on
    #[arg(long, env = "COUNTERFLOW_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// How people reach the server, for links in letters
    #[arg(long, env = "COUNTERFLOW_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,
    /// Mail server, smtp://USER:PASSWORD@HOST:PORT or smtps://...; without it letters are kept and not sent
    #[arg(long, env = "COUNTERFLOW_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<Url>,
    /// Sender of letters: a name with an address in angle brackets
    #[arg(long, env = "COUNTERFLOW_MAIL_FROM", value_name = "SENDER")]
    pub mail_from: Option<String>,
    /// Number of reverse proxies in front of the server whose X-Forwarded-For is believed
    #[arg(long, env = "COUNTERFLOW_TRUSTED_PROXIES", value_name = "N")]
    pub trusted_proxies: Option<usize>,
    /// Folder that is watched for people files; each file belongs to the source whose pattern its name fits
    #[arg(long, env = "COUNTERFLOW_IMPORT_FOLDER", value_name = "DIR")]
    pub import_folder: Option<PathBuf>,
}

/// Why the settings make no sense.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Read(String, #[source] std::io::Error),
    /// The file is not in the expected form.
    #[error("{0}: {1}")]
    Parse(String, #[source] Box<toml::de::Error>),
    /// A mail server without a sender.
    #[error("a mail server is set, but no sender: set mail_from (COUNTERFLOW_MAIL_FROM)")]
    NoSender,
    /// A sender that is no address.
    #[error("mail_from {0:?} is not an address like \"Mentoring <mentoring@example.org>\"")]
    Sender(String),
    /// Neither smtp nor smtps.
    #[error("smtp_url has to begin with smtp:// or smtps://")]
    SmtpScheme,
    /// Neither http nor https.
    #[error("public_url has to begin with http:// or https:// and must not have a path")]
    PublicUrl,
    /// Listening on every address of the machine, of which none is the one that people use.
    #[error(
        "listening on {0}, which is every address of this machine: set public_url (COUNTERFLOW_PUBLIC_URL) to the one \
         that people use; links in letters begin with it"
    )]
    NoPublicUrl(SocketAddr),
}

impl Given {
    /// Fills in from the file and the defaults.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the setting.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let file = self.read_file()?;
        let listen = self.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let own = format!("http://{listen}");
        let public_url = match self.public_url.or(file.public_url) {
            Some(url) => url,
            None if listen.ip().is_unspecified() => return Err(ConfigError::NoPublicUrl(listen)),
            None => own.parse().map_err(|_| ConfigError::PublicUrl)?,
        };
        if !matches!(public_url.scheme(), "http" | "https") || public_url.path() != "/" {
            return Err(ConfigError::PublicUrl);
        }
        let sender = self.mail_from.or(file.mail_from);
        Ok(Config {
            database: self.database.or(file.database).unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
            listen,
            public_url,
            smtp: self.smtp_url.or(file.smtp_url).map(|url| smtp(url, sender)).transpose()?,
            demo: false,
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies).unwrap_or(0),
            import_folder: self.import_folder.or(file.import_folder),
        })
    }

    /// The database that the command line, the environment or the file names: for commands that must not make one up.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn named_database(self) -> Result<Option<String>, ConfigError> {
        let file = self.read_file()?;
        Ok(self.database.or(file.database))
    }

    fn read_file(&self) -> Result<File, ConfigError> {
        let path = match &self.config {
            Some(path) => path.clone(),
            None if PathBuf::from("counterflow.toml").exists() => PathBuf::from("counterflow.toml"),
            None => return Ok(File::default()),
        };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| ConfigError::Read(name.clone(), error))?;
        toml::from_str(&text).map_err(|error| ConfigError::Parse(name, Box::new(error)))
    }
}

fn smtp(url: Url, sender: Option<String>) -> Result<Smtp, ConfigError> {
    if !matches!(url.scheme(), "smtp" | "smtps") {
        return Err(ConfigError::SmtpScheme);
    }
    let from = sender.ok_or(ConfigError::NoSender)?;
    if from.parse::<lettre::message::Mailbox>().is_err() {
        return Err(ConfigError::Sender(from));
    }
    Ok(Smtp { url, from })
}

impl Config {
    /// Whether people reach the server over https; cookies and headers depend on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_defaults() {
        let given = Given { listen: Some("127.0.0.1:9".parse().unwrap()), ..Given::default() };
        let config = given.resolve().unwrap();
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:9/");
        assert_eq!(config.database, DEFAULT_DATABASE);
        assert!(!config.is_https() && config.smtp.is_none());
    }

    #[test]
    fn listening_everywhere_needs_a_public_url() {
        let given = |listen: &str, url: Option<&str>| Given {
            listen: Some(listen.parse().unwrap()),
            public_url: url.map(|url| url.parse().unwrap()),
            ..Given::default()
        };
        for listen in ["0.0.0.0:8080", "[::]:8080"] {
            let refused = given(listen, None).resolve().unwrap_err();
            assert!(refused.to_string().contains("COUNTERFLOW_PUBLIC_URL"), "{refused}");
            assert!(given(listen, Some("https://mentoring.example.org")).resolve().is_ok());
        }
        assert!(given("[::1]:8080", None).resolve().is_ok());
    }

    #[test]
    fn a_mail_server_needs_a_sender() {
        let given = |from: Option<&str>, url: &str| Given {
            smtp_url: Some(url.parse().unwrap()),
            mail_from: from.map(str::to_owned),
            ..Given::default()
        };
        assert!(matches!(given(None, "smtp://mail").resolve(), Err(ConfigError::NoSender)));
        assert!(matches!(given(Some("nobody"), "smtp://mail").resolve(), Err(ConfigError::Sender(_))));
        assert!(matches!(given(Some("A <a@x.example>"), "http://mail").resolve(), Err(ConfigError::SmtpScheme)));
        assert!(given(Some("A <a@x.example>"), "smtps://mail").resolve().is_ok());
    }
}
