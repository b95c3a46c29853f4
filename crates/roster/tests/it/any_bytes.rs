//! Whatever comes, it is answered soon, and what was written is read.

use std::io::{Cursor, Read, Write};
use std::time::{Duration, Instant};

use counterflow_roster::{Mapping, Org, ReadOptions, Separator, Table, read_people};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

/// The whole way from bytes to the org tree.
fn walk(bytes: &[u8]) {
    let start = Instant::now();
    if let Ok(table) = Table::read(bytes, &ReadOptions::default()) {
        let mapping = Mapping::guess(&table).mapping;
        mapping.check(&table);
        let reading = read_people(&table, &mapping);
        let org = Org::resolve(&reading, &[]);
        assert_eq!(org.managers.len(), reading.people.len());
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{} bytes took {:?}", bytes.len(), start.elapsed());
}

/// Bytes that look enough like a people file to get deep into the reader.
fn people_file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("id,name,email,manager id,hire date,status\n".to_owned()),
        Just("Name;E-Mail;Vorgesetzter;Eintrittsdatum;Zeitzone\r\n".to_owned()),
        "[0-9]{1,3},[A-Z][a-z]{1,6} [A-Z][a-z]{1,6},[a-z]{1,3}@x\\.example,[0-9]{1,2},[0-9]{1,2}/[0-9]{1,2}/2024,Active\n",
        "[\",;\t\n\r'=@ a-z0-9./-]{0,40}",
        "\\PC{0,20}",
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

fn workbook_bytes(cells: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(cells) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// A workbook with faults in the XML of its parts, in an archive without faults.
fn with_faults(workbook: &[u8], faults: &[(prop::sample::Index, prop::sample::Index, String)]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            (part.name().unwrap().into_owned(), content)
        })
        .collect();
    for (part, at, fault) in faults {
        let content = &mut parts[part.index(archive.len())].1;
        let at = at.index(content.len());
        let end = (at + fault.len()).min(content.len());
        content.splice(at..end, fault.bytes());
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Cells that a file can hold: without spaces at the ends, and without the apostrophe that guards formulas.
fn cell() -> impl Strategy<Value = String> {
    let any = "[a-zA-Zéß0-9,;\t\"'|@=+. \\-\n]{0,12}".prop_map(|text| text.trim().to_owned());
    any.prop_filter("guarded formula", |text| !text.starts_with('\''))
}

/// A header that is found, and rows of which none is blank.
fn cells() -> impl Strategy<Value = Vec<Vec<String>>> {
    vec((1..9999_u32, cell(), cell()), 1..30).prop_map(|rows| {
        let header = ["id", "first", "second"].map(str::to_owned).to_vec();
        let rows = rows.into_iter().map(|(id, first, second)| vec![format!("n{id}"), first, second]);
        std::iter::once(header).chain(rows).collect()
    })
}

/// A separator as a byte and as it is said.
fn separator() -> impl Strategy<Value = (u8, Separator)> {
    use Separator::{Comma, Pipe, Semicolon, Tab};
    prop::sample::select(vec![(b',', Comma), (b';', Semicolon), (b'\t', Tab), (b'|', Pipe)])
}

fn assert_same(table: &Table, expected: &[Vec<String>]) {
    assert_eq!(table.headers(), expected[0]);
    assert_eq!(table.ragged(), []);
    let found: Vec<Vec<String>> = table.rows().map(|row| row.cells().map(str::to_owned).collect()).collect();
    assert_eq!(found, expected[1..]);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..2000)) {
        walk(&bytes);
    }

    #[test]
    fn anything_like_a_people_file_is_answered(bytes in people_file(), utf16 in any::<bool>()) {
        walk(&bytes);
        if utf16 {
            let text = String::from_utf8_lossy(&bytes);
            walk(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn what_is_written_as_csv_is_read(cells in cells(), separator in separator()) {
        let mut writer = csv::WriterBuilder::new().delimiter(separator.0).from_writer(Vec::new());
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let options = ReadOptions { separator: Some(separator.1), ..ReadOptions::default() };
        let table = Table::read(&writer.into_inner().unwrap(), &options).unwrap();
        assert_same(&table, &cells);
    }
}

// Writing workbooks takes most of the time of these.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_workbooks_are_answered(
        cells in cells(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = workbook_bytes(&cells);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        walk(&bytes);
    }

    #[test]
    fn faulty_workbooks_are_answered(
        cells in cells(),
        faults in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[<>\"'/=&;:A-Z0-9a-z ]{1,4}"), 1..6),
    ) {
        walk(&with_faults(&workbook_bytes(&cells), &faults));
    }

    #[test]
    fn what_is_written_as_xlsx_is_read(cells in cells()) {
        let table = Table::read(&workbook_bytes(&cells), &ReadOptions::default()).unwrap();
        assert_same(&table, &cells);
    }
}
