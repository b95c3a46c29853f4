//! Looks into a workbook before calamine opens it, and refuses those made to exhaust memory.
//!
//! calamine reads sheets as a stream, but shared strings and cell formats whole: it reserves as many strings as the
//! file claims to have (a claim of 10^12 would end the process), and copies a font and a number format for every cell
//! format (a name of 1 MB in 10^5 formats would take 100 GB). Every part is unpacked once without keeping it, because
//! the sizes that an archive states need not be true.

use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::{FileKind, Limits, Quantity, TableError};

/// A workbook may always unpack to this.
const UNPACKED_BYTES_ALWAYS: usize = 64 << 20;
/// Beyond that, to this many times its size: sheets of people pack 8 to 20 times.
const UNPACKED_RATIO: usize = 100;
/// Excel itself allows 65,490.
const CELL_FORMATS: u64 = 65_536;
/// Number of cell formats times the longest text in the part that describes them.
const CELL_FORMAT_BYTES: u64 = 64 << 20;

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Fails when the archive is not a workbook, is damaged, or would take too much memory.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    check_kind(&archive)?;
    let allowed = UNPACKED_BYTES_ALWAYS.max(bytes.len().saturating_mul(UNPACKED_RATIO)).min(limits.unpacked_bytes);
    let mut left = allowed as u64;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        let size = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink()).map_err(broken)?;
        left = left
            .checked_sub(size)
            .ok_or(TableError::TooLarge { what: Quantity::UnpackedBytes, limit: allowed as u64 })?;
        let name = part.name().map_err(broken)?.replace('\\', "/").to_ascii_lowercase();
        drop(part);
        if name.ends_with("sharedstrings.xml") {
            check_shared_strings(&mut archive, index, size)?;
        } else if name.ends_with("styles.xml") {
            check_styles(&mut archive, index)?;
        }
    }
    Ok(())
}

fn check_kind(archive: &Archive<'_>) -> Result<(), TableError> {
    let has = |found: &dyn Fn(&str) -> bool| {
        archive.file_names().flatten().any(|name| found(&name.replace('\\', "/").to_ascii_lowercase()))
    };
    let file = if has(&|name| name.ends_with("workbook.bin")) {
        FileKind::BinaryWorkbook
    } else if has(&|name| name == "word/document.xml" || name == "ppt/presentation.xml") {
        FileKind::OfficeDocument
    } else if has(&|name| name == "[content_types].xml") {
        return Ok(());
    } else if has(&|name| name == "content.xml") {
        FileKind::OpenDocument
    } else {
        FileKind::Zip
    };
    Err(TableError::WrongKind { file })
}

/// The number of strings that the part claims to have must fit into its bytes: a string takes at least 5 (`<si/>`).
fn check_shared_strings(archive: &mut Archive<'_>, index: usize, size: u64) -> Result<(), TableError> {
    let mut claimed = 0;
    each_event(archive, index, |event| match event {
        Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sst" => {
            claimed = claimed_count(tag);
            Next::Stop
        }
        _ => Next::GoOn,
    })?;
    if claimed > size / 5 + 1 {
        return Err(TableError::BrokenWorkbook { detail: "it claims to have more texts than it has".to_owned() });
    }
    Ok(())
}

/// The largest `uniqueCount`. One that is not a number counts as the largest number there is.
fn claimed_count(tag: &BytesStart<'_>) -> u64 {
    let mut attributes = tag.attributes();
    let counts = attributes.with_checks(false).flatten().filter(|attribute| attribute.key.0 == "uniqueCount");
    counts.map(|attribute| attribute.value.trim().parse().unwrap_or(u64::MAX)).max().unwrap_or(0)
}

