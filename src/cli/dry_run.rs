//! `--dry-run`: the request that would be sent, for people or as a curl command.
//!
//! The signature is part of it and good for fifteen minutes; the secret key never is.

use super::report::{quoted, visible};
use crate::client::Prepared;
use crate::wire::query::Parameters;
use std::fmt::Write;
use std::str::FromStr;

/// How `--dry-run` shows a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Method, URL and headers as they go out, the parameters decoded.
    Request,
    /// A command that sends it.
    Curl,
}

/// The text is none of the shapes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither request nor curl")]
pub struct UnknownShape(String);

impl FromStr for Shape {
    type Err = UnknownShape;

    fn from_str(text: &str) -> Result<Shape, UnknownShape> {
        match text {
            "request" => Ok(Shape::Request),
            "curl" => Ok(Shape::Curl),
            other => Err(UnknownShape(other.to_owned())),
        }
    }
}

/// Shows a request.
pub fn show(prepared: &Prepared, shape: Shape) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    match shape {
        Shape::Request => {
            let _ = writeln!(out, "POST {}", prepared.url);
            for (name, value) in &prepared.headers {
                let _ = writeln!(out, "{name}: {value}");
            }
            out.push('\n');
            let parameters = Parameters::read(prepared.form.as_bytes());
            for (name, value) in parameters.iter().flat_map(Parameters::iter) {
                let _ = writeln!(out, "{}={}", visible(name), visible(value));
            }
        }
        Shape::Curl => {
            let _ = write!(
                out,
                "curl --compressed --request POST {}",
                quoted(&prepared.url)
            );
            // curl writes these two itself, with the same values.
            let own = |name: &str| matches!(name, "host" | "content-length");
            for (name, value) in prepared.headers.iter().filter(|(name, _)| !own(name)) {
                let _ = write!(
                    out,
                    " \\\n  --header {}",
                    quoted(&format!("{name}: {value}"))
                );
            }
            let _ = writeln!(out, " \\\n  --data-raw {}", quoted(&prepared.form));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn prepared() -> Prepared {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Prepared {
            url: "http://127.0.0.1:8773/services/LoadBalancing".to_owned(),
            headers: vec![
                header("content-length", "46"),
                header("host", "127.0.0.1:8773"),
                header("authorization", "AWS4-HMAC-SHA256 Credential=AKI/…"),
            ],
            form: "Action=DeleteLoadBalancer&LoadBalancerName=it%27s%1B".to_owned(),
        }
    }

    #[test]
    fn a_request_is_shown_with_its_parameters_decoded() {
        expect![[r#"
            POST http://127.0.0.1:8773/services/LoadBalancing
            content-length: 46
            host: 127.0.0.1:8773
            authorization: AWS4-HMAC-SHA256 Credential=AKI/…

            Action=DeleteLoadBalancer
            LoadBalancerName=it's\u{1b}
        "#]]
        .assert_eq(&show(&prepared(), Shape::Request));
    }

    #[test]
    fn a_curl_command_is_quoted_for_a_shell() {
        let mut odd = prepared();
        odd.url = "http://127.0.0.1/it's".to_owned();
        expect![[r"
            curl --compressed --request POST 'http://127.0.0.1/it'\''s' \
              --header 'authorization: AWS4-HMAC-SHA256 Credential=AKI/…' \
              --data-raw 'Action=DeleteLoadBalancer&LoadBalancerName=it%27s%1B'
        "]]
        .assert_eq(&show(&odd, Shape::Curl));
    }
}
