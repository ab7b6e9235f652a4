/// Names of things that another service owns, by which a request names them.
public struct ExternalIDsQuery: Codable, Sendable {
    /// In NFC.
    public let externalIds: [String]

    public init(externalIds: [String]) { self.externalIds = externalIds }

    /// `POST` `ExternalIDsQuery` → `ExternalIDsReply`.
    public static func endpoint(_ id: String, _ path: String, summary: String) -> Endpoint {
        Endpoint(id, .post, path, access: .service, readsOnly: true, summary: summary)
    }
}

/// The ids of those that exist, by their external ids.
public struct ExternalIDsReply: Codable, Sendable {
    /// External ids that nothing has are left out.
    public let ids: [String: String]

    public init(ids: [String: String]) { self.ids = ids }
}