fn check_styles(archive: &mut Archive<'_>, index: usize) -> Result<(), TableError> {
    let (mut formats, mut longest) = (0_u64, 0_u64);
    each_event(archive, index, |event| {
        longest = longest.max(event.len() as u64);
        if let Event::Start(tag) | Event::Empty(tag) = event {
            formats += u64::from(tag.local_name().as_ref() == "xf");
        }
        Next::GoOn
    })?;
    if formats > CELL_FORMATS || formats * longest > CELL_FORMAT_BYTES {
        return Err(TableError::TooLarge { what: Quantity::CellFormats, limit: CELL_FORMATS });
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

/// Reads a part as XML with the settings of calamine, up to the end or the first fault (where calamine stops too).
fn each_event(
    archive: &mut Archive<'_>,
    index: usize,
    mut take: impl FnMut(&Event<'_>) -> Next,
) -> Result<(), TableError> {
    let part: ZipFile<'_, _> = archive.by_index(index).map_err(broken)?;
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(event) if take(&event) == Next::Stop => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// What a reader of archives or workbooks says about a fault.
pub(super) fn broken(error: impl std::fmt::Display) -> TableError {
    TableError::BrokenWorkbook { detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rust_xlsxwriter::Workbook;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A workbook in which one part is another.
    fn workbook_with(part: &str, content: &[u8]) -> Vec<u8> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write_column(0, 0, ["id", "1"]).unwrap();
        let whole = workbook.save_to_buffer().unwrap();
        let mut archive = ZipArchive::new(Cursor::new(whole)).unwrap();
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let file = archive.by_index(index).unwrap();
            if file.name().unwrap() != part {
                writer.raw_copy_file(file).unwrap();
            }
        }
        writer.start_file(part, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn check_part(part: &str, content: &str) -> Result<(), TableError> {
        check(&workbook_with(part, content.as_bytes()), &Limits::default())
    }

    fn shared_strings(claim: &str) -> Result<(), TableError> {
        check_part(
            "xl/sharedStrings.xml",
            &format!("<?xml version=\"1.0\"?><!-- x --><x/><sst {claim}><si><t>id</t></si></sst>"),
        )
    }

    #[test]
    fn claims_of_many_texts_are_refused() {
        assert_eq!(shared_strings("uniqueCount=\"1\""), Ok(()));
        assert_eq!(shared_strings("count=\"99999999999\""), Ok(()));
        for claim in
            ["uniqueCount=\"99999999999\"", "uniqueCount = '99999999999'", "uniqueCount=\"1\" uniqueCount=\"1000\""]
        {
            assert!(matches!(shared_strings(claim), Err(TableError::BrokenWorkbook { .. })), "{claim}");
        }
    }

    #[test]
    fn formats_that_multiply_are_refused() {
        let styles = |font: &str, formats: usize| {
            let xf = "<xf fontId=\"0\"/>".repeat(formats);
            let fonts = format!("<fonts><font><name val=\"{font}\"/></font></fonts>");
            check_part("xl/styles.xml", &format!("<styleSheet>{fonts}<cellXfs>{xf}</cellXfs></styleSheet>"))
        };
        assert_eq!(styles("Calibri", 60_000), Ok(()));
        let refused = Err(TableError::TooLarge { what: Quantity::CellFormats, limit: CELL_FORMATS });
        assert_eq!(styles("Calibri", 70_000), refused);
        assert_eq!(styles(&"x".repeat(100_000), 1000), refused);
        assert_eq!(styles(&"<".repeat(100_000), 1000), refused);
    }

    #[test]
    fn parts_that_unpack_to_too_much_are_refused() {
        let zeros = vec![b' '; UNPACKED_BYTES_ALWAYS + 1];
        let bytes = workbook_with("xl/worksheets/sheet1.xml", &zeros);
        assert!(bytes.len() < 100_000, "{}", bytes.len());
        let limit = UNPACKED_BYTES_ALWAYS as u64;
        assert_eq!(
            check(&bytes, &Limits::default()),
            Err(TableError::TooLarge { what: Quantity::UnpackedBytes, limit })
        );
        let few = Limits { unpacked_bytes: 1000, ..Limits::default() };
        assert!(matches!(check_part_with(&few), Err(TableError::TooLarge { limit: 1000, .. })));
    }

    fn check_part_with(limits: &Limits) -> Result<(), TableError> {
        check(&workbook_with("xl/extra.xml", b"<x/>"), limits)
    }

    #[test]
    fn other_archives_are_told_apart() {
        let archive_of = |parts: &[&str]| {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for part in parts {
                writer.start_file(*part, SimpleFileOptions::default()).unwrap();
            }
            check(writer.finish().unwrap().get_ref(), &Limits::default())
        };
        let wrong = |file| Err(TableError::WrongKind { file });
        assert_eq!(archive_of(&["[Content_Types].xml", "xl/workbook.xml"]), Ok(()));
        assert_eq!(archive_of(&["[Content_Types].xml", "xl/workbook.bin"]), wrong(FileKind::BinaryWorkbook));
        assert_eq!(archive_of(&["[Content_Types].xml", "word/document.xml"]), wrong(FileKind::OfficeDocument));
        assert_eq!(archive_of(&["mimetype", "content.xml"]), wrong(FileKind::OpenDocument));
        assert_eq!(archive_of(&["people.csv"]), wrong(FileKind::Zip));
    }
}
