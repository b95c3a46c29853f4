//! A newtype for every id. Ids are UUIDv7, made by the application, written as text in both databases.

use std::{fmt, str::FromStr};

use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};
use uuid::Uuid;

/// The text in a URL, a form or a row that should have been an id and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

/// Ids know the word under which they stand in a URL: `/pairs/{pair}`.
pub trait Id: Copy + FromStr<Err = NotAnId> + fmt::Display + Send + Sync + 'static {
    /// The name of the path parameter.
    const PARAMETER: &'static str;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $parameter:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, ordered by time. The moment and the randomness come from the system: an id carries no meaning.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
        impl Id for $name {
            const PARAMETER: &'static str = $parameter;
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the one hyphenated form: two spellings of one id would be two keys in the database.
                if text.len() != 36 {
                    return Err(NotAnId);
                }
                let id = Uuid::parse_str(text).map_err(|_| NotAnId)?;
                if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
        impl<DB: Database> Type<DB> for $name where String: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(ty)
            }
        }
        impl<'q, DB: Database> Encode<'q, DB> for $name where String: Encode<'q, DB> {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.to_string().encode(buf)
            }
        }
        impl<'r, DB: Database> Decode<'r, DB> for $name where String: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(<String as Decode<'r, DB>>::decode(value)?.parse()?)
            }
        }
    )*};
}

ids! {
    /// Somebody in the directory.
    PersonId = "person";
    /// One upload of a people file.
    ImportId = "import";
    /// Where people files come from.
    SourceId = "source";
    /// A program.
    ProgramId = "program";
    /// One run of a program.
    RoundId = "round";
    /// A person in one role in one round.
    ParticipantId = "participant";
    /// A group outside of all programs, whose members a program leaves out.
    OutsideGroupId = "group";
    /// An act on many participants at once.
    BulkId = "bulk";
    /// One run of the matching engine.
    RunId = "run";
    /// A draft pair that was sent out.
    ProposalId = "proposal";
    /// A mentor and a mentee who both said yes.
    PairId = "pair";
    /// A meeting of a pair.
    MeetingId = "meeting";
    /// A few questions to one person.
    CheckinId = "checkin";
    /// A few questions to leaders before a program begins.
    SurveyId = "survey";
    /// Somebody named for a round by somebody.
    NominationId = "nomination";
    /// An entry in the record of what happened.
    EventId = "event";
    /// Work to be done later.
    JobId = "job";
    /// An e-mail on its way.
    LetterId = "letter";
}
