//! Reads Rust just well enough for the rules: code apart from comments and texts, and the paths it
//! names, with grouped imports spelled out.

/// One file, taken apart. Every line of `code` is the line of the same number in the file.
pub(crate) struct Source {
    /// The code, without comments, and with every literal text emptied.
    pub(crate) code: String,
    /// The literal texts, each with its line.
    pub(crate) texts: Vec<(usize, String)>,
    /// The comments, each with its line.
    pub(crate) comments: Vec<(usize, String)>,
}

/// A path that the code names, such as `sea_orm::DbErr`.
pub(crate) struct Named {
    /// The line on which it ends.
    pub(crate) line: usize,
    /// Its segments; `super` and `self` are as written.
    pub(crate) path: Vec<String>,
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader { rest: text, line: 1 };
        let mut source = Self { code: String::new(), texts: Vec::new(), comments: Vec::new() };
        while let Some(next) = reader.rest.chars().next() {
            let line = reader.line;
            if reader.rest.starts_with("//") {
                let end = reader.rest.find('\n').unwrap_or(reader.rest.len());
                source.comments.push((line, reader.take(end).to_owned()));
            } else if reader.rest.starts_with("/*") {
                let end = reader.rest.find("*/").map_or(reader.rest.len(), |at| at + 2);
                source.comments.push((line, reader.take(end).to_owned()));
                source.keep_lines(reader.line - line);
            } else if let Some((head, length)) = literal(reader.rest) {
                let whole = reader.take(length);
                source.texts.push((line, whole[head..].trim_end_matches(['"', '#']).to_owned()));
                source.code.push_str("\"\"");
                source.keep_lines(reader.line - line);
            } else if let Some(length) = character(reader.rest) {
                reader.take(length);
                source.code.push_str("' '");
            } else {
                source.code.push_str(reader.take(next.len_utf8()));
            }
        }
        source
    }

    /// Every path in the code: imports in full, and whatever is written with `::` elsewhere.
    pub(crate) fn paths(&self) -> Vec<Named> {
        let tokens = tokens(&self.code);
        let (mut found, mut at) = (Vec::new(), 0);
        while at < tokens.len() {
            let before = at.checked_sub(1).map_or("", |before| tokens[before].1);
            if tokens[at].1 == "use" {
                at = tree(&tokens, at + 1, &[], &mut found);
            } else if is_name(tokens[at].1) && before != "." {
                let first = at;
                let mut path = vec![tokens[at].1.to_owned()];
                while tokens.get(at + 1).is_some_and(|token| token.1 == "::")
                    && tokens.get(at + 2).is_some_and(|token| is_name(token.1))
                {
                    path.push(tokens[at + 2].1.to_owned());
                    at += 2;
                }
                if at > first {
                    found.push(Named { line: tokens[at].0, path });
                }
                at += 1;
            } else {
                at += 1;
            }
        }
        found
    }

    /// The lines on which these tokens stand in this order, with any space between them.
    pub(crate) fn lines_with(&self, sequence: &[&str]) -> Vec<usize> {
        tokens(&self.code)
            .windows(sequence.len())
            .filter(|window| window.iter().map(|token| token.1).eq(sequence.iter().copied()))
            .map(|window| window[0].0)
            .collect()
    }

    fn keep_lines(&mut self, lines: usize) {
        self.code.push_str(&"\n".repeat(lines));
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }
}

/// Where the text of a string literal begins, and how long the whole literal is.
fn literal(rest: &str) -> Option<(usize, usize)> {
    if let Some(inside) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = inside.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        return Some((1, end.map_or(rest.len(), |end| end + 2)));
    }
    let hashes = rest.strip_prefix('r')?;
    let marks = hashes.len() - hashes.trim_start_matches('#').len();
    let head = marks + 2;
    let end = || rest[head..].find(&format!("\"{}", "#".repeat(marks)));
    hashes[marks..]
        .starts_with('"')
        .then(|| (head, end().map_or(rest.len(), |end| head + end + 1 + marks)))
}

/// How long the character literal is; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name(token: &str) -> bool {
    token.starts_with(is_in_name)
}

/// Names, `::`, and every other sign by itself; each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let (mut found, mut rest, mut line) = (Vec::new(), code, 1);
    while let Some(next) = rest.chars().next() {
        let length = if is_in_name(next) {
            rest.find(|c| !is_in_name(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            next.len_utf8()
        };
        if next == '\n' {
            line += 1;
        } else if !next.is_whitespace() {
            found.push((line, &rest[..length]));
        }
        rest = &rest[length..];
    }
    found
}

/// Reads one branch of an import from `at`; gives the place after it.
fn tree(tokens: &[(usize, &str)], mut at: usize, stem: &[String], found: &mut Vec<Named>) -> usize {
    let mut path = stem.to_vec();
    while let Some(&(line, token)) = tokens.get(at) {
        at += 1;
        match token {
            "::" => {}
            "{" => {
                while tokens.get(at).is_some_and(|token| token.1 != "}") {
                    at = tree(tokens, at, &path, found);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.1 == ","));
                }
                return at + 1;
            }
            "as" => at += 1,
            _ if is_name(token) || token == "*" => path.push(token.to_owned()),
            _ => {
                found.push(Named { line, path });
                return at - 1;
            }
        }
    }
    at
}
