//! Answers made here. All of them end the connection: after a refusal nothing on it can be trusted,
//! and after a failure a client does well to begin anew.

/// Writes an answer of our own. With `page`, it has a page in the manner of HAProxy's, which
/// Eucalyptus showed before 4.2.0; without, no body, as it did from then on (EUCA-6205).
pub fn write(status: u16, page: bool, head_only: bool, out: &mut Vec<u8>) {
    let (reason, explanation) = wording(status);
    let body = if page && status != 200 {
        format!("<html><body><h1>{status} {reason}</h1>\n{explanation}\n</body></html>\n")
    } else {
        String::new()
    };
    let kind = if body.is_empty() {
        ""
    } else {
        "Cache-Control: no-cache\r\nContent-Type: text/html\r\n"
    };
    let allow = match status {
        // RFC 9110 §15.5.6 wants to know what is allowed; instances decide, CONNECT never is.
        200 | 405 => "Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n",
        _ => "",
    };
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\n{kind}{allow}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    out.extend_from_slice(head.as_bytes());
    if !head_only {
        out.extend_from_slice(body.as_bytes());
    }
}

fn wording(status: u16) -> (&'static str, &'static str) {
    match status {
        200 => ("OK", ""),
        400 => ("Bad Request", "The request is malformed or ambiguous."),
        405 => (
            "Method Not Allowed",
            "The method is not one a load balancer passes on.",
        ),
        408 => ("Request Timeout", "The request did not arrive in time."),
        502 => (
            "Bad Gateway",
            "The instance's answer was malformed or ended early.",
        ),
        504 => ("Gateway Timeout", "The instance did not answer in time."),
        _ => (
            "Service Unavailable",
            "No server is available to handle this request.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_state_their_length() {
        for status in [200, 400, 405, 408, 502, 503, 504] {
            for page in [false, true] {
                let (mut whole, mut head) = (Vec::new(), Vec::new());
                write(status, page, false, &mut whole);
                write(status, page, true, &mut head);
                let body = whole.strip_prefix(&head[..]).unwrap();
                let text = String::from_utf8(head.clone()).unwrap();
                assert!(text.contains(&format!("\r\nContent-Length: {}\r\n", body.len())));
                assert_eq!(body.is_empty(), !page || status == 200, "{status}");
            }
        }
    }
}
