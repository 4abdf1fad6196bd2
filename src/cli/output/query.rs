//! JMESPath over an answer, a piece of it at a time where that comes to the same.
//!
//! The library turns all it is given into a tree of its own, which takes several times the room of
//! ours. Most expressions are about the items of one list, each by itself: `List[].Name`,
//! `List[?State=='InService'].[Id]`, what a function or a pipe makes of those. For them one item is in
//! the library's form at a time.

use super::node::Node;
use jmespath::ast::Ast;
use jmespath::{
    Context, DEFAULT_RUNTIME, ErrorReason, JmespathError, Rcvar, SearchResult, Variable, interpret,
};

/// What an expression finds in a tree, which is not needed any more.
///
/// # Errors
///
/// The expression cannot be read, or asks of a value what it has not.
pub fn evaluate(tree: Node, expression: &str) -> Result<Node, JmespathError> {
    let compiled = jmespath::compile(expression)?;
    let mut context = Context::new(expression, &DEFAULT_RUNTIME);
    let found = match in_pieces(&tree, compiled.as_ast(), &mut context)? {
        Some(found) => found,
        None => {
            let whole = variable(&tree)?;
            drop(tree);
            interpret(&whole, compiled.as_ast(), &mut context)?
        }
    };
    let shown = Node::of(&*found);
    shown.map_err(|error| JmespathError::new(expression, 0, ErrorReason::Parse(error.to_string())))
}

fn variable(node: &Node) -> SearchResult {
    Variable::from_serializable(node).map(Rcvar::new)
}

/// What an expression is about that is about nothing but literals.
fn nothing() -> Rcvar {
    Rcvar::new(Variable::Null)
}

/// What a part of an expression comes to, if it can be found without the whole tree in the library's
/// form.
fn in_pieces(
    tree: &Node,
    part: &Ast,
    context: &mut Context<'_>,
) -> Result<Option<Rcvar>, JmespathError> {
    match part {
        Ast::Projection { lhs, rhs, .. } => {
            let (field, flattened) = match lhs.as_ref() {
                Ast::Flatten { node, .. } => (node.as_ref(), true),
                other => (other, false),
            };
            let Ast::Field { name, .. } = field else {
                let Some(value) = in_pieces(tree, field, context)? else {
                    return Ok(None);
                };
                let offset = context.offset;
                let mut list = Ast::Literal { offset, value };
                if flattened {
                    let node = Box::new(list);
                    list = Ast::Flatten { offset, node };
                }
                let (lhs, rhs) = (Box::new(list), rhs.clone());
                let rest = Ast::Projection { offset, lhs, rhs };
                return interpret(&nothing(), &rest, context).map(Some);
            };
            let Some(Node::List(items)) = tree.get(name) else {
                return Ok(None);
            };
            let mut collected = Vec::new();
            for item in items {
                // Flattening takes the items out of lists in the list.
                let several = match item {
                    Node::List(several) if flattened => several.as_slice(),
                    one => std::slice::from_ref(one),
                };
                for one in several {
                    let found = interpret(&variable(one)?, rhs, context)?;
                    if !found.is_null() {
                        collected.push(found);
                    }
                }
            }
            Ok(Some(Rcvar::new(Variable::Array(collected))))
        }
        Ast::Subexpr { lhs, rhs, .. } => match in_pieces(tree, lhs, context)? {
            Some(left) => interpret(&left, rhs, context).map(Some),
            None => Ok(None),
        },
        Ast::Function { offset, name, args } => {
            let mut known = Vec::with_capacity(args.len());
            for argument in args {
                let value = match argument {
                    Ast::Literal { .. } | Ast::Expref { .. } => argument.clone(),
                    other => match in_pieces(tree, other, context)? {
                        Some(value) => Ast::Literal {
                            offset: *offset,
                            value,
                        },
                        None => return Ok(None),
                    },
                };
                known.push(value);
            }
            let call = Ast::Function {
                offset: *offset,
                name: name.clone(),
                args: known,
            };
            interpret(&nothing(), &call, context).map(Some)
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn answer() -> Value {
        json!({
            "List": [
                {"Name": "a", "Ports": [80, 443], "Zone": {"Id": "z1"}, "Size": 3},
                {"Name": "b", "Ports": [], "Size": 1},
                {"Ports": [81], "Zone": {"Id": "z2"}, "Size": 2},
            ],
            "Nested": [[1, 2], 3, [[4]]],
            "Empty": [],
            "Marker": "m",
        })
    }

    #[test]
    fn pieces_come_to_what_the_whole_comes_to() {
        // Whether an expression is found in pieces, which is what keeps a long listing small.
        #[rustfmt::skip]
        let cases = [
            ("List[].Name", true), ("List[*].Name", true), ("List[].[Name, Size]", true),
            ("List[].{n: Name, z: Zone.Id}", true), ("List[?Size > `1`].Name", true),
            ("List[].Ports[]", true), ("List[*].Ports", true), ("List[].Name | [0]", true),
            ("List[*].Zone.Id | sort(@)", true), ("length(List[?Zone])", true),
            ("join(', ', List[].Name)", true), ("sort_by(List[*], &Size)[].Name", true),
            ("max_by(List[], &Size).Ports", true), ("Nested[]", true), ("Nested[*]", true),
            ("Nested[][]", true), ("Empty[].Name", true), ("List[0].Name", false),
            ("List", false), ("Marker", false), ("@", false), ("Nothing[].Name", false),
            ("Marker[].Name", false), ("length(List)", false), ("List[1:].Name", false),
            ("[List[].Name, Marker]", false), ("sum(List[].Size)", true),
            ("reverse(sort(List[].Size))", true), ("List[].Size | [0] | to_string(@)", true),
        ];
        for (expression, expected) in cases {
            let tree = Node::of(&answer()).unwrap();
            let compiled = jmespath::compile(expression).unwrap();
            let whole = compiled.search(answer()).unwrap();
            let mut context = Context::new(expression, &DEFAULT_RUNTIME);
            let pieces = in_pieces(&tree, compiled.as_ast(), &mut context).unwrap();
            assert_eq!(pieces.is_some(), expected, "{expression}");
            if let Some(pieces) = pieces {
                assert_eq!(pieces, whole, "{expression}");
            }
            let shown = evaluate(tree, expression).unwrap();
            assert_eq!(shown, Node::of(&*whole).unwrap(), "{expression}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_in_pieces_too() {
        for expression in ["sum(List[].Name)", "List[].nosuch(@)", "length(`1`)"] {
            let tree = Node::of(&answer()).unwrap();
            assert!(evaluate(tree, expression).is_err(), "{expression}");
        }
    }
}
