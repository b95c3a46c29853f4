//! Counts lines as an editor does: `\n`, `\r\n` and `\r` each end one, inside quotation marks too.

pub(super) struct LineCounter<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
}

impl<'t> LineCounter<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of the first record at or after `offset`: blank lines before it are stepped over. Offsets must not
    /// go backwards.
    pub(super) fn line_of_record(&mut self, offset: usize) -> u32 {
        while self.at < self.text.len() && (self.at < offset || matches!(self.text[self.at], b'\n' | b'\r')) {
            self.step();
        }
        self.line
    }

    fn step(&mut self) {
        let byte = self.text[self.at];
        self.at += 1;
        let ends_line = byte == b'\n' || (byte == b'\r' && self.text.get(self.at) != Some(&b'\n'));
        self.line = self.line.saturating_add(u32::from(ends_line));
    }
}

/// How many lines a record takes, from its bytes with or without the line break after it.
pub(super) fn lines_in(record: &str) -> u32 {
    let record = record.trim_matches(['\r', '\n']);
    let breaks = record.matches('\n').count() + record.matches('\r').count() - record.matches("\r\n").count();
    u32::try_from(breaks + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_counts_once() {
        let check = |text: &str, offset: usize, expected: u32| {
            assert_eq!(LineCounter::new(text).line_of_record(offset), expected, "{text:?} at {offset}");
        };
        check("a\nb", 0, 1);
        check("a\nb", 2, 2);
        check("a\r\nb", 2, 2);
        check("a\rb", 2, 2);
        check("a\r\n\r\n\nb", 1, 4);
        check("\n\na", 0, 3);
        check("a\n", 2, 2);
    }

    #[test]
    fn a_record_may_take_several_lines() {
        assert_eq!(lines_in("a,b\n"), 1);
        assert_eq!(lines_in("\na,\"b\r\nc\nd\"\r\n"), 3);
    }
}
