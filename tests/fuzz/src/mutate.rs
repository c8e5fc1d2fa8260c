//! Changes that make sense of a script: another caller, one parameter more, a request twice.
//!
//! Bytes changed at random mostly break a request before it gets anywhere, so most changes are of this kind instead.

mod words;

use words::{BODIES, CALLERS, HEADERS, METHODS, PARAMETERS, PATHS, WORLDS};

/// Requests as lines, to be changed.
struct Draft {
    steps: Vec<Vec<Vec<u8>>>,
    dice: Dice,
}

/// A script that differs from `text` in one to four places.
#[must_use]
pub fn mutate(text: &[u8], seed: u32) -> Vec<u8> {
    let mut draft = Draft::read(text, seed);
    for _ in 0..=draft.dice.below(4) {
        draft.change();
    }
    draft.write()
}

impl Draft {
    fn read(text: &[u8], seed: u32) -> Self {
        let mut steps = vec![Vec::new()];
        for line in text.split(|byte| *byte == b'\n') {
            match steps.last_mut() {
                Some(step) if !line.starts_with(b"###") => step.push(line.to_vec()),
                Some(_) | None => steps.push(Vec::new()),
            }
        }
        Self { steps, dice: Dice(u64::from(seed) << 1 | 1) }
    }

    fn write(&self) -> Vec<u8> {
        let steps: Vec<Vec<u8>> = self.steps.iter().map(|step| step.join(&b'\n')).collect();
        steps.join(&b"\n###\n"[..])
    }

    fn change(&mut self) {
        let at = self.dice.below(self.steps.len());
        match self.dice.below(12) {
            0 => self.steps.push(self.steps[at].clone()),
            1 => {
                let other = self.dice.below(self.steps.len());
                self.steps.swap(at, other);
            }
            2 if self.steps.len() > 1 => drop(self.steps.remove(at)),
            3 => self.request_line(at, |dice, line| line.0 = dice.pick(METHODS).into()),
            4 => self.request_line(at, |dice, line| line.1 = dice.pick(PATHS).into()),
            5..=7 => self.request_line(at, |dice, line| {
                for _ in 0..=dice.below(3) {
                    line.2.push(dice.pick(PARAMETERS).into());
                }
            }),
            8 => self.request_line(at, |dice, line| {
                line.2.pop();
                dice.roll();
            }),
            9 => {
                let header = self.dice.pick(HEADERS);
                self.header(at, header);
            }
            10 => {
                let caller = self.dice.pick(CALLERS);
                self.header(at, caller);
            }
            _ => self.rest(at),
        }
    }

    /// Takes a request line apart into method, path and parameters, and puts it together again.
    fn request_line(
        &mut self,
        at: usize,
        change: impl FnOnce(&mut Dice, &mut (String, String, Vec<String>)),
    ) {
        let number = self.head(at);
        let Some(line) = self.steps[at].get_mut(number) else { return };
        let text = String::from_utf8_lossy(line);
        let (method, target) = text.split_once(' ').unwrap_or((&text, "/v1"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        let mut parts = (method.to_owned(), path.to_owned(), query);
        change(&mut self.dice, &mut parts);
        let separator = if parts.2.is_empty() { "" } else { "?" };
        *line = format!("{} {}{separator}{}", parts.0, parts.1, parts.2.join("&")).into_bytes();
    }

    /// Puts a header in the place of the one with its name, or behind the request line.
    fn header(&mut self, at: usize, header: &str) {
        let number = self.head(at) + 1;
        let name = header.split(':').next().unwrap_or_default().as_bytes();
        let step = &mut self.steps[at];
        let is_it = |line: &Vec<u8>| line.starts_with(name) && line.get(name.len()) == Some(&b':');
        match step.iter().position(is_it) {
            Some(again) if self.dice.below(8) > 0 => step[again] = header.into(),
            Some(_) | None => step.insert(number.min(step.len()), header.into()),
        }
    }

    /// The body, the installation, or one line less.
    fn rest(&mut self, at: usize) {
        match self.dice.below(4) {
            0 => {
                let world = format!("# {}", self.dice.pick(WORLDS)).into_bytes();
                if self.steps[0].first().is_some_and(|line| line.starts_with(b"#")) {
                    self.steps[0][0] = world;
                } else {
                    self.steps[0].insert(0, world);
                }
            }
            1 if !self.steps[at].is_empty() => {
                let line = self.dice.below(self.steps[at].len());
                self.steps[at].remove(line);
            }
            _ => {
                let number = self.head(at);
                let step = &mut self.steps[at];
                let end = step.iter().skip(number).position(Vec::is_empty).map(|line| number + line);
                step.truncate(end.unwrap_or(step.len()));
                step.push(Vec::new());
                step.push(self.dice.pick(BODIES).into());
            }
        }
    }

    /// The number of the request line.
    fn head(&self, at: usize) -> usize {
        let is_head = |line: &Vec<u8>| !line.is_empty() && !line.starts_with(b"#");
        self.steps[at].iter().position(is_head).unwrap_or(self.steps[at].len())
    }
}

/// Randomness that libFuzzer can repeat.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll()).unwrap_or_default() % end.max(1)
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}
