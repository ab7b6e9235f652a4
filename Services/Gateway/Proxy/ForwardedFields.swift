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
    static func passesDown(_ field: FieldList.Field, _ fields: FieldList) -> Bool {
        switch field.name {
        case .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .te, .trailer,
            .transferEncoding, .upgrade, .contentLength, .date, .server, .xRequestId, .cacheControl,
            .xContentTypeOptions, .latchkeyIdentity, .latchkeyDeadline, .traceparent, .tracestate:
            false
        case .other: fields.withName(of: field) { !isOurs($0) }
        default: true
        }
    }

    /// Limits and what browsers may do are said by who decides them.
    private static func isOurs(_ name: UnsafeRawBufferPointer) -> Bool {
        for prefix in ["ratelimit", "access-control-"] as [StaticString]
        where name.count >= prefix.utf8CodeUnitCount {
            let same = (0..<prefix.utf8CodeUnitCount).allSatisfy {
                name[$0] | 0x20 == prefix.utf8Start[$0]
            }
            if same { return true }
        }
        return false
    }

    /// The names in a message's `Connection` fields, in lower case: they belong to the one hop
    /// (RFC 9110 §7.6.1).
    static func connectionNames(_ fields: FieldList) -> Set<String> {
        // A set: each field of the message is looked up in it.
        Set(fields.items(of: .connection).map { $0.lowercased() })
    }
}
