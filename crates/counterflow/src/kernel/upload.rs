//! A form with one file.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::StatusCode,
};

use super::{
    app::App,
    error::Error,
    form::{Fields, MOST_FIELDS, too_many_fields},
    token,
    viewer::Visitor,
};

/// The largest form with a file, in bytes of all its parts together: a people file of a million rows is smaller.
pub const LIMIT: usize = 64 << 20;

/// What was typed, and the file that was chosen.
#[derive(Debug)]
pub struct Upload {
    /// The other fields.
    pub fields: Fields,
    /// The file's name as the browser tells it. Shown, never used as a path.
    pub file_name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

fn too_large() -> Error {
    Error::Trouble {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        key: "too_large",
        data: vec![("limit", format!("{} MiB", LIMIT >> 20))],
    }
}

impl FromRequest<App> for Upload {
    type Rejection = Error;

    /// Reads the form. A body that says it is too large is refused before it is read.
    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let viewer = request.extensions().get::<Visitor>().and_then(|visitor| visitor.0.clone());
        let length =
            request.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > LIMIT + (1 << 16)) {
            return Err(too_large());
        }
        let mut parts = Multipart::from_request(request, app).await.map_err(|_| Error::bad_request("unreadable"))?;
        let mut upload = Self { fields: Fields::default(), file_name: String::new(), content: Vec::new() };
        let mut left = LIMIT;
        while let Some(part) = parts.next_field().await.map_err(|_| Error::bad_request("unreadable"))? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let content = read_part(part, &mut left).await?;
            match file {
                Some(file) => (upload.file_name, upload.content) = (clean(&file), content),
                None => upload.fields.push(name, String::from_utf8_lossy(&content)),
            }
            if upload.fields.count() > MOST_FIELDS {
                return Err(too_many_fields());
            }
        }
        match viewer {
            Some(viewer) if !token::same(upload.fields.get("form_tag"), &viewer.form_tag) => {
                Err(Error::conflict("form_stale"))
            }
            _ if upload.file_name.is_empty() => Err(Error::bad_request("wrong_file")),
            _ => Ok(upload),
        }
    }
}

/// What is in one part; `left` is how many bytes the parts after it may have.
async fn read_part(mut part: Field<'_>, left: &mut usize) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| Error::bad_request("unreadable"))? {
        *left = left.checked_sub(chunk.len()).ok_or_else(too_large)?;
        content.extend_from_slice(&chunk);
    }
    Ok(content)
}

/// The last part of the name, without control characters, at most 120 characters.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_carry_no_path() {
        assert_eq!(clean("../../etc/passwd"), "passwd");
        assert_eq!(clean("C:\\Users\\a\\people.csv"), "people.csv");
        assert_eq!(clean("a\u{0}b.csv"), "ab.csv");
    }
}
