//! Stylesheet, script and icon: in the binary, under an address that changes with the content.

use std::sync::LazyLock;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{error::Error, guard::Segment, token};

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

static ASSETS: &[Asset] = &[
    Asset { name: "app.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("../../assets/app.css") },
    Asset { name: "app.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("../../assets/app.js") },
    Asset { name: "icon.svg", kind: "image/svg+xml", bytes: include_bytes!("../../assets/icon.svg") },
];

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<u8> = ASSETS.iter().flat_map(|asset| asset.bytes.iter().copied()).collect();
    token::hash(&String::from_utf8_lossy(&all))[..12].to_owned()
});

/// Changes whenever an asset does.
#[must_use]
pub fn version() -> &'static str {
    &VERSION
}

/// `GET /assets/{version}/{name}`: kept by browsers for a year, since a changed file has another address. A page of
/// another version, open during an update, gets what there is; nobody keeps that.
pub async fn show(path: Segment) -> Result<Response, Error> {
    let asset = ASSETS.iter().find(|asset| asset.name == path.last()).ok_or(Error::NotFound)?;
    let kept = if path.first() == version() { "public, max-age=31536000, immutable" } else { "no-store" };
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, kept)];
    Ok((StatusCode::OK, headers, asset.bytes).into_response())
}
