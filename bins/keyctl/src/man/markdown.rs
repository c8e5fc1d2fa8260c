//! As much of Markdown as our README is written in, as roff.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// What stands under a heading of the second level.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// The heading.
    pub(super) heading: &'a str,
    body: &'a str,
}

/// The sections of a document.
pub(super) fn sections(document: &str) -> impl Iterator<Item = Section<'_>> {
    document.split("\n## ").skip(1).map(|section| {
        let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
        Section { heading, body }
    })
}

impl Section<'_> {
    /// Writes it.
    pub(super) fn write(&self, roff: &mut Roff) {
        for block in blocks(self.body) {
            block.write(roff);
        }
    }

    /// Writes everything but its tables, and what leads to one.
    pub(super) fn write_without_tables(&self, roff: &mut Roff) {
        for block in blocks(self.body) {
            match block {
                Block::Table(_) => {}
                Block::Text(text) if text.ends_with(':') => {}
                Block::Text(_) | Block::Item(..) | Block::Code(_) => block.write(roff),
            }
        }
    }
}

/// What a section is made of.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    /// A paragraph, on one line.
    Text(String),
    /// An item of a list, and what it begins with.
    Item(String, String),
    /// The rows of a table, without its head.
    Table(Vec<Vec<String>>),
    /// Lines as they are.
    Code(Vec<String>),
}

impl Block {
    fn write(&self, roff: &mut Roff) {
        match self {
            Self::Text(text) => {
                roff.control("PP", []).text(inlines(text));
            }
            Self::Item(mark, text) => {
                let mark = if mark == "-" { "\\(bu" } else { mark };
                roff.control("IP", [mark, "4"]).text(inlines(text));
            }
            Self::Table(rows) => rows.iter().for_each(|row| write_row(row, roff)),
            Self::Code(lines) => {
                roff.control("PP", []).control("RS", ["4"]).control("nf", []);
                for line in lines {
                    // An empty line of the input would be one of the page, which groff warns of.
                    roff.text([roman(if line.is_empty() { "\u{a0}" } else { line })]);
                }
                roff.control("fi", []).control("RE", []);
            }
        }
    }
}

/// The first cell that says something, and below it the others.
fn write_row(row: &[String], roff: &mut Roff) {
    let mut cells = row.iter().filter(|cell| !cell.is_empty());
    let Some(first) = cells.next() else { return };
    roff.control("TP", []).text(inlines(first));
    let rest: Vec<_> = cells.map(String::as_str).collect();
    if !rest.is_empty() {
        roff.text(inlines(&rest.join(": ")));
    }
}

fn blocks(body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push(Block::Code(code.map(str::to_owned).collect()));
        } else if let Some(row) = line.strip_prefix("| ") {
            push_row(cells(row), &mut blocks);
        } else if line.starts_with("|-") {
            // The row before was the head.
            blocks.push(Block::Table(Vec::new()));
        } else if line.trim().is_empty() {
            blocks.push(Block::Text(String::new()));
        } else if let Some((mark, text)) = item(line) {
            blocks.push(Block::Item(mark.to_owned(), text.to_owned()));
        } else {
            push_line(line.trim(), &mut blocks);
        }
    }
    blocks.retain(|block| *block != Block::Text(String::new()));
    blocks
}

/// Adds a row to the table that has begun. What stands before one has begun is its head, and says what the cells say.
fn push_row(row: Vec<String>, blocks: &mut [Block]) {
    if let Some(Block::Table(rows)) = blocks.last_mut() {
        rows.push(row);
    }
}

fn push_line(line: &str, blocks: &mut Vec<Block>) {
    match blocks.last_mut() {
        Some(Block::Text(text) | Block::Item(_, text)) if !text.is_empty() => {
            text.push(' ');
            text.push_str(line);
        }
        _ => blocks.push(Block::Text(line.to_owned())),
    }
}

fn item(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let number = mark.strip_suffix('.').is_some_and(|number| number.parse::<u8>().is_ok());
    (mark == "-" || number).then_some((mark, text))
}

fn cells(row: &str) -> Vec<String> {
    // A bar that is escaped is none between cells.
    const BAR: &str = "\u{0}";
    let row = row.trim_end().trim_end_matches('|').replace("\\|", BAR);
    row.split('|').map(|cell| cell.trim().replace(BAR, "|")).collect()
}

/// A text with what stands between backticks or double asterisks in bold, and of links what they say.
fn inlines(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let marked = |mark: &str| behind.strip_prefix(mark)?.split_once(mark);
        let link = || behind.strip_prefix('[')?.split_once("](").filter(|(text, _)| !text.contains('['));
        if let Some((marked, behind)) = marked("`").or_else(|| marked("**")) {
            push(&mut inlines, roman(before));
            push(&mut inlines, bold(marked.replace('`', "")));
            rest = behind;
        } else if let Some((marked, (_, behind))) =
            link().and_then(|(text, to)| Some((text, to.split_once(')')?)))
        {
            push(&mut inlines, roman(before));
            inlines.extend(self::inlines(marked));
            rest = behind;
        } else {
            let (character, behind) = behind.split_at_checked(1).unwrap_or((behind, ""));
            push(&mut inlines, roman(before));
            push(&mut inlines, roman(character));
            rest = behind;
        }
    }
    push(&mut inlines, roman(rest));
    inlines
}

fn push(inlines: &mut Vec<Inline>, inline: Inline) {
    if inline != roman("") {
        inlines.push(inline);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_our_readme_is_made_of_becomes_roff() {
        let document = "# Title\n\nnot told\n\n## One\n\nA text with `code`, **`weight`** and a\n[link](x.md), [not one]. *\n\n\
                        | head | head |\n|---|---|\n| `a \\| b` | what | it is |\n| 0 | | `two` |\n\n- an item\n  that goes on\n\
                        - another\n1. first\n\n```sh\n$ run\n\n.it\n```\n\n## Two\ntext\n";
        let sections: Vec<_> = sections(document).collect();
        assert_eq!(sections.iter().map(|section| section.heading).collect::<Vec<_>>(), ["One", "Two"]);
        let mut roff = Roff::new();
        sections[0].write(&mut roff);
        let expected = ".PP\nA text with \\fBcode\\fR, \\fBweight\\fR and a link, [not one]. *\n.TP\n\\fBa | b\\fR\nwhat: it is\n\
                        .TP\n0\n\\fBtwo\\fR\n.IP \\(bu 4\nan item that goes on\n.IP \\(bu 4\nanother\n.IP 1. 4\nfirst\n.PP\n\
                        .RS 4\n.nf\n$ run\n\u{a0}\n\\&.it\n.fi\n.RE\n";
        assert_eq!(roff.to_roff(), expected);
    }
}
