//! One line for each request. It holds the route's pattern and never the path, no query, no
//! address and no body: nothing in it opens a conversation.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderValue, Method},
    response::Response,
};

use crate::web::{gate::REQUEST_ID, metrics, request::Answered};

pub struct Entry {
    began: Instant,
    method: Method,
    id: Option<HeaderValue>,
}

impl Entry {
    pub fn begin(request: &Request) -> Self {
        Self {
            began: Instant::now(),
            method: request.method().clone(),
            id: request.headers().get(REQUEST_ID).cloned(),
        }
    }

    pub fn end(self, response: &Response) {
        let answered = response.extensions().get::<Answered>();
        let route = answered.map_or("none", |answered| answered.by);
        let method = metrics::method(&self.method);
        let status = response.status().as_u16();
        let took = self.began.elapsed();
        metrics::count_request(route, method, status, took);
        let id = self.id.as_ref().and_then(|id| id.to_str().ok());
        tracing::info!(
            target: "pigeon::access",
            request = id.unwrap_or_default(),
            method,
            route,
            status,
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
    }
}
