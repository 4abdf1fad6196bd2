//! A bounded tree of elements and their texts.

use super::XmlError;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// What a reader accepts. Size is the caller's; the rest bounds what a small text can cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub bytes: usize,
    /// The deepest answer of the API has 9 levels.
    pub depth: usize,
    pub elements: usize,
}

impl Limits {
    /// For texts up to so many bytes: 10,000 load balancers, fully described, are about 800,000
    /// elements.
    pub const fn bytes(bytes: usize) -> Limits {
        Limits {
            bytes,
            depth: 32,
            elements: 4_000_000,
        }
    }
}

/// No element: the end of a chain of siblings.
const NONE: u32 = u32::MAX;

/// A run of text: bytes of the source, or of the unescaped texts if it had to be put together.
#[derive(Clone, Copy, Default)]
struct Run {
    start: u32,
    length: u32,
}

/// An element, 24 bytes whatever it holds: a long listing has a million of them.
struct Node {
    name: Run,
    text: Run,
    first: u32,
    next: u32,
    /// Whether `text` lies in the unescaped texts.
    unescaped: bool,
}

/// An XML document without its attributes, prefixes, comments and declarations.
pub struct Document<'a> {
    source: &'a str,
    /// Texts that had references or came in pieces.
    unescaped: String,
    nodes: Vec<Node>,
}

/// An element that is still open, while reading.
struct Open {
    node: u32,
    last_child: u32,
}

