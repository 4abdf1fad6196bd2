//! JMESPath over an answer, in the tree that is there already.
//!
//! The library turns all it is given into a tree of its own, which takes several times the room of
//! ours: too much for a listing of 10,000 load balancers of which a count or a few names are wanted.
//! So the expression, which the library has parsed, is followed here through our tree, and what the
//! library must decide (functions, comparisons, slices) it decides on no more than that needs: a
//! length on a list of as many nothings, an order on the keys and the places of the items.

use super::node::Node;
use jmespath::ast::Ast;
use jmespath::{Context, DEFAULT_RUNTIME, ErrorReason, JmespathError, Rcvar, Variable, interpret};
use std::collections::BTreeMap;

/// What an expression finds in a tree, which is not needed any more.
///
/// # Errors
///
/// The expression cannot be read, or asks of a value what it has not.
pub fn evaluate(tree: Node, expression: &str) -> Result<Node, JmespathError> {
    let compiled = jmespath::compile(expression)?;
    let mut context = Context::new(expression, &DEFAULT_RUNTIME);
    let found = find(&Found::Part(&tree), compiled.as_ast(), &mut context)?;
    found.into_node()
}

/// What a part of an expression comes to.
#[derive(Clone)]
enum Found<'t> {
    /// Part of the answer.
    Part(&'t Node),
    /// A list or a structure of what was found, put together by the expression.
    List(Vec<Found<'t>>),
    Fields(BTreeMap<String, Found<'t>>),
    /// A literal, or what the library has made.
    Made(Rcvar),
}

type Finding<'t> = Result<Found<'t>, JmespathError>;

/// Functions that look at what they are given, but not into it.
const ON_THE_SURFACE: [&str; 3] = ["keys", "length", "type"];

fn null() -> Rcvar {
    Rcvar::new(Variable::Null)
}

impl<'t> Found<'t> {
    fn null() -> Found<'t> {
        Found::Made(null())
    }

    fn is_null(&self) -> bool {
        match self {
            Found::Part(node) => matches!(node, Node::Null | Node::Absent),
            Found::Made(value) => value.is_null(),
            Found::List(_) | Found::Fields(_) => false,
        }
    }

    /// The items, if it is a list.
    fn items(self) -> Option<Vec<Found<'t>>> {
        match self {
            Found::Part(Node::List(items)) => Some(items.iter().map(Found::Part).collect()),
            Found::List(items) => Some(items),
            Found::Made(value) => {
                let items = value.as_array()?.iter();
                Some(items.cloned().map(Found::Made).collect())
            }
            Found::Part(_) | Found::Fields(_) => None,
        }
    }

    fn field(&self, name: &str) -> Found<'t> {
        let field = match self {
            Found::Part(node) => node.get(name).map(Found::Part),
            Found::Fields(fields) => fields.get(name).cloned(),
            Found::Made(value) => Some(Found::Made(value.get_field(name))),
            Found::List(_) => None,
        };
        field.unwrap_or_else(Found::null)
    }

    /// In the library's form.
    fn value(&self) -> Result<Rcvar, JmespathError> {
        Ok(Rcvar::new(match self {
            Found::Made(value) => return Ok(value.clone()),
            Found::Part(node) => Variable::from_serializable(node)?,
            Found::List(items) => {
                Variable::Array(items.iter().map(Found::value).collect::<Result<_, _>>()?)
            }
            Found::Fields(fields) => {
                let fields = fields.iter();
                let values = fields.map(|(name, found)| Ok((name.clone(), found.value()?)));
                Variable::Object(values.collect::<Result<_, JmespathError>>()?)
            }
        }))
    }

    /// In the library's form, with nothing in place of what is in a list or a structure.
    fn surface(&self) -> Result<Rcvar, JmespathError> {
        let nothing = null();
        Ok(Rcvar::new(match self {
            Found::Part(Node::List(items)) => Variable::Array(vec![nothing; items.len()]),
            Found::Part(Node::Fields(fields)) => {
                let names = fields.iter().map(|(name, _)| name.clone().into_owned());
                Variable::Object(names.map(|name| (name, nothing.clone())).collect())
            }
            Found::List(items) => Variable::Array(vec![nothing; items.len()]),
            Found::Fields(fields) => {
                let names = fields.keys().cloned();
                Variable::Object(names.map(|name| (name, nothing.clone())).collect())
            }
            Found::Part(_) | Found::Made(_) => return self.value(),
        }))
    }

    fn is_truthy(&self) -> Result<bool, JmespathError> {
        Ok(self.surface()?.is_truthy())
    }

    fn into_node(self) -> Result<Node, JmespathError> {
        Ok(match self {
            Found::Part(node) => node.clone(),
            Found::List(items) => {
                let nodes = items.into_iter().map(Found::into_node);
                Node::List(nodes.collect::<Result<_, _>>()?)
            }
            Found::Fields(fields) => {
                let fields = fields.into_iter();
                let nodes = fields.map(|(name, found)| Ok((name.into(), found.into_node()?)));
                Node::Fields(nodes.collect::<Result<_, JmespathError>>()?)
            }
            Found::Made(value) => Node::of(&*value).map_err(|error| {
                JmespathError::new("", 0, ErrorReason::Parse(error.to_string()))
            })?,
        })
    }
}

