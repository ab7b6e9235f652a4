import HTTPCore

/// Decides which fields the gateway forwards.
enum ForwardedFields {
    /// Requests: only the end-to-end fields that services use. So hop-by-hop fields, fields named
    /// by `Connection`, other spellings (`Latchkey_Identity`) and forged internal ones never pass.
    /// Credentials are not forwarded: services get an identity instead.
    static func passesUp(_ name: FieldName) -> Bool {
        switch name {
        case .accept, .acceptLanguage, .contentType, .contentEncoding, .idempotencyKey, .ifMatch,
            .ifNoneMatch, .prefer, .tracestate, .userAgent, .via:
            true
        default: false
        }
    }

    /// The same for the primary gateway, which authenticates by itself, and serves pages to
    /// browsers.
    static func passesToPrimary(_ field: FieldList.Field, _ fields: FieldList) -> Bool {
        switch field.name {
        case .authorization, .cookie, .latchkeyUser, .origin: true
        case .other: fields.withName(of: field) { isNamed($0, "sec-fetch-site") }
        default: passesUp(field.name)
        }
    }

    /// Responses of the primary gateway, which has set what a gateway sets.
    static func passesFromPrimary(_ field: FieldList.Field, _ fields: FieldList) -> Bool {
        switch field.name {
        case .cacheControl, .xContentTypeOptions: true
        default: passesDown(field, fields)
        }
    }

    /// Responses: every end-to-end field that the gateway doesn't set itself.
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

    /// The gateway decides limits and CORS, so it alone sets their fields.
    private static func isOurs(_ name: UnsafeRawBufferPointer) -> Bool {
        for prefix in ["ratelimit", "access-control-"] as [StaticString]
        where name.count >= prefix.utf8CodeUnitCount {
            let start = UnsafeRawBufferPointer(rebasing: name[..<prefix.utf8CodeUnitCount])
            if isNamed(start, prefix) { return true }
        }
        return false
    }

    /// - Parameter text: in lower case.
    private static func isNamed(_ name: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        name.count == text.utf8CodeUnitCount
            && name.indices.allSatisfy { name[$0] | 0x20 == text.utf8Start[$0] }
    }

    /// The names in a message's `Connection` fields, in lower case: they belong to the one hop
    /// (RFC 9110 §7.6.1).
    static func connectionNames(_ fields: FieldList) -> Set<String> {
        // A set: each field of the message is looked up in it.
        Set(fields.items(of: .connection).map { $0.lowercased() })
    }
}
