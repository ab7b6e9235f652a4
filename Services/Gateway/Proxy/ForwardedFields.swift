import HTTPCore

/// Which fields pass through the gateway.
enum ForwardedFields {
    /// Requests: only what a service has a use for. So hop-by-hop fields, fields that `Connection`
    /// names, other spellings (`Latchkey_Identity`) and forged internal ones never pass: they are
    /// not on the list, and what is on it is end-to-end. Credentials stay here: services get an
    /// identity instead.
    static func passesUp(_ name: FieldName) -> Bool {
        switch name {
        case .accept, .acceptLanguage, .contentType, .contentEncoding, .idempotencyKey, .ifMatch,
            .ifNoneMatch, .prefer, .tracestate, .userAgent, .via:
            true
        default: false
        }
    }

    /// Answers: everything end-to-end, but for what the gateway says itself.
    static func passesDown(_ name: FieldName) -> Bool {
        switch name {
        case .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .te, .trailer,
            .transferEncoding, .upgrade, .contentLength, .date, .server, .xRequestId, .cacheControl,
            .xContentTypeOptions, .latchkeyIdentity, .latchkeyDeadline, .traceparent, .tracestate:
            false
        default: true
        }
    }

    /// The names in a message's `Connection` fields, in lower case: they belong to the one hop
    /// (RFC 9110 §7.6.1).
    static func connectionNames(_ fields: FieldList) -> [String] {
        fields.fields.filter { $0.name == .connection }.flatMap { field in
            fields.value(of: field).split(separator: ",").map {
                String($0.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
        }
    }
}