/// What a part of an expression comes to where `here` is `@`.
fn find<'t>(here: &Found<'t>, part: &Ast, context: &mut Context<'_>) -> Finding<'t> {
    Ok(match part {
        Ast::Identity { .. } => here.clone(),
        Ast::Field { name, .. } => here.field(name),
        Ast::Literal { value, .. } => Found::Made(value.clone()),
        Ast::Expref { .. } => Found::Made(interpret(&null(), part, context)?),
        Ast::Subexpr { lhs, rhs, .. } => {
            let left = find(here, lhs, context)?;
            find(&left, rhs, context)?
        }
        Ast::Index { idx, .. } => {
            let items = here.clone().items().unwrap_or_default();
            let at = match usize::try_from(*idx) {
                Ok(at) => Some(at),
                Err(_) => items.len().checked_sub(idx.unsigned_abs() as usize),
            };
            let item = at.and_then(|at| items.get(at).cloned());
            item.unwrap_or_else(Found::null)
        }
        Ast::Slice { .. } => match here.clone().items() {
            Some(items) => {
                let places = interpret(&places(&items), part, context)?;
                picked(&items, &places)
            }
            None => Found::Made(interpret(&null(), part, context)?),
        },
        Ast::Or { lhs, rhs, .. } => {
            let left = find(here, lhs, context)?;
            match left.is_truthy()? {
                true => left,
                false => find(here, rhs, context)?,
            }
        }
        Ast::And { lhs, rhs, .. } => {
            let left = find(here, lhs, context)?;
            match left.is_truthy()? {
                true => find(here, rhs, context)?,
                false => left,
            }
        }
        Ast::Not { node, .. } => {
            let truth = find(here, node, context)?.is_truthy()?;
            Found::Made(Rcvar::new(Variable::Bool(!truth)))
        }
        Ast::Condition {
            predicate, then, ..
        } => match find(here, predicate, context)?.is_truthy()? {
            true => find(here, then, context)?,
            false => Found::null(),
        },
        Ast::Comparison {
            comparator,
            lhs,
            rhs,
            ..
        } => {
            let left = find(here, lhs, context)?.value()?;
            let right = find(here, rhs, context)?.value()?;
            let truth = left.compare(comparator, &right);
            Found::Made(truth.map_or_else(null, |truth| Rcvar::new(Variable::Bool(truth))))
        }
        Ast::ObjectValues { node, .. } => match find(here, node, context)? {
            // In the order of their names, as in the library.
            Found::Part(Node::Fields(fields)) => {
                let fields = fields.iter().map(|(name, node)| (name, node));
                let sorted: BTreeMap<_, _> = fields.collect();
                Found::List(sorted.into_values().map(Found::Part).collect())
            }
            Found::Fields(fields) => Found::List(fields.into_values().collect()),
            Found::Made(value) => match value.as_object() {
                Some(fields) => {
                    let values = fields.values().cloned();
                    Found::List(values.map(Found::Made).collect())
                }
                None => Found::null(),
            },
            Found::Part(_) | Found::List(_) => Found::null(),
        },
        Ast::Projection { lhs, rhs, .. } => match find(here, lhs, context)?.items() {
            Some(items) => {
                let mut collected = Vec::new();
                for item in items {
                    let found = find(&item, rhs, context)?;
                    if !found.is_null() {
                        collected.push(found);
                    }
                }
                Found::List(collected)
            }
            None => Found::null(),
        },
        Ast::Flatten { node, .. } => match find(here, node, context)?.items() {
            Some(items) => {
                let flat = |item: Found<'t>| item.clone().items().unwrap_or_else(|| vec![item]);
                Found::List(items.into_iter().flat_map(flat).collect())
            }
            None => Found::null(),
        },
        Ast::MultiList { .. } | Ast::MultiHash { .. } if here.is_null() => Found::null(),
        Ast::MultiList { elements, .. } => {
            let found = elements.iter().map(|of| find(here, of, context));
            Found::List(found.collect::<Result<_, _>>()?)
        }
        Ast::MultiHash { elements, .. } => {
            let found = elements
                .iter()
                .map(|of| Ok((of.key.clone(), find(here, &of.value, context)?)));
            Found::Fields(found.collect::<Result<_, JmespathError>>()?)
        }
        Ast::Function { offset, name, args } => {
            let found = args.iter().map(|of| find(here, of, context));
            let found: Vec<Found<'t>> = found.collect::<Result<_, _>>()?;
            call(*offset, name, &found, context)?
        }
    })
}

