//! What a file is, by its first bytes. Names and media types of uploads are not trusted.

use super::FileKind;

/// How to go on with a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Container {
    /// Text, as far as can be seen.
    Text,
    /// A ZIP archive, perhaps a workbook.
    Zip,
    /// Something that is certainly neither.
    Wrong(FileKind),
}

const MAGIC: &[(&[u8], FileKind)] = &[
    (b"%PDF", FileKind::Pdf),
    (b"{\\rtf", FileKind::RichText),
    (b"\x1f\x8b", FileKind::Compressed),
    (b"7z\xbc\xaf\x27\x1c", FileKind::Compressed),
    (b"BZh", FileKind::Compressed),
    (b"\xfd7zXZ\0", FileKind::Compressed),
    (b"\x28\xb5\x2f\xfd", FileKind::Compressed),
    (b"Rar!\x1a\x07", FileKind::Compressed),
    (b"\x89PNG\r\n", FileKind::Picture),
    (b"\xff\xd8\xff", FileKind::Picture),
    (b"GIF87a", FileKind::Picture),
    (b"GIF89a", FileKind::Picture),
];
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

pub(super) fn container(bytes: &[u8]) -> Container {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Container::Zip;
    }
    if bytes.starts_with(OLE) {
        return Container::Wrong(ole_kind(bytes));
    }
    match MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        Some((_, kind)) => Container::Wrong(*kind),
        None => Container::Text,
    }
}

/// Excel keeps a workbook with a password in the old container, in a stream of this name (in UTF-16).
fn ole_kind(bytes: &[u8]) -> FileKind {
    let name: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
    // The directory of streams may be anywhere; the files that matter here are small.
    if bytes.windows(name.len()).any(|window| window == name) { FileKind::LockedWorkbook } else { FileKind::OldExcel }
}

/// Text that is certainly no table.
pub(super) fn markup(text: &str) -> Option<FileKind> {
    let head: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<table") {
        Some(FileKind::WebPage)
    } else if head.starts_with("<?xml") {
        Some(FileKind::Xml)
    } else if head.starts_with('{') || head.starts_with("[{") {
        Some(FileKind::Json)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let check = |bytes: &[u8], expected| assert_eq!(container(bytes), expected, "{bytes:?}");
        check(b"id,name\n", Container::Text);
        check(b"", Container::Text);
        check(b"PK\x03\x04...", Container::Zip);
        check(b"%PDF-1.7", Container::Wrong(FileKind::Pdf));
        check(b"\x89PNG\r\n\x1a\n", Container::Wrong(FileKind::Picture));
        check(b"\x1f\x8b\x08", Container::Wrong(FileKind::Compressed));
        check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0W\0o\0r\0k\0b\0o\0o\0k\0", Container::Wrong(FileKind::OldExcel));
        let locked = [OLE, b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"].concat();
        check(&locked, Container::Wrong(FileKind::LockedWorkbook));
    }

    #[test]
    fn markup_is_no_table() {
        let check = |text: &str, expected| assert_eq!(markup(text), expected, "{text:?}");
        check("\n<!DOCTYPE html><table>", Some(FileKind::WebPage));
        check("<?xml version=\"1.0\"?>", Some(FileKind::Xml));
        check("{\"people\": []}", Some(FileKind::Json));
        check("<3,name", None);
        check("id,name", None);
    }
}