/// The local name of the root element, before which there may be any prolog; nothing is read behind it.
pub fn root_name(bytes: &[u8]) -> Option<String> {
    let mut reader = Reader::from_reader(bytes);
    loop {
        match reader.read_event().ok()? {
            Event::Start(root) | Event::Empty(root) => {
                return Some(root.local_name().as_ref().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

impl<'a> Document<'a> {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// The text is not UTF-8 or not well-formed, has a document type or an entity beyond the five,
    /// or exceeds a limit.
    pub fn read(bytes: &'a [u8], limits: Limits) -> Result<Document<'a>, XmlError> {
        if bytes.len() > limits.bytes || u32::try_from(bytes.len()).is_err() {
            return Err(XmlError::TooLong(limits.bytes));
        }
        let source = std::str::from_utf8(bytes).map_err(|_| XmlError::NotUtf8)?;
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let mut document = Document {
            source,
            unescaped: String::new(),
            nodes: Vec::new(),
        };
        document.fill(limits)?;
        Ok(document)
    }

    fn fill(&mut self, limits: Limits) -> Result<(), XmlError> {
        let mut reader = Reader::from_str(self.source);
        let mut open: Vec<Open> = Vec::new();
        loop {
            let event = reader
                .read_event()
                .map_err(|error| malformed(&error.to_string(), reader.error_position()))?;
            let position = reader.buffer_position();
            match event {
                Event::Start(start) => {
                    let node = self.add(&start, &mut open, limits, position)?;
                    if open.len() >= limits.depth {
                        return Err(XmlError::TooDeep(limits.depth));
                    }
                    open.push(Open {
                        node,
                        last_child: NONE,
                    });
                }
                Event::Empty(start) => {
                    self.add(&start, &mut open, limits, position)?;
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Text(text) => {
                    let text = match text.into_inner() {
                        Cow::Borrowed(text) if !text.contains('\r') => Cow::Borrowed(text),
                        text => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
                    };
                    self.append(&text, open.last(), position)?;
                }
                Event::CData(text) => {
                    self.append(&text.into_inner(), open.last(), position)?;
                }
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference, position)?;
                    let text = character.encode_utf8(&mut [0; 4]).to_owned();
                    if open.is_empty() {
                        return Err(malformed("text outside the root element", position));
                    }
                    self.append(&text, open.last(), position)?;
                }
                Event::DocType(_) => {
                    return Err(malformed("a document type is not accepted", position));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof if !open.is_empty() => {
                    return Err(malformed("it ends inside an element", position));
                }
                Event::Eof if self.nodes.is_empty() => {
                    return Err(malformed("there is no element", position));
                }
                Event::Eof => return Ok(()),
            }
        }
    }

    /// Adds an element below the innermost open one.
    fn add(
        &mut self,
        start: &BytesStart<'_>,
        open: &mut [Open],
        limits: Limits,
        position: u64,
    ) -> Result<u32, XmlError> {
        if self.nodes.len() >= limits.elements {
            return Err(XmlError::TooManyElements(limits.elements));
        }
        let mut attributes = start.attributes();
        if let Some(fault) = attributes.find_map(Result::err) {
            return Err(malformed(&fault.to_string(), position));
        }
        let name = self.run_of(start.local_name().into_inner());
        let node = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        match open.last_mut() {
            Some(parent) => {
                let sibling = std::mem::replace(&mut parent.last_child, node);
                if sibling == NONE {
                    self.nodes[parent.node as usize].first = node;
                } else {
                    self.nodes[sibling as usize].next = node;
                }
            }
            None if node > 0 => return Err(malformed("a second root element", position)),
            None => {}
        }
        self.nodes.push(Node {
            name: name.ok_or_else(|| malformed("an element without a name", position))?,
            text: Run::default(),
            first: NONE,
            next: NONE,
            unescaped: false,
        });
        Ok(node)
    }

    /// Where a piece of the source lies in it.
    fn run_of(&self, piece: &str) -> Option<Run> {
        let start = (piece.as_ptr() as usize).checked_sub(self.source.as_ptr() as usize)?;
        let inside = start + piece.len() <= self.source.len();
        (inside && !piece.is_empty()).then(|| Run {
            // The source is shorter than 4 GiB: `read` has checked it.
            start: u32::try_from(start).unwrap_or(NONE),
            length: u32::try_from(piece.len()).unwrap_or(NONE),
        })
    }

    /// Adds text to the innermost open element.
    fn append(&mut self, text: &str, open: Option<&Open>, position: u64) -> Result<(), XmlError> {
        let Some(open) = open else {
            return if text.trim().is_empty() {
                Ok(())
            } else {
                Err(malformed("text outside the root element", position))
            };
        };
        // Text between elements is layout; nothing in these documents mixes the two.
        if open.last_child != NONE {
            return Ok(());
        }
        let at = open.node as usize;
        let held = &self.nodes[at];
        if held.text.length == 0
            && let Some(run) = self.run_of(text)
        {
            self.nodes[at].text = run;
            return Ok(());
        }
        // In pieces: continue, or begin, a text of our own.
        let (start, length) = (held.text.start as usize, held.text.length as usize);
        if !held.unescaped {
            let begun = self.unescaped.len();
            self.unescaped.push_str(&self.source[start..start + length]);
            self.nodes[at].text.start = u32::try_from(begun).unwrap_or(NONE);
            self.nodes[at].unescaped = true;
        }
        self.unescaped.push_str(text);
        let length = length + text.len();
        self.nodes[at].text.length = u32::try_from(length).unwrap_or(NONE);
        Ok(())
    }

    pub fn root(&self) -> Element<'_, 'a> {
        Element {
            document: self,
            node: 0,
        }
    }
}

fn malformed(reason: &str, position: u64) -> XmlError {
    XmlError::Malformed {
        reason: reason.to_owned(),
        position,
    }
}

/// The character of `&amp;` or `&#38;`. There are five names; a document cannot define more.
fn resolve(reference: &BytesRef<'_>, position: u64) -> Result<char, XmlError> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|error| malformed(&error.to_string(), position))?
    {
        return Ok(character);
    }
    match reference.xml10_content().as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        name => Err(malformed(&format!("unknown entity '{name}'"), position)),
    }
}

/// An element of a document.
#[derive(Clone, Copy)]
pub struct Element<'d, 'a> {
    document: &'d Document<'a>,
    node: u32,
}

impl<'d, 'a> Element<'d, 'a> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.node as usize]
    }

    /// The name without its prefix.
    pub fn name(self) -> &'d str {
        let Run { start, length } = self.node().name;
        &self.document.source[start as usize..(start + length) as usize]
    }

    /// The text, if the element has no children.
    pub fn text(self) -> &'d str {
        let node = self.node();
        let texts = if node.unescaped {
            &self.document.unescaped
        } else {
            self.document.source
        };
        if node.first == NONE {
            &texts[node.text.start as usize..(node.text.start + node.text.length) as usize]
        } else {
            ""
        }
    }

    pub fn children(self) -> impl Iterator<Item = Element<'d, 'a>> + use<'d, 'a> {
        let document = self.document;
        let mut node = self.node().first;
        std::iter::from_fn(move || {
            let element = (node != NONE).then_some(Element { document, node })?;
            node = element.node().next;
            Some(element)
        })
    }

    /// The first child of a name.
    pub fn child(self, name: &str) -> Option<Element<'d, 'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// The next sibling of the same name.
    pub(super) fn namesake(self) -> Option<Element<'d, 'a>> {
        let mut element = self;
        loop {
            let node = element.node().next;
            if node == NONE {
                return None;
            }
            element = Element {
                document: self.document,
                node,
            };
            if element.name() == self.name() {
                return Some(element);
            }
        }
    }
}