/// What a function makes of its arguments.
fn call<'t>(
    offset: usize,
    name: &str,
    arguments: &[Found<'t>],
    context: &mut Context<'_>,
) -> Finding<'t> {
    let asked = |values: Vec<Rcvar>, context: &mut Context<'_>| {
        let literals = values.into_iter();
        let args = literals.map(|value| Ast::Literal { offset, value });
        let name = name.to_owned();
        let args = args.collect();
        interpret(&null(), &Ast::Function { offset, name, args }, context)
    };
    let expression = |found: &Found<'t>| match found {
        Found::Made(value) => value.as_expref().cloned(),
        _ => None,
    };
    match (name, arguments) {
        ("sort_by" | "max_by" | "min_by", [list, by]) => {
            if let (Some(items), Some(by)) = (list.clone().items(), expression(by)) {
                // In place of an item stands a list of its key and its place.
                let mut stands = Vec::with_capacity(items.len());
                for (item, place) in items.iter().zip(numbers()) {
                    let key = find(item, &by, context)?.value()?;
                    stands.push(Rcvar::new(Variable::Array(vec![key, place])));
                }
                let key = Ast::Index { offset, idx: 0 };
                let values = vec![
                    Rcvar::new(Variable::Array(stands)),
                    Rcvar::new(Variable::Expref(key)),
                ];
                let chosen = asked(values, context)?;
                let place = |stand: &Rcvar| stand.get_index(1);
                return Ok(match (name, chosen.as_array()) {
                    ("sort_by", Some(stands)) => {
                        let places = stands.iter().map(place).collect();
                        picked(&items, &Variable::Array(places))
                    }
                    _ => picked(&items, &place(&chosen)),
                });
            }
        }
        ("map", [by, list]) => {
            if let (Some(by), Some(items)) = (expression(by), list.clone().items()) {
                let found = items.iter().map(|item| find(item, &by, context));
                return Ok(Found::List(found.collect::<Result<_, _>>()?));
            }
        }
        ("reverse", [list]) => {
            if let Some(items) = list.clone().items() {
                let reversed = asked(vec![places(&items)], context)?;
                return Ok(picked(&items, &reversed));
            }
        }
        _ => {}
    }
    let form = match ON_THE_SURFACE.contains(&name) {
        true => Found::surface,
        false => Found::value,
    };
    let values = arguments.iter().map(form);
    asked(values.collect::<Result<_, _>>()?, context).map(Found::Made)
}

/// The numbers from zero on, in the library's form.
fn numbers() -> impl Iterator<Item = Rcvar> {
    (0_usize..).map(|number| Rcvar::new(Variable::Number(number.into())))
}

