//! Reads people files as HR systems export them and as people keep them by hand: from the bytes of a CSV or XLSX file
//! to rows, to people, to who reports to whom. Whatever is wrong is reported with line, column, value and reason, all
//! of it in one go.
//!
//! Nothing here reads files, asks the clock, or waits. Four steps, each a plain value that can be looked at and kept:
//!
//! 1. [`Table::read`]: encoding, separator, sheet and header are detected, and said in [`Table::source`].
//! 2. [`Mapping`]: which column is which field; guessed by [`Mapping::guess`] to be confirmed, or kept from the last
//!    time as TOML.
//! 3. [`read_people`]: dates, names, e-mails, status. What a file leaves open (is 3/1/2024 in January or in March?) is
//!    a [`Question`], never a guess.
//! 4. [`Org::resolve`]: managers by id, e-mail or name, among the people of the file and those known already; circles,
//!    misspelled managers with the closest one.
//!
//! A [`RowError`] either rejects its row or warns ([`Reason::severity`]). What to do with the other rows when some are
//! rejected is the caller's to decide.
//!
//! ```
//! use counterflow_roster::{Mapping, Org, ReadOptions, Table, read_people};
//!
//! let file = "\
//! Personalnummer;Name;E-Mail;Vorgesetzter;Eintrittsdatum
//! 1;Gallagher, Fiona;fiona.gallagher@halden.example;;01.03.2011
//! 2;Zhang, Wei;wei.zhang@halden.example;fiona.gallagher@halden.example;31.02.2024
//! 3;Boateng, Kwame;kwame.boateng@halden.example;fiona.galagher@halden.example;15.09.2019
//! ";
//! let table = Table::read(file.as_bytes(), &ReadOptions::default())?;
//! let mapping = Mapping::guess(&table).mapping;
//! assert_eq!(mapping.check(&table), []);
//!
//! let reading = read_people(&table, &mapping);
//! assert_eq!(reading.people[0].name, "Fiona Gallagher");
//! assert_eq!(
//!     reading.rejected[0].to_string(),
//!     "line 3, Eintrittsdatum, \"31.02.2024\": February has no 31st. \
//!      Dates in this column are read as day, month, year.",
//! );
//!
//! let org = Org::resolve(&reading, &[]);
//! assert_eq!(
//!     org.rejected[0].to_string(),
//!     "line 4, Vorgesetzter, \"fiona.galagher@halden.example\": Nobody in the file or the directory has this e-mail. \
//!      Closest: fiona.gallagher@halden.example",
//! );
//! # Ok::<(), counterflow_roster::TableError>(())
//! ```

mod clean;
mod dates;
mod email;
mod mapping;
mod org;
mod people;
mod reason;
mod table;
mod zones;

pub use clean::clean;
pub use dates::{DateOrder, Epoch, NoSuchDate};
pub use mapping::{
    Confidence, Field, Guess, GuessedColumn, Look, Mapping, MappingError, NameOrder, StatusWords, Target, UnknownField,
    Why,
};
pub use org::{Known, Manager, Org, OrgWarning};
pub use people::{Level, ManagerRef, Question, Reading, RosterPerson, Status, Unread, WordCount, read_people};
pub use reason::{Earlier, ManagerKey, PersonAt, Reason, RowError, Severity, rejected_lines};
pub use table::{Encoding, FileKind, Limits, Quantity, ReadOptions, Row, Separator, Source, Table, TableError};