/// The places of items: what stands for them where only their order matters.
fn places(items: &[Found<'_>]) -> Rcvar {
    Rcvar::new(Variable::Array(numbers().take(items.len()).collect()))
}

/// The items of some places, or the item of one; nothing for anything else.
fn picked<'t>(items: &[Found<'t>], places: &Variable) -> Found<'t> {
    let item = |place: &Variable| {
        let place = place.as_number()? as usize;
        items.get(place).cloned()
    };
    match places.as_array() {
        Some(places) => Found::List(places.iter().filter_map(|place| item(place)).collect()),
        None => item(places).unwrap_or_else(Found::null),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn answer() -> Value {
        json!({
            "List": [
                {"Name": "b", "Ports": [80, 443], "Zone": {"Id": "z1"}, "Size": 3, "On": true},
                {"Name": "ä", "Ports": [], "Size": 1, "On": false},
                {"Ports": [81, 80], "Zone": {"Id": "z2", "Near": ["z1"]}, "Size": 2},
                {"Name": "a", "Ports": [[7], 8], "Size": 2, "Zone": null},
            ],
            "Nested": [[1, 2], 3, [[4]], null],
            "Empty": [],
            "Marker": "m",
        })
    }

    /// What is found here and what the library finds in the whole are the same.
    #[track_caller]
    fn check(expression: &str) {
        let tree = Node::of(&answer()).unwrap();
        let ours = evaluate(tree, expression);
        let whole = jmespath::compile(expression).and_then(|compiled| compiled.search(answer()));
        match (ours, whole) {
            (Ok(ours), Ok(whole)) => {
                let ours = serde_json::to_value(&ours).unwrap();
                let whole = serde_json::to_value(Node::of(&*whole).unwrap()).unwrap();
                assert_eq!(ours, whole, "{expression}");
            }
            (Err(_), Err(_)) => {}
            (ours, whole) => panic!("{expression}: {ours:?}, the library: {whole:?}"),
        }
    }

    #[test]
    fn every_kind_of_expression_comes_to_what_the_library_makes_of_it() {
        #[rustfmt::skip]
        let expressions = [
            "@", "List", "Marker", "Nothing", "Nothing.Name", "Marker.Name", "List.Name", "'x'", "`[1, {\"a\": 2}]`",
            "List[].Name", "List[*].Name", "List[].[Name, Size]", "List[].{n: Name, z: Zone.Id}",
            "List[?Size > `1`].Name", "List[].Ports[]", "List[*].Ports", "List[].Name | [0]", "List[*].Ports[0]",
            "List[0]", "List[-1].Name", "List[4]", "List[-5]", "List[1:].Name", "List[::-1].Size", "List[5:]", "Marker[1:]", "List[::0]", "Marker[::0]",
            "Nested[]", "Nested[*]", "Nested[][]", "Empty[].Name", "Nothing[].Name", "Marker[].Name", "Empty[0]",
            "length(List)", "length(Marker)", "length(@)", "length(Empty)", "length(List[?Zone])", "length(Nothing)", "length(`1`)", "length(List, List)",
            "keys(@)", "keys(List[0])", "keys(List)", "keys({b: Marker, a: List})", "values(List[1])", "type(List)", "type(List[0])", "type(Nothing)", "type({a: @})", "type([@])",
            "sort_by(List, &Size)[].Name", "sort_by(List, &Size)", "sort_by(List[?Name], &Name)[*].Name", "sort_by(List, &Name)", "sort_by(Empty, &Name)", "sort_by(Marker, &Name)", "sort_by(List, `1`)", "sort_by(List)", "sort_by(List, &On)",
            "max_by(List, &Size).Ports", "min_by(List, &Size).Ports", "max_by(Empty, &Size)", "max_by(List, &Name)", "max_by(List[*].Ports[], &@)", "min_by(List, &nosuch(@))",
            "map(&Name, List)", "map(&length(Ports), List)", "map(&Name, Marker)", "map(List, &Name)", "reverse(List)[0].Size", "reverse(Marker)", "reverse(List[].Name)", "reverse(Nothing)",
            "join(', ', List[].Name)", "sum(List[].Size)", "sum(List[].Name)", "avg(List[].Size)", "sort(List[].Name)", "max(List[].Size)", "contains(List[].Name, 'a')", "contains(Nested, `3`)",
            "to_string(List[0].Ports)", "to_array(Marker)", "to_number('7')", "not_null(Nothing, List[1].Zone, Marker)", "merge(List[0], {Name: 'x'})", "starts_with(Marker, 'm')",
            "Marker || List", "Empty || Marker", "Nothing && Marker", "List && Marker", "!Empty", "!List", "![Nothing]",
            "Marker == 'm'", "List == Empty", "List[0].Size < List[1].Size", "Marker < `1`", "List[?Ports[0] == `80` && On].Name", "List[?!Zone].Name", "List[?contains(Ports, `80`)].Size",
            "*", "@.*", "List[0].*", "List[*].*", "{a: List[0], b: 'x'}.*", "Marker.*", "List[].Zone.*", "*[0]", "`{\"b\": 1, \"a\": 2}`.*",
            "[List[].Name, Marker, length(List)]", "{n: length(List), m: Marker}.n", "Nothing.[Marker]", "Nothing.{a: Marker}", "[List, Empty][]", "[List, Empty][0][0].Name", "[Nothing, Marker][*]",
            "List[].nosuch(@)", "nosuch(@)", "List[?nosuch(@)]", "&Name", "List[].Size | [0] | to_string(@)", "List[?Name=='a'] | [0].Ports[] | length(@)",
        ];
        for expression in expressions {
            check(expression);
        }
    }

    #[test]
    fn what_is_found_keeps_the_order_of_the_answer() {
        let tree = Node::of(&answer()).unwrap();
        let first = evaluate(tree, "List[?Name=='b'] | [0]").unwrap();
        let text = serde_json::to_string(&first).unwrap();
        let expected = r#"{"Name":"b","Ports":[80,443],"Zone":{"Id":"z1"},"Size":3,"On":true}"#;
        assert_eq!(text, expected);
    }

    fn expressions() -> impl Strategy<Value = String> {
        let leaves = prop_oneof![
            Just("@".to_owned()),
            prop::sample::select(vec![
                "List",
                "Name",
                "Ports",
                "Zone",
                "Id",
                "Size",
                "On",
                "Near",
                "Nested",
                "Empty",
                "Marker",
                "Nothing",
                "*",
                "'a'",
                "`2`",
                "`null`",
                "`[3, [1]]`",
            ])
            .prop_map(str::to_owned),
        ];
        leaves.prop_recursive(4, 24, 3, |inner| {
            let one = || inner.clone();
            let two = || (inner.clone(), inner.clone());
            let after = prop::sample::select(vec![
                "[]", "[*]", "[0]", "[-2]", "[1:]", "[:-1]", "[::-1]", ".*",
            ]);
            let of_one = prop::sample::select(vec![
                "length",
                "keys",
                "values",
                "type",
                "reverse",
                "sort",
                "sum",
                "max",
                "to_string",
                "to_array",
                "not_null",
            ]);
            let by = prop::sample::select(vec!["sort_by", "max_by", "min_by"]);
            let between = prop::sample::select(vec!["|", "||", "&&", "==", "!=", "<", ">="]);
            prop_oneof![
                (one(), after).prop_map(|(a, after)| format!("({a}){after}")),
                two().prop_map(|(a, b)| format!("({a}) | ({b})")),
                two().prop_map(|(a, b)| format!("({a})[?{b}]")),
                two().prop_map(|(a, b)| format!("({a})[*].[{b}, {b}]")),
                two().prop_map(|(a, b)| format!("({a})[].{{k: {b}}}")),
                two().prop_map(|(a, b)| format!("[{a}, {b}]")),
                (of_one, one()).prop_map(|(name, a)| format!("{name}({a})")),
                (by, two()).prop_map(|(by, (a, b))| format!("{by}({a}, &({b}))")),
                two().prop_map(|(a, b)| format!("map(&({a}), {b})")),
                (one(), between, one()).prop_map(|(a, sign, b)| format!("({a}) {sign} ({b})")),
                one().prop_map(|a| format!("!({a})")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_expression_comes_to_what_the_library_makes_of_it(expression in expressions()) {
            check(&expression);
        }
    }
}
